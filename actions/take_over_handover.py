"""A caseworker takes a conversation over from a colleague who is not there: nobody has to wait for her return."""

from __future__ import annotations

import logging
from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverBusy, HandoverNotFound
from storage.errors import Conflict

log = logging.getLogger("zhucan.handover")


def take_over_handover(desk: Desk, staff: StaffAtWork, handover_id: str, now: datetime) -> None:
    """Take it over; raises `HandoverNotFound`, or `HandoverBusy` if it was closed."""
    with desk.database.write() as work:
        handover = work.handovers.get(handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(handover_id)
        try:
            work.handovers.take_over(handover_id, staff.id, now)
        except Conflict as conflict:
            raise HandoverBusy(handover_id) from conflict
        work.handover_events.add(handover, staff.id, "taken", now)
        work.commit()
    log.info("handover=%s taken over by=%s", handover_id, staff.id)
