"""What a turn decided must happen, done inside the turn's own transaction."""

from __future__ import annotations

from datetime import datetime

from actions.add_papers import add_papers
from actions.authorize import (
    accept_invitation,
    answer_consent,
    change_authorizations,
    issue_code,
)
from actions.call_person import call_person
from actions.file_application import file_application
from actions.join_conversation import leave_others
from actions.keep_own_data import keep_own_data
from actions.rate_case import rate_case
from actions.submit_corrections import submit_corrections
from actions.withdraw_case import withdraw_case
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
from dialogue.messages import Message
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


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
                call_person(work, catalog, stored, effect, message)
            case NoteMisunderstood():
                work.misunderstood.add(
                    stored.conversation.id, effect.text or message.text, message.at
                )
            case FileApplication():
                file_application(work, catalog, stored, effect, message.at)
            case WithdrawCase():
                withdraw_case(work, catalog, stored, effect.case_id, message.at)
            case SubmitCorrections():
                submit_corrections(work, catalog, stored, effect, message.at)
            case AddPapers():
                add_papers(work, stored, effect, message.at)
            case RateCase():
                rate_case(work, stored, effect, message.at)
            case KeepConsent() | EndConsent() | KeepFacts() | OfferCopy():
                keep_own_data(work, stored, effect, message.at)
            case ForgetMe():  # the cases here, the rest last of all, by `receive_message`
                for case_id in effect.case_ids:
                    withdraw_case(work, catalog, stored, case_id, message.at)
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
