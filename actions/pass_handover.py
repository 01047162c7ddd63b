"""A caseworker passes a conversation on to the office it belongs to."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from actions.call_person import NOBODY_WAITS
from actions.close_handover import LONGEST
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverBusy, HandoverNotFound
from actions.tell_resident import tell_resident
from dialogue.notices import handover_passed
from storage.errors import Conflict

log = logging.getLogger("zhucan.handover")


class PassingProblem(Exception):
    """It cannot be passed on like this; `code` is office_missing or too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Where a hand-over goes, and what the colleagues there should know."""

    handover_id: str
    office_id: str
    words: str = ""


def pass_handover(desk: Desk, staff: StaffAtWork, passing: Passing, now: datetime) -> None:
    """Give it to the other office and tell the resident where.

    Raises `HandoverNotFound`, `PassingProblem`, or `HandoverBusy` if another one has it or it is closed.
    """
    words = passing.words.strip()
    office = desk.catalog.offices_by_id.get(passing.office_id)
    with desk.database.write() as work:
        handover = work.handovers.get(passing.handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(passing.handover_id)
        if office is None or office.id == handover.office_id:
            raise PassingProblem("office_missing")
        if len(words) > LONGEST:
            raise PassingProblem("too_long")
        if handover.taken_by not in (None, staff.id):
            raise HandoverBusy(handover.id)
        try:
            work.handovers.pass_on(handover.id, office.id)
        except Conflict as conflict:
            raise HandoverBusy(handover.id) from conflict
        work.handover_events.add(handover, staff.id, "passed", now, outcome=office.id, words=words)
        if handover.reason not in NOBODY_WAITS:
            tell_resident(work, handover.conversation_id, handover_passed(office.name), now)
        work.commit()
    log.info("handover=%s passed to=%s by=%s", handover.id, office.id, staff.id)
