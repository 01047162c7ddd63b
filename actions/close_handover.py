"""A caseworker is done with a conversation that was handed over; the bot answers on its own again."""

from __future__ import annotations

from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverBusy, HandoverNotFound
from storage.errors import Conflict


def close_handover(desk: Desk, staff: StaffAtWork, handover_id: str, now: datetime) -> None:
    """Close it; raises `HandoverNotFound`, or `HandoverBusy` if another one has or closed it."""
    with desk.database.write() as work:
        handover = work.handovers.get(handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(handover_id)
        if handover.taken_by not in (None, staff.id):
            raise HandoverBusy(handover_id)
        try:
            work.handovers.close(handover_id, staff.id, now)
        except Conflict as conflict:
            raise HandoverBusy(handover_id) from conflict
        work.commit()
