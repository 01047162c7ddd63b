"""Cases that come due are put before their office: once a stage, and never over a resident who waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tester import Clock, FakeRecognizer, Tester

from actions.mind import Mind
from actions.scan_deadlines import scan_deadlines
from casework.deadlines import add_working_days
from casework.models import Action
from catalog.models import Catalog
from storage.database import Database


@pytest.fixture
def resident(database: Database, catalog: Catalog, clock: Clock) -> Tester:
    recognizer = FakeRecognizer()
    recognizer.knows("景点", "scenic_free_entry")
    resident = Tester(database, Mind(catalog=catalog, recognizer=recognizer), clock=clock)
    resident.says("景点", "开始").fills({"whom": "我自己"})
    resident.says("都对", "同意")
    return resident


def due(resident: Tester) -> datetime:
    due_at = resident.case().due_at
    assert due_at is not None
    return due_at


def reasons(resident: Tester) -> tuple[str, ...]:
    with resident.database.read() as work:
        waiting = work.handovers.waiting(resident.case().office_id)
    return tuple(handover.reason for handover in waiting)


def close_all(resident: Tester, now: datetime) -> None:
    with resident.database.write() as work:
        staff = work.staff.add("closing.clerk", "某", "x", "-", now)
        for handover in work.handovers.waiting(None):
            work.handovers.close(handover.id, staff.id, now)
        work.commit()


def test_an_office_is_told_as_a_case_comes_due_once_a_stage(resident: Tester) -> None:
    told = []
    late = add_working_days(due(resident), 6)
    for now in (
        due(resident) - timedelta(days=10),
        due(resident) - timedelta(hours=1),
        due(resident) + timedelta(hours=1),
        late + timedelta(hours=1),
    ):
        told.append((scan_deadlines(resident.database, now), *reasons(resident)))
        assert scan_deadlines(resident.database, now) == 0

    assert told == [(0,), (1, "due_soon"), (1, "overdue"), (1, "very_late")]


def test_a_case_found_late_is_told_at_its_worst_only(resident: Tester) -> None:
    now = add_working_days(due(resident), 20)

    assert scan_deadlines(resident.database, now) == 1
    assert reasons(resident) == ("very_late",)
    close_all(resident, now)
    assert scan_deadlines(resident.database, now) == 0


def test_a_resident_who_waits_for_a_person_comes_first(resident: Tester) -> None:
    resident.says("人工")
    before = reasons(resident)

    assert scan_deadlines(resident.database, due(resident) + timedelta(hours=1)) == 0
    assert reasons(resident) == before
    close_all(resident, due(resident))
    assert scan_deadlines(resident.database, due(resident) + timedelta(hours=2)) == 1


def test_a_deadline_that_was_moved_is_told_of_again(resident: Tester) -> None:
    first = due(resident)
    scan_deadlines(resident.database, first + timedelta(hours=1))
    close_all(resident, first)
    resident.clerk(Action.ACCEPT)
    second = due(resident)
    assert second > first

    assert scan_deadlines(resident.database, first + timedelta(hours=2)) == 0
    assert scan_deadlines(resident.database, second + timedelta(hours=1)) == 1


def test_a_decided_case_is_never_told_of(resident: Tester) -> None:
    late = due(resident) + timedelta(days=1)
    resident.says("撤回", "是")
    assert resident.case().state.is_closed

    assert scan_deadlines(resident.database, late) == 0
