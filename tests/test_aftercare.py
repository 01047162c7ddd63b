"""Life after filing: corrections that come back, what happens next, ratings, objections."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from console_room import MOBILE, OFFICE, Room, open_room
from sqlalchemy import text
from tester import Clock, Talk, Tester

from actions.mind import Mind
from actions.rate_case import rate_case
from casework.models import Action, CaseState
from casework.numbers import shown
from dialogue.aftercare import last_day, rating_choices
from dialogue.effects import CallPerson, RateCase
from dialogue.focuses import Filling, Introduced, Objecting, Rating
from dialogue.messages import Pick
from dialogue.needs import Contact, NeedsProfile
from storage.database import Database
from storage.errors import Conflict

SELF = {"applicant_role": "给我自己办", "accommodation_needs": "都不用"}


def decided(
    talk: Talk, action: Action, service: str = "cert_renew", reason: str = "材料对不上"
) -> Talk:
    """A filed case with a decision, just told."""
    talk.files(service, SELF)
    if action is not Action.NOT_ACCEPT:
        talk.clerk(Action.ACCEPT)
    talk.clerk(action, reason=reason)
    return talk


def rates(talk: Talk) -> list[RateCase]:
    return [e for e in talk.all_effects if isinstance(e, RateCase)]


# ---- ratings


def test_before_a_decision_nobody_is_asked(talk: Talk):
    talk.files("cert_renew", SELF).clerk(Action.ACCEPT)
    talk.says("查进度", "谢谢")
    talk.says("评价").hears("办完了才评")

    assert all("办得怎么样" not in reply.text for reply in talk.seen)
    assert rates(talk) == []


def test_an_approval_asks_once_and_one_tap_answers(talk: Talk):
    decided(talk, Action.APPROVE).hears("办得怎么样", "非常满意", "满意", "基本满意")
    talk.presses("非常满意").hears("非常满意", "谢谢")

    assert [(r.stars, r.words) for r in rates(talk)] == [(5, "")]
    talk.says("评价").hears("现在没有要评的")
    assert len(rates(talk)) == 1


@pytest.mark.parametrize(
    ("said", "stars"),
    [
        ("1", 5), ("2", 4), ("3", 3), ("非常满意", 5), ("满意", 4), ("还行", 3), ("不满意", 2), ("非常不满意", 1), ("差评", 1),
        ("5分", 5), ("给1分", 1), ("三分", 3), ("打四星", 4),
    ],
)  # fmt: skip
def test_ratings_are_given_in_words_digits_and_points(talk: Talk, said: str, stars: int):
    decided(talk, Action.APPROVE).says(said)

    assert [r.stars for r in rates(talk)] == [stars]


def test_the_two_bad_levels_are_one_step_away(talk: Talk):
    decided(talk, Action.APPROVE).presses("看别的")
    assert [c.label for c in talk.reply.choices] == ["不满意", "非常不满意", "不评"]

    talk.presses("不评").hears("不评")
    assert rates(talk) == []
    talk.says("评价").hears("现在没有要评的")


def test_a_bad_rating_calls_a_person_and_asks_why_once(talk: Talk):
    decided(talk, Action.APPROVE).says("不满意").hears("一个工作日内", "哪里没做好")

    assert isinstance(talk.conversation.focus, Rating)
    calls = [e for e in talk.all_effects if isinstance(e, CallPerson)]
    assert [(c.reason, c.office_id) for c in calls] == [("rating", talk.cases[0].office_id)]
    talk.says("等了两个月没有人理我").hears("交给经办人")
    assert [(r.stars, r.words) for r in rates(talk)] == [(2, ""), (0, "等了两个月没有人理我")]
    assert talk.conversation.focus.kind == "idle"


def test_why_need_not_be_said(talk: Talk):
    decided(talk, Action.APPROVE).says("非常不满意", "跳过").hears("不评")

    assert [r.stars for r in rates(talk)] == [1]
    assert talk.conversation.focus.kind == "idle"


def test_asked_why_she_may_turn_to_something_else(talk: Talk):
    talk.recognizer.knows("低保", "minimum_living")
    decided(talk, Action.APPROVE).says("不满意", "低保")

    assert isinstance(talk.conversation.focus, Introduced)
    assert [r.words for r in rates(talk)] == [""]


def test_a_decision_in_the_middle_of_a_form_moves_nothing(talk: Talk):
    talk.files("cert_renew", SELF).clerk(Action.ACCEPT)
    talk.begins("transport_subsidy")
    if talk.form.stage != "asking":
        talk.presses("reuse_no")
    before = talk.form
    talk.clerk(Action.APPROVE)
    talk.presses("满意").hears("满意")

    assert [r.stars for r in rates(talk)] == [4]
    assert (talk.form.asking, talk.form.answers) == (before.asking, before.answers)


def test_each_of_several_decided_cases_is_rated_for_itself(talk: Talk):
    decided(talk, Action.APPROVE)
    first = talk.cases[0]
    talk.says("满意")
    talk.begins("transport_subsidy")
    if talk.form.stage != "asking":
        talk.presses("reuse_no")
    talk.fills(SELF).presses("review_right").presses("submit")
    talk.clerk(Action.ACCEPT)
    talk.clerk(Action.APPROVE)
    talk.says("基本满意")

    assert [(r.case_id == first.id, r.stars) for r in rates(talk)] == [(True, 4), (False, 3)]


def test_a_refusal_tells_first_how_to_object(talk: Talk):
    decided(talk, Action.DECLINE).hears("没有批准", "材料对不上", "我不服")
    assert [c.label for c in talk.reply.choices] == ["我不服", "人工", "评一评"]

    talk.presses("评一评").hears("办得怎么样").says("不满意")
    assert [r.stars for r in rates(talk)] == [2]


def test_the_five_levels_are_the_national_ones():
    labels = [c.label for page in (0, 1) for c in rating_choices("c", page)]

    assert [x for x in labels if "满意" in x] == [
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
        "非常不满意",
    ]


# ---- objections


def test_a_refused_assessment_may_be_objected_to_in_ten_working_days(talk: Talk):
    decided(talk, Action.DECLINE, "cert_new").says("我不服").hears("10 个工作日", "哪天拿到")
    assert isinstance(talk.conversation.focus, Objecting)

    talk.says("前天").hears("还来得及", "最晚")
    talk.says("开始")
    assert isinstance(talk.conversation.focus, Filling)
    assert talk.form.service_ids == ("cert_reassess",)
    told = talk.form.answers["conclusion_date"]
    assert told.value == (talk.clock.now.date() - timedelta(days=2)).isoformat()
    if talk.form.stage == "reuse":
        talk.presses("reuse_no")
    talk.fills(SELF)
    assert talk.form.answers["conclusion_date"].value == told.value


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 11, 2), date(2026, 11, 16)), (date(2026, 9, 29), date(2026, 10, 19)), (date(2026, 11, 28), date(2026, 12, 11)),
    ],
)  # fmt: skip
def test_the_last_day_counts_working_days(received: date, last: date):
    """From the day after; the National Day week does not count, and Saturdays that are worked do."""
    assert last_day(received) == last


def test_too_late_is_said_kindly_and_leads_to_people(talk: Talk):
    decided(talk, Action.DECLINE, "cert_new").says("不服", "2026年9月1日").hears(
        "已经过了", "别放弃"
    )

    assert [c.id for c in talk.reply.choices] == ["human", "service:legal_consult"]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("后天", "还没到"),
        ("2026年10月", "哪年哪月哪日"),
        ("嗯那个", "没听出日子"),
        ("不知道", "评残结论不服复查|残疾评定结论"),
    ],
)
def test_a_day_that_does_not_fit_is_asked_again_or_done_without(talk: Talk, said: str, heard: str):
    decided(talk, Action.DECLINE, "cert_new").says("我不服", said)

    assert any(part in talk.shown() for part in heard.split("|")), talk.shown()
    assert isinstance(talk.conversation.focus, Objecting)


def test_other_services_have_three_ways_and_only_sourced_limits(talk: Talk):
    decided(talk, Action.DECLINE, "transport_subsidy").says("我不服")
    talk.hears("再看一遍", "行政复议", "期限写在决定书上", "15 日内", "60 日内")

    assert [c.id for c in talk.reply.choices] == [
        "human",
        "service:legal_consult",
        "service:petition_rights",
    ]
    assert "60日内申请" not in talk.shown()


def test_a_notice_button_from_long_ago_still_works(talk: Talk):
    decided(talk, Action.DECLINE, "transport_subsidy")
    pick = Pick(turn=talk.reply.turn, choice=talk.reply.choices[0].id)
    talk.says("你好", "谢谢")
    talk.sends(pick=pick)

    talk.hears("三条路")


def test_without_a_refused_case_the_words_mean_what_they_mean(talk: Talk):
    talk.recognizer.knows("我不服", "assessment_dispute", "life_event")
    talk.says("我不服")

    assert talk.conversation.focus.kind == "event"


def test_every_refusal_says_why_and_what_can_be_done(talk: Talk):
    for action in (Action.DECLINE, Action.NOT_ACCEPT):
        talk.forgets()
        decided(talk, action, reason="户口不在浦东").hears("户口不在浦东", "我不服")


# ---- corrections


def test_corrections_come_back_twice_and_each_names_what_is_still_wrong(talk: Talk):
    talk.files("cert_renew", SELF)
    talk.clerk(
        Action.REQUEST_CORRECTIONS, items=("mobile", "photo", "reason"), reason="电话不通，没照片"
    )
    talk.hears("还差 3 样", "手机号", "证件照").presses("现在补")
    talk.is_asked("mobile").says("13812345678").is_asked("photo").says("算了")
    talk.says("查进度").presses("现在补").is_asked("photo").hears_not("手机号是多少")
    talk.says("以后补", "证到期了")
    if talk.form.stage == "confirming":
        talk.presses("right")
    talk.presses("都对").hears("交给经办人")
    assert talk.cases[0].state is CaseState.SUBMITTED

    talk.clerk(Action.REQUEST_CORRECTIONS, items=("photo",), reason="照片还是没有")
    talk.hears("还差 1 样", "证件照", "照片还是没有").hears_not("手机号")
    talk.presses("现在补").is_asked("photo").sends_photo().says("就这些", "都对")
    assert talk.cases[0].state is CaseState.SUBMITTED

    talk.clerk(Action.REQUEST_CORRECTIONS, items=("photo",), reason="太暗")
    talk.hears("还差 1 样", "太暗").presses("现在补").is_asked("photo")
    assert "photo" not in talk.form.answers, "a new round asks anew"


def test_status_says_what_happens_next_in_every_state(talk: Talk):
    next_words = {
        Action.ACCEPT: "接下来", Action.START_REVIEW: "办好了", Action.SUSPEND: "这段不算时限", Action.RESUME: "办好了",
        Action.DECLINE: "我不服",
    }  # fmt: skip
    talk.files("transport_subsidy", SELF).says("查进度").hears("看材料齐不齐", "缺什么")
    for action, words in next_words.items():
        talk.clerk(action, reason="等公示")
        talk.says("查进度").hears(shown(talk.cases[0].number), words)


# ---- with a database


@pytest.fixture
def anywhere(database: Database, mind: Mind, clock: Clock) -> Tester:
    database.migrate()
    return Tester(database, mind, clock=clock)


def approved(person: Tester) -> Tester:
    person.says("残疾证到期了要换").presses("start").fills(SELF)
    person.presses("review_right").presses("submit")
    person.clerk(Action.ACCEPT)
    person.clerk(Action.APPROVE)
    return person


def test_a_rating_is_stored_once_and_seen_by_its_office(anywhere: Tester):
    person = approved(anywhere)
    person.says("不满意", "态度不好")
    case = person.cases()[0]
    assert person.handovers(case.office_id) == ("rating",)

    with person.database.write() as work:
        assert not work.ratings.add(case.id, case.office_id, 5, person.clock.now)
        work.ratings.explain(case.id, "别的话")
        work.commit()
    with person.database.read() as work:
        (rating,) = work.ratings.latest(case.office_id, 10)
        assert (rating.stars, rating.words, rating.number) == (2, "态度不好", case.number)
        assert work.ratings.latest("nowhere", 10) == ()
        assert work.ratings.summary(case.office_id).counts == {5: 0, 4: 0, 3: 0, 2: 1, 1: 0}
        assert work.ratings.summary("nowhere").total == 0


def test_nobody_rates_a_case_that_is_not_hers(anywhere: Tester, mind: Mind):
    person = approved(anywhere)
    stranger = Tester(person.database, mind, peer="passer-by", clock=person.clock)
    stranger.says("你好")
    case = person.cases()[0]
    with person.database.write() as work:
        stored = work.conversations.find(stranger.channel, stranger.peer)
        with pytest.raises(Conflict):
            rate_case(work, stored, RateCase(case_id=case.id, stars=1), person.clock.now)


def test_the_words_of_a_rating_are_encrypted(anywhere: Tester):
    person = approved(anywhere)
    person.says("非常不满意", "经办人骂我")
    with person.database.read() as work:
        raw = work._scope.session.exec(text("select words from rating")).first()[0]
    assert "骂".encode() not in bytes(raw)


@pytest.fixture
def room(sqlite_template: Path, tmp_path: Path) -> Iterator[Room]:
    shutil.copy(sqlite_template, tmp_path / "zhucan.sqlite3")
    opened = open_room(tmp_path)
    yield opened
    opened.desk.database.close()


def test_the_list_of_an_office_shows_counts_and_words(room: Room):
    case = room.file(state=CaseState.APPROVED)
    with room.desk.database.write() as work:
        work.ratings.add(case.id, OFFICE, 1, datetime.now(UTC))
        work.ratings.explain(case.id, "<b>等了两个月</b>")
        work.commit()
    page = room.signed_in("zhang").get("/console/ratings").text

    assert "共 1 条" in page
    assert "非常不满意" in page
    assert "&lt;b&gt;等了两个月" in page
    assert case.id in page
    assert "还没有评价" in room.signed_in("zhao").get("/console/ratings").text
    assert room.visitor().get("/console/ratings").status_code == 303


def test_needs_stand_first_on_the_page_of_a_case_and_of_a_handover(room: Room):
    case = room.file()
    with room.desk.database.write() as work:
        stored = work.conversations.for_peer("web", "wang", datetime.now(UTC))
        needs = NeedsProfile(no_calls=True, contact=Contact(name="女儿", phone=MOBILE))
        work.conversations.save(
            stored, replace(stored.conversation, preferences=needs), datetime.now(UTC)
        )
        work.commit()
    zhang = room.signed_in("zhang")
    for path in (f"/console/cases/{case.id}", f"/console/handovers/{room.hand_over()}"):
        page = zhang.get(path).text
        assert "不要打电话" in page, path
        assert "有事联系女儿" in page
        assert "不是授权" in page
        assert page.index("不要打电话") < page.index('id="now"'), "above everything else"


def test_who_needs_nothing_special_is_shown_nothing(room: Room):
    case = room.file()

    assert 'class="needs"' not in room.signed_in("zhang").get(f"/console/cases/{case.id}").text
