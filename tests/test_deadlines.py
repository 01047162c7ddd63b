"""Working days, holidays, and a clock that stands still while it must."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.deadlines import (
    INTAKE_WORKING_DAYS,
    REVIEW_WORKING_DAYS,
    SHANGHAI,
    add_working_days,
    due_after,
    is_working_day,
    working_days_between,
)
from casework.lifecycle import move
from casework.models import Action, Actor, Case, CaseEvent, CaseState, Move
from catalog.models import TimeLimit

RESIDENT, CLERK = Actor(kind="resident"), Actor(kind="caseworker", id="1", name="张科员")
TEN = TimeLimit(statutory_working_days=10)
THIRTY_CALENDAR = TimeLimit(statutory_calendar_days=30)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


def a_case(now: datetime) -> Case:
    event = CaseEvent(at=now, action=Action.SUBMIT, by=RESIDENT, state=CaseState.SUBMITTED)
    return Case(
        id="1",
        number="12345674",
        service_id="cert_renew",
        service_name="换证",
        office_id="310115",
        state=CaseState.SUBMITTED,
        catalog_version="2026.11.1",
        questions=(),
        events=(event,),
    )


def moved(case: Case, limit: TimeLimit, *steps: tuple[Action, str]) -> Case:
    for action, day in steps:
        by = RESIDENT if action is Action.CORRECT else CLERK
        wish = Move(action=action, by=by, reason="因为", items=("mobile",), office_id="310115004")
        case, _ = move(case, wish, limit, at(day))
    return case


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-25", True),
        ("2026-11-28", False),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-02-17", False),
        ("2026-02-14", True),
        ("2099-01-01", True),
        ("2099-01-03", False),
        ("1990-01-01", True),
    ],
)
def test_working_days_follow_the_official_calendar(day: str, works: bool):
    """国庆 and 春节 are off, the Saturdays worked for them are not; outside the calendar Monday to Friday."""
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-25", 5, "2026-12-02"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-11-25", 0, "2026-11-25"),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: str, days: int, due: str):
    assert add_working_days(at(start), days) == at(due, 17)


def test_the_day_is_the_one_in_shanghai():
    late = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)

    assert add_working_days(late, 1).date() == date(2026, 11, 26)


def test_days_between_are_the_reverse_of_adding():
    for days in range(30):
        start = at("2026-09-20")

        assert working_days_between(start, add_working_days(start, days)) == days


def test_a_new_case_is_looked_at_within_five_days_and_that_is_internal():
    due, is_internal = due_after(CaseState.SUBMITTED, TEN, at("2026-11-25"))

    assert (due, is_internal) == (add_working_days(at("2026-11-25"), INTAKE_WORKING_DAYS), True)


def test_the_clock_of_the_law_runs_from_acceptance():
    case = moved(a_case(at("2026-11-20")), TEN, (Action.ACCEPT, "2026-11-25"))

    assert (case.due_at, case.due_is_internal) == (add_working_days(at("2026-11-25"), 10), False)


def test_reviewing_does_not_start_it_anew():
    case = moved(
        a_case(at("2026-11-20")),
        TEN,
        (Action.ACCEPT, "2026-11-25"),
        (Action.START_REVIEW, "2026-11-30"),
    )

    assert case.due_at == add_working_days(at("2026-11-25"), 10)


def test_without_a_source_the_target_is_internal():
    case = moved(a_case(at("2026-11-20")), TimeLimit(), (Action.ACCEPT, "2026-11-25"))

    assert case.due_at == add_working_days(at("2026-11-25"), REVIEW_WORKING_DAYS)
    assert case.due_is_internal


def test_calendar_days_are_calendar_days():
    case = moved(a_case(at("2026-11-20")), THIRTY_CALENDAR, (Action.ACCEPT, "2026-11-25"))

    assert case.due_at == at("2026-12-25")


@pytest.mark.parametrize("stop", [Action.SUSPEND, Action.REQUEST_CORRECTIONS])
def test_a_stopped_clock_has_no_deadline_and_goes_on_with_what_was_left(stop: Action):
    go_on = Action.RESUME if stop is Action.SUSPEND else Action.CORRECT
    case = moved(
        a_case(at("2026-11-20")), TEN, (Action.ACCEPT, "2026-11-25"), (stop, "2026-11-27")
    )
    assert case.due_at is None

    case = moved(case, TEN, (go_on, "2027-03-01"))
    assert case.due_at == add_working_days(at("2027-03-01"), 8)
    assert not case.due_is_internal


def test_a_clock_stopped_twice_counts_only_the_days_it_ran():
    case = moved(
        a_case(at("2026-11-20")),
        TEN,
        (Action.ACCEPT, "2026-11-25"),
        (Action.SUSPEND, "2026-11-27"),
        (Action.RESUME, "2026-12-21"),
        (Action.SUSPEND, "2026-12-24"),
        (Action.RESUME, "2027-03-01"),
    )

    assert case.due_at == add_working_days(at("2027-03-01"), 10 - 2 - 3)


def test_a_stopped_clock_of_calendar_days_counts_calendar_days():
    case = moved(
        a_case(at("2026-11-20")),
        THIRTY_CALENDAR,
        (Action.ACCEPT, "2026-11-25"),
        (Action.SUSPEND, "2026-12-05"),
        (Action.RESUME, "2027-03-01"),
    )

    assert case.due_at == at("2027-03-01") + timedelta(days=20)


def test_a_limit_used_up_before_the_clock_stopped_leaves_one_day():
    case = moved(
        a_case(at("2026-11-20")),
        TEN,
        (Action.ACCEPT, "2026-11-25"),
        (Action.SUSPEND, "2027-01-25"),
        (Action.RESUME, "2027-03-01"),
    )

    assert case.due_at == add_working_days(at("2027-03-01"), 1)


@pytest.mark.parametrize("accepted_again", ["2026-12-01", "2027-03-01"])
def test_a_transfer_gives_an_accepted_case_no_new_time(accepted_again: str):
    case = moved(
        a_case(at("2026-11-20")),
        TEN,
        (Action.ACCEPT, "2026-11-25"),
        (Action.TRANSFER, "2026-11-30"),
    )
    assert (case.due_at, case.due_is_internal) == (add_working_days(at("2026-11-25"), 10), False)

    again = moved(case, TEN, (Action.ACCEPT, accepted_again))
    assert (again.due_at, again.due_is_internal) == (case.due_at, False)


def test_transferred_while_it_waits_for_the_resident_it_has_the_days_that_were_left():
    case = moved(
        a_case(at("2026-11-20")),
        TEN,
        (Action.ACCEPT, "2026-11-25"),
        (Action.REQUEST_CORRECTIONS, "2026-11-27"),
        (Action.TRANSFER, "2026-12-09"),
    )

    assert case.due_at == add_working_days(at("2026-12-09"), 8)


def test_after_a_transfer_the_time_on_the_way_counts_when_the_clock_stops_again():
    case = moved(
        a_case(at("2026-11-20")),
        TEN,
        (Action.ACCEPT, "2026-11-25"),
        (Action.TRANSFER, "2026-11-27"),
        (Action.ACCEPT, "2026-12-01"),
        (Action.SUSPEND, "2026-12-02"),
        (Action.RESUME, "2027-03-01"),
    )

    assert case.due_at == add_working_days(at("2027-03-01"), 5)


def test_a_case_that_is_late_stays_late_at_the_other_office():
    due = add_working_days(at("2026-11-20"), 5)
    filed = replace(a_case(at("2026-11-20")), due_at=due)

    assert moved(filed, TEN, (Action.TRANSFER, "2026-12-14")).due_at == due


def test_a_case_nobody_accepted_gets_the_days_of_intake_at_the_other_office():
    due = add_working_days(at("2026-11-20"), 5)
    filed = replace(a_case(at("2026-11-20")), due_at=due)
    case = moved(filed, TEN, (Action.TRANSFER, "2026-11-25"))

    assert case.due_at == add_working_days(at("2026-11-25"), 5)
    accepted = moved(case, TEN, (Action.ACCEPT, "2026-11-26"))
    assert accepted.due_at == add_working_days(at("2026-11-26"), 10)


@pytest.mark.parametrize("end", [Action.APPROVE, Action.DECLINE])
def test_a_closed_case_is_due_no_more(end: Action):
    case = moved(a_case(at("2026-11-20")), TEN, (Action.ACCEPT, "2026-11-25"), (end, "2026-11-30"))

    assert case.due_at is None


def test_a_case_without_history_gets_a_fresh_limit():
    bare = replace(a_case(at("2026-11-20")), state=CaseState.SUSPENDED, events=())

    assert due_after(CaseState.IN_REVIEW, TEN, at("2026-11-25"), bare)[0] == add_working_days(
        at("2026-11-25"), 10
    )


@pytest.mark.parametrize(
    ("asked", "ended", "due"),
    [("2026-11-25", "2026-12-09", "2026-12-16"), ("2026-11-27", "2026-12-09", "2026-12-14")],
)
def test_a_request_the_office_ends_itself_gives_it_no_new_days(asked: str, ended: str, due: str):
    """Filed on the 25th: what was used of the five days of intake stays used."""
    steps = ((Action.REQUEST_CORRECTIONS, asked), (Action.END_CORRECTIONS, ended))
    case = moved(a_case(at("2026-11-25")), TimeLimit(), *steps)

    assert case.due_at == add_working_days(at(due), 0)


def test_asking_and_ending_again_and_again_uses_the_days_of_intake_up():
    steps = (
        (Action.REQUEST_CORRECTIONS, "2026-11-27"),
        (Action.REQUEST_CORRECTIONS, "2026-12-02"),
        (Action.END_CORRECTIONS, "2026-12-07"),
        (Action.REQUEST_CORRECTIONS, "2026-12-09"),
        (Action.END_CORRECTIONS, "2026-12-14"),
    )
    case = moved(a_case(at("2026-11-25")), TimeLimit(), *steps)

    assert case.due_at == add_working_days(at("2026-12-15"), 0)


def test_a_request_ended_in_the_middle_of_handling_lets_the_limit_go_on():
    limit = TimeLimit(statutory_working_days=10)
    steps = ((Action.ACCEPT, "2026-11-25"), (Action.REQUEST_CORRECTIONS, "2026-11-27"))
    case = moved(a_case(at("2026-11-25")), limit, *steps, (Action.END_CORRECTIONS, "2026-12-09"))

    assert case.due_at == add_working_days(at("2026-12-09"), 8)
