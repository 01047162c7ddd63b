"""The dialogue manager: one function from a conversation and a message to the next turn.

`respond` asks an ordered tuple of small rules; the first that has an answer gives it. Order is meaning:
danger first, then the words that work everywhere, then what was just asked, then what the message means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catalog.models import Catalog, FieldType
from dialogue.ahead import remembered
from dialogue.editions import fitted
from dialogue.focuses import Idle, Matching, MyData, Objecting, Rating
from dialogue.form_filling import spec_asked
from dialogue.models import Conversation, Moment, Turn
from dialogue.progress import FormProgress
from dialogue.rules import (
    aftercare,
    cases,
    choosing,
    danger,
    drafts,
    files,
    filling,
    helping,
    linking,
    matching,
    meaning,
    my_data,
    navigating,
    needs,
    objecting,
    plan,
    short_replies,
    standing_offer,
    timeline,
    words,
)
from dialogue.turns import form_of
from intents.models import Awaiting

Rule = Callable[[Moment], Turn | None]

RULES: tuple[Rule, ...] = (
    danger.false_alarm,
    danger.danger,
    words.person_wanted,
    words.old_button,
    needs.chosen,
    matching.answered,
    files.files_came,
    meaning.nothing_said,
    meaning.too_long,
    meaning.unknown_command,
    words.say_again,
    words.pace,
    words.voice,
    words.simpler,
    needs.wishes,
    drafts.mine,
    drafts.take,
    aftercare.rate,
    objecting.objection,
    linking.code_came,
    helping.consent,
    helping.accept,
    linking.joining,
    helping.revoke,
    helping.confirm_helper,
    helping.invite,
    helping.my_people,
    linking.link,
    linking.unlink,
    matching.wants_benefits,
    timeline.timeline,
    cases.status,
    plan.plan_asked,
    my_data.my_data,
    words.courtesy,
    cases.corrections,
    short_replies.wait,
    matching.in_matching,
    choosing.button_in_form,
    navigating.navigate,
    filling.in_form,
    meaning.reasons,
    standing_offer.asked_about_it,
    short_replies.begin_introduced,
    short_replies.whom_told,
    short_replies.nothing_left,
    short_replies.undecided,
    choosing.choose,
    choosing.another_service,
    meaning.carry_on,
    cases.withdraw,
    meaning.nothing_to_begin,
    meaning.service_named,
    meaning.event_named,
    meaning.for_another,
    meaning.stray_words,
    meaning.unclear,
    meaning.outside,
)
AFTERWARDS: tuple[Callable[[Moment, Turn], Turn], ...] = (
    remembered,
    needs.learned,
    drafts.back_again,
    needs.noticed,
)
"""What is said besides, whichever rule answered."""


def respond(moment: Moment) -> Turn:
    """The next turn: pure, total, and the same for every channel."""
    conversation = fitted(moment.conversation, moment.catalog)
    if conversation is not moment.conversation:
        moment = replace(moment, conversation=conversation)
    turn = _answered(moment)
    for add in AFTERWARDS:
        turn = add(moment, turn)
    return turn


def _answered(moment: Moment) -> Turn:
    """The answer of the first rule that has one."""
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
    match conversation.focus:
        case Idle():
            return Awaiting.NOTHING
        case Matching(stage="asking", asking="age"):
            return Awaiting.SHORT_ANSWER
        case Rating(stars=stars) if stars:
            return Awaiting.LONG_ANSWER
        case Objecting(received="") | MyData(step="value"):
            return Awaiting.SHORT_ANSWER
        case _:
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
