"""The words that always work, at every place: the right effect, and nothing lost. And a machine that tries anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tester import CERT, ID, MOBILE, Clock, FakeRecognizer, Talk

from casework.authorizations import ALL, Authorization
from casework.models import Action, CaseState
from catalog.loader import load_catalog
from catalog.models import Catalog, FieldType
from dialogue.effects import FileApplication
from dialogue.focuses import Focus
from dialogue.messages import Attachment, Pick
from dialogue.people import OfferedCode
from dialogue.progress import FormProgress
from dialogue.turns import unfinished

SELF = {"applicant_role": "给我自己办"}
FOR_ANOTHER = {"applicant_role": "我帮家人或别人办", "name": "李娜"}
TOLD = [
    "no form", "introduced", "event", "together", "one by one", "offered", "plan", "choosing",
    "resuming", "withdrawing", "reuse", "whose", "doubt", "consent",
    "confirming", "role", "name", "cert", "phone", "date", "choice", "choices", "files", "long text",
    "text", "yes or no", "number", "review", "changing", "submit", "stopping", "switching", "correcting",
    "benefits", "benefits age", "benefits found",
    "needs", "needs more", "returning", "drafts", "rating", "why rated so", "objecting", "objection offered",
    "whom", "consent asked", "consent checked", "asked to help", "joining", "which helper", "my data", "my data more",
]  # fmt: skip
FORMS = {
    "consent", "confirming", "role", "name", "cert", "phone", "date", "choice", "choices", "files",
    "long text", "text", "yes or no", "number", "review", "changing", "submit", "correcting", "reuse",
    "whose", "doubt",
}  # fmt: skip


def go_to(talk: Talk, place: str) -> Talk:  # noqa: PLR0912, PLR0915 - a table reads better whole
    """A conversation at this place; whatever it took to get there is told already."""
    talk.checks_storing = False
    know = talk.recognizer.knows
    know("换证", "cert_renew")
    know("中风", "newly_disabled", "life_event")
    know("低保", "minimum_living")
    match place:
        case "no form":
            return talk.says("你好")
        case "introduced":
            return talk.says("换证")
        case "event":
            return talk.says("中风")
        case "together":
            return talk.says("中风").presses("together")
        case "one by one":
            return talk.says("中风").presses("together").presses("one_by_one")
        case "offered":
            know("两件", "nursing_subsidy", needs=("nursing_subsidy", "transport_subsidy"))
            return talk.says("两件")
        case "plan":
            return talk.says("中风").presses("together").says("计划")
        case "choosing":
            from test_dialogue_rules import unsure

            unsure(
                talk,
                "补贴",
                "living_subsidy",
                "nursing_subsidy",
                "transport_subsidy",
                "fuel_subsidy",
            )
            return talk.says("补贴")
        case "resuming":
            talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "留着")
            return talk.begins("cert_renew")
        case "withdrawing":
            return talk.files("scenic_free_entry", SELF).says("撤回")
        case "benefits":
            return talk.says("你看我能办什么", "可以问")
        case "benefits age":
            return talk.says("你看我能办什么", "可以问", "没有证", "浦东")
        case "benefits found":
            return talk.says("你看我能办什么", "可以问", CERT, "对", "浦东", "低保", "看结果")
        case "reuse":
            talk.files("nursing_subsidy", SELF)
            return talk.begins("transport_subsidy").is_at("reuse")
        case "whose":
            return talk.begins("nursing_subsidy").fills(SELF).says("错了，我是给我妈办的")
        case "doubt":
            talk.begins("cert_cancel").fills(SELF, until="cancel_reason").says("人去世了")
            return talk.is_at("doubt")
        case "correcting":
            talk.files("cert_renew", SELF)
            talk.clerk(Action.REQUEST_CORRECTIONS, items=("mobile", "reason"), reason="打不通")
            return talk.presses("现在补").is_asked("mobile")
        case "needs":
            return talk.says("我的需要")
        case "needs more":
            return talk.says("我的需要", "字大一点", "看别的")
        case "returning":
            talk.begins("cert_renew").fills(SELF, until="mobile")
            talk.clock.forward(days=2)
            return talk.says("你好")
        case "drafts":
            for service in ("cert_renew", "accessible_taxi"):
                talk.begins(service).fills(SELF, until="mobile").says("算了", "留着")
            return talk.says("我没办完的")
        case "rating" | "why rated so" | "objecting" | "objection offered":
            return _decided(talk, place)
        case "whom":
            talk.files("cert_renew", SELF).files("cert_renew", FOR_ANOTHER)
            return talk.begins("nursing_subsidy").is_at("whom")
        case "consent asked" | "consent checked" | "asked to help" | "joining":
            return _with_a_code(talk, place)
        case "which helper":
            helpers = (a_helper("1", "王小芳（子女）"), a_helper("2", "李强（朋友邻居）"))
            talk.people = replace(talk.people, helpers=helpers)
            return talk.says("取消授权").hears("收回谁")
        case "my data":
            return talk.says("我的资料")
        case "my data more":
            return talk.says("我的资料", "看别的")
        case "number":
            return talk.begins("accessible_taxi").fills(SELF, until="companion")
        case "long text":
            return talk.begins("cert_reissue_lost").fills(SELF, until="cert_loss_statement")
        case "text":
            return talk.begins("student_aid").fills(SELF, until="grade")
        case "yes or no":
            return talk.begins("home_retrofit").fills(SELF, until="past_retrofit")
        case "choices":
            return talk.begins("home_retrofit").fills(SELF, until="retrofit_items")
    return _in_certificate_form(talk.says("换证").presses("start"), place)


def a_helper(key: str, called: str) -> Authorization:
    return Authorization(
        id=key, principal_id="me", helper_id=f"helper-{key}", role="agent", relation="",
        helper_called=called, scopes=ALL, until=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def _with_a_code(talk: Talk, place: str) -> Talk:
    """A code was typed that is good for this."""
    purposes = {"asked to help": "invite", "joining": "same_person"}
    code = OfferedCode(
        code="123456780",
        purpose=purposes.get(place, "consent"),
        channel="telegram",
        called="王秀英",
        check=ID[-4:],
        authorization=a_helper("1", "王小芳（子女）"),
    )
    talk.people = replace(talk.people, code=code)
    talk.says("123456780")
    return talk.says(ID[-4:]).hears("你同意他帮你吗") if place == "consent checked" else talk


def _decided(talk: Talk, place: str) -> Talk:
    is_refused = place.startswith("object")
    talk.files("cert_new", SELF).clerk(Action.ACCEPT)
    talk.clerk(Action.DECLINE if is_refused else Action.APPROVE, reason="未达标准")
    match place:
        case "rating":
            return talk.says("评价")
        case "why rated so":
            return talk.says("不满意")
        case "objecting":
            return talk.says("我不服")
        case _:
            return talk.says("我不服", "昨天")


def _in_certificate_form(talk: Talk, place: str) -> Talk:
    until = {
        "role": "applicant_role", "name": "name", "cert": "disability_cert_no", "phone": "mobile",
        "date": "cert_valid_until", "choice": "reason", "files": "photo",
    }  # fmt: skip
    if place in until:
        return talk.fills(SELF, until=until[place]).is_asked(until[place])
    match place:
        case "consent":
            return talk.says("给我自己办", "王秀英").is_at("consent")
        case "confirming":
            return talk.fills(SELF, until="disability_cert_no").says(CERT).is_at("confirming")
        case "stopping":
            return talk.fills(SELF, until="mobile").says("算了")
        case "switching":
            return talk.fills(SELF, until="mobile").says("低保")
    talk.fills(SELF).is_at("review")
    if place == "changing":
        talk.presses("review_change")
    if place == "submit":
        talk.presses("review_right")
    return talk


def told(talk: Talk) -> dict[str, object]:
    """Every answer that is held anywhere."""
    conversation = talk.conversation
    forms = [f for f in (unfinished(conversation), *conversation.parked) if f is not None]
    held = {(f.number, k): a.value for f in forms for k, a in f.answers.items()}
    told_of = {
        ("known", f"{t.who} {k}"): a.value for t in conversation.told for k, a in t.answers.items()
    }
    return held | told_of


def place_of(talk: Talk) -> tuple[str, str, str]:
    form = unfinished(talk.conversation)
    focus = talk.conversation.focus.kind
    return (focus, form.stage, form.asking) if form else (focus, "", "")


@pytest.fixture(params=TOLD)
def place(request: pytest.FixtureRequest, talk: Talk) -> str:
    go_to(talk, request.param)
    return request.param


def test_again_repeats_the_same_words_and_choices(talk: Talk, place: str):
    before, words, choices = place_of(talk), talk.reply.paragraphs, talk.reply.choices
    talk.says("再说一遍")

    assert (talk.reply.paragraphs, talk.reply.choices) == (words, choices)
    assert place_of(talk) == before


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("慢一点", "慢一点"),
        ("快一点", "快一点"),
        ("读给我听", "读给你听"),
        ("不要声音", "不出声"),
        ("说简单点", "短一点"),
    ],
)
def test_the_way_of_speaking_changes_and_the_question_stays(
    talk: Talk, place: str, word: str, heard: str
):
    before, held, choices = place_of(talk), told(talk), talk.reply.choices
    talk.says(word).hears(heard)

    assert place_of(talk) == before
    assert told(talk) == held
    if not place.startswith("needs"):  # there these words are answers
        assert talk.reply.choices == choices


def test_a_person_is_called_and_the_question_stays(talk: Talk, place: str):
    before, held, choices = place_of(talk), told(talk), talk.reply.choices
    talk.says("人工").hears("已经转给经办人")

    assert [e.reason for e in talk.effects if e.kind == "person"] == ["asked"]
    assert place_of(talk) == before
    assert told(talk) == held
    if place != "no form":
        assert talk.reply.choices == choices


def test_danger_comes_first_and_afterwards_all_is_as_it_was(talk: Talk, place: str):
    before, held = place_of(talk), told(talk)
    talk.says("救命，着火了")
    assert talk.reply.kind == "emergency"
    assert [e.reason for e in talk.effects] == ["emergency"]

    assert held.items() <= told(talk).items()
    talk.says("没事")
    if place != "long text":
        assert place_of(talk) == before


def test_danger_in_the_middle_and_then_the_answer_itself(talk: Talk):
    go_to(talk, "phone").says("救命，着火了", MOBILE)

    assert talk.answers()["mobile"] == MOBILE


@pytest.mark.parametrize(
    "word",
    ["返回", "修改", "跳过", "算了", "继续", "查进度", "帮助", "谢谢", "你好", "我的资料", "撤回"],
)
def test_no_word_loses_an_answer(talk: Talk, place: str, word: str):
    held = told(talk)
    talk.says(word)

    assert held.items() <= told(talk).items()
    assert talk.reply.paragraphs


def test_back_goes_back(talk: Talk, place: str):
    before, held = place_of(talk), told(talk)
    talk.says("返回")
    assert told(talk) == held

    if place == "role":
        talk.hears("这是第一个问题")
    elif place in FORMS and place not in ("reuse", "correcting"):
        assert place_of(talk) != before
    elif place in ("stopping", "switching"):
        talk.is_asked("mobile")


def test_change_asks_what_or_asks_anew(talk: Talk, place: str):
    held = told(talk)
    talk.says("修改")

    assert told(talk) == held
    if place in ("review", "changing", "submit"):
        talk.is_at("changing")
    elif place == "role":
        talk.hears("还没有填过")
    elif place in FORMS and place not in ("reuse", "correcting"):
        assert talk.is_filling


def test_skip_leaves_the_question(talk: Talk, place: str):
    before = place_of(talk)
    talk.says("跳过")
    asked = {
        "name",
        "cert",
        "phone",
        "date",
        "choice",
        "choices",
        "files",
        "long text",
        "text",
        "yes or no",
        "number",
    }

    if place in asked:
        assert place_of(talk) != before
    if place == "role":
        talk.hears("这一项不能少")


def test_every_choice_is_reached_by_number_label_and_button(catalog: Catalog, place: str):
    """At every place: three people pick the same thing in three ways, and get the same answer."""

    def fresh() -> Talk:
        return go_to(
            Talk(
                catalog, FakeRecognizer(), clock=Clock(datetime(2026, 11, 25, 1, 30, tzinfo=UTC))
            ),
            place,
        )

    shown = fresh().reply.choices
    for number, choice in enumerate(shown, 1):
        ways = []
        for say in (str(number), choice.label, "", f"选{number}"):
            one = fresh()
            one.presses(one.reply.choices[number - 1].id) if not say else one.says(say)
            ways.append((one.reply.paragraphs, place_of(one)))
        strip = [(tuple(p for p in words if "-" not in p), where) for words, where in ways]
        assert strip[0] == strip[1] == strip[2] == strip[3], (place, choice)


def test_a_digit_is_no_choice_where_a_number_is_asked(talk: Talk):
    go_to(talk, "number").says("1")

    assert talk.answers()["companion"] == "1"


# ---- anything may happen

CATALOG = load_catalog()
LABELS = sorted({o.label for f in CATALOG.fields.values() for o in f.choices})
WORDS = [
    "返回", "修改", "跳过", "再说一遍", "慢一点", "人工", "算了", "继续", "留着", "查进度", "撤回", "是", "不是",
    "不知道", "没有", "就这些", "以后补", "不改", "都对", "同意", "可以问", "不想说", "救命", "没事", "谢谢", "你好",
    "帮助", "1", "2", "3", "4", "5", "9", "王秀英", ID, CERT, MOBILE, "110105194912310021", "花木街道",
    "浦东新区花木街道幸福路12弄3号", "一样", "昨天", "2026年2月31日", "三千五", "手机号不对", "改手机号", "用上次的",
    "重新填", "接着填", "开始", "现在补", "/foo", "", "😀", "要带什么", "为什么", "换证", "低保", "中风",
    "我的需要", "别打电话", "字大一点", "我看不见", "要手语", "有事联系我女儿", "别提醒", "我没办完的", "先不办", "接着办",
    "评价", "满意", "不满意", "5分", "我不服", "都不用", "1、2",
]  # fmt: skip
SERVICES = [
    "cert_renew",
    "child_rehab_aid",
    "nursing_subsidy",
    "home_retrofit",
    "free_transit_blind",
    "psych_rehab",
]


class AnythingGoes(RuleBasedStateMachine):
    """Random words, buttons, files and caseworkers: it never raises, never loses an answer, never gets stuck."""

    def __init__(self) -> None:
        super().__init__()
        recognizer = FakeRecognizer()
        recognizer.knows("换证", "cert_renew")
        recognizer.knows("低保", "minimum_living", beneficiary="我妈")
        recognizer.knows("中风", "newly_disabled", "life_event", beneficiary="我爸")
        recognizer.asks("要带什么", "papers")
        recognizer.asks("为什么", "why")
        self.talk = Talk(
            CATALOG, recognizer, clock=Clock(datetime(2026, 11, 25, 1, 30, tzinfo=UTC))
        )
        self.held: dict[tuple[str, str], object] = {}
        self.picks: list[Pick] = []

    def after(self) -> None:
        talk = self.talk
        self.picks += [Pick(turn=talk.reply.turn, choice=c.id) for c in talk.reply.choices]
        gone = {e.filing.number for e in talk.effects if isinstance(e, FileApplication)}
        if (
            "这份不要了" in talk.shown()
            or "重新填" in self.last
            or self.last in ("不是", "没有", "start_anew")
        ):
            gone |= {number for number, _ in self.held}
        gone |= {c.number for c in talk.cases if c.state is not CaseState.NEEDS_CORRECTION}
        now = told(talk)
        lost = {k for k in self.held if k not in now and k[0] not in gone and k[0] != "known"}
        assert not {k for k in lost if not self._was_replaced(k)}, (lost, talk.shown())
        self.held = now

    def _was_replaced(self, key: tuple[str, str]) -> bool:
        """What a number or an address had told goes when another one is given."""
        return key[1].startswith("town_") or key[1] in (
            "id_number", "child_id_number", "birth_date", "sex", "disability_category", "disability_level",
        )  # fmt: skip

    last = ""

    @rule(text=st.one_of(st.sampled_from(WORDS), st.sampled_from(LABELS), st.text(max_size=12)))
    def says(self, text: str) -> None:
        self.last = text
        self.talk.says(text.encode("utf-8", "replace").decode().replace("\0", ""))
        self.after()

    @rule(which=st.integers(0, 5))
    def presses(self, which: int) -> None:
        choices = self.talk.reply.choices
        if choices:
            choice = choices[which % len(choices)]
            self.last = choice.id
            self.talk.presses(choice.id)
            self.after()

    @rule(hours=st.sampled_from([7, 30, 24 * 40]))
    def goes_away(self, hours: int) -> None:
        """Nothing times out: whoever comes back is where she was."""
        self.talk.clock.forward(hours=hours)

    @precondition(lambda self: self.picks)
    @rule(which=st.integers(0, 10_000))
    def presses_an_old_button(self, which: int) -> None:
        pick = self.picks[which % len(self.picks)]
        self.last = pick.choice
        self.talk.sends(pick=pick)
        self.after()

    @rule(service=st.sampled_from(SERVICES), whom=st.sampled_from(["", "我爸", "小囡", "我"]))
    def names_a_service(self, service: str, whom: str) -> None:
        words = f"想办{service}{whom}"
        self.talk.recognizer.knows(words, service, beneficiary=whom)
        self.last = words
        self.talk.says(words)
        self.after()

    @rule(
        problem=st.sampled_from(["", "", "too_big", "unreadable"]),
        kind=st.sampled_from(["photo", "document", "voice"]),
    )
    def sends_a_file(self, problem: str, kind: str) -> None:
        self.last = kind
        key = "" if problem else "k" * 32
        self.talk.sends(attachments=(Attachment(kind=kind, name="a", key=key, problem=problem),))
        self.after()

    @precondition(
        lambda self: unfinished(self.talk.conversation) is not None and self.talk.is_filling
    )
    @rule()
    def answers_as_asked(self) -> None:
        form: FormProgress = self.talk.form
        self.last = "answer"
        if form.stage in ("asking", "consent", "confirming", "reuse"):
            self.talk._fill_one(form, {})
        elif form.stage == "review":
            self.talk.presses("review_right")
        elif form.stage == "submit":
            self.talk.presses("submit")
        else:
            self.talk.says("返回")
        self.after()

    @precondition(lambda self: any(not c.state.is_closed for c in self.talk.cases))
    @rule(
        action=st.sampled_from(
            [Action.ACCEPT, Action.REQUEST_CORRECTIONS, Action.APPROVE, Action.DECLINE]
        ),
        items=st.lists(
            st.sampled_from(["mobile", "reason", "photo", "nonsense"]), min_size=1, unique=True
        ),
    )
    def a_caseworker_acts(self, action: Action, items: list[str]) -> None:
        from casework.lifecycle import CaseError

        try:
            self.talk.clerk(action, items=tuple(items), reason="请补")
        except CaseError:
            return
        self.last = "clerk"
        self.after()

    @invariant()
    def there_is_always_something_to_read(self) -> None:
        if self.talk.seen:
            assert self.talk.reply.paragraphs
            assert len({c.id for c in self.talk.reply.choices}) == len(self.talk.reply.choices)

    @invariant()
    def a_form_is_always_at_a_real_place(self) -> None:
        form = unfinished(self.talk.conversation)
        if form is None:
            return
        fields = {item.field for item in form.items}
        assert form.asking in fields or form.asking == ""
        if form.stage in ("asking", "confirming"):
            assert form.asking
        assert set(form.asked) <= fields

    def teardown(self) -> None:
        """Whatever happened, a patient person still gets her form filed."""
        talk = self.talk
        for _ in range(4):
            if unfinished(talk.conversation) is not None:
                break
            talk.begins("cert_renew") if any(c.id == "start" for c in self._introduce()) else None
        form = unfinished(talk.conversation)
        if form is None:
            return
        for _ in range(150):
            if not talk.is_filling:
                return
            self.answers_as_asked_once()
        raise AssertionError(f"stuck:\n{talk.shown()}")

    def _introduce(self) -> tuple:
        self.talk.says("换证")
        return self.talk.reply.choices

    def answers_as_asked_once(self) -> None:
        talk = self.talk
        form = talk.form
        if form.stage == "review":
            talk.presses("review_right")
        elif form.stage == "submit":
            talk.presses("submit")
        elif form.stage == "changing":
            talk.says("返回")
        else:
            talk._fill_one(form, {})


AnythingGoes.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_anything_may_happen = AnythingGoes.TestCase


def test_a_form_knows_every_type_there_is(catalog: Catalog):
    asked = {catalog.fields[i.field].type for s in catalog.services for i in s.form}

    assert asked >= {
        FieldType.CHOICE,
        FieldType.CHOICES,
        FieldType.FILES,
        FieldType.ADDRESS,
        FieldType.DATE,
    }


def test_every_focus_there_is_stands_among_the_places(catalog: Catalog):
    """A new kind of question is tried with every word, or this fails."""
    reached = set()
    for name in TOLD:
        talk = Talk(catalog, FakeRecognizer(), clock=Clock(datetime(2026, 11, 25, tzinfo=UTC)))
        reached.add(type(go_to(talk, name).conversation.focus).__name__)

    assert {kind.__name__ for kind in get_args(get_args(Focus)[0])} <= reached
