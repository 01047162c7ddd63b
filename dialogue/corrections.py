"""What a message corrects: 不对，是王建民; 刚才那个号码错了，是139…; 不是短信，是电话; 尾号是5679.

The question meant is the one named, else the one whose kind the new value shows, else the one answered last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from catalog.models import FieldSpec, FieldType
from dialogue import form_filling as form
from dialogue.correction_words import (
    Said,
    begins_wrong,
    checked_named,
    labelled,
    taken_apart,
    words,
)
from dialogue.forms import CERTIFICATE, ROLE, answered_fields, is_given, spec_of
from dialogue.models import Moment
from dialogue.naming import fields_named_in, surroundings_now
from dialogue.progress import FormProgress
from intents.options import is_option
from intents.slot_types import Parsed, read_answer
from intents.writing import bare, bare_word

OPEN_TEXT = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WHEN})
"""Any words fit these, so no part of a message is taken for a new answer unless it is put as one."""
FORGIVING = OPEN_TEXT | {FieldType.PERSON_NAME, FieldType.ADDRESS}
"""Nearly any words fit these."""
_SHOWING = (
    FieldType.CERT_NO,
    FieldType.ID_NUMBER,
    FieldType.PHONE,
    FieldType.BANK_ACCOUNT,
    FieldType.ADDRESS,
)
"""Kinds that show by their form what they are, those with the most characters first."""
_NUMBERS = ("disability_cert_no", "id_number", "child_id_number")
"""Numbers that tell other facts, the one that tells most first."""
_DIGITS = frozenset(_SHOWING[:4])


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Which question is answered anew, and with what; without a value it is asked again."""

    field: str
    parsed: Parsed | None = None
    told_by: str = ""
    """The question whose number tells this one, when it cannot be answered by itself."""


def correction(moment: Moment, progress: FormProgress) -> Correction | None:
    """What this message corrects in the form, or None when it is no correction that can be followed."""
    said = taken_apart(moment.text)
    if said is None or moment.message.pick is not None or progress.stage in ("whom", "reuse"):
        return None
    if said.tail:
        return None if progress.heard else _with_tail(moment, progress, said)
    if not said.new:
        return None
    spec = _open(moment, progress)
    if spec is not None and spec.type in OPEN_TEXT and not _is_for_earlier(moment, progress, said):
        return None
    if words()["reissued"].fullmatch(said.new):
        return _reissued(moment, progress, said.new)
    fields, said = _named(moment, progress, said)
    if fields:
        return _of_these(moment, progress, fields, said)
    if said.old:
        is_strict = spec is not None and spec.type not in FORGIVING
        parsed = _read(moment, spec, said) if spec is not None and is_strict else None
        return Correction(field=progress.asking, parsed=parsed) if parsed else None
    if spec is not None and _means_open(moment, progress, spec, said):
        if spec.type is FieldType.CHOICES:
            return None
        return Correction(field=progress.asking, parsed=_read(moment, spec, said))
    return _by_kind(moment, progress, said) or _last(moment, progress, said)


def _is_for_earlier(moment: Moment, progress: FormProgress, said: Said) -> bool:
    """Whether words said to an open question correct an earlier answer: 不对，学校是建平中学."""
    if begins_wrong(moment.text):
        return said.is_put_as_value or labelled(said) is not None
    named = fields_named_in(moment.catalog, progress, bare(said.about), whole=True)
    if len(named) != 1:
        return False
    spec = spec_of(moment.catalog, progress, named[0])
    return spec.type not in FORGIVING and _read(moment, spec, said) is not None


def _open(moment: Moment, progress: FormProgress) -> FieldSpec | None:
    """The question being asked or read back."""
    if progress.stage not in ("asking", "confirming") or not progress.asking:
        return None
    return spec_of(moment.catalog, progress, progress.asking)


def _named(moment: Moment, progress: FormProgress, said: Said) -> tuple[tuple[str, ...], Said]:
    """The answered questions that are named, by their value of before or by what they are called."""
    told = _checked_named(progress, said)
    if told:
        return told, said
    if said.old:
        held = _holding(moment, progress, said.old)
        if held:
            return held, said
    named = fields_named_in(moment.catalog, progress, bare(said.about), whole=True)
    if named or said.about:
        return named or _holding(moment, progress, bare(said.about)), said
    parts = labelled(said)
    if parts is None:
        return (), said
    label, new = parts
    named = fields_named_in(moment.catalog, progress, bare(label), whole=False)
    if len(named) != 1:
        return (), said
    return named, replace(said, about=label, new=new, is_put_as_value=True)


def _checked_named(progress: FormProgress, said: Said) -> tuple[str, ...]:
    """The birth date or the sex, which a number told and no question asks for."""
    held = {**progress.answers, **progress.pending}
    return checked_named(bare(said.about) + said.old) if form.CHECKED & set(held) else ()


def _holding(moment: Moment, progress: FormProgress, old: str) -> tuple[str, ...]:
    """The questions answered with this, the newest first: 短信, 三林镇 in an address."""
    if len(old) < 2:
        return ()
    fields = [*reversed(progress.asked), *answered_fields(progress), *form.CHECKED]
    held = [f for f in dict.fromkeys(fields) if is_given(progress, f)]
    same = tuple(f for f in held if old in _names_of_value(moment, progress, f))
    return same or tuple(
        f for f in held if f not in (ROLE, form.CENTER) and old in bare(progress.answers[f].shown)
    )


def _names_of_value(moment: Moment, progress: FormProgress, field: str) -> set[str]:
    answer = progress.answers[field]
    spec = moment.catalog.fields.get(field)
    names = {bare(answer.shown)}
    for option in spec.choices if spec else ():
        if option.id == answer.value:
            names |= {bare_word(name) for name in (option.label, *option.says)}
    return names


def _of_these(
    moment: Moment, progress: FormProgress, fields: tuple[str, ...], said: Said
) -> Correction | None:
    """Of the questions named the one the new value fits; the only one is asked again when it fits none."""
    for field in fields:
        if told_by := number_telling(progress, field):
            return Correction(field=field, told_by=told_by)
        parsed = _read(moment, spec_of(moment.catalog, progress, field), said)
        if parsed is not None:
            return Correction(field=field, parsed=parsed)
    return Correction(field=fields[0]) if len(fields) == 1 else None


def number_telling(progress: FormProgress, field: str) -> str:
    """The question whose number told this answer, or empty: the level stands in the certificate number."""
    answer = progress.answers.get(field)
    told_by: tuple[str, ...] = _NUMBERS[:1]
    if field in progress.pending and field != progress.asking:
        return progress.asking
    if field in form.CHECKED:
        told_by = _NUMBERS
    elif answer is None or answer.source != "derived" or field in (ROLE, form.CENTER, *_NUMBERS):
        return ""
    return next((n for n in told_by if is_given(progress, n)), "")


def _means_open(moment: Moment, progress: FormProgress, spec: FieldSpec, said: Said) -> bool:
    """Whether the question that is open is meant, and not the one answered before."""
    if _read(moment, spec, said) is None:
        return False
    is_held = progress.stage == "confirming" or progress.asking in progress.answers
    is_open = is_held or progress.failures or not said.is_wrong
    if is_open or not before(progress):
        return True
    return bool(said.about) and _reads(moment, spec, said.about)


def _by_kind(moment: Moment, progress: FormProgress, said: Said) -> Correction | None:
    """The question answered last of those whose kind the new value shows."""
    given = [
        (f, spec_of(moment.catalog, progress, f))
        for f in before(progress)
        if f in moment.catalog.fields
    ]
    for kind in _SHOWING:
        for field, spec in given:
            parsed = _read(moment, spec, said) if spec.type is kind else None
            if parsed is not None and (kind is not FieldType.ADDRESS or parsed.derived):
                return Correction(field=field, parsed=parsed)
    for field, spec in given:
        if spec.type is FieldType.CHOICE and field != ROLE and is_option(spec, said.new):
            return Correction(field=field, parsed=_read(moment, spec, said))
    return None


def _last(moment: Moment, progress: FormProgress, said: Said) -> Correction | None:
    """The question answered last: it is asked again when the new value does not fit it."""
    if said.about or not (answered := before(progress)) or progress.stage == "confirming":
        return None
    field = answered[0]
    if progress.stage in ("review", "submit", "changing"):
        return None
    parsed = _read(moment, spec_of(moment.catalog, progress, field), said)
    if parsed is None and not begins_wrong(moment.text):
        return None
    return Correction(field=field, parsed=parsed)


def before(progress: FormProgress) -> tuple[str, ...]:
    """The questions answered before the present one, the newest first."""
    asked = progress.asked
    if progress.asking in asked:
        asked = asked[: asked.index(progress.asking)]
    return tuple(f for f in reversed(asked) if is_given(progress, f))


def _with_tail(moment: Moment, progress: FormProgress, said: Said) -> Correction | None:
    """The last digits of the number named, or of the one given last, put right; it is read back."""
    named = fields_named_in(moment.catalog, progress, bare(said.about), whole=True)
    held = dict(progress.answers) | progress.pending
    here = (progress.asking,) if progress.stage == "confirming" else ()
    for field in named or (*here, *before(progress), *answered_fields(progress)):
        spec = moment.catalog.fields.get(field)
        if spec is None or spec.type not in _DIGITS or not held[field].value:
            continue
        value = str(held[field].value)
        parsed = read_answer(spec, value[: -len(said.tail)] + said.tail, surroundings_now(moment))
        if isinstance(parsed, Parsed):
            return Correction(field=field, parsed=replace(parsed, is_certain=False))
        return Correction(field=field)
    return None


def _reissued(moment: Moment, progress: FormProgress, mark: str) -> Correction | None:
    """B2: the end of a certificate number that was issued again."""
    held = {**progress.answers, **progress.pending}
    number = str(held[CERTIFICATE].value) if CERTIFICATE in held else ""
    spec = moment.catalog.fields[CERTIFICATE]
    parsed = read_answer(spec, number[:20] + mark, surroundings_now(moment)) if number else None
    if not isinstance(parsed, Parsed):
        return None
    return Correction(field=CERTIFICATE, parsed=replace(parsed, is_certain=False))


def _read(moment: Moment, spec: FieldSpec, said: Said) -> Parsed | None:
    """The new value as this question's answer; free words only where they are put as a value."""
    if spec.type in OPEN_TEXT and not said.is_put_as_value:
        return None
    parsed = read_answer(spec, said.new, surroundings_now(moment))
    return parsed if isinstance(parsed, Parsed) else None


def _reads(moment: Moment, spec: FieldSpec, text: str) -> bool:
    return isinstance(read_answer(spec, text, surroundings_now(moment)), Parsed)
