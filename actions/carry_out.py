"""What a turn decided must happen, done inside the turn's own transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.authorize import (
    accept_invitation,
    answer_consent,
    change_authorizations,
    issue_code,
    person_filed_for,
)
from actions.join_conversation import leave_others
from actions.keep_own_data import keep_own_data
from actions.rate_case import rate_case
from actions.tell_resident import tell_person
from casework.authorizations import Scope
from casework.deadlines import due_after
from casework.lifecycle import move
from casework.models import Action, Actor, Case, CaseEvent, CaseState, Filing, Move, Question
from catalog.models import Catalog
from dialogue.effects import (
    AcceptInvitation,
    AddPapers,
    AnswerConsent,
    CallPerson,
    ChangeAuthorizations,
    Effect,
    EndConsent,
    FileApplication,
    ForgetMe,
    IssueCode,
    KeepConsent,
    KeepFacts,
    LeaveOthers,
    NoteMisunderstood,
    NoteWrongCheck,
    OfferCopy,
    RateCase,
    SubmitCorrections,
    WithdrawCase,
)
from dialogue.filings import question_of
from dialogue.messages import Message
from dialogue.notices import helper_acted
from dialogue.wording import say
from storage.errors import Conflict
from storage.ids import new_id
from storage.models import Filer, StoredConversation
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
                _file(work, catalog, stored, effect, message.at)
            case WithdrawCase():
                _withdraw(work, catalog, stored, effect.case_id, message.at)
            case SubmitCorrections():
                _correct(work, catalog, stored, effect, message.at)
            case AddPapers():
                _add_papers(work, stored, effect, message.at)
            case RateCase():
                rate_case(work, stored, effect, message.at)
            case KeepConsent() | EndConsent() | KeepFacts() | OfferCopy():
                keep_own_data(work, stored, effect, message.at)
            case ForgetMe():  # the cases here, the rest last of all, by `receive_message`
                for case_id in effect.case_ids:
                    _withdraw(work, catalog, stored, case_id, message.at)
            case _:
                _between_people(work, stored, effect, message.at)


def _between_people(
    work: UnitOfWork, stored: StoredConversation, effect: Effect, now: datetime
) -> None:
    match effect:
        case IssueCode():
            issue_code(work, stored, effect, now)
        case NoteWrongCheck():
            work.link_codes.failed(effect.code)
        case AnswerConsent():
            answer_consent(work, stored, effect, now)
        case AcceptInvitation():
            accept_invitation(work, stored, effect, now)
        case ChangeAuthorizations():
            change_authorizations(work, stored, effect, now)
        case LeaveOthers():
            leave_others(work, stored, now)
        case _:  # JoinConversation: carried out last of all, by `receive_message`
            pass


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
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    wish: FileApplication,
    now: datetime,
) -> None:
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
    _announce(work, stored, replace(cases[0], service_name=names), Action.SUBMIT, now)


def _case_of(
    catalog: Catalog, filing: Filing, service_id: str, by: Actor, now: datetime
) -> Case:
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


def _case_to_act_on(
    work: UnitOfWork, stored: StoredConversation, case_id: str, now: datetime
) -> Case:
    """Her own case, or one of somebody she may act for; any other does not exist for her."""
    found = work.cases.get(case_id)
    if found is None:
        raise Conflict("case")
    if found.person_id == stored.person_id:
        return found.case
    given = work.authorizations.between(found.person_id, stored.person_id)
    if given is None or not given.opens(found.case.filed_by, Scope.SUBMIT, now):
        raise Conflict("case")
    return found.case


def _announce(
    work: UnitOfWork, stored: StoredConversation, case: Case, action: Action, now: datetime
) -> None:
    """Tell the person what her helper did for her, where she has a channel."""
    if case.person_id == stored.person_id:
        return
    given = work.authorizations.between(case.person_id, stored.person_id)
    helper = given.helper_called if given else ""
    notice = helper_acted(case, helper or say("helper_unnamed"), action)
    tell_person(work, case.person_id, notice, now)


def _by(work: UnitOfWork, stored: StoredConversation, case: Case) -> Actor:
    """Who acts: the resident herself, or her helper by name."""
    if case.person_id == stored.person_id:
        return RESIDENT
    given = work.authorizations.between(case.person_id, stored.person_id)
    name = given.helper_called if given else ""
    return Actor(kind="helper", id=stored.person_id, name=name)


def _withdraw(
    work: UnitOfWork, catalog: Catalog, stored: StoredConversation, case_id: str, now: datetime
) -> None:
    case = _case_to_act_on(work, stored, case_id, now)
    changed, _ = move(
        case,
        Move(action=Action.WITHDRAW, by=_by(work, stored, case)),
        catalog.time_limit_of(case.service_id),
        now,
    )
    work.cases.save(changed, now)
    _announce(work, stored, changed, Action.WITHDRAW, now)


def _correct(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    effect: SubmitCorrections,
    now: datetime,
) -> None:
    case = _case_to_act_on(work, stored, effect.case_id, now)
    answered = tuple(question_of(f, a, catalog) for f, a in effect.answers.items())
    changed, _ = move(
        case,
        Move(action=Action.CORRECT, by=_by(work, stored, case), items=tuple(effect.answers)),
        catalog.time_limit_of(case.service_id),
        now,
    )
    for paper in effect.papers:
        if work.papers.get(paper.id) is None:  # one paper may answer for several cases
            work.papers.add(paper, case.person_id, stored.conversation.id, now)
    corrected = replace(
        changed,
        questions=_with_corrections(case.questions, answered),
        papers=(*case.papers, *effect.papers),
    )
    work.cases.save(corrected, now)
    _announce(work, stored, corrected, Action.CORRECT, now)


def _with_corrections(
    before: tuple[Question, ...], answered: tuple[Question, ...]
) -> tuple[Question, ...]:
    new = {question.field: question for question in answered}
    kept = tuple(new.pop(question.field, question) for question in before)
    return (*kept, *new.values())


def _add_papers(
    work: UnitOfWork, stored: StoredConversation, effect: AddPapers, now: datetime
) -> None:
    case = _case_to_act_on(work, stored, effect.case_id, now)
    by = _by(work, stored, case)
    event = CaseEvent(at=now, action=Action.ADD_PAPER, by=by, state=case.state)
    for paper in effect.papers:
        work.papers.add(paper, case.person_id, stored.conversation.id, now)
    work.cases.save(
        replace(
            case,
            papers=(*case.papers, *effect.papers),
            events=(*case.events, event),
            version=case.version + 1,
        ),
        now,
    )
