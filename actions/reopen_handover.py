"""A caseworker takes up again a conversation that was closed: it was too early, or something was overlooked."""

from __future__ import annotations

import logging
from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverBusy, HandoverNotFound
from storage.errors import Conflict

log = logging.getLogger("zhucan.handover")


def reopen_handover(desk: Desk, staff: StaffAtWork, handover_id: str, now: datetime) -> None:
    """Open it again, in her own hands.

    Raises `HandoverNotFound`, or `HandoverBusy` if it is open or the resident asked anew in the meantime.
    """
    with desk.database.write() as work:
        handover = work.handovers.get(handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(handover_id)
        try:
            work.handovers.open_again(handover_id, staff.id, now)
        except Conflict as conflict:
            raise HandoverBusy(handover_id) from conflict
        work.handover_events.add(handover, staff.id, "opened_again", now)
        work.commit()
    log.info("handover=%s opened again by=%s", handover_id, staff.id)
