"""A caseworker opens a conversation that was handed over to her office."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.read_conversation import (
    LATEST,
    Reading,
    Transcript,
    read_conversation,
    sensitive_words,
)
from actions.read_handovers import name_of
from actions.read_needs import ShownNeeds, needs_in
from actions.read_queue import QueueLine, due_of
from actions.show_case import CONVERSATION
from casework.models import Case
from dialogue.turns import unfinished
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.handover")


class HandoverNotFound(Exception):
    """There is no such hand-over for this office."""


class HandoverBusy(Exception):
    """Another caseworker has it, or it was closed in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPage:
    """Everything the page of a hand-over shows."""

    id: str
    reason: str
    opened_at: datetime
    taken_by: str
    is_mine: bool
    closed_by: str
    closed_at: datetime | None
    conversation: Transcript
    cases: tuple[QueueLine, ...]
    """The person's cases in this office."""
    needs: ShownNeeds
    """What cannot be missed before anybody answers."""

    @property
    def is_closed(self) -> bool:
        """Nothing more is to be done."""
        return self.closed_at is not None


def open_handover(
    desk: Desk,
    staff: StaffAtWork,
    handover_id: str,
    now: datetime,
    *,
    lines: int = LATEST,
    is_open: bool = False,
) -> HandoverPage:
    """The page; `is_open` shows long numbers in clear, which is logged. Raises `HandoverNotFound`."""
    with desk.database.write() as work:
        handover = work.handovers.get(handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(handover_id)
        cases = _cases_here(work, handover.conversation_id, staff.sees)
        if is_open:
            for case in cases:
                work.read_log.add(staff.id, case.id, CONVERSATION, now)
        secrets = _secrets(desk, work, handover.conversation_id)
        how = Reading(limit=lines, is_open=is_open, secrets=secrets)
        page = HandoverPage(
            id=handover.id,
            reason=handover.reason,
            opened_at=handover.opened_at,
            taken_by=name_of(work, handover.taken_by),
            is_mine=handover.taken_by == staff.id,
            closed_by=name_of(work, handover.closed_by),
            closed_at=handover.closed_at,
            conversation=read_conversation(work, handover.conversation_id, how),
            cases=tuple(_line(case, now) for case in cases),
            needs=needs_in(work, handover.conversation_id),
        )
        work.commit()
    log.info("handover=%s opened by=%s numbers=%s", handover_id, staff.id, is_open)
    return page


def _cases_here(work: UnitOfWork, conversation_id: str, sees: str | None) -> tuple[Case, ...]:
    stored = work.conversations.get(conversation_id)
    if stored is None:
        return ()
    return tuple(c for c in work.cases.of_person(stored.person_id) if sees in (None, c.office_id))


def _secrets(desk: Desk, work: UnitOfWork, conversation_id: str) -> frozenset[str]:
    """The sensitive answers of all her cases, wherever they are handled, and of her unfinished forms."""
    stored = work.conversations.get(conversation_id)
    if stored is None:
        return frozenset()
    fields = desk.catalog.fields
    answers = (
        answer
        for form in (unfinished(stored.conversation), *stored.conversation.parked)
        if form is not None
        for field, answer in (*form.answers.items(), *form.pending.items())
        if field in fields and fields[field].sensitive
    )
    return sensitive_words(work.cases.of_person(stored.person_id), answers)


def _line(case: Case, now: datetime) -> QueueLine:
    return QueueLine(
        case_id=case.id,
        number=case.number,
        service_name=case.service_name,
        office_id=case.office_id,
        state=case.state,
        due=due_of(case.due_at, now, is_internal=case.due_is_internal),
        created_at=case.events[0].at,
    )
