"""What a turn decided must happen, done inside the turn's own transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from casework.deadlines import due_after
from casework.lifecycle import move
from casework.models import Action, Actor, Case, CaseEvent, CaseState, Filing, Move, Question
from catalog.models import Catalog
from dialogue.effects import (
    AddPapers,
    CallPerson,
    Effect,
    FileApplication,
    NoteMisunderstood,
    SubmitCorrections,
    WithdrawCase,
)
from dialogue.filings import question_of
from dialogue.messages import Message
from storage.errors import Conflict
from storage.ids import new_id
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork

RESIDENT = Actor(kind="resident")
EXCERPT = 200
"""Characters of the last words shown in the list of hand-overs."""


def carry_out(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    message: Message,
    effects: tuple[Effect, ...],
) -> None:
    """Do each effect; they are committed together with the conversation or not at all."""
    for effect in effects:
        match effect:
            case CallPerson():
                _call_person(work, catalog, stored, effect, message)
            case NoteMisunderstood():
                work.misunderstood.add(
                    stored.conversation.id, effect.text or message.text, message.at
                )
            case FileApplication():
                _file(work, catalog, stored, effect.filing, message.at)
            case WithdrawCase():
                _withdraw(work, catalog, stored, effect.case_id, message.at)
            case SubmitCorrections():
                _correct(work, catalog, stored, effect, message.at)
            case AddPapers():
                _add_papers(work, stored, effect, message.at)


def _call_person(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    call: CallPerson,
    message: Message,
) -> None:
    office = call.office_id or _office_of(work, stored) or catalog.district_office.id
    words = message.text[:EXCERPT]
    work.handovers.open(stored.conversation.id, office, call.reason, message.at, words)


def _office_of(work: UnitOfWork, stored: StoredConversation) -> str:
    """The office that already knows this person."""
    cases = work.cases.of_person(stored.person_id)
    return cases[0].office_id if cases else ""


def _file(
    work: UnitOfWork, catalog: Catalog, stored: StoredConversation, filing: Filing, now: datetime
) -> None:
    cases = tuple(_case_of(catalog, filing, service_id, now) for service_id in filing.service_ids)
    work.applications.open(filing, cases, stored.person_id, stored.conversation.id, now)
    for paper in filing.papers:
        work.papers.add(paper, stored.person_id, stored.conversation.id, now)


def _case_of(catalog: Catalog, filing: Filing, service_id: str, now: datetime) -> Case:
    """One case of the application: only the questions this service needs."""
    service = catalog.services_by_id[service_id]
    fields = frozenset(filing.fields_of_service[service_id])
    due_at, is_internal = due_after(CaseState.SUBMITTED, service.time_limit, now)
    event = CaseEvent(at=now, action=Action.SUBMIT, by=RESIDENT, state=CaseState.SUBMITTED)
    return Case(
        id=new_id(),
        number=filing.number,
        service_id=service_id,
        service_name=service.name,
        office_id=filing.office_id,
        state=CaseState.SUBMITTED,
        catalog_version=filing.catalog_version,
        questions=tuple(q for q in filing.questions if q.field in fields),
        papers=tuple(p for p in filing.papers if not p.field or p.field in fields),
        events=(event,),
        due_at=due_at,
        due_is_internal=is_internal,
    )


def _own_case(work: UnitOfWork, stored: StoredConversation, case_id: str) -> Case:
    """The person's own case; anybody else's does not exist for her."""
    found = work.cases.get(case_id)
    if found is None or found.person_id != stored.person_id:
        raise Conflict("case")
    return found.case


def _withdraw(
    work: UnitOfWork, catalog: Catalog, stored: StoredConversation, case_id: str, now: datetime
) -> None:
    case = _own_case(work, stored, case_id)
    changed, _ = move(
        case,
        Move(action=Action.WITHDRAW, by=RESIDENT),
        catalog.time_limit_of(case.service_id),
        now,
    )
    work.cases.save(changed, now)


def _correct(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    effect: SubmitCorrections,
    now: datetime,
) -> None:
    case = _own_case(work, stored, effect.case_id)
    answered = tuple(question_of(f, a, catalog) for f, a in effect.answers.items())
    changed, _ = move(
        case,
        Move(action=Action.CORRECT, by=RESIDENT, items=tuple(effect.answers)),
        catalog.time_limit_of(case.service_id),
        now,
    )
    for paper in effect.papers:
        work.papers.add(paper, stored.person_id, stored.conversation.id, now)
    corrected = replace(
        changed,
        questions=_with_corrections(case.questions, answered),
        papers=(*case.papers, *effect.papers),
    )
    work.cases.save(corrected, now)


def _with_corrections(
    before: tuple[Question, ...], answered: tuple[Question, ...]
) -> tuple[Question, ...]:
    new = {question.field: question for question in answered}
    kept = tuple(new.pop(question.field, question) for question in before)
    return (*kept, *new.values())


def _add_papers(
    work: UnitOfWork, stored: StoredConversation, effect: AddPapers, now: datetime
) -> None:
    case = _own_case(work, stored, effect.case_id)
    event = CaseEvent(at=now, action=Action.ADD_PAPER, by=RESIDENT, state=case.state)
    for paper in effect.papers:
        work.papers.add(paper, stored.person_id, stored.conversation.id, now)
    work.cases.save(
        replace(
            case,
            papers=(*case.papers, *effect.papers),
            events=(*case.events, event),
            version=case.version + 1,
        ),
        now,
    )
