"""Danger first, whatever was being done: the emergency card, and the way back from it; nothing said is lost."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import FieldType
from dialogue.effects import CallPerson
from dialogue.focuses import Correcting, Filling, Idle
from dialogue.form_filling import spec_asked, take
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.places import asked_at
from dialogue.progress import FormProgress
from dialogue.replies import emergency_card
from dialogue.turns import answer, form_of, go_on_filling, restated, unfinished
from dialogue.wording import matches, say
from intents.slot_types import Parsed, Surroundings, read_answer

_TELLING = frozenset({FieldType.LONG_TEXT, FieldType.CHOICE, FieldType.CHOICES})
"""Questions to which words of danger may well be the answer."""
_SHORT = frozenset({FieldType.TEXT})
"""Questions to which they hardly ever are."""


def danger(moment: Moment) -> Turn | None:
    """Danger words: the emergency card first, whatever was being done; nothing said is lost."""
    if moment.message.pick is not None or not _is_danger(moment):
        return None
    progress = form_of(moment.conversation)
    if progress is not None and progress.stage == "asking":
        if _is_answer(moment, progress):
            return None
        if _is_amount(moment, progress):
            return _sum_or_call(moment, progress)
        progress = _with_answer(moment, progress)
    return alarm(moment, moment.recognition.danger or "any", progress)


def alarm(moment: Moment, group: str, progress: FormProgress | None) -> Turn:
    """The emergency card; the form stays where this progress is, and a person is called."""
    focus = moment.conversation.focus
    if progress is not None and isinstance(focus, Filling | Correcting):
        focus = replace(focus, progress=progress)
    kept = unfinished(moment.conversation)
    after = (say("emergency_form_kept"),) if kept is not None else ()
    call = CallPerson(reason="emergency", office_id=kept.town if kept else "")
    return answer(moment, emergency_card(group, *after), focus=focus, effects=(call,))


def _is_answer(moment: Moment, progress: FormProgress) -> bool:
    """Whether it names an option of the question and nothing else: 从楼上摔下来, asked how it came about."""
    spec = spec_asked(moment.catalog, progress)
    if spec.type not in (FieldType.CHOICE, FieldType.CHOICES):
        return False
    parsed = read_answer(spec, moment.text, _around(moment))
    if not isinstance(parsed, Parsed) or not parsed.is_certain:
        return False
    chosen = (parsed.value,) if isinstance(parsed.value, str) else parsed.value
    return not any(option.danger for option in spec.choices if option.id in chosen)


def _is_amount(moment: Moment, progress: FormProgress) -> bool:
    """Whether a number was asked for and one of the numbers to call was typed: 120 is a sum now and then."""
    spec = spec_asked(moment.catalog, progress)
    is_number = spec.type in (FieldType.NUMBER, FieldType.MONEY) and moment.text.strip().isdigit()
    return is_number and isinstance(read_answer(spec, moment.text, _around(moment)), Parsed)


def _sum_or_call(moment: Moment, progress: FormProgress) -> Turn | None:
    """The number is read back, and the number to call stands above it: nobody has to say it twice."""
    spec = spec_asked(moment.catalog, progress)
    parsed = read_answer(spec, moment.text, _around(moment))
    if not isinstance(parsed, Parsed):
        return None
    asked = take(progress, moment.catalog, progress.asking, replace(parsed, is_certain=False))
    return go_on_filling(moment, asked, say("sum_or_call", number=moment.text.strip()))


def _around(moment: Moment) -> Surroundings:
    return Surroundings(today=moment.today, offices=moment.catalog.offices)


def _with_answer(moment: Moment, progress: FormProgress) -> FormProgress:
    """The form with the words taken as the answer, where they may be one.

    Anything short is taken only when the card was just shown: the person says it again, so she means it.
    """
    spec = spec_asked(moment.catalog, progress)
    last = moment.conversation.last
    is_insisting = last is not None and last.kind == "emergency"
    if spec.type not in _TELLING and not (spec.type in _SHORT and is_insisting):
        return progress
    parsed = read_answer(spec, moment.text, _around(moment))
    if isinstance(parsed, Parsed):
        return take(progress, moment.catalog, progress.asking, parsed)
    return progress


def _is_danger(moment: Moment) -> bool:
    if moment.recognition.danger:
        return True
    best = moment.recognition.accepted("act")
    return best is not None and best.id == "emergency"


def false_alarm(moment: Moment) -> Turn | None:
    """没事, 就是说说, after an emergency card: back to where we were, and the help stays open."""
    last = moment.conversation.last
    was_alarm = last is not None and last.kind == "emergency"
    if picked(moment) != "false_alarm" and not (was_alarm and matches("all_well", moment.said)):
        return None
    lines = (say("false_alarm"), say("false_alarm_help"))
    if asked_at(moment) is None:
        return answer(moment, Reply(paragraphs=(*lines, say("what_next"))), focus=Idle())
    again, choices, private = restated(moment)
    reply = Reply(paragraphs=(*lines, *again), choices=choices, private=private)
    return answer(moment, reply)
