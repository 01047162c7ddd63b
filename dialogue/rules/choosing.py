"""Outside a form: which service is meant, a service explained, an event explained, a form begun or taken up."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import FieldType
from dialogue import form_filling as form
from dialogue.focuses import (
    Choosing,
    EventShown,
    Filling,
    Idle,
    Introduced,
    Offered,
    OneByOne,
    Resuming,
    Stopping,
    Switching,
    Together,
)
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.places import switch_question
from dialogue.progress import FormProgress
from dialogue.replies import about, which_one
from dialogue.rules.beginning import begin_form, resuming
from dialogue.rules.introducing import explain_event, introduce
from dialogue.rules.navigating import OPEN_TEXT, surroundings
from dialogue.rules.together import chosen_of_several, means, offer_together, several_chosen
from dialogue.rules.words import act
from dialogue.turns import answer, go_on_filling, taken_wrongly
from dialogue.wording import choice, say
from intents.slot_types import Parsed, read_answer

_FITS_ANYTHING = OPEN_TEXT | {FieldType.PERSON_NAME, FieldType.ADDRESS, FieldType.FILES}
"""Questions to which nearly any words would be an answer."""


def choose(moment: Moment) -> Turn | None:
    """A choice of services, events, or of what to do with a form."""
    several = several_chosen(moment)
    if several is not None:
        return several
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
        case EventShown() | Offered() | Together() | OneByOne() as focus:
            return chosen_of_several(moment, focus, chosen)
        case Resuming() as focus:
            return resuming(moment, focus, chosen)
        case Stopping() as focus:
            return _stopping(moment, focus, chosen)
        case Switching() as focus:
            return _switching(moment, focus, chosen)
        case _:
            return None


def _asked_before(moment: Moment) -> str:
    focus = moment.conversation.focus
    return focus.question if isinstance(focus, Choosing) else ""


def _which(moment: Moment, focus: Choosing, chosen: str) -> Turn | None:
    if chosen == "none_of_these":
        rest = focus.page + 1
        if rest * 3 < len(focus.options):
            turned = replace(focus, page=rest)
            return answer(moment, which_one(focus.options, moment.catalog, rest), focus=turned)
        reply = Reply(paragraphs=(say("say_otherwise"),), choices=(choice("human"),))
        wrong = taken_wrongly(moment)
        return answer(moment, reply, focus=Idle(), understood=False, effects=wrong)
    start = focus.page * 3
    shown = (option.partition(":") for option in focus.options[start : start + 3])
    services = tuple(entry for kind, _, entry in shown if kind == "service")
    if means(moment, "together") and len(services) > 1:
        return offer_together(moment, services, focus.beneficiary)
    return None


def _introduced(moment: Moment, focus: Introduced, chosen: str) -> Turn | None:
    service = moment.catalog.services_by_id[focus.service_id]
    wanted = chosen or act(moment)
    if wanted in ("start", "yes"):
        return begin_form(moment, (focus.service_id,), focus.beneficiary)
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
            return introduce(told, entry_id, say("kept"))
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
