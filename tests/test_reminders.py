"""Reminders: at sensible times, rarely, once, in one message, and only as often as the person wants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tester import Clock, Tester

from actions.mind import Mind
from actions.send_reminders import send_reminders
from casework.deadlines import SHANGHAI, is_working_day
from casework.models import Action
from casework.reminders import (
    AFTER,
    MOST,
    Due,
    Kind,
    Matter,
    Sent,
    due_now,
    is_good_time,
    next_good_time,
    next_look,
)
from storage.database import Database
from storage.ids import new_id

SELF = {"applicant_role": "给我自己办", "accommodation_needs": "都不用"}


def at(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def corrections(since: str, key: str = "c:1") -> Matter:
    return Matter(kind=Kind.CORRECTIONS, key=key, since=at(since))


# ---- when


@pytest.mark.parametrize(
    ("moment", "is_good"),
    [
        ("2026-11-25T08:59", False), ("2026-11-25T09:00", True), ("2026-11-25T19:59", True), ("2026-11-25T20:00", False),
        ("2026-11-25T00:00", False), ("2026-11-25T23:59", False),
        ("2026-11-28T09:30", False), ("2026-11-28T11:00", True), ("2026-10-01T10:59", False), ("2026-10-01T11:00", True),
        ("2026-02-14T09:30", True),
    ],
)  # fmt: skip
def test_nobody_is_disturbed_at_night_or_early_on_a_day_off(moment: str, is_good: bool):
    """2026-02-14 is a Saturday on which China works (调休), 2026-10-01 the National Day."""
    assert is_good_time(at(moment)) == is_good


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-25T10:00", "2026-11-25T10:00"), ("2026-11-25T21:00", "2026-11-26T09:00"), ("2026-11-25T03:00", "2026-11-25T09:00"),
        ("2026-11-27T20:30", "2026-11-28T11:00"), ("2026-11-28T10:00", "2026-11-28T11:00"),
    ],
)  # fmt: skip
def test_the_next_good_time(now: str, then: str):
    assert next_good_time(at(now)) == at(then)


@pytest.mark.parametrize(
    ("days", "step"),
    [(0, None), (2, None), (3, 0), (6, 0), (7, 1), (13, 1), (14, 2), (100, 2)],
)
def test_corrections_are_reminded_of_after_3_7_and_14_days(days: int, step: int | None):
    """2026-11-02 is a Monday."""
    now = at("2026-11-02T10:00") + timedelta(days=days)
    now = next_good_time(now)
    due = due_now((corrections("2026-11-02T10:00"),), (), "all", now)

    assert [d.step for d in due] == ([] if step is None else [step])


@pytest.mark.parametrize(
    ("today", "step"),
    [
        ("2026-01-05", None), ("2026-01-10", 0), ("2026-03-01", 0), ("2026-03-11", 1), ("2026-04-09", 1), ("2026-04-10", None),
        ("2026-06-01", None),
    ],
)  # fmt: skip
def test_the_end_of_a_certificate_is_told_90_and_30_days_ahead(today: str, step: int | None):
    matter = Matter(kind=Kind.RENEWAL, key="2026-04-10", on=date(2026, 4, 10))
    due = due_now((matter,), (), "all", at(f"{today}T12:00"))

    assert [d.step for d in due] == ([] if step is None else [step])


def test_an_appointment_is_told_the_day_before_and_not_after():
    matter = Matter(kind=Kind.APPOINTMENT, key="c:visit_time", on=date(2026, 11, 26))

    assert due_now((matter,), (), "all", at("2026-11-24T12:00")) == ()
    assert due_now((matter,), (), "all", at("2026-11-25T12:00")) == (Due(matter=matter, step=0),)
    assert due_now((matter,), (), "all", at("2026-11-26T12:00")) == ()


def test_several_things_are_one_message():
    matters = (corrections("2026-11-02T10:00", "a:1"), corrections("2026-11-03T10:00", "b:1"))

    assert len(due_now(matters, (), "all", at("2026-11-09T10:00"))) == 2


@pytest.mark.parametrize(("wish", "most"), [("all", MOST), ("few", 1), ("none", 0)])
def test_never_more_than_she_wants(wish: str, most: int):
    told = simulate((corrections("2026-11-02T10:00"),), wish, at("2026-11-02T10:00"), 100)

    assert len(told) == most


def moments(until: str) -> st.SearchStrategy[datetime]:
    """Any minute of 2026 up to a day."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    minutes = int((at(f"{until}T00:00") - start).total_seconds() // 60)
    return st.integers(0, minutes).map(lambda n: start + timedelta(minutes=n))


MATTERS = st.lists(
    st.one_of(
        st.builds(
            Matter,
            kind=st.sampled_from(sorted(AFTER)),
            key=st.sampled_from("abc"),
            since=moments("2026-03-01"),
        ),
        st.builds(
            Matter,
            kind=st.sampled_from([Kind.RENEWAL, Kind.APPOINTMENT]),
            key=st.sampled_from("abc"),
            on=st.dates(date(2026, 1, 1), date(2026, 7, 1)),
        ),
    ),
    max_size=5,
    unique_by=lambda matter: matter.id,
)


def simulate(
    matters: tuple[Matter, ...], wish: str, start: datetime, days: int
) -> list[tuple[datetime, str, int]]:
    """Looking exactly when `next_look` says, for so many days: what was told when."""
    sent: tuple[Sent, ...] = ()
    told: list[tuple[datetime, str, int]] = []
    now: datetime | None = next_look(matters, sent, wish, start)
    for _ in range(100):
        if now is None or now > start + timedelta(days=days):
            return told
        due = due_now(matters, sent, wish, now)
        new = tuple(Sent(matter=d.matter.id, step=d.step, at=now) for d in due)
        told += [(now, s.matter, s.step) for s in new]
        sent = (*sent, *new)
        later = next_look(matters, sent, wish, now)
        assert later is None or later > now or not due
        assert due or later != now, "looking without end"
        now = later
    raise AssertionError("looked a hundred times")


@settings(max_examples=150)
@given(
    MATTERS.map(tuple),
    st.sampled_from(["all", "few", "none"]),
    moments("2026-02-01"),
)
def test_whatever_waits_it_is_told_by_day_once_and_rarely(
    matters: tuple[Matter, ...], wish: str, start: datetime
):
    told = simulate(matters, wish, start, 200)

    for now, _, _ in told:
        local = now.astimezone(SHANGHAI)
        assert 9 <= local.hour < 20
        assert is_working_day(local.date()) or local.hour >= 11
    days = {now: now.astimezone(SHANGHAI).date() for now, _, _ in told}
    assert len(set(days.values())) == len(days), "two messages on one day"
    for matter in matters:
        steps = [step for _, key, step in told if key == matter.id]
        assert steps == sorted(set(steps))
        assert len(steps) <= {"all": MOST, "few": 1, "none": 0}[wish]


@settings(max_examples=100)
@given(
    MATTERS.map(tuple),
    moments("2026-02-01"),
)
def test_looking_more_often_tells_nothing_more(matters: tuple[Matter, ...], start: datetime):
    """A scheduler that calls every few hours reminds of the same things on the same days."""
    sent: tuple[Sent, ...] = ()
    for hour in range(0, 24 * 60, 3):
        now = start + timedelta(hours=hour)
        due = due_now(matters, sent, "all", now)
        sent = (*sent, *(Sent(matter=d.matter.id, step=d.step, at=now) for d in due))
    keys = [(s.matter, s.step) for s in sent]

    assert len(keys) == len(set(keys))


# ---- what is told, with a database


@pytest.fixture
def person(small_database: Database, mind: Mind, clock: Clock) -> Tester:
    return Tester(small_database, mind, clock=clock)


@pytest.fixture
def anywhere(database: Database, mind: Mind, clock: Clock) -> Tester:
    """The same on SQLite and on PostgreSQL."""
    database.migrate()
    return Tester(database, mind, clock=clock)


def days_go_by(person: Tester, days: int) -> list[tuple[int, str]]:
    """The scheduler calls every hour; on which day what was told."""
    told = []
    for hour in range(1, days * 24 + 1):
        person.clock.forward(hours=1)
        if send_reminders(person.database, person.mind, person.clock.now):
            told.append((hour // 24, person.reads_notice().shown()))
    return told


def begins(person: Tester, words: str) -> Tester:
    person.says(words)
    if all(c.id != "start" for c in person.reply.choices):
        person.presses(person.reply.choices[0].id)
    return person.presses("start")


def files_renewal(person: Tester, **given: str) -> Tester:
    begins(person, "残疾证到期了要换").fills({**SELF, **given})
    return person.presses("review_right").presses("submit")


def test_corrections_wait_and_are_reminded_of_three_times(person: Tester):
    files_renewal(person)
    person.clerk(Action.REQUEST_CORRECTIONS, items=("mobile", "reason"), reason="打不通")
    told = days_go_by(person, 40)

    about = [(day, text) for day, text in told if "等你补" in text]
    assert [day for day, _ in about] == [3, 7, 14]
    assert "手机号" in about[0][1]
    assert "现在补" in about[0][1]
    person.presses("现在补").is_asked("mobile")


def test_corrections_handed_in_are_no_longer_reminded_of(person: Tester):
    files_renewal(person)
    person.clerk(Action.REQUEST_CORRECTIONS, items=("mobile",), reason="打不通")
    person.presses("现在补").says("13812345678", "都对")

    assert [t for _, t in days_go_by(person, 20) if "等你补" in t] == []


@pytest.mark.parametrize("action", [Action.END_CORRECTIONS, Action.SEND_BACK])
def test_what_is_not_asked_any_more_is_not_reminded_of(person: Tester, action: Action):
    files_renewal(person)
    for items in (("mobile", "reason"), ("mobile",)):
        person.clerk(Action.REQUEST_CORRECTIONS, items=items, reason="打不通")
    person.clerk(action, reason="没有收到")

    assert [t for _, t in days_go_by(person, 40) if "等你补" in t] == []


def test_asked_again_the_reminders_begin_anew_and_name_the_new_list(person: Tester):
    files_renewal(person)
    person.clerk(Action.REQUEST_CORRECTIONS, items=("mobile",), reason="打不通")
    days_go_by(person, 20)
    person.clerk(Action.REQUEST_CORRECTIONS, items=("reason",), reason="写清楚")
    told = [(day, text) for day, text in days_go_by(person, 20) if "等你补" in text]

    assert len(told) == 3
    assert "手机号" not in told[0][1]


def test_a_draft_is_named_and_taken_up_from_the_reminder(person: Tester):
    begins(person, "残疾证到期了要换").fills(SELF, until="mobile").says("算了", "留着")
    told = days_go_by(person, 35)

    assert [day for day, _ in told] == [3, 10, 30]
    person.hears("没填完").presses(person.reply.choices[0].id)
    person.is_asked("mobile")


def test_a_form_without_an_answer_is_nobodys_draft(person: Tester):
    begins(person, "残疾证到期了要换")

    assert days_go_by(person, 12) == []


def test_less_and_no_reminders_are_obeyed(anywhere: Tester):
    person = anywhere
    begins(person, "残疾证到期了要换").fills(SELF, until="mobile").says("算了", "留着", "少提醒")
    assert len(days_go_by(person, 40)) == 1

    person.says("别提醒")
    assert days_go_by(person, 40) == []


def test_the_end_of_the_certificate_is_told_ahead_and_the_service_offered(person: Tester):
    """Told in the form: 2027-06-01; 90 days before is 2027-03-03, 30 days before 2027-05-02."""
    files_renewal(person, cert_valid_until="2027年6月1日")
    person.says("撤回")
    person.says("撤回") if "撤回" in person.shown() else None
    told = days_go_by(person, 200)

    ends = [text for _, text in told if "2027年6月1日到期" in text]
    assert len(ends) == 2
    person.reads_notice().presses("service:cert_renew")
    assert person.conversation.focus.kind == "introduced"


def test_a_granted_certificate_runs_ten_years(person: Tester):
    files_renewal(person)
    person.clerk(Action.ACCEPT)
    person.clerk(Action.APPROVE)
    granted = person.clock.now.astimezone(SHANGHAI).date()
    person.clock.now = datetime(granted.year + 10, 8, 20, 2, tzinfo=UTC)
    told = days_go_by(person, 14)

    assert len(told) == 1
    assert f"{granted.year + 10}年{granted.month}月{granted.day}日到期" in told[0][1]


def test_a_step_is_told_once_however_often_it_is_looked_for(anywhere: Tester):
    person = anywhere
    files_renewal(person)
    person.clerk(Action.REQUEST_CORRECTIONS, items=("mobile",), reason="打不通")
    person.clock.forward(days=5)
    told = [send_reminders(person.database, person.mind, person.clock.now) for _ in range(3)]

    assert told == [1, 0, 0]


def test_nothing_is_sent_at_night(person: Tester):
    files_renewal(person)
    person.clerk(Action.REQUEST_CORRECTIONS, items=("mobile",), reason="打不通")
    person.clock.now = datetime(2026, 12, 3, 13, tzinfo=UTC)

    assert send_reminders(person.database, person.mind, person.clock.now) == 0


def test_everybody_is_looked_at_and_nobody_hears_of_another(anywhere: Tester):
    person = anywhere
    others = [
        Tester(person.database, person.mind, peer=new_id(), clock=person.clock) for _ in range(3)
    ]
    for one in (person, *others):
        begins(one, "残疾证到期了要换").fills(SELF, until="mobile").says("算了", "留着")
    person.clock.forward(days=5)

    assert send_reminders(person.database, person.mind, person.clock.now) == 4
    for one in (person, *others):
        one.reads_notice()
        assert one.reply.kind == "notice"
        assert one.reply.choices[0].id.split(":")[1] in {p.number for p in one.conversation.parked}


def test_who_has_nothing_waiting_is_not_looked_at_again(person: Tester):
    person.says("你好")
    days_go_by(person, 3)

    with person.database.read() as work:
        assert work.reminders.waiting(person.clock.now + timedelta(days=4000)) == 0


def test_a_reminder_is_pushed_where_the_channel_must_be_written_to(
    small_database: Database, mind: Mind, clock: Clock
):
    person = Tester(small_database, mind, channel="telegram", peer="1", clock=clock)
    begins(person, "残疾证到期了要换").fills(SELF, until="mobile").says("算了", "留着", "读给我听")
    clock.forward(days=5)
    send_reminders(small_database, mind, clock.now)

    assert "没填完" in pushed(small_database, "text", clock.now)[-1]
    assert "没填完" in pushed(small_database, "voice", clock.now)[-1]


def pushed(database: Database, form: str, now: datetime) -> list[str]:
    """Everything in the outbox in this form, in order."""
    texts: list[str] = []
    while True:
        with database.write() as work:
            found = work.outbox.due("telegram", now, 50, timedelta(minutes=1), form=form)
            if not found:
                return texts
            for one in found:
                texts.append(one.reply.text)
                work.outbox.sent(one.id, now, None)
            work.commit()
