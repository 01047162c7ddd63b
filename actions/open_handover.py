"""A caseworker opens a conversation that was handed over to her office."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from actions.cover_numbers import cover_numbers
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.read_cases_around import read_cases_around
from actions.read_conversation import (
    LATEST,
    Reading,
    Transcript,
    read_conversation,
    sensitive_words,
)
from actions.read_handovers import AFTERWARDS, name_of
from actions.read_needs import ShownNeeds, needs_in
from actions.read_queue import QueueLine, due_of
from actions.show_case import CONVERSATION
from casework.models import Case
from dialogue.turns import unfinished
from storage.handover_log import HandoverEvent
from storage.models import Handover, StoredConversation
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.handover")
_LOG_SHOWN = 50


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
    """The cases of this office that the speaker has, or filed for somebody."""
    needs: ShownNeeds
    """What cannot be missed before anybody answers."""
    office_id: str
    excerpt: str
    """The words it was opened for, long numbers covered."""
    log: tuple[HandoverEvent, ...]
    """What caseworkers did with it, newest first."""

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
    """The page; `is_open` shows what is covered. Both are logged; raises `HandoverNotFound`."""
    with desk.database.write() as work:
        handover = work.handovers.get(handover_id, staff.sees)
        if handover is None:
            raise HandoverNotFound(handover_id)
        stored = work.conversations.get(handover.conversation_id)
        cases = read_cases_around(work, stored) if stored else ()
        _note(work, staff, handover, cases if is_open else (), now, is_open=is_open)
        secrets = _secrets(desk, stored, cases)
        until = handover.closed_at + AFTERWARDS if handover.closed_at else None
        how = Reading(limit=lines, is_open=is_open, secrets=secrets, until=until)
        here = (case for case in cases if staff.sees in (None, case.office_id))
        page = HandoverPage(
            id=handover.id,
            reason=handover.reason,
            opened_at=handover.opened_at,
            taken_by=name_of(work, handover.taken_by),
            is_mine=handover.taken_by == staff.id,
            closed_by=name_of(work, handover.closed_by),
            closed_at=handover.closed_at,
            conversation=read_conversation(work, handover.conversation_id, how),
            cases=tuple(_line(case, now) for case in here),
            needs=needs_in(work, handover.conversation_id),
            office_id=handover.office_id,
            excerpt=cover_numbers(handover.excerpt, secrets),
            log=work.handover_events.of_handover(handover.id, _LOG_SHOWN),
        )
        work.commit()
    log.info("handover=%s opened by=%s numbers=%s", handover_id, staff.id, is_open)
    return page


def _note(
    work: UnitOfWork,
    staff: StaffAtWork,
    handover: Handover,
    cases: tuple[Case, ...],
    now: datetime,
    *,
    is_open: bool,
) -> None:
    """Note who read whose words: with the conversation always, and with each case the covered words are of."""
    work.handover_events.add(handover, staff.id, "unmasked" if is_open else "read", now)
    for case in cases:
        work.read_log.add(staff.id, case.id, CONVERSATION, now)


def _secrets(
    desk: Desk, stored: StoredConversation | None, cases: tuple[Case, ...]
) -> frozenset[str]:
    """The sensitive answers of all these cases, and of her unfinished forms."""
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
    return sensitive_words(cases, answers)


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
