"""A caseworker acts on several cases of one application at once: each by its own rules, one message for all.

One transaction: what cannot be done for one case is told to the caseworker and blocks none of the others.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from actions.handle_case import CaseWish
from actions.missing_in_case import EXTRA_FIELDS
from actions.tell_resident import tell_about_case
from casework.lifecycle import CaseError, move
from casework.models import Action, Case, CaseEvent, Move
from catalog.models import Catalog
from dialogue.notices import notice_together
from storage.database import Database
from storage.errors import Conflict
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.case")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A case nothing was done to, and the code of the reason: a `CaseError`'s, changed, or not_found."""

    case_id: str
    code: str
    service_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledTogether:
    """What was done to each case, in the order wished."""

    done: tuple[Case, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    case: Case
    event: CaseEvent


def handle_cases(
    database: Database, catalog: Catalog, wishes: tuple[CaseWish, ...], now: datetime
) -> HandledTogether:
    """Carry out each wish that its case allows and tell the resident once; all wishes are for one number."""
    with database.write() as work:
        steps, refused = _each(work, catalog, wishes, now, is_saving=True)
        if steps:
            told = notice_together(tuple((s.case, s.event) for s in steps), catalog)
            tell_about_case(work, steps[0].case, told, now)
        work.commit()
    for step in steps:
        about = {"case": step.case.id, "action": step.event.action.value}
        log.info("case", extra={**about, "state": step.case.state.value, "by": step.event.by.id})
    return HandledTogether(done=tuple(s.case for s in steps), refused=refused)


def preview_cases(
    database: Database, catalog: Catalog, wishes: tuple[CaseWish, ...], now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Refused, ...]]:
    """What the resident would be told, the choices she would get, and what could not be done; nothing is done."""
    with database.read() as work:
        steps, refused = _each(work, catalog, wishes, now, is_saving=False)
    if not steps:
        return (), (), refused
    told = notice_together(tuple((s.case, s.event) for s in steps), catalog)
    return told.paragraphs, tuple(choice.label for choice in told.choices), refused


def _each(
    work: UnitOfWork,
    catalog: Catalog,
    wishes: tuple[CaseWish, ...],
    now: datetime,
    *,
    is_saving: bool,
) -> tuple[tuple[_Step, ...], tuple[Refused, ...]]:
    steps: list[_Step] = []
    refused: list[Refused] = []
    number = ""
    for wish in wishes:
        found = work.cases.get(wish.case_id, wish.office_id)
        if found is None or found.case.number != (number or found.case.number):
            refused.append(Refused(case_id=wish.case_id, code="not_found"))
            continue
        number = found.case.number
        code, step = _one(found.case, wish, catalog, now)
        if step is not None and is_saving:
            code, step = _saved(work, step, now)
        if step is None:
            name = found.case.service_name
            refused.append(Refused(case_id=wish.case_id, code=code, service_name=name))
        else:
            steps.append(step)
    return tuple(steps), tuple(refused)


def _one(case: Case, wish: CaseWish, catalog: Catalog, now: datetime) -> tuple[str, _Step | None]:
    if case.version != wish.seen_version:
        return "changed", None
    limit = catalog.time_limit_of(case.service_id)
    try:
        changed, event = move(case, _fitting(wish.move, case, catalog), limit, now)
    except CaseError as error:
        return error.code, None
    return "", _Step(case=changed, event=event)


def _saved(work: UnitOfWork, step: _Step, now: datetime) -> tuple[str, _Step | None]:
    try:
        work.cases.save(step.case, now)
    except Conflict:
        return "changed", None
    return "", step


def _fitting(wish: Move, case: Case, catalog: Catalog) -> Move:
    """The move with only those corrections this case can be asked for."""
    if wish.action is not Action.REQUEST_CORRECTIONS:
        return wish
    service = catalog.services_by_id.get(case.service_id)
    own = {q.field for q in case.questions} | {i.field for i in (service.form if service else ())}
    return replace(wish, items=tuple(i for i in wish.items if i in own or i in EXTRA_FIELDS))
