"""我不服: the ways there are to object to a decision, and the one with a time limit begun at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from casework.models import Case
from dialogue.aftercare import (
    ASSESSED,
    REASSESSMENT,
    UNKNOWN,
    date_question,
    last_day,
    objection_offer,
    refused,
    ways_to_object,
)
from dialogue.focuses import Filling, Idle, Objecting
from dialogue.messages import Choice, Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.progress import Answer, FormProgress
from dialogue.rules.beginning import begin_form
from dialogue.rules.words import act
from dialogue.turns import answer, aside, form_of
from dialogue.wording import asks_for, choice, objects, say
from intents.dates import read_date
from intents.small_words import is_unknown

DAY = "conclusion_date"
"""The field that asks when the conclusion was received."""
_SHOWN = 3


def objection(moment: Moment) -> Turn | None:
    """我不服: the ways there are for that service, and the one with a time limit offered at once."""
    focus = moment.conversation.focus
    chosen = picked(moment)
    if chosen.startswith("object:"):
        case = next((c for c in refused(moment.cases) if c.id == chosen[7:]), None)
        return _explain(moment, case) if case else aside(moment, say("object_nothing"))
    if isinstance(focus, Objecting):
        if focus.received:
            return _begun(moment, focus, chosen or act(moment))
        return _dated(moment) if moment.message.pick is None else None
    if moment.message.pick is not None or form_of(moment.conversation) is not None:
        return None
    if not objects(moment.said):
        return None
    cases = refused(moment.cases)
    if not cases:
        return None
    return _explain(moment, cases[0]) if len(cases) == 1 else _which(moment, cases)


def _which(moment: Moment, cases: tuple[Case, ...]) -> Turn:
    choices = tuple(Choice(id=f"object:{c.id}", label=c.service_name) for c in cases[:_SHOWN])
    return answer(moment, Reply(paragraphs=(say("object_which"),), choices=choices, private=True))


def _explain(moment: Moment, case: Case) -> Turn:
    if form_of(moment.conversation) is not None:
        told = ways_to_object(case, moment.catalog)
        first = (say("object_assessment"),) if _is_assessment(moment, case) else told.paragraphs
        return aside(moment, *first)
    if not _is_assessment(moment, case):
        return answer(moment, ways_to_object(case, moment.catalog), focus=Idle())
    asked = date_question()
    reply = replace(asked, paragraphs=(say("object_assessment"), *asked.paragraphs))
    return answer(moment, reply, focus=Objecting(case_id=case.id))


def _is_assessment(moment: Moment, case: Case) -> bool:
    return case.service_id in ASSESSED and REASSESSMENT in moment.catalog.services_by_id


def _dated(moment: Moment) -> Turn | None:
    """The day she got the conclusion: in time, too late, or not known."""
    is_forgotten = is_unknown(moment.text) or asks_for("day_forgotten", moment.said)
    if is_forgotten or act(moment) == "skip":
        return _offer(moment, say("object_assessment"))
    if act(moment) in ("no", "cancel", "back"):
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle())
    found = read_date(moment.text, moment.today)
    if isinstance(found, str):
        is_else = act(moment) or moment.recognition.best is not None
        return None if is_else else _again(moment, say(f"problem_{found}"))
    if len(found.value) < len("2026-01-01"):
        return _again(moment, say("problem_date_incomplete"))
    received = date.fromisoformat(found.value)
    if received > moment.today:
        return _again(moment, say("object_future"))
    return _in_time_or_not(moment, received)


def _again(moment: Moment, line: str) -> Turn:
    reply = replace(date_question(), paragraphs=(line,))
    return answer(moment, reply, focus=moment.conversation.focus)


def _in_time_or_not(moment: Moment, received: date) -> Turn:
    last = last_day(received)
    values = {"year": str(last.year), "month": str(last.month), "day": str(last.day)}
    if moment.today <= last:
        return _offer(moment, say("object_in_time", **values), received.isoformat())
    lines = (say("object_late", **values), say("object_late_next"))
    service = moment.catalog.services_by_id.get("legal_consult")
    advice = (Choice(id="service:legal_consult", label=service.short),) if service else ()
    reply = Reply(paragraphs=lines, choices=(choice("human"), *advice))
    return answer(moment, reply, focus=Idle())


def _offer(moment: Moment, line: str, received: str = "") -> Turn:
    """The service that asks for a new assessment, ready to be begun."""
    focus = moment.conversation.focus
    case_id = focus.case_id if isinstance(focus, Objecting) else ""
    offer = objection_offer(moment.catalog)
    reply = replace(offer, paragraphs=(line, *offer.paragraphs))
    return answer(moment, reply, focus=Objecting(case_id=case_id, received=received or UNKNOWN))


def _begun(moment: Moment, focus: Objecting, wanted: str) -> Turn | None:
    """The form for a new assessment, with the day that was told already."""
    if wanted in ("no", "cancel", "back", "something_else"):
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle())
    if wanted not in ("start", "yes"):
        return None
    turn = begin_form(moment, (REASSESSMENT,), "")
    form = turn.conversation.focus
    if focus.received == UNKNOWN or not isinstance(form, Filling):
        return turn
    told = _with_day(form.progress, date.fromisoformat(focus.received))
    filling = replace(form, progress=told)
    return replace(turn, conversation=replace(turn.conversation, focus=filling))


def _with_day(progress: FormProgress, received: date) -> FormProgress:
    if DAY in progress.answers or all(item.field != DAY for item in progress.items):
        return progress
    year, month, day = str(received.year), str(received.month), str(received.day)
    told = Answer(
        value=received.isoformat(), shown=say("date_shown", year=year, month=month, day=day)
    )
    return replace(progress, answers={**progress.answers, DAY: told})
