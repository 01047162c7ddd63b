"""你看我能办什么: whole people find what is theirs with five questions, nothing is promised, nothing is lost.

The people stand in `tests/eligibility/profiles.json`: facts as in the cases of a service, the services each must
find, and those that must not be offered to her.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tester import CERT, ID, Clock, FakeRecognizer, Talk

from casework.authorizations import Authorization
from catalog.assessments import State
from catalog.benefits import exclusive, in_order, match, question_to_ask, rule_source
from catalog.eligibility import assess
from catalog.facts import Facts, Place, facts_from
from catalog.loader import load_catalog
from dialogue.focuses import Filling, Idle, Introduced, Matching
from dialogue.match_questions import FACTS_ASKED, SENSITIVE, how_to_know, phrase, spec_of
from dialogue.matching import MOST_QUESTIONS, form_answers
from dialogue.messages import Pick
from dialogue.people import Helped, People
from dialogue.progress import Answer
from dialogue.turns import unfinished
from speech import to_spoken

ROOT = Path(__file__).resolve().parent
CATALOG = load_catalog()
TODAY = date(2026, 11, 25)
PROFILES = json.loads((ROOT / "eligibility/profiles.json").read_text("utf-8"))
NAMES = tuple(field.name for field in fields(Facts))
ON_CERTIFICATE = ("certificate", "level", "category", "age")
"""What the number of a certificate tells in one answer."""


def whole(profile) -> Facts:
    given_ = {k: tuple(v) if isinstance(v, list) else v for k, v in profile["facts"].items()}
    return facts_from(given_, today=TODAY)


def only(facts: Facts, names) -> Facts:
    return Facts(**{name: getattr(facts, name) for name in names})


def walked(facts: Facts, *, with_number: bool, questions: int = MOST_QUESTIONS):
    """What is known after each question, when this person answers what is asked."""
    known: set[str] = set()
    asked: list[str] = []
    steps = [Facts()]
    for _ in range(questions):
        name = question_to_ask(CATALOG, only(facts, known), asked)
        if name:
            asked.append(name)
        known |= told_by(name, facts, with_number=with_number)
        steps.append(only(facts, known))
        if name == "certificate":
            asked.append("level")
    return steps, asked


def told_by(name: str, facts: Facts, *, with_number: bool) -> set[str]:
    """Asked for the certificate, she tells its level, or its number, which tells four facts."""
    if name == "certificate" and facts.certificate:
        return set(ON_CERTIFICATE) if with_number else {"certificate", "level"}
    return {name} if name else set()


def ids(found) -> list[str]:
    return [m.service_id for m in found]


def undecided(facts: Facts) -> int:
    return sum(bool(m.assessment.missing) for m in match(CATALOG, facts).nearly)


# ---- whole people


def test_there_are_thirty_different_people():
    assert len(PROFILES) >= 30
    assert len({p["name"] for p in PROFILES}) == len(PROFILES)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p["name"])
def test_who_is_wholly_known_finds_what_is_hers_and_nothing_that_is_not(profile):
    found = match(CATALOG, whole(profile))

    assert set(profile["expects"]) <= set(ids(found.yes))
    assert not set(profile["never"]) & set(ids(found.yes))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p["name"])
def test_the_first_page_holds_something_of_hers(profile):
    first = ids(match(CATALOG, whole(profile)).yes)[:3]

    assert set(first) & set(profile["expects"]), first


@pytest.mark.parametrize("with_number", [False, True], ids=["by-choices", "by-number"])
@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p["name"])
def test_after_five_questions_nothing_of_hers_is_ruled_out(profile, with_number):
    """What five questions did not decide is told as 还差一个条件, never as a no."""
    steps, asked = walked(whole(profile), with_number=with_number)
    found = match(CATALOG, steps[-1])
    ruled_out = {m.service_id for m in found.no}

    assert not set(profile["expects"]) & ruled_out
    assert len([a for a in asked if a != "level"]) <= MOST_QUESTIONS
    for m in found.yes:
        rule = CATALOG.services_by_id[m.service_id].eligibility
        assert assess(rule, whole(profile)).verdict == "yes"


MEASURED = {False: (45, 34, 27, 15.5, 8, 6), True: (45, 23, 11, 7, 3, 1)}
"""Undecided services on average after 0 … 5 questions, at most; the table of docs/decisions/0006."""


@pytest.mark.parametrize("with_number", [False, True], ids=["by-choices", "by-number"])
def test_each_question_decides_as_much_as_the_decision_record_says(with_number):
    counts = [
        [undecided(facts) for facts in walked(whole(p), with_number=with_number)[0]]
        for p in PROFILES
    ]
    means = [sum(column) / len(PROFILES) for column in zip(*counts, strict=True)]

    assert all(mean <= most for mean, most in zip(means, MEASURED[with_number], strict=True)), (
        means
    )


@pytest.mark.parametrize(("with_number", "least"), [(False, 0.7), (True, 0.9)])
def test_five_questions_find_most_of_what_was_expected(with_number, least):
    found = total = 0
    for profile in PROFILES:
        steps, _ = walked(whole(profile), with_number=with_number)
        yes = set(ids(match(CATALOG, steps[-1]).yes))
        found += len(yes & set(profile["expects"]))
        total += len(profile["expects"])

    assert found / total >= least


# ---- laws

ages = st.one_of(st.none(), st.integers(0, 100))
some_facts = st.builds(
    Facts,
    certificate=st.sampled_from([None, True, False]),
    hukou=st.sampled_from([None, *Place]),
    home=st.sampled_from([None, *Place]),
    age=ages,
    level=st.none(),
    category=st.sampled_from([None, "visual", "physical", "intellectual", "mental", "multiple"]),
    income=st.sampled_from(
        [None, "none", "minimum_living", "severe_unemployed", "extreme_poverty"]
    ),
    employment=st.sampled_from([None, "unemployed", "employed", "student", "retired", "flexible"]),
    permit=st.sampled_from([None, True, False]),
    equivalents=st.sampled_from([None, frozenset(), frozenset({"autism"})]),
    insured=st.sampled_from([None, True, False]),
)


@given(some_facts)
def test_nothing_is_offered_twice_or_while_a_condition_fails(facts):
    found = match(CATALOG, facts)
    every = [*ids(found.yes), *ids(found.nearly), *ids(found.no)]

    assert len(every) == len(set(every))
    for m in found.yes:
        judged = assess(CATALOG.services_by_id[m.service_id].eligibility, facts)
        assert judged.verdict == "yes"
        assert {r.state for r in judged.reasons} <= {State.YES, State.WINDOW}


@given(some_facts, st.randoms(use_true_random=False))
def test_the_order_of_the_catalog_does_not_matter(facts, shuffler):
    services = list(CATALOG.services)
    shuffler.shuffle(services)
    turned = CATALOG.model_copy(update={"services": tuple(services)})

    assert ids(match(turned, facts).yes) == ids(match(CATALOG, facts).yes)
    assert question_to_ask(turned, facts) == question_to_ask(CATALOG, facts)


@given(some_facts)
def test_what_comes_first_is_itself_possible(facts):
    found = match(CATALOG, facts)
    possible = {*ids(found.yes), *ids(found.nearly)}

    for m in (*found.yes, *found.nearly):
        assert set(m.first) <= possible
        assert m.service_id not in m.first


@given(st.lists(st.sampled_from(sorted(CATALOG.services_by_id)), max_size=8))
def test_what_is_done_together_is_in_order_and_once(wanted):
    ordered = in_order(wanted)

    assert set(ordered) == set(wanted)
    assert len(ordered) == len(set(ordered))
    assert in_order(reversed(wanted)) == ordered
    assert set(exclusive(ordered)) <= set(wanted)


def test_a_source_is_a_law_by_name_or_nothing():
    for service in CATALOG.services:
        source = rule_source(service)
        assert source == "" or source.startswith("《")
        assert "待核" not in source
        assert "未读到" not in source


def test_every_fact_can_be_asked_and_answered_with_three_choices_at_a_time():
    for fact in FACTS_ASKED:
        spec = spec_of(CATALOG, fact)
        assert "您" not in spec.question
        assert fact == "age" or spec.choices
    assert set(FACTS_ASKED) == set(NAMES)
    assert {"certificate", "level", "category", "income", "kinds", "equivalents"} == SENSITIVE


# ---- in conversation


def begins(talk: Talk, *answers: str) -> Talk:
    talk.says("你看我能办什么", "可以问", *answers)
    return talk


def focus(talk: Talk) -> Matching:
    found = talk.conversation.focus
    assert isinstance(found, Matching), talk.shown()
    return found


def is_asked(talk: Talk, fact: str) -> Talk:
    assert (focus(talk).stage, focus(talk).asking) == ("asking", fact), talk.shown()
    return talk


def finished(talk: Talk) -> Talk:
    """Answer what is still open with 不清楚."""
    for _ in range(MOST_QUESTIONS + 1):
        if focus(talk).stage == "consent":
            talk.says("可以问")
        elif focus(talk).stage == "asking":
            talk.says("跳过")
    assert focus(talk).stage == "result", talk.shown()
    return talk


def told(talk: Talk, who: str = "") -> dict[str, object]:
    found = next((t for t in talk.conversation.told if t.who == who), None)
    return {k: a.value for k, a in found.answers.items()} if found else {}


@pytest.mark.parametrize(
    "wish",
    ["你看我能办什么", "我能享受哪些补贴", "有什么政策适合我", "我能领什么钱？", "我还能办啥"],
)
def test_the_wish_is_heard_in_its_usual_words(talk: Talk, wish: str):
    talk.says(wish)

    assert focus(talk).stage == "consent"
    talk.hears("敏感信息", "可以问吗").hears_not("不符合")


def test_the_button_of_the_welcome_asks_for_whom(talk: Talk):
    talk.says("你好").presses("benefits").hears("给谁看")
    talk.says("1").hears("可以问吗")

    assert focus(talk).beneficiary == ""


def test_the_wish_for_another_is_put_for_that_one(talk: Talk):
    talk.recognizer.table["帮我爸看看能办什么"] = _for("帮我爸看看能办什么", "我爸")
    talk.says("帮我爸看看能办什么", "可以问").hears("你爸爸的残疾人证")
    talk.says("没有证").hears("你爸爸的户口")

    assert told(talk) == {}
    assert told(talk, "你爸爸") == {"certificate": "no"}


def test_somebody_else_named_in_the_middle_is_looked_for_instead(talk: Talk):
    talk.recognizer.table["帮我爸"] = _for("帮我爸", "我爸")
    talk.says("你看我能办什么", "帮我爸").hears("可以问吗")
    assert focus(talk).beneficiary == "我爸"
    talk.says("可以问").hears("你爸爸的残疾人证")


def _for(text: str, whom: str):
    from intents.models import Decision, Recognition

    return Recognition(text=text, decision=Decision.REJECT, beneficiary=whom)


def test_an_accepted_service_keeps_its_meaning(talk: Talk):
    talk.recognizer.knows("我能领护理补贴这个钱吗有什么补贴", "nursing_subsidy")
    talk.says("我能领护理补贴这个钱吗有什么补贴")

    assert isinstance(talk.conversation.focus, Introduced)


def test_consent_comes_before_the_first_sensitive_question_and_refusing_blocks_nothing(talk: Talk):
    talk.says("你看我能办什么", "不想说")
    assert focus(talk).asking not in SENSITIVE
    for _ in range(10):
        if focus(talk).stage != "asking":
            break
        assert focus(talk).asking not in SENSITIVE
        talk.says("45" if focus(talk).asking == "age" else "1")

    assert focus(talk).stage == "result"
    talk.hears("可能符合")


def test_a_certificate_number_answers_several_questions_after_it_was_read_back(talk: Talk):
    begins(talk, CERT).hears("肢体", "二级", "对吗")
    assert told(talk) == {}
    talk.says("对")

    assert told(talk)["disability_level"] == "level_2"
    assert {"certificate", "level", "category", "age"} & set(focus(talk).asked) == {"certificate"}
    finished(talk)
    assert not {"level", "category", "age"} & set(focus(talk).asked)


def test_an_identity_number_said_for_the_age_is_used(talk: Talk):
    begins(talk, "没有证", "浦东")
    is_asked(talk, "age").says(ID, "对")

    assert told(talk)["birth_date"] == "1949-12-31"
    assert "age" not in told(talk)


def test_a_wrong_number_is_told_what_is_wrong_and_kept_nowhere(talk: Talk):
    begins(talk, "110105194912310021" + "42").hears("不对")

    assert told(talk) == {}


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("没有", {"certificate": "no"}),
        ("没办过残疾证", {"certificate": "no"}),
        ("二级", {"certificate": "yes", "disability_level": "level_2"}),
        ("有，肢体二级", {"certificate": "yes", "disability_level": "level_2", "disability_category": "physical"}),
        ("2", {"certificate": "yes", "disability_level": "level_1"}),
        ("有", {"certificate": "yes"}),
        ("低保", {"household_income_type": "minimum_living"}),
        ("四岁", {"age": "4"}),
    ],
)  # fmt: skip
def test_an_answer_in_words_tells_what_it_tells(talk: Talk, said: str, known: dict[str, str]):
    begins(talk, said)

    assert told(talk) == known


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("浦东", "pudong"), ("1", "pudong"), ("我是南汇户口", "pudong"), ("花木街道", "pudong"),
        ("徐汇区", "other_district"), ("安徽省阜阳", "elsewhere"), ("外地的", "elsewhere"), ("上海户口", "shanghai"),
    ],
)  # fmt: skip
def test_a_place_is_heard_as_people_say_it(talk: Talk, said: str, place: str):
    begins(talk, "没有证")
    is_asked(talk, "hukou").says(said)

    assert told(talk)["hukou"] == place


@pytest.mark.parametrize(("said", "age"), [("45", "45"), ("四十五岁", "45"), ("八个月", "0")])
def test_an_age_is_heard_as_people_say_it(talk: Talk, said: str, age: str):
    begins(talk, "没有证", "浦东")
    is_asked(talk, "age").says(said)

    assert told(talk)["age"] == age


def test_an_age_nobody_has_is_asked_again(talk: Talk):
    begins(talk, "没有证", "浦东", "450").hears("数字")

    is_asked(talk, "age")


def test_skip_leaves_a_question_and_back_asks_it_again(talk: Talk):
    begins(talk, "没有证", "跳过")
    assert "hukou" in focus(talk).skipped
    talk.says("返回")
    is_asked(talk, "hukou").says("浦东")

    assert told(talk) == {"certificate": "no", "hukou": "pudong"}
    assert "hukou" not in focus(talk).skipped


def test_back_at_the_first_question_says_so(talk: Talk):
    begins(talk).says("返回").hears("这是第一个问题")


def test_change_asks_which_fact_and_then_goes_on(talk: Talk):
    finished(begins(talk, "没有证", "浦东", "70"))
    talk.says("修改").hears("要改哪一项")
    talk.says("户口")
    is_asked(talk, "hukou").says("外地")

    assert focus(talk).stage in ("asking", "result")
    assert told(talk)["hukou"] == "elsewhere"


def test_without_a_certificate_its_number_and_level_are_forgotten(talk: Talk):
    begins(talk, "肢体二级").says("修改", "残疾人证", "没有证")

    assert told(talk)["certificate"] == "no"
    assert "disability_level" not in told(talk)


def test_leaving_keeps_everything_and_coming_back_confirms_it(talk: Talk):
    begins(talk, "没有证", "浦东").says("算了").hears("都记着")
    assert isinstance(talk.conversation.focus, Idle)
    talk.says("你看我能办什么").hears("浦东", "还是这样吗")
    talk.says("还是这样")
    is_asked(talk, "age")

    talk.says("算了", "你看我能办什么", "重新说")
    assert told(talk) == {}


def test_an_age_said_long_ago_is_asked_anew(talk: Talk):
    begins(talk, "没有证", "浦东", "44").says("算了")
    talk.clock.forward(days=200)
    talk.says("你看我能办什么").hears_not("44").says("还是这样")

    is_asked(talk, "age")


def test_facts_of_two_people_never_mix(talk: Talk):
    talk.recognizer.table["帮我妈看看能办什么"] = _for("帮我妈看看能办什么", "我妈")
    begins(talk, CERT, "对", "浦东")
    talk.says("帮我妈看看能办什么", "可以问")
    is_asked(talk, "certificate").says("没有证", "外地")
    talk.says("算了", "你看我能办什么").hears("浦东", "二级").hears_not("外地")

    assert told(talk)["hukou"] == "pudong"
    assert told(talk, "你妈妈")["hukou"] == "elsewhere"


def test_what_was_filed_before_is_used_after_a_yes(talk: Talk):
    facts = {
        "disability_cert_no": Answer(value=CERT, shown=CERT),
        "disability_level": Answer(value="level_2", shown="二级"),
        "disability_category": Answer(value="physical", shown="肢体"),
        "id_number": Answer(value=ID, shown=ID),
    }
    talk.people = People(me="me", facts=facts)
    talk.says("你看我能办什么").hears("二级", "76岁", "还是这样吗").says("还是这样")

    assert focus(talk).stage != "reuse"
    assert not {"certificate", "level", "category", "age"} & set(focus(talk).asked)


def test_what_is_known_of_the_writer_is_never_used_for_her_father(talk: Talk):
    facts = {"disability_level": Answer(value="level_1", shown="一级")}
    talk.people = People(me="me", facts=facts)
    talk.recognizer.table["帮我爸看看能办什么"] = _for("帮我爸看看能办什么", "我爸")
    talk.says("帮我爸看看能办什么").hears_not("一级").hears("可以问吗")


def test_what_is_known_of_the_father_is_used_for_him(talk: Talk):
    helped = Helped(
        authorization=Authorization.model_construct(relation="你爸爸")
        if hasattr(Authorization, "model_construct")
        else _authorization("你爸爸"),
        facts={"disability_level": Answer(value="level_1", shown="一级")},
    )
    talk.people = People(me="me", helped=(helped,))
    talk.recognizer.table["帮我爸看看能办什么"] = _for("帮我爸看看能办什么", "我爸")
    talk.says("帮我爸看看能办什么").hears("一级", "还是这样吗")


def _authorization(relation: str) -> Authorization:
    given_ = {f.name: None for f in fields(Authorization)}
    return Authorization(**{**given_, "relation": relation, "principal_id": "father"})


def test_three_answers_that_do_not_fit_leave_the_question_open(talk: Talk):
    begins(talk, "咕噜", "咕噜", "咕噜").hears("先放着")

    assert "certificate" in focus(talk).skipped


MAN = (CERT, "对", "浦东", "低保")


def result(talk: Talk) -> Talk:
    return finished(begins(talk, *MAN))


def test_what_may_fit_is_said_with_reason_and_rule_and_never_promised(talk: Talk):
    result(talk).hears("可能符合", "看的是", "依据《", "以窗口答复为准", "后面还有")

    assert len([p for p in talk.reply.paragraphs if "看的是" in p]) == 3
    assert talk.reply.private
    for reply in talk.seen:
        text = reply.text.replace("可能符合", "").replace("可能不符合", "")
        assert "符合" not in text, text


def test_all_pages_together_hold_each_service_once(talk: Talk):
    result(talk)
    count = len(match(CATALOG, _facts(talk)).yes)
    seen: list[str] = []
    for _ in range(-(-count // 3)):
        seen += [
            p.split("：")[0] for p in talk.reply.paragraphs if "看的是" in p or "没有特别" in p
        ]
        if len(seen) < count:
            talk.says("看后面的")

    assert len(seen) == len(set(seen)) == count


def _facts(talk: Talk) -> Facts:
    return facts_from(told(talk), today=TODAY)


def test_what_is_missing_is_named_with_how_to_find_out_and_may_be_told(talk: Talk):
    finished(begins(talk, CERT, "对", "浦东"))
    talk.says("还差什么").hears("还要知道", "可以").presses("match_tell")

    assert focus(talk).stage == "asking"


def test_without_a_certificate_it_comes_first(talk: Talk):
    finished(begins(talk, "没有证", "浦东", "45", "1"))
    talk.hears("新办残疾人证").says("还差什么")
    pages = [talk.reply.text]
    for _ in range(8):
        talk.says("看后面的")
        pages.append(talk.reply.text)

    assert any("先办好“新办残疾人证”，再办" in page for page in pages)


def test_what_does_not_fit_is_told_only_when_asked_with_the_reason(talk: Talk):
    result(talk).hears_not("不符合").says("哪些不符合").hears("可能不符合", "你说的是", "说错了")


def test_one_service_is_looked_at_by_its_name(talk: Talk):
    talk.recognizer.knows("交通补贴", "transport_subsidy")
    result(talk).says("交通补贴").hears("要没满65岁", "现在可能不符合", "76岁")
    talk.presses("match_change").hears("要改哪一项")


def test_another_service_not_among_them_keeps_its_meaning(talk: Talk):
    talk.recognizer.knows("证丢了", "cert_reissue_lost")
    result(talk).says("证丢了")

    assert isinstance(talk.conversation.focus, Introduced)


def test_filed_together_nothing_told_is_asked_again(talk: Talk):
    result(talk).says("一起办")
    form = unfinished(talk.conversation)

    assert isinstance(talk.conversation.focus, Filling)
    assert len(form.service_ids) > 1
    assert form.answers["disability_cert_no"].value == CERT
    assert form.answers["applicant_role"].value == "self"
    talk.fills()
    assert not {
        "disability_cert_no",
        "id_number",
        "disability_level",
        "household_income_type",
    } & set(form_asked(talk))
    assert set(form.service_ids).isdisjoint(talk.conversation.plan)
    assert talk.conversation.plan
    talk.presses("review_right").presses("submit")
    assert {c.service_id for c in talk.cases} == set(form.service_ids)


def form_asked(talk: Talk) -> tuple[str, ...]:
    return talk.form.asked


def test_some_or_one_may_be_chosen(talk: Talk):
    result(talk)
    first = ids(match(CATALOG, _facts(talk)).yes)[:3]
    talk.presses("match_some").says("2")

    assert unfinished(talk.conversation).service_ids == (first[1],)
    assert set(first) - {first[1]} <= set(talk.conversation.plan)


def test_services_that_exclude_each_other_are_said_and_she_chooses(talk: Talk):
    begins(talk, "肢体一级", "浦东", "45", "低保")
    finished(talk).says("只办其中几样", "返回")
    while "只能选一样" not in talk.reply.text:
        talk.says("看后面的")
    talk.says("一起办").hears("只能选一样", "选哪一样")
    talk.says("1")
    chosen = unfinished(talk.conversation)

    assert chosen is not None
    assert not exclusive(chosen.service_ids)


def test_a_form_left_for_it_is_kept(talk: Talk):
    talk.begins("cert_renew").fills({"applicant_role": "给我自己办"}, until="mobile")
    number = talk.form.number
    talk.says("你看我能办什么").hears("都留着").says("算了", "继续")

    assert talk.form.number == number


def test_what_is_kept_survives_being_stored(talk: Talk):
    assert talk.checks_storing
    result(talk)
    talk.presses("match_file")


def test_form_answers_go_by_the_names_of_the_form():
    given_ = {
        "level": Answer(value="level_1", shown="一级"),
        "hukou": Answer(value="pudong", shown="浦东"),
    }

    assert set(form_answers(given_, frozenset({"disability_level", "hukou_address"}))) == {
        "disability_level"
    }


def test_the_button_pressed_again_in_the_middle_asks_the_same_question(talk: Talk):
    talk.says("你好")
    old = Pick(turn=talk.reply.turn, choice="benefits")
    begins(talk, "没有证")
    talk.sends(pick=old)

    is_asked(talk, "hukou")


def test_every_fact_can_be_said_in_a_reason_and_found_out_somehow():
    for fact in FACTS_ASKED:
        assert how_to_know(fact)
    for profile in PROFILES:
        found = match(CATALOG, whole(profile))
        for m in (*found.yes, *found.nearly, *found.no):
            for name, value in (pair for r in m.assessment.reasons for pair in r.told):
                assert not re.search("[a-z_]", phrase(CATALOG, name, value)), (name, value)


WAYS_AROUND = {
    "not_sure",
    "more_options",
    "more_steps",
    "options_done",
    "none_of_these",
    "human",
    "help",
}


def test_every_reply_can_be_picked_from_and_read_aloud(talk: Talk):
    begins(
        talk,
        "有",
        "浦东",
        "45",
        "低保",
        "看结果",
        "看后面的",
        "还差什么",
        "我来说",
        "跳过",
        "看结果",
    )
    talk.says(
        "哪些不符合", "看后面的", "改我说的", "返回", "只办其中几样", "都不是", "修改", "算了"
    )
    talk.says(
        "你看我能办什么",
        "重新说",
        "可以问",
        "多重",
        "返回",
        "没有证",
        "外地",
        "没有",
        "45",
        "看结果",
        "还差什么",
    )
    for reply in talk.seen:
        ids_ = [c.id for c in reply.choices]
        text = reply.as_plain_text()
        assert len([i for i in ids_ if i not in WAYS_AROUND]) <= 3, text
        assert len(ids_) == len(set(ids_)) == len({c.label for c in reply.choices}), text
        assert len(text) <= 1000, text
        assert all(to_spoken(p).strip() for p in reply.paragraphs), text
        assert not re.search(r"[{}]|您", text), text


WORDS = [
    "返回", "修改", "跳过", "再说一遍", "慢一点", "人工", "算了", "继续", "不清楚", "不知道", "是", "不是", "没有",
    "有", "可以问", "不想说", "对", "不对", "浦东", "外地", "45", "0", "4岁", "1", "2", "3", "4", "5", "二级",
    "肢体二级", "听力", "多重", "视力和听力", "就这些", "低保", "都不是", "失业了", "孤独症", CERT, ID, "12345678901234567",
    "看后面的", "还差什么", "哪些不符合", "一起办", "只办其中几样", "全部一起办", "看结果", "还是这样", "重新说", "1和2",
    "你看我能办什么", "户口", "咕噜", "", "谢谢", "帮助", "查进度", "我爸", "留着",
]  # fmt: skip


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.integers(0, 4)), max_size=25))
def test_whatever_is_said_no_more_than_five_are_asked_and_nothing_wrong_is_offered(said):
    from datetime import UTC, datetime

    talk = Talk(CATALOG, FakeRecognizer(), clock=Clock(datetime(2026, 11, 25, 1, 30, tzinfo=UTC)))
    talk.says("你看我能办什么")
    wished = 0
    for word in said:
        before = talk.conversation.focus
        if isinstance(word, int):
            choices = talk.reply.choices
            if not choices:
                continue
            choice = choices[word % len(choices)].id
            wished += choice in ("match_tell", "match_change") or choice.startswith("match_fact:")
            talk.presses(choice)
        else:
            talk.says(word)
        now = talk.conversation.focus
        wished += isinstance(before, Matching) and before.stage in ("changing", "nearly")
        assert talk.reply.paragraphs
        assert len({c.id for c in talk.reply.choices}) == len(talk.reply.choices)
        if isinstance(now, Matching):
            assert len(now.asked) <= MOST_QUESTIONS + wished
            assert now.sensitive == "yes" or now.asking not in SENSITIVE or now.stage != "asking"
            if now.stage == "result":
                found = match(CATALOG, _facts(talk))
                assert len(set(ids(found.yes))) == len(found.yes)
                assert all(m.assessment.verdict == "yes" for m in found.yes)
