"""The dialogue manager: one function from a conversation and a message to the next turn.

`respond` asks an ordered tuple of small rules; the first that has an answer gives it. Order is meaning:
danger first, then the words that work everywhere, then what was just asked, then what the message means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catalog.models import Catalog, FieldType
from dialogue.editions import fitted
from dialogue.focuses import Idle
from dialogue.form_filling import spec_asked
from dialogue.models import Conversation, Moment, Turn
from dialogue.progress import FormProgress
from dialogue.rules import cases, choosing, files, filling, meaning, navigating, words
from dialogue.turns import form_of
from intents.models import Awaiting

Rule = Callable[[Moment], Turn | None]

RULES: tuple[Rule, ...] = (
    words.danger,
    words.false_alarm,
    words.person_wanted,
    words.old_button,
    files.files_came,
    meaning.nothing_said,
    meaning.too_long,
    meaning.unknown_command,
    words.say_again,
    words.pace,
    words.voice,
    words.simpler,
    cases.status,
    cases.my_data,
    words.courtesy,
    cases.corrections,
    choosing.button_in_form,
    navigating.navigate,
    filling.in_form,
    meaning.reasons,
    choosing.choose,
    choosing.another_service,
    meaning.carry_on,
    cases.withdraw,
    meaning.service_named,
    meaning.event_named,
    meaning.for_another,
    meaning.stray_words,
    meaning.unclear,
    meaning.outside,
)


def respond(moment: Moment) -> Turn:
    """The next turn: pure, total, and the same for every channel."""
    conversation = fitted(moment.conversation, moment.catalog)
    moment = replace(moment, conversation=conversation)
    for rule in RULES:
        turn = rule(moment)
        if turn is not None:
            return turn
    return meaning.lost(moment)


def awaiting(conversation: Conversation, catalog: Catalog) -> Awaiting:
    """What was just asked, so that the recognizer does not take an answer for a new wish."""
    progress = form_of(fitted(conversation, catalog))
    if progress is not None:
        return _awaiting_in_form(progress, catalog)
    if isinstance(conversation.focus, Idle):
        return Awaiting.NOTHING
    return Awaiting.CHOICE


def _awaiting_in_form(progress: FormProgress, catalog: Catalog) -> Awaiting:
    if progress.stage != "asking":
        return Awaiting.CONFIRMATION
    match spec_asked(catalog, progress).type:
        case FieldType.LONG_TEXT:
            return Awaiting.LONG_ANSWER
        case FieldType.CHOICE | FieldType.CHOICES | FieldType.YES_NO:
            return Awaiting.CHOICE
        case _:
            return Awaiting.SHORT_ANSWER
