"""Moving in a form: back, leave open, change an answer, stop."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from catalog.models import FieldType
from dialogue import form_filling as form
from dialogue.focuses import Correcting, Idle, Stopping
from dialogue.forms import answered_fields
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.places import stop_question
from dialogue.progress import FormProgress
from dialogue.rules.words import act
from dialogue.turns import answer, form_of, go_on_filling
from dialogue.wording import carries_on, other_labels, say
from intents.options import is_name_of_option
from intents.slot_types import Parsed, Surroundings, read_answer
from intents.small_words import says_wrong
from intents.writing import bare_word

OPEN_TEXT = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WHEN})
"""Any words fit these, so no part of a message is taken for a new answer."""
_PARTS = re.compile(r"[、/和]")
_NEW_VALUE = re.compile(r"改成|改为|换成|应该是|而是|[，,]是|是")


def navigate(moment: Moment) -> Turn | None:
    """返回 修改 跳过 算了 继续, and the buttons that mean them."""
    progress = form_of(moment.conversation)
    if progress is None:
        return None
    chosen = picked(moment)
    if chosen.startswith(("option:", "change:")):
        return None
    match chosen or act(moment):
        case "back":
            return _back(moment, progress)
        case "skip" if progress.stage == "asking":
            return leave(moment, progress)
        case "change" if progress.stage == "confirming":
            return go_on_filling(moment, form.deny(progress), say("say_it_again"))
        case "change" | "review_change":
            return change(moment, progress)
        case "cancel" | "stop" | "withdraw":
            return _stop(moment, progress)
        case "" if carries_on(moment.said):
            return go_on_filling(moment, progress)
        case "" if _names_a_mistake(moment, progress):
            return change(moment, progress)
        case _:
            return None


def _names_a_mistake(moment: Moment, progress: FormProgress) -> bool:
    """手机号不对, or just 手机号, in the middle of the form: an answer is named and to be changed."""
    if progress.stage not in ("asking", "consent") or not moment.text:
        return False
    spec = form.spec_asked(moment.catalog, progress)
    is_wrong = says_wrong(moment.text)
    if spec.type in OPEN_TEXT:
        is_short = spec.type is not FieldType.LONG_TEXT
        if not is_short or not is_wrong:
            return False
        return _brings_new_value(moment, progress, fields_named(moment, progress))
    if is_name_of_option(spec, moment.said):
        return False
    named = fields_named(moment, progress)
    return bool(named) and (is_wrong or _is_label(moment, named))


def _brings_new_value(moment: Moment, progress: FormProgress, fields: tuple[str, ...]) -> bool:
    """Whether one field is named together with a value that fits it: 手机号不对，是139…"""
    if len(fields) != 1:
        return False
    spec = moment.catalog.fields[fields[0]]
    parts = _new_value_parts(moment.text)
    around = surroundings(moment, progress)
    is_strict = spec.type not in OPEN_TEXT | {FieldType.PERSON_NAME, FieldType.ADDRESS}
    return is_strict and any(isinstance(read_answer(spec, p, around), Parsed) for p in parts)


def _is_label(moment: Moment, fields: tuple[str, ...]) -> bool:
    """Whether the whole text is what one of these questions is called."""
    labels = (moment.catalog.fields[field].label for field in fields)
    names = {bare_word(name) for label in labels for name in (label, *other_labels(label))}
    return moment.said in names


def _back(moment: Moment, progress: FormProgress) -> Turn:
    earlier = form.go_back(progress, moment.catalog)
    if earlier is None:
        return go_on_filling(moment, progress, say("first_question"))
    return go_on_filling(moment, earlier)


def leave(moment: Moment, progress: FormProgress) -> Turn:
    """跳过, 不知道: left open, put off to the end, or told why it cannot be."""
    after = form.skip(progress, moment.catalog)
    if after is None:
        return go_on_filling(moment, progress, say("cannot_skip"))
    is_put_off = progress.asking in after.deferred and progress.asking not in progress.deferred
    return go_on_filling(moment, after, say("put_off") if is_put_off else "")


def _stop(moment: Moment, progress: FormProgress) -> Turn:
    if isinstance(moment.conversation.focus, Correcting):
        return answer(moment, Reply(paragraphs=(say("corrections_later"),)), focus=Idle())
    return answer(moment, stop_question(), focus=Stopping(progress=progress))


def change(moment: Moment, progress: FormProgress) -> Turn:
    """修改: which answer, said in the same breath (手机号不对，是139…) or asked."""
    named = fields_named(moment, progress)
    field = named[0] if len(named) == 1 else None
    if not named and progress.stage in ("asking", "consent"):
        field = next((f for f in reversed(_before(progress)) if f in progress.answers), None)
    if not answered_fields(progress):
        return go_on_filling(moment, progress, say("nothing_to_change"))
    if field is None:
        asking = replace(progress, stage="changing", page=0)
        return go_on_filling(moment, asking)
    asked = form.ask_again(progress, moment.catalog, field)
    if asked.stage == "asking":
        spec = form.spec_asked(moment.catalog, asked)
        around = surroundings(moment, asked)
        for part in _new_value_parts(moment.text):
            parsed = read_answer(spec, part, around)
            if isinstance(parsed, Parsed) and spec.type not in OPEN_TEXT and named:
                after = form.take(asked, moment.catalog, field, parsed)
                return go_on_filling(moment, after, say("changed"))
    return go_on_filling(moment, asked, say("change_now"))


def _before(progress: FormProgress) -> tuple[str, ...]:
    """The questions asked before the present one."""
    asked = progress.asked
    return asked[: asked.index(progress.asking)] if progress.asking in asked else asked


def _new_value_parts(text: str) -> tuple[str, ...]:
    """What may be the new value in 不是二级，是三级: the part after the last 是/改成, or none."""
    parts = _NEW_VALUE.split(text)
    return (parts[-1],) if len(parts) > 1 and parts[-1].strip() else ()


def fields_named(moment: Moment, progress: FormProgress) -> tuple[str, ...]:
    """The answered fields a message names best, by label, other words for it, or one of its options."""
    said = moment.said
    weights = {field: _weight(moment, field, said) for field in answered_fields(progress)}
    best = max(weights.values(), default=0)
    return tuple(field for field, weight in weights.items() if weight == best) if best else ()


def _weight(moment: Moment, field: str, said: str) -> int:
    """How much of the text speaks for this field: characters of the longest name found in it."""
    spec = moment.catalog.fields[field]
    names, stems = _called(spec.label)
    whole = max((len(name) for name in names if name in said), default=0)
    if whole:
        return 2 * whole + 2
    options = (bare_word(option.label) for option in spec.choices)
    picked_out = max((len(name) for name in options if len(name) > 1 and name in said), default=0)
    if picked_out:
        return 2 * picked_out + 1
    return max((2 * len(stem) for stem in stems if stem in said), default=0)


@cache
def _called(label: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a question of this label is called, as it is compared, and the shortest words that hint at it."""
    parts = _PARTS.split(label)
    names = (label, *parts, *other_labels(label))
    stems = {n[:2] for n in parts if len(n) >= 3} | {label[-2:]}
    return tuple(bare_word(n) for n in names if len(n) > 1), tuple(stems)


def surroundings_now(moment: Moment) -> Surroundings:
    """What a reader of an answer outside forms may look at."""
    return Surroundings(today=moment.today, offices=moment.catalog.offices)


def surroundings(moment: Moment, progress: FormProgress) -> Surroundings:
    """What a reader of answers may look at."""
    return Surroundings(
        today=moment.today,
        offices=moment.catalog.offices,
        last_try=progress.failures >= form.TRIES,
    )
