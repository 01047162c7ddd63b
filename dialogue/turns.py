"""The small steps every rule shares: answering, keeping an unfinished form, saying again what was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dialogue.ahead import taken
from dialogue.contradictions import noticed
from dialogue.earlier_papers import earlier_papers
from dialogue.effects import Effect, FileApplication, NoteMisunderstood, SubmitCorrections
from dialogue.fit import warned
from dialogue.focuses import (
    Choosing,
    Correcting,
    EventShown,
    Filling,
    Focus,
    Introduced,
    MyData,
    Offered,
    Stopping,
    Switching,
)
from dialogue.form_replies import form_reply
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation, Moment, Turn
from dialogue.needs import obeying
from dialogue.places import asked_at
from dialogue.progress import FormProgress
from dialogue.wording import say

REASONS = 3
"""Of so many candidates the reasons are kept."""
_IN_FORM = (Filling, Correcting)
_HOLDING_FORM = (Filling, Correcting, Switching, Stopping, MyData)
_PROPOSING = (Introduced, Choosing, EventShown, Offered)


def answer(
    moment: Moment,
    reply: Reply,
    *,
    effects: tuple[Effect, ...] = (),
    understood: bool = True,
    remember: bool = True,
    keeps_form: bool = True,
    **changes: Any,
) -> Turn:
    """The turn that says this; `changes` are fields of the conversation to set.

    A form that was being filled is never dropped on the way: unless `keeps_form` is False (filed, or thrown
    away), it is parked when the conversation turns to something else.
    """
    before = moment.conversation
    focus = changes.get("focus", before.focus)
    if keeps_form:
        changes |= _form_kept(before, focus, changes.get("parked", before.parked))
    number = before.turn + 1
    told = obeying(
        reply,
        changes.get("preferences", before.preferences),
        turn=number,
        because=reply.because or _because(moment),
        about=_about(moment, focus),
        number=reply.number or _filed(before, effects),
    )
    after = replace(
        before,
        **changes,
        turn=number,
        last=told if remember else replace(before.last or told, turn=number),
        misses=0 if understood else before.misses + 1,
        heard_at=moment.now,
    )
    return Turn(conversation=after, reply=told, effects=effects)


def _filed(before: Conversation, effects: tuple[Effect, ...]) -> str:
    """The application that was just filed or put right, or empty."""
    is_filed = any(isinstance(effect, FileApplication | SubmitCorrections) for effect in effects)
    form = unfinished(before) if is_filed else None
    return form.number if form is not None else ""


def taken_wrongly(moment: Moment) -> tuple[Effect, ...]:
    """The person refuses what was understood: her words are kept for whoever teaches the recognizer."""
    last = moment.conversation.last
    return (NoteMisunderstood(text=last.about),) if last is not None and last.about else ()


def _because(moment: Moment) -> tuple[str, ...]:
    """What the recognizer thought of and the words it heard; nothing for an answer inside a form."""
    if form_of(moment.conversation) is not None or moment.message.pick is not None:
        return ()
    lines = []
    for candidate in moment.recognition.candidates[:REASONS]:
        entry = moment.catalog.services_by_id.get(
            candidate.id
        ) or moment.catalog.life_events_by_id.get(candidate.id)
        if entry is not None and candidate.why:
            words = say("list_mark").join(say("quoted", word=word) for word in candidate.why)
            lines.append(say("because_line", name=entry.short, words=words))
    return tuple(lines)


def _about(moment: Moment, focus: Focus) -> str:
    """The words a proposal rests on: those of this message, or of the one before while it is still open."""
    if not isinstance(focus, _PROPOSING):
        return ""
    last = moment.conversation.last
    if (
        moment.recognition.candidates
        and moment.message.pick is None
        and not moment.recognition.question
    ):
        return moment.text
    return last.about if last is not None else ""


def _form_kept(
    before: Conversation, focus: Focus, parked: tuple[FormProgress, ...]
) -> dict[str, Any]:
    """The change that parks the form of before, where it is neither gone on with nor parked yet."""
    form = unfinished(before)
    if form is None:
        return {}
    here = form_held(focus)
    still = parked if here is None else (here, *parked)
    if any((p.number, p.corrects) == (form.number, form.corrects) for p in still):
        return {}
    return {"parked": (*parked, form)}


def unfinished(conversation: Conversation) -> FormProgress | None:
    """The form this conversation is in the middle of, even while something else is being asked."""
    return form_held(conversation.focus)


def form_held(focus: Focus) -> FormProgress | None:
    """The form this place is in the middle of."""
    return focus.progress if isinstance(focus, _HOLDING_FORM) else None


def form_of(conversation: Conversation) -> FormProgress | None:
    """The form being filled or corrected, if any."""
    focus = conversation.focus
    return focus.progress if isinstance(focus, _IN_FORM) else None


def go_on_filling(
    moment: Moment, progress: FormProgress, *before: str, private: bool = False, **changes: Any
) -> Turn:
    """Keep the form and say what comes at its present place; `private` when `before` tells personal things."""
    progress, told = taken(moment, progress)
    progress = noticed(progress, moment.catalog, moment.today)
    progress, unfit = warned(progress, moment.catalog, moment.today)
    told = (*told, *unfit)
    before, private = (*before, *told), private or bool(told)
    earlier = earlier_papers(moment, progress)
    saved = replace(progress, earlier=earlier, saved_at=moment.now)
    focus: Correcting | Filling = Filling(progress=saved)
    if saved.corrects:
        focus = Correcting(case_id=saved.corrects, number=saved.number, progress=saved)
    preferences = changes.get("preferences", moment.conversation.preferences)
    reply = form_reply(saved, moment.catalog, preferences, *before)
    reply = replace(reply, private=private or reply.private, number=saved.number)
    return answer(moment, reply, focus=focus, **changes)


def restated(moment: Moment) -> tuple[tuple[str, ...], tuple[Choice, ...], bool]:
    """What was asked last, to be said again under an answer that does not move anything on."""
    asked = asked_at(moment)
    if asked is None:
        return (), (), False
    return (say("back_to_question"), *asked.paragraphs), asked.choices, asked.private


def aside(moment: Moment, *sentences: str, private: bool = False, **changes: Any) -> Turn:
    """Say something and repeat the question, if there is one: nothing else moves."""
    again, choices, is_private = restated(moment)
    last = moment.conversation.last
    if not again and last is not None:
        choices, is_private = last.choices, last.private and bool(last.choices)
    reply = Reply(paragraphs=(*sentences, *again), choices=choices, private=is_private or private)
    return answer(moment, reply, **changes)


def over_again(moment: Moment, lead: str, **changes: Any) -> Turn:
    """The last words once more after a first sentence, which itself is not repeated next time."""
    again, choices, private = restated(moment)
    last = moment.conversation.last
    if not again and last is not None:
        again, choices, private = last.paragraphs, last.choices, last.private
    reply = Reply(paragraphs=(lead, *again), choices=choices, private=private)
    return answer(moment, reply, remember=False, **changes)
