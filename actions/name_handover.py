"""What a hand-over is about without anything the resident said: for the steps that show nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.close_handover import EMERGENCY
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedHandover:
    """A hand-over before a step is taken with it."""

    id: str
    reason: str
    opened_at: datetime
    office_id: str
    is_mine: bool
    is_free: bool
    """Nobody has it."""
    is_closed: bool

    @property
    def is_emergency(self) -> bool:
        """Closing it asks what was done."""
        return self.reason == EMERGENCY


def name_handover(desk: Desk, staff: StaffAtWork, handover_id: str) -> NamedHandover:
    """Raises `HandoverNotFound`; not logged, as nothing of the conversation is in it."""
    with desk.database.read() as work:
        found = work.handovers.get(handover_id, staff.sees)
    if found is None:
        raise HandoverNotFound(handover_id)
    return NamedHandover(
        id=found.id,
        reason=found.reason,
        opened_at=found.opened_at,
        office_id=found.office_id,
        is_mine=found.taken_by == staff.id,
        is_free=found.taken_by is None,
        is_closed=found.closed_at is not None,
    )
