"""Moving in a form: back, leave open, change an answer, stop."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.models import FieldType
from dialogue import form_filling as form
from dialogue.correction_words import checked_named
from dialogue.corrections import OPEN_TEXT, before, number_telling
from dialogue.focuses import Correcting, Idle, Stopping
from dialogue.forms import answered_fields
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.naming import fields_named_in, is_label, surroundings, surroundings_now
from dialogue.picking import picked
from dialogue.places import stop_question
from dialogue.progress import FormProgress
from dialogue.rules.correcting import ask_for_number, corrected
from dialogue.rules.several_options import take_out
from dialogue.rules.words import act
from dialogue.turns import answer, form_of, go_on_filling
from dialogue.wording import carries_on, say
from intents.options import is_name_of_option
from intents.slot_types import Parsed, read_answer
from intents.small_words import says_wrong

__all__ = (
    "OPEN_TEXT", "change", "fields_named", "leave", "navigate", "surroundings", "surroundings_now",
)  # fmt: skip
_JUST_NOW = re.compile(r"刚才|刚刚|上一[个项]")
_TO_CHANGE = re.compile(r"^(?:我?要)?(?:改|更正|换)(?:一下|下)?")
_NEW_VALUE = re.compile(r"改成|改为|换成|应该是|而是|[，,]是|是")


def navigate(moment: Moment) -> Turn | None:
    """返回 修改 跳过 算了 继续, and the buttons that mean them."""
    progress = form_of(moment.conversation)
    if progress is None:
        return None
    chosen = picked(moment)
    if chosen.startswith(("option:", "change:")):
        return None
    mended = corrected(moment, progress) or take_out(moment, progress)
    if mended is not None:
        return mended
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
    """手机号不对, 改手机号, or just 手机号, in the middle of the form: an answer is named and to be changed."""
    if progress.stage not in ("asking", "consent", "review", "submit") or not moment.text:
        return False
    is_wrong = says_wrong(moment.text)
    to_change = _TO_CHANGE.sub("", moment.said)
    is_told = bool(checked_named(to_change)) and (is_wrong or to_change != moment.said)
    if progress.stage in ("review", "submit"):
        return is_wrong or is_told
    spec = form.spec_asked(moment.catalog, progress)
    if spec.type in OPEN_TEXT:
        is_short = spec.type is not FieldType.LONG_TEXT
        if not is_short or not is_wrong:
            return False
        return _brings_new_value(moment, progress, fields_named(moment, progress))
    if is_name_of_option(spec, moment.said):
        return False
    named = fields_named(moment, progress)
    return is_told or (bool(named) and (is_wrong or is_label(moment.catalog, to_change, named)))


def _brings_new_value(moment: Moment, progress: FormProgress, fields: tuple[str, ...]) -> bool:
    """Whether one field is named together with a value that fits it: 手机号不对，是139…"""
    if len(fields) != 1:
        return False
    spec = moment.catalog.fields[fields[0]]
    parts = _new_value_parts(moment.text)
    around = surroundings(moment, progress)
    is_strict = spec.type not in OPEN_TEXT | {FieldType.PERSON_NAME, FieldType.ADDRESS}
    return is_strict and any(isinstance(read_answer(spec, p, around), Parsed) for p in parts)


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
    named = _named_to_change(moment, progress)
    field = named[0] if len(named) == 1 else None
    if not named and progress.stage in ("asking", "consent"):
        field = next(iter(before(progress)), None)
    if not answered_fields(progress):
        return go_on_filling(moment, progress, say("nothing_to_change"))
    if field is None:
        asking = replace(progress, stage="changing", page=0, named=named)
        return go_on_filling(moment, asking)
    told_by = number_telling(progress, field)
    if told_by:
        return ask_for_number(moment, progress, field, told_by)
    asked = form.ask_again(progress, moment.catalog, field)
    after = _with_new_value(moment, asked) if named and asked.stage == "asking" else None
    if after is not None:
        return go_on_filling(moment, after, say("changed"))
    return go_on_filling(moment, asked, say("change_now"))


def _named_to_change(moment: Moment, progress: FormProgress) -> tuple[str, ...]:
    """What is to be changed, by its name; 刚才那个号码 is the answer before."""
    told = checked_named(moment.said)
    if told and any(number_telling(progress, field) for field in told):
        return told[:1]
    whole = fields_named_in(moment.catalog, progress, moment.said, whole=True)
    if whole or _JUST_NOW.search(moment.said):
        return whole
    return fields_named(moment, progress)


def _with_new_value(moment: Moment, asked: FormProgress) -> FormProgress | None:
    """The form with the value said in the same breath, or None when there is none."""
    spec = form.spec_asked(moment.catalog, asked)
    for part in _new_value_parts(moment.text):
        parsed = read_answer(spec, part, surroundings(moment, asked))
        if isinstance(parsed, Parsed) and spec.type not in OPEN_TEXT:
            return form.take(asked, moment.catalog, asked.asking, parsed)
    return None


def _new_value_parts(text: str) -> tuple[str, ...]:
    """What may be the new value in 不是二级，是三级: the part after the last 是/改成, or none."""
    parts = _NEW_VALUE.split(text)
    return (parts[-1],) if len(parts) > 1 and parts[-1].strip() else ()


def fields_named(moment: Moment, progress: FormProgress) -> tuple[str, ...]:
    """The answered fields a message names best, by label, other words for it, or one of its options."""
    return fields_named_in(moment.catalog, progress, moment.said)
