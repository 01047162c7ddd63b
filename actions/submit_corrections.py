"""What a caseworker asked to be corrected is handed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.own_case import actor_of, announce, case_to_act_on
from casework.lifecycle import move
from casework.models import Action, Move, Question
from catalog.models import Catalog
from dialogue.effects import SubmitCorrections
from dialogue.filings import question_of
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


def submit_corrections(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    effect: SubmitCorrections,
    now: datetime,
) -> None:
    """Put the new answers and papers in; raises `CaseError` when nothing is asked for by now."""
    case = case_to_act_on(work, stored, effect.case_id, now)
    answered = tuple(question_of(f, a, catalog) for f, a in effect.answers.items())
    changed, _ = move(
        case,
        Move(action=Action.CORRECT, by=actor_of(work, stored, case), items=tuple(effect.answers)),
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
    announce(work, stored, corrected, Action.CORRECT, now)


def _with_corrections(
    before: tuple[Question, ...], answered: tuple[Question, ...]
) -> tuple[Question, ...]:
    new = {question.field: question for question in answered}
    kept = tuple(new.pop(question.field, question) for question in before)
    return (*kept, *new.values())
