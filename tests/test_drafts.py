"""Unfinished forms: kept at once, named when she comes back, listed when she asks, never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tester import MOBILE, Talk, Tester

from casework.models import Action
from catalog.models import Catalog, FormItem
from dialogue.drafts import was_away
from dialogue.editions import fitted
from dialogue.focuses import Filling, Idle, ListingDrafts, Returning
from dialogue.messages import Pick
from dialogue.models import Conversation
from dialogue.turns import unfinished

SELF = {"applicant_role": "给我自己办", "accommodation_needs": "都不用"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "is_away"),
    [
        ("2026-11-25T01:00", "2026-11-25T06:59", False), ("2026-11-25T01:00", "2026-11-25T07:00", True),
        ("2026-11-25T15:30", "2026-11-25T16:10", False), ("2026-11-25T15:30", "2026-11-25T16:40", True),
        ("2026-11-25T01:00", "2027-11-25T01:00", True), ("2026-11-25T01:00", "2026-11-25T01:00", False),
    ],
)  # fmt: skip
def test_hours_or_a_night_are_a_pause(last: str, now: str, is_away: bool):
    """16:00 UTC is midnight in Shanghai: a minute over it is no pause yet, an hour is."""
    assert was_away(Conversation(id="c", heard_at=at(last)), at(now)) == is_away


def test_who_never_wrote_was_not_away():
    assert not was_away(Conversation(id="c"), at("2026-11-25T01:00"))


def test_a_greeting_after_a_pause_hears_where_she_stopped(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile")
    held = talk.answers()
    talk.clock.forward(days=40)
    talk.says("你好").hears("上次说到“残疾人证换领", "手机号", "接着办吗", "接着办", "先不办")

    assert isinstance(talk.conversation.focus, Returning)
    talk.presses("接着办").is_asked("mobile")
    assert talk.answers() == held


def test_an_answer_after_a_pause_is_the_answer(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile")
    talk.clock.forward(days=3)
    talk.says(MOBILE).hears("上次说到“残疾人证换领", "手机号")

    assert talk.answers()["mobile"] == MOBILE
    assert isinstance(talk.conversation.focus, Filling)
    talk.says("返回").hears_not("上次说到")


def test_words_nobody_understands_after_a_pause_lose_nothing(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "留着")
    talk.clock.forward(days=3)
    talk.says("咕噜咕噜").hears("上次说到").says("好").is_asked("mobile")


def test_something_new_comes_first_and_the_draft_is_named(talk: Talk):
    talk.recognizer.knows("低保", "minimum_living")
    talk.begins("cert_renew").fills(SELF, until="mobile").says("算了", "留着")
    talk.clock.forward(days=3)
    talk.says("低保").hears("还有没办完的", "残疾人证换领")

    assert talk.conversation.focus.kind == "introduced"
    talk.says("继续").is_asked("mobile")


def test_at_the_review_it_says_that_it_was_not_handed_in(talk: Talk):
    talk.begins("cert_renew").fills(SELF)
    talk.clock.forward(hours=8)
    talk.says("你好").hears("还没交").presses("接着办").is_at("review")


def test_not_now_keeps_it(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile")
    talk.clock.forward(days=3)
    talk.says("你好", "先不办").hears("留着")

    assert isinstance(talk.conversation.focus, Idle)
    talk.says("继续").is_asked("mobile")


def test_without_a_pause_nothing_is_said_of_it(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile")
    talk.clock.forward(hours=2)
    talk.says("你好").hears_not("上次说到")
    assert talk.is_filling


def test_without_a_draft_nothing_is_said(talk: Talk):
    talk.says("你好")
    talk.clock.forward(days=30)
    talk.says("你好").hears_not("上次", "没办完")


def test_danger_after_a_pause_is_danger(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile")
    talk.clock.forward(days=3)
    talk.says("着火了")

    assert talk.reply.kind == "emergency"
    assert unfinished(talk.conversation) is not None


def begins_other(talk: Talk, service: str, name: str, beneficiary: str = "") -> None:
    talk.begins(service, beneficiary)
    if talk.form.stage in ("reuse", "whom"):
        talk.presses(talk.reply.choices[-1].id)
    talk.fills({**SELF, "name": name}, until="mobile").says("算了", "留着")


def test_several_drafts_are_named_by_service_and_person_three_at_a_time(talk: Talk):
    people = {
        "cert_renew": "王秀英",
        "transport_subsidy": "李建国",
        "nursing_subsidy": "张小明",
        "living_subsidy": "赵国强",
    }
    for service, name in people.items():
        begins_other(talk, service, name)
    talk.says("我没办完的").hears("4 份", "赵国强", "张小明", "李建国").hears_not("王秀英")
    assert isinstance(talk.conversation.focus, ListingDrafts)
    assert [c.id.split(":")[0] for c in talk.reply.choices] == [
        "draft",
        "draft",
        "draft",
        "more_drafts",
        "draft_off",
    ]

    talk.presses("看别的").hears("王秀英")
    talk.presses(talk.reply.choices[0].id).is_asked("mobile")
    assert talk.form.service_ids == ("cert_renew",)
    assert len(talk.conversation.parked) == 3


def test_one_draft_is_not_a_list(talk: Talk):
    begins_other(talk, "cert_renew", "王秀英")
    talk.says("我没办完的").hears("上次说到“残疾人证换领（王秀英）”").says("接着办").is_asked(
        "mobile"
    )


def test_in_the_middle_of_one_the_question_says_which(talk: Talk):
    talk.begins("cert_renew").fills(SELF, until="mobile").says("我没办完的").hears("残疾人证换领")

    talk.is_asked("mobile")


def test_nothing_unfinished_is_said_plainly(talk: Talk):
    talk.says("我没办完的").hears("没有没办完的")


def test_unanswered_corrections_are_a_draft_too(talk: Talk):
    talk.files("cert_renew", SELF)
    talk.clerk(Action.REQUEST_CORRECTIONS, items=("mobile", "photo"), reason="打不通")
    talk.presses("现在补").says("13812345678").is_asked("photo")
    talk.clock.forward(days=2)
    talk.says("你好").hears("在补材料", "证件照").says("接着办").is_asked("photo")

    assert talk.answers()["mobile"] == "13812345678"


def test_an_old_button_of_a_draft_still_leads_to_it(talk: Talk):
    begins_other(talk, "cert_renew", "王秀英")
    begins_other(talk, "transport_subsidy", "李建国")
    talk.says("我没办完的")
    old = Pick(turn=talk.reply.turn, choice=talk.reply.choices[-2].id)
    talk.says("先不办", "你好", "谢谢")
    talk.sends(pick=old)

    assert talk.form.service_ids == ("cert_renew",)


def test_a_draft_whose_questions_changed_keeps_every_answer(talk: Talk, catalog: Catalog):
    """A question is gone from the catalog: what was answered besides stays, and the form goes on."""
    begins_other(talk, "cert_renew", "王秀英")
    before = talk.conversation.parked[0]
    gone = replace(
        before,
        items=(FormItem(field="blood_type"), *before.items),
        asking="blood_type",
        asked=(*before.asked, "blood_type"),
    )
    old = replace(talk.conversation, parked=(gone,))

    (kept,) = fitted(old, catalog).parked
    assert kept.answers == before.answers
    assert kept.asking == "mobile"


def test_every_answer_is_stored_before_the_next_question(tester: Tester):
    """Whatever happens to the machine in between, the answer is there."""
    tester.says("残疾证到期了要换").presses("start").says("给我自己办", "王秀英")

    assert tester.conversation.focus.progress.answers["name"].value == "王秀英"


def test_nothing_times_out(tester: Tester):
    tester.says("残疾证到期了要换").presses("start").fills(SELF, until="mobile")
    held = tester.answers()
    tester.clock.forward(days=300)
    tester.says("你好").hears("上次说到").says("接着办").is_asked("mobile")

    assert tester.answers() == held
