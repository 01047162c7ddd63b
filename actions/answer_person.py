"""A caseworker answers a resident in the conversation that was handed over."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_handover import HandoverBusy, HandoverNotFound
from actions.tell_resident import tell_resident
from dialogue.notices import message_from_person
from storage.errors import Conflict

log = logging.getLogger("zhucan.handover")

CHANNEL = "console"
LONGEST = 1000
"""Characters; longer is not read by anyone in a chat."""


class AnswerProblem(Exception):
    """The words do not fit; `code` is empty or too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a caseworker wrote."""

    handover_id: str
    form_id: str
    """Of the form it was typed in: sent twice, it is told once."""
    text: str


def answer_person(desk: Desk, staff: StaffAtWork, answer: Answer, now: datetime) -> None:
    """Tell the resident and take the hand-over.

    Raises `AnswerProblem`, `HandoverNotFound`, or `HandoverBusy` if another one has it or it is closed.
    """
    text = answer.text.strip()
    if not text:
        raise AnswerProblem("empty")
    if len(text) > LONGEST:
        raise AnswerProblem("too_long")
    with desk.database.write() as work:
        handover = work.handovers.get(answer.handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(answer.handover_id)
        if not work.inbox.claim(CHANNEL, f"{staff.id}:{answer.form_id[:64]}", now):
            return
        try:
            work.handovers.take(handover.id, staff.id, now)
        except Conflict as conflict:
            raise HandoverBusy(handover.id) from conflict
        work.handover_events.add(handover, staff.id, "answered", now)
        tell_resident(work, handover.conversation_id, message_from_person(text), now)
        work.commit()
    log.info("handover=%s answered by=%s", answer.handover_id, staff.id)
