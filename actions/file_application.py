"""An application is filed: one number, one case for each service, for the right person, by whoever filed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.authorize import person_filed_for
from actions.own_case import RESIDENT, announce
from casework.deadlines import due_after
from casework.models import Action, Actor, Case, CaseEvent, CaseState, Filing
from catalog.models import Catalog
from dialogue.effects import FileApplication
from dialogue.wording import say
from storage.ids import new_id
from storage.models import Filer, StoredConversation
from storage.unit_of_work import UnitOfWork


def file_application(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    wish: FileApplication,
    now: datetime,
) -> None:
    """Store it and open its cases; raises `Conflict` if its number was taken in the meantime."""
    filing = wish.filing
    person_id = person_filed_for(work, stored, wish.whom, now)
    who = Filer(
        person_id=person_id, filed_by=stored.person_id, conversation_id=stored.conversation.id
    )
    by = RESIDENT
    if person_id != stored.person_id:
        by = Actor(kind="helper", id=stored.person_id, name=wish.whom.helper_called)
    cases = tuple(
        replace(
            _case_of(catalog, filing, service_id, by, now),
            person_id=person_id,
            filed_by=stored.person_id,
        )
        for service_id in filing.service_ids
    )
    work.applications.open(filing, cases, who, now)
    for paper in filing.papers:
        if work.papers.get(paper.id) is None:  # used again: the row and the bytes are there
            work.papers.add(paper, person_id, stored.conversation.id, now)
    names = say("list_mark").join(case.service_name for case in cases)
    announce(work, stored, replace(cases[0], service_name=names), Action.SUBMIT, now)


def _case_of(catalog: Catalog, filing: Filing, service_id: str, by: Actor, now: datetime) -> Case:
    """One case of the application: only the questions this service needs."""
    service = catalog.services_by_id[service_id]
    fields = frozenset(filing.fields_of_service[service_id])
    due_at, is_internal = due_after(CaseState.SUBMITTED, service.time_limit, now)
    event = CaseEvent(at=now, action=Action.SUBMIT, by=by, state=CaseState.SUBMITTED)
    return Case(
        id=new_id(),
        number=filing.number,
        service_id=service_id,
        service_name=service.name,
        office_id=filing.office_of_service.get(service_id, filing.office_id),
        state=CaseState.SUBMITTED,
        catalog_version=filing.catalog_version,
        questions=tuple(q for q in filing.questions if q.field in fields),
        papers=tuple(p for p in filing.papers if not p.field or p.field in fields),
        events=(event,),
        due_at=due_at,
        due_is_internal=is_internal,
    )
