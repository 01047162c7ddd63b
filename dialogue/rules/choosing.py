"""Outside a form: which service is meant, a service explained, an event explained, a form begun or taken up."""

from __future__ import annotations

from dataclasses import replace

from dialogue import form_filling as form
from dialogue.forms import begin
from dialogue.models import (
    Choosing,
    EventShown,
    Filling,
    FormProgress,
    Idle,
    Introduced,
    Moment,
    Reply,
    Resuming,
    Stopping,
    Switching,
    Turn,
)
from dialogue.replies import about, event_explained, introduction, which_one
from dialogue.rules.words import act
from dialogue.turns import answer, go_on_filling, picked
from dialogue.wording import choice, say


def choose(moment: Moment) -> Turn | None:
    """A choice of services, events, or of what to do with a form."""
    chosen = picked(moment)
    kind, _, entry_id = chosen.partition(":")
    if kind == "service" and entry_id in moment.catalog.services_by_id:
        return introduce(moment, entry_id, question=_asked_before(moment))
    if kind == "life_event" and entry_id in moment.catalog.life_events_by_id:
        return explain_event(moment, entry_id)
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
        return answer(moment, reply, focus=Idle(), understood=False)
    return None


def _introduced(moment: Moment, focus: Introduced, chosen: str) -> Turn | None:
    service = moment.catalog.services_by_id[focus.service_id]
    wanted = chosen or act(moment)
    if wanted in ("start", "yes"):
        return start(moment, focus.service_id, focus.beneficiary)
    if wanted in ("something_else", "no", "back", "cancel"):
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle())
    if wanted == "more_about":
        lines = (
            *about(service, "papers"),
            service.where,
            *about(service, "fee"),
            *about(service, "time"),
        )
        reply = Reply(
            paragraphs=lines, choices=(choice("start"), choice("something_else"))
        )
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
    if act(moment) == "yes":
        return introduce(moment, event.first_steps[0].service)
    return None


def start(moment: Moment, service_id: str, beneficiary: str) -> Turn:
    """Begin the form, or ask about an unfinished one for the same service."""
    if any(service_id in p.service_ids for p in moment.conversation.parked):
        parked = _parked(moment, service_id)
        reply = Reply(
            paragraphs=(
                say("resume_question", name=moment.catalog.services_by_id[service_id].short),
                say("resume_count", count=str(len(parked.answers))),
            ),
            choices=(choice("resume"), choice("start_anew")),
            private=True,
        )
        focus = Resuming(service_id=service_id, beneficiary=beneficiary)
        return answer(moment, reply, focus=focus)
    return _begin(moment, service_id, beneficiary)


def _begin(moment: Moment, service_id: str, beneficiary: str) -> Turn:
    progress = begin(
        moment.catalog,
        (service_id,),
        number=moment.new_number,
        beneficiary=beneficiary,
        now=moment.now,
    )
    offered = form.prefill(progress, moment.conversation.known)
    if offered.stage != "reuse":
        offered = form.ask_next(offered, moment.catalog)
    begun = replace(moment, conversation=replace(moment.conversation, focus=Idle()))
    return go_on_filling(begun, offered, say("form_begins"), say("form_words"))


def _parked(moment: Moment, service_id: str) -> FormProgress:
    return next(p for p in reversed(moment.conversation.parked) if service_id in p.service_ids)


def _resuming(moment: Moment, focus: Resuming, chosen: str) -> Turn | None:
    wanted = chosen or act(moment)
    if wanted not in ("resume", "yes", "start_anew", "no"):
        return None
    parked = _parked(moment, focus.service_id)
    rest = tuple(p for p in moment.conversation.parked if p is not parked)
    if wanted in ("resume", "yes"):
        return take_up(moment, parked)
    cleared = replace(moment, conversation=replace(moment.conversation, parked=rest))
    return _begin(cleared, focus.service_id, focus.beneficiary)


def take_up(moment: Moment, parked: FormProgress, *before: str) -> Turn:
    """Go on with an unfinished form at the question where it was left."""
    rest = tuple(p for p in moment.conversation.parked if p is not parked)
    idle = replace(moment, conversation=replace(moment.conversation, parked=rest, focus=Idle()))
    return go_on_filling(idle, parked, *before, say("resumed"), parked=rest)


def _stopping(moment: Moment, focus: Stopping, chosen: str) -> Turn | None:
    wanted = chosen or act(moment)
    if wanted in ("go_on", "no", "back"):
        return go_on_filling(moment, focus.progress)
    if wanted == "throw_away":
        return answer(moment, Reply(paragraphs=(say("thrown_away"), say("what_next"))), focus=Idle())
    if wanted in ("keep", "yes", "cancel"):
        parked = (*moment.conversation.parked, focus.progress)
        reply = Reply(paragraphs=(say("kept"), say("what_next")))
        return answer(moment, reply, focus=Idle(), parked=parked)
    return None


def _switching(moment: Moment, focus: Switching, chosen: str) -> Turn | None:
    wanted = chosen or act(moment)
    if wanted in ("go_on", "no", "back"):
        return go_on_filling(moment, focus.progress)
    if wanted in ("switch", "yes"):
        parked = (*moment.conversation.parked, focus.progress)
        kept = replace(moment.conversation, parked=parked, focus=Idle())
        told = replace(
            moment,
            conversation=kept,
            recognition=replace(moment.recognition, beneficiary=focus.beneficiary),
        )
        kind, _, entry_id = focus.to.partition(":")
        if kind == "service":
            return introduce(told, entry_id, before=say("kept"))
        return explain_event(told, entry_id, before=say("kept"))
    return None


def another_service(moment: Moment) -> Turn | None:
    """In the middle of a form something else was clearly named: ask before leaving the form."""
    focus = moment.conversation.focus
    best = moment.recognition.accepted("service") or moment.recognition.accepted("life_event")
    if not isinstance(focus, Filling) or best is None or best.id in focus.progress.service_ids:
        return None
    entry = moment.catalog.services_by_id.get(best.id) or moment.catalog.life_events_by_id[best.id]
    now = moment.catalog.services_by_id[focus.progress.service_ids[0]]
    reply = Reply(
        paragraphs=(say("switch_question", now=now.short, to=entry.short),),
        choices=(choice("go_on"), choice("switch")),
    )
    switching = Switching(
        progress=focus.progress,
        to=f"{best.kind}:{best.id}",
        said=moment.text,
        beneficiary=moment.recognition.beneficiary,
    )
    return answer(moment, reply, focus=switching)
