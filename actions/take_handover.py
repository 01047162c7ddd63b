"""A caseworker takes a conversation that waits for a person, so that others see she has it."""

from __future__ import annotations

from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverBusy, HandoverNotFound
from storage.errors import Conflict


def take_handover(desk: Desk, staff: StaffAtWork, handover_id: str, now: datetime) -> None:
    """Take it; raises `HandoverNotFound`, or `HandoverBusy` if another one has it or it is closed."""
    with desk.database.write() as work:
        handover = work.handovers.get(handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(handover_id)
        try:
            work.handovers.take(handover_id, staff.id, now)
        except Conflict as conflict:
            raise HandoverBusy(handover_id) from conflict
        work.handover_events.add(handover, staff.id, "taken", now)
        work.commit()
