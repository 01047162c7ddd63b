"""A caseworker is done with a conversation that was handed over; the bot answers on its own again.

A danger is not clicked away: whoever closes it has taken it, says what was done, and the resident hears it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from actions.call_person import NOBODY_WAITS
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverBusy, HandoverNotFound
from actions.tell_resident import tell_resident
from dialogue.notices import handover_closed
from storage.errors import Conflict
from storage.models import Handover
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.handover")

EMERGENCY = "emergency"
OUTCOMES = ("told", "called", "passed_110", "passed_120", "passed_12345", "false_alarm")
"""What was done about a danger."""
LONGEST = 1000


class ClosingProblem(Exception):
    """It cannot be closed like this; `code` is not_taken, outcome_missing, not_told, words_missing or too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a caseworker says was done."""

    handover_id: str
    outcome: str = ""
    """One of `OUTCOMES` for a danger; else empty."""
    words: str = ""
    """For colleagues, kept in the log of the hand-over."""


def close_handover(desk: Desk, staff: StaffAtWork, closing: Closing, now: datetime) -> None:
    """Close it and tell the resident.

    Raises `HandoverNotFound`, `ClosingProblem`, or `HandoverBusy` if another one has or closed it.
    """
    words = closing.words.strip()
    with desk.database.write() as work:
        handover = work.handovers.get(closing.handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(closing.handover_id)
        if handover.closed_at is not None or handover.taken_by not in (None, staff.id):
            raise HandoverBusy(handover.id)
        outcome = closing.outcome if handover.reason == EMERGENCY else ""
        if problem := _problem(work, handover, outcome, words):
            raise ClosingProblem(problem)
        try:
            work.handovers.close(handover.id, staff.id, now)
        except Conflict as conflict:
            raise HandoverBusy(handover.id) from conflict
        work.handover_events.add(handover, staff.id, "closed", now, outcome=outcome, words=words)
        if handover.reason not in NOBODY_WAITS:
            tell_resident(work, handover.conversation_id, handover_closed(outcome), now)
        work.commit()
    log.info("handover=%s closed by=%s outcome=%s", handover.id, staff.id, outcome or "-")


def _problem(work: UnitOfWork, handover: Handover, outcome: str, words: str) -> str:
    """Why it cannot be closed, or empty."""
    if len(words) > LONGEST:
        return "too_long"
    if handover.reason != EMERGENCY:
        return ""
    if handover.taken_by is None:
        return "not_taken"
    if outcome not in OUTCOMES:
        return "outcome_missing"
    if outcome == "told" and not work.handover_events.was_answered(handover):
        return "not_told"
    return "" if words else "words_missing"
