"""What was not understood lately, long numbers covered, for whoever improves the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.cover_numbers import cover_numbers
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from storage.models import Misunderstood
from storage.unit_of_work import UnitOfWork

LATEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MisunderstoodLine:
    """One message; whose it was is not told."""

    text: str
    at: datetime


def read_misunderstood(desk: Desk, staff: StaffAtWork) -> tuple[MisunderstoodLine, ...]:
    """The newest ones, newest first: the district's own people see all, an office those of its residents."""
    with desk.database.read() as work:
        latest = work.misunderstood.latest(LATEST)
        if staff.sees is not None:
            latest = tuple(one for one in latest if _is_of(work, staff.sees, one))
    return tuple(MisunderstoodLine(text=cover_numbers(one.text), at=one.at) for one in latest)


def _is_of(work: UnitOfWork, office_id: str, one: Misunderstood) -> bool:
    """Whether the resident has a case at the office, or asks it for a person."""
    if any(h.conversation_id == one.conversation_id for h in work.handovers.waiting(office_id)):
        return True
    stored = work.conversations.get(one.conversation_id)
    cases = work.cases.of_person(stored.person_id) if stored else ()
    return any(case.office_id == office_id for case in cases)


def as_labelled_line(line: MisunderstoodLine) -> dict[str, object]:
    """The message in the form of the labelled sets, its labels still to be given by a person."""
    return {
        "text": line.text,
        "labels": [],
        "also_ok": [],
        "event": None,
        "act": None,
        "kind": "",
        "by": "",
    }
