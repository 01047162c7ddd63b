"""Outside a form: which service is meant, a service explained, an event explained, a form begun or taken up."""

from __future__ import annotations

from dataclasses import replace

from casework.models import CaseState
from catalog.models import FieldType
from dialogue import form_filling as form
from dialogue.focuses import (
    Choosing,
    EventShown,
    Filling,
    Idle,
    Introduced,
    Resuming,
    Stopping,
    Switching,
)
from dialogue.forms import begin
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.places import parked_form, resume_question, switch_question
from dialogue.progress import FormProgress
from dialogue.replies import about, event_explained, event_page, introduction, which_one
from dialogue.rules.navigating import OPEN_TEXT, surroundings
from dialogue.rules.words import act
from dialogue.turns import answer, go_on_filling, taken_wrongly
from dialogue.wording import choice, meanings, say
from intents.slot_types import Parsed, read_answer
from intents.writing import bare

_FITS_ANYTHING = OPEN_TEXT | {FieldType.PERSON_NAME, FieldType.ADDRESS, FieldType.FILES}
"""Questions to which nearly any words would be an answer."""


def choose(moment: Moment) -> Turn | None:
    """A choice of services, events, or of what to do with a form."""
    chosen = picked(moment)
    kind, _, entry_id = chosen.partition(":")
    if kind == "service" and entry_id in moment.catalog.services_by_id:
        return introduce(moment, entry_id, question=_asked_before(moment))
    if kind == "life_event" and entry_id in moment.catalog.life_events_by_id:
        return explain_event(moment, entry_id)
    if chosen == "something_else":
        reply = Reply(paragraphs=(say("what_next"),))
        return answer(moment, reply, focus=Idle(), effects=taken_wrongly(moment))
    match moment.conversation.focus:
        case Choosing() as focus:
            return _which(moment, focus, chosen)
        case Introduced() as focus:
            return _introduced(moment, focus, chosen)
        case EventShown() as focus:
            return _event(moment, focus, chosen)
        case Resuming() as focus:
            return _resuming(moment, focus, chosen)
        case Stopping() as focus:
            return _stopping(moment, focus, chosen)
        case Switching() as focus:
            return _switching(moment, focus, chosen)
        case _:
            return None


def _asked_before(moment: Moment) -> str:
    focus = moment.conversation.focus
    return focus.question if isinstance(focus, Choosing) else ""


def _beneficiary(moment: Moment) -> str:
    """Whom it is for: told now, or a moment ago."""
    focus = moment.conversation.focus
    return moment.recognition.beneficiary or getattr(focus, "beneficiary", "")


def introduce(moment: Moment, service_id: str, *, question: str = "", before: str = "") -> Turn:
    """Explain a service, or answer the question that was asked about it."""
    service = moment.catalog.services_by_id[service_id]
    beneficiary = _beneficiary(moment)
    reply = introduction(service, moment.conversation.preferences, beneficiary)
    if question:
        lines = about(service, question)
        reply = replace(reply, paragraphs=(say("intro_name", name=service.name), *lines))
    if before:
        reply = replace(reply, paragraphs=(before, *reply.paragraphs))
    return answer(moment, reply, focus=Introduced(service_id=service_id, beneficiary=beneficiary))


def explain_event(moment: Moment, event_id: str, *, before: str = "") -> Turn:
    """Explain a life event and remember its other services as a plan."""
    event = moment.catalog.life_events_by_id[event_id]
    beneficiary = _beneficiary(moment)
    reply = event_explained(event, moment.catalog, 0, beneficiary)
    if before:
        reply = replace(reply, paragraphs=(before, *reply.paragraphs))
    return answer(
        moment,
        reply,
        focus=EventShown(life_event=event_id, beneficiary=beneficiary),
        plan=tuple(step.service for step in event.steps),
    )


def _which(moment: Moment, focus: Choosing, chosen: str) -> Turn | None:
    if chosen == "none_of_these":
        rest = focus.page + 1
        if rest * 3 < len(focus.options):
            turned = replace(focus, page=rest)
            return answer(moment, which_one(focus.options, moment.catalog, rest), focus=turned)
        reply = Reply(paragraphs=(say("say_otherwise"),), choices=(choice("human"),))
        wrong = taken_wrongly(moment)
        return answer(moment, reply, focus=Idle(), understood=False, effects=wrong)
    return None


def _introduced(moment: Moment, focus: Introduced, chosen: str) -> Turn | None:
    service = moment.catalog.services_by_id[focus.service_id]
    wanted = chosen or act(moment)
    if wanted in ("start", "yes"):
        return start(moment, focus.service_id, focus.beneficiary)
    if wanted in ("no", "back", "cancel"):
        wrong = taken_wrongly(moment) if wanted == "no" else ()
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle(), effects=wrong)
    if wanted == "more_about":
        lines = (
            *about(service, "papers"),
            service.where,
            *about(service, "fee"),
            *about(service, "time"),
        )
        reply = Reply(paragraphs=lines, choices=(choice("start"), choice("something_else")))
        return answer(moment, reply, focus=focus)
    question = moment.recognition.question
    other = moment.recognition.accepted("service")
    if question and (other is None or other.id == focus.service_id):
        reply = Reply(
            paragraphs=about(service, question),
            choices=(choice("start"), choice("more_about"), choice("something_else")),
        )
        return answer(moment, reply, focus=focus)
    return None


def _event(moment: Moment, focus: EventShown, chosen: str) -> Turn | None:
    event = moment.catalog.life_events_by_id[focus.life_event]
    if chosen in ("more_steps", "none_of_these"):
        page = focus.page + 1
        reply = event_explained(event, moment.catalog, page, focus.beneficiary)
        return answer(moment, reply, focus=replace(focus, page=page))
    if act(moment) in ("back", "cancel", "no"):
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle())
    begins = (choice("start").label, *meanings("start"))
    if act(moment) == "yes" or bare(moment.text) in begins:
        return introduce(moment, event_page(event, focus.page)[0].service)
    return None


def start(moment: Moment, service_id: str, beneficiary: str) -> Turn:
    """Begin the form, or ask about an unfinished one for the same service."""
    parked = parked_form(moment.conversation, service_id)
    if parked is not None:
        focus = Resuming(service_id=service_id, beneficiary=beneficiary)
        return answer(moment, resume_question(parked, moment.catalog), focus=focus)
    return _begin(moment, service_id, beneficiary)


def _begin(moment: Moment, service_id: str, beneficiary: str) -> Turn:
    progress = begin(
        moment.catalog,
        (service_id,),
        number=moment.new_number,
        beneficiary=beneficiary,
        now=moment.now,
    )
    offered = form.prefill(progress, moment.catalog, moment.conversation.known)
    if offered.stage != "reuse":
        offered = form.ask_next(offered, moment.catalog)
    return go_on_filling(moment, offered, say("form_begins"), say("form_words"))


def _resuming(moment: Moment, focus: Resuming, chosen: str) -> Turn | None:
    wanted = chosen or act(moment)
    parked = parked_form(moment.conversation, focus.service_id)
    if wanted in ("resume", "yes") and parked is not None:
        return take_up(moment, parked)
    if wanted in ("no", "back", "cancel"):
        return answer(moment, Reply(paragraphs=(say("kept"), say("what_next"))), focus=Idle())
    if wanted not in ("start_anew", "resume", "yes"):
        return None
    rest = tuple(p for p in moment.conversation.parked if p is not parked)
    cleared = replace(moment, conversation=replace(moment.conversation, parked=rest))
    return _begin(cleared, focus.service_id, focus.beneficiary)


def take_up(moment: Moment, parked: FormProgress, *before: str) -> Turn:
    """Go on with an unfinished form at the question where it was left."""
    rest = tuple(p for p in moment.conversation.parked if p is not parked)
    if parked.corrects and not _is_wanted(moment, parked.corrects):
        lines = (say("no_corrections"), say("what_next"))
        return answer(moment, Reply(paragraphs=lines), focus=Idle(), parked=rest)
    return go_on_filling(moment, parked, *before, say("resumed"), parked=rest)


def _is_wanted(moment: Moment, case_id: str) -> bool:
    """Whether corrections of this case are still asked for."""
    case = next((c for c in moment.cases if c.id == case_id), None)
    return case is not None and case.state is CaseState.NEEDS_CORRECTION


def _stopping(moment: Moment, focus: Stopping, chosen: str) -> Turn | None:
    wanted = chosen or act(moment)
    if wanted in ("go_on", "no", "back"):
        return go_on_filling(moment, focus.progress)
    if wanted == "throw_away":
        reply = Reply(paragraphs=(say("thrown_away"), say("what_next")))
        return answer(moment, reply, focus=Idle(), keeps_form=False)
    if wanted in ("keep", "yes", "cancel"):
        return answer(moment, Reply(paragraphs=(say("kept"), say("what_next"))), focus=Idle())
    return None if wanted else _answered_after_all(moment, focus.progress)


def _answered_after_all(moment: Moment, progress: FormProgress) -> Turn | None:
    """Asked whether to leave the form, she answers the form's own question: then on with it."""
    if progress.stage != "asking" or not progress.asking:
        return None
    spec = form.spec_asked(moment.catalog, progress)
    parsed = read_answer(spec, moment.text, surroundings(moment, progress))
    if not isinstance(parsed, Parsed) or not parsed.is_certain or spec.type in _FITS_ANYTHING:
        return None
    return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, parsed))


def _switching(moment: Moment, focus: Switching, chosen: str) -> Turn | None:
    wanted = chosen or act(moment)
    if wanted in ("go_on", "no", "back"):
        return _not_switched(moment, focus)
    if wanted == "cancel":
        return answer(moment, Reply(paragraphs=(say("kept"), say("what_next"))), focus=Idle())
    if not wanted and (answered := _answered_after_all(moment, focus.progress)) is not None:
        return answered
    if wanted in ("switch", "yes"):
        told = replace(
            moment, recognition=replace(moment.recognition, beneficiary=focus.beneficiary)
        )
        kind, _, entry_id = focus.to.partition(":")
        if kind == "service":
            return introduce(told, entry_id, before=say("kept"))
        return explain_event(told, entry_id, before=say("kept"))
    return None


def _not_switched(moment: Moment, focus: Switching) -> Turn:
    """She stays with the form: then what she said may have been the answer after all."""
    progress = focus.progress
    if progress.stage != "asking" or not focus.said:
        return go_on_filling(moment, progress)
    spec = form.spec_asked(moment.catalog, progress)
    parsed = read_answer(spec, focus.said, surroundings(moment, progress))
    if not isinstance(parsed, Parsed):
        return go_on_filling(moment, progress)
    certain = replace(parsed, is_certain=False)
    return go_on_filling(moment, form.take(progress, moment.catalog, progress.asking, certain))


def another_service(moment: Moment) -> Turn | None:
    """In the middle of a form something else was clearly named: ask before leaving the form."""
    focus = moment.conversation.focus
    best = moment.recognition.accepted("service") or moment.recognition.accepted("life_event")
    if not isinstance(focus, Filling) or best is None:
        return None
    if best.id in focus.progress.service_ids:
        return go_on_filling(moment, focus.progress, say("please_choose"))
    return _switch(moment, focus.progress, f"{best.kind}:{best.id}", moment.text)


def button_in_form(moment: Moment) -> Turn | None:
    """An old button for a service, pressed in the middle of a form: ask before leaving the form."""
    focus = moment.conversation.focus
    pick = moment.message.pick
    if not isinstance(focus, Filling) or pick is None:
        return None
    kind, _, entry_id = pick.choice.partition(":")
    is_known = (
        entry_id in moment.catalog.services_by_id or entry_id in moment.catalog.life_events_by_id
    )
    if kind not in ("service", "life_event") or not is_known:
        return None
    if entry_id in focus.progress.service_ids:
        return go_on_filling(moment, focus.progress)
    return _switch(moment, focus.progress, pick.choice, "")


def _switch(moment: Moment, progress: FormProgress, to: str, said: str) -> Turn:
    switching = Switching(
        progress=progress, to=to, said=said, beneficiary=moment.recognition.beneficiary
    )
    return answer(moment, switch_question(progress, to, moment.catalog), focus=switching)
