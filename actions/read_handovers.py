"""The conversations of an office that wait for a person: emergencies first, then who waits longest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.cover_numbers import cover_numbers
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from storage.models import Handover
from storage.unit_of_work import UnitOfWork

_LOOKED_BACK = 12
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """One conversation waiting for a person."""

    id: str
    reason: str
    opened_at: datetime
    latest_words: str
    """The resident's, long numbers covered, at most 60 characters."""
    taken_by: str
    """Name, or empty while nobody has it."""
    is_mine: bool


def read_handovers(desk: Desk, staff: StaffAtWork) -> tuple[HandoverLine, ...]:
    """All that are not closed."""
    with desk.database.read() as work:
        waiting = work.handovers.waiting(staff.sees)
        return tuple(_line(work, staff, handover) for handover in waiting)


def name_of(work: UnitOfWork, staff_id: str | None) -> str:
    """A caseworker's name, or empty."""
    person = work.staff.get(staff_id) if staff_id else None
    return person.name if person else ""


def _line(work: UnitOfWork, staff: StaffAtWork, handover: Handover) -> HandoverLine:
    return HandoverLine(
        id=handover.id,
        reason=handover.reason,
        opened_at=handover.opened_at,
        latest_words=_latest_words(work, handover.conversation_id),
        taken_by=name_of(work, handover.taken_by),
        is_mine=handover.taken_by == staff.id,
    )


def _latest_words(work: UnitOfWork, conversation_id: str) -> str:
    latest = work.messages.latest(conversation_id, _LOOKED_BACK)
    said = [m.message.text for m in latest if m.message is not None and m.message.text]
    words = cover_numbers(said[-1]) if said else ""
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
