"""A caseworker opens a case of her office; whatever she is shown is logged in the same transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from actions.check_authorization import helper_of
from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.identify_staff import StaffAtWork
from actions.missing_in_case import is_put_off
from actions.read_conversation import (
    LATEST,
    NOTHING_SAID,
    Reading,
    Transcript,
    read_filing,
    sensitive_words,
)
from actions.read_needs import needs_of_person
from actions.read_queue import queue_line
from actions.show_case import CONVERSATION, WHOLE, CasePage, Found, show_case
from casework.models import Case
from storage.models import StoredCase
from storage.unit_of_work import UnitOfWork


def open_case(
    desk: Desk,
    staff: StaffAtWork,
    case_id: str,
    now: datetime,
    opened: Collection[str] = (),
    *,
    lines: int = LATEST,
) -> CasePage:
    """The page with the `opened` fields in clear and so many lines of conversation; raises `CaseNotFound`."""
    with desk.database.write() as work:
        found = _found(work, staff, case_id)
        shown = _openable(found.case, opened)
        for what in shown or (WHOLE,):
            work.read_log.add(staff.id, found.case.id, what, now)
        theirs = work.cases.of_person(found.person_id)
        how = Reading(limit=lines, is_open=CONVERSATION in shown, secrets=sensitive_words(theirs))
        conversation = read_filing(work, found.conversation_id, found.case.number, how)
        page = show_case(desk.catalog, _around(work, staff, found, conversation, now), shown, now)
        work.commit()
    return page


def name_case(desk: Desk, staff: StaffAtWork, case_id: str, now: datetime) -> CasePage:
    """The page for what shows nothing the resident told us, and so need not be logged."""
    with desk.database.read() as work:
        found = _found(work, staff, case_id)
        return show_case(desk.catalog, _around(work, staff, found, NOTHING_SAID, now), (), now)


def _openable(case: Case, opened: Collection[str]) -> tuple[str, ...]:
    """The asked-for fields this case really has; `*` asks for all sensitive ones."""
    sensitive = tuple(q.field for q in case.questions if q.sensitive and not is_put_off(q))
    if "*" in opened:
        return sensitive
    return tuple(o for o in opened if o in sensitive or o == CONVERSATION)


def _found(work: UnitOfWork, staff: StaffAtWork, case_id: str) -> StoredCase:
    found = work.cases.get(case_id, staff.sees)
    if found is None:
        raise CaseNotFound(case_id)
    return found


def _around(
    work: UnitOfWork,
    staff: StaffAtWork,
    stored: StoredCase,
    conversation: Transcript,
    now: datetime,
) -> Found:
    """The case with who read it and what of the same application she may see."""
    case = stored.case
    filed = work.cases.by_number(case.number, staff.sees)
    return Found(
        stored=stored,
        reads=work.read_log.of_case(case.id),
        siblings=tuple(queue_line(row, now) for row in filed if row.case_id != case.id),
        conversation=conversation,
        needs=needs_of_person(work, stored.person_id, stored.conversation_id),
        helper=helper_of(work, stored, now),
    )
