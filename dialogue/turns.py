"""The small steps every rule shares: answering, picking a choice by button, number, label or meaning."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from catalog.models import FieldType
from dialogue.form_filling import spec_asked
from dialogue.form_replies import form_reply
from dialogue.models import (
    Choice,
    Conversation,
    Correcting,
    Effect,
    Filling,
    FormProgress,
    Moment,
    Reply,
    Turn,
)
from dialogue.wording import meanings, say
from intents.small_words import is_yes

DURABLE = ("correct:", "service:", "status", "human")
"""Choices that stay good however old their button is; others belong to the turn that showed them."""

_ORDINALS = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_NUMBERED = re.compile(r"(?:选|我选|第)?([1-5一二三四五])(?:个|项|号|条)?[.。、)）]?")


def answer(
    moment: Moment,
    reply: Reply,
    *,
    effects: tuple[Effect, ...] = (),
    understood: bool = True,
    remember: bool = True,
    **changes: Any,
) -> Turn:
    """The turn that says this; `changes` are fields of the conversation to set."""
    before = moment.conversation
    after = replace(before, **changes)
    number = before.turn + 1
    told = replace(
        reply, turn=number, rate=after.preferences.rate, aloud=after.preferences.aloud
    )
    after = replace(
        after,
        turn=number,
        last=told if remember else replace(before.last or told, turn=number),
        misses=0 if understood else before.misses + 1,
    )
    return Turn(conversation=after, reply=told, effects=effects)


def form_of(conversation: Conversation) -> FormProgress | None:
    """The form being filled or corrected, if any."""
    focus = conversation.focus
    return focus.progress if isinstance(focus, Filling | Correcting) else None


def go_on_filling(moment: Moment, progress: FormProgress, *before: str, **changes: Any) -> Turn:
    """Keep the form and say what comes at its present place."""
    focus = moment.conversation.focus
    saved = replace(progress, saved_at=moment.now)
    kept = replace(focus, progress=saved) if isinstance(focus, Correcting) else Filling(progress=saved)
    preferences = changes.get("preferences", moment.conversation.preferences)
    reply = form_reply(saved, moment.catalog, preferences, *before)
    return answer(moment, reply, focus=kept, **changes)


def restated(moment: Moment) -> tuple[tuple[str, ...], tuple[Choice, ...], bool]:
    """What was asked last, to be said again under an answer that does not move the form on."""
    progress = form_of(moment.conversation)
    if progress is not None:
        reply = form_reply(progress, moment.catalog, moment.conversation.preferences)
        return (say("back_to_question"), *reply.paragraphs), reply.choices, reply.private
    return (), (), False


def aside(moment: Moment, *sentences: str, **changes: Any) -> Turn:
    """Say something and, in the middle of a form, repeat the question: nothing else moves."""
    again, choices, private = restated(moment)
    last = moment.conversation.last
    if not again and last is not None:
        choices = last.choices
    reply = Reply(paragraphs=(*sentences, *again), choices=choices, private=private)
    return answer(moment, reply, **changes)


def is_stale(moment: Moment) -> bool:
    """Whether a button of an older turn was pressed."""
    pick = moment.message.pick
    if pick is None or pick.choice.startswith(DURABLE):
        return False
    return pick.turn != moment.conversation.turn


def picked(moment: Moment) -> str:
    """The id of the choice this message picks, by button, number, label or meaning; or empty."""
    if moment.message.pick is not None:
        return moment.message.pick.choice
    last = moment.conversation.last
    text = _bare(moment.text)
    if last is None or not last.choices or not text:
        return ""
    return _by_number(moment, text, last.choices) or _by_words(text, last.choices)


def _by_number(moment: Moment, text: str, choices: tuple[Choice, ...]) -> str:
    match = _NUMBERED.fullmatch(text)
    if match is None:
        return ""
    progress = form_of(moment.conversation)
    if progress is not None and progress.stage == "asking" and progress.asking:
        spec = spec_asked(moment.catalog, progress)
        if spec.type in (FieldType.NUMBER, FieldType.MONEY):
            return ""
        if spec.type is FieldType.CHOICE and not text.isdigit() and len(text) > 1:
            return ""
    place = _ORDINALS[match[1]]
    return choices[place - 1].id if place <= len(choices) else ""


def _by_words(text: str, choices: tuple[Choice, ...]) -> str:
    for choice in choices:
        names = (choice.label, *meanings(choice.id.partition(":")[0]), *meanings(choice.id))
        if text in {_bare(name) for name in names}:
            return choice.id
    labels = [c for c in choices if len(_bare(c.label)) >= 3 and _bare(c.label) in text]
    if len(labels) == 1 and len(text) <= len(labels[0].label) + 8:
        return labels[0].id
    return _by_yes_or_no(text, choices)


def _by_yes_or_no(text: str, choices: tuple[Choice, ...]) -> str:
    """A plain yes picks the choice marked as the yes of this question, a plain no its no."""
    wanted = "yes" if is_yes(text) else "no" if is_yes(text) is False else ""
    if not wanted:
        return ""
    marked = [c.id for c in choices if wanted in meanings(c.id)]
    return marked[0] if len(marked) == 1 else ""


def _bare(text: str) -> str:
    return re.sub(r"[\s，。！？!?.,~～…、：:]+", "", text).lower()
