"""Papers sent outside a form are put with a case that is still open."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.own_case import actor_of, case_to_act_on
from casework.models import Action, CaseEvent
from dialogue.effects import AddPapers
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


def add_papers(
    work: UnitOfWork, stored: StoredConversation, effect: AddPapers, now: datetime
) -> None:
    """Keep them with the case and its history."""
    case = case_to_act_on(work, stored, effect.case_id, now)
    by = actor_of(work, stored, case)
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
