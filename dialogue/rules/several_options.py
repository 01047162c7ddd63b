"""A multiple choice: it grows, what is taken back leaves it, until the person says that it is all."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.models import FieldSpec, FieldType
from dialogue import form_filling as form
from dialogue.models import Moment, Turn
from dialogue.progress import Answer, FormProgress
from dialogue.turns import go_on_filling
from dialogue.wording import patterns, say
from intents.options import all_named
from intents.slot_types import Parsed
from intents.writing import bare, bare_word, half_width

_ALONE = ("none", "unknown")
"""都不用, 不知道: nothing else goes with them."""


def add_options(moment: Moment, progress: FormProgress, new: tuple[str, ...]) -> Turn:
    """A multiple choice grows until the person says that it is all; 都不用 stands alone."""
    spec = form.spec_asked(moment.catalog, progress)
    chosen = _chosen(progress)
    alone = set(_ALONE) & set(new)
    kept = () if alone else tuple(o for o in chosen if o not in _ALONE)
    both = tuple(dict.fromkeys((*kept, *new)))
    grown, shown = _with(progress, spec, both)
    if alone or len(new) > 1 or len(both) == len(spec.choices):
        after = form.ask_next(grown, moment.catalog)
        return go_on_filling(moment, after, say("noted", what=shown), private=True)
    return go_on_filling(moment, grown, say("noted_more", what=shown), private=True)


def beside_earlier(progress: FormProgress, spec: FieldSpec, parsed: Parsed, text: str) -> Parsed:
    """What is to be read back, beside what was picked before; 全部 and 除了… say all that is wanted."""
    if spec.type is not FieldType.CHOICES or not isinstance(parsed.value, tuple):
        return parsed
    if re.search(patterns("taking_out")["all"], text) or set(_ALONE) & set(parsed.value):
        return parsed
    earlier = (o for o in _chosen(progress) if o not in _ALONE)
    both = tuple(dict.fromkeys((*earlier, *parsed.value)))
    labels = {o.id: o.label for o in spec.choices}
    return replace(parsed, value=both, shown=say("list_mark").join(labels[o] for o in both))


def take_out(moment: Moment, progress: FormProgress) -> Turn | None:
    """不要轮椅了; 轮椅 不对 拐杖: what is taken back goes, what is said instead comes. None when nothing goes."""
    if moment.message.pick is not None or progress.stage != "asking":
        return None
    spec, chosen = form.spec_asked(moment.catalog, progress), _chosen(progress)
    if spec.type is not FieldType.CHOICES:
        return None
    out, new = _out_and_new(spec, moment.text, chosen)
    if not out:
        return None
    gone = [option for option in out if option in chosen]
    if not gone and not new:
        return None
    left = tuple(dict.fromkeys((*(o for o in chosen if o not in out), *new)))
    changed, shown = _with(progress, spec, left)
    labels = {o.id: o.label for o in spec.choices}
    names = say("list_mark").join(labels[o] for o in gone)
    lead = say("taken_out", what=names) if gone else ""
    noted = say("noted_more", what=shown) if left else ""
    return go_on_filling(moment, changed, lead, noted, private=True)


def _out_and_new(
    spec: FieldSpec, text: str, chosen: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options a message takes back, and those it names instead."""
    words = patterns("taking_out")
    instead = re.search(words["instead"], half_width(text))
    if instead is not None:
        named = _named(spec, text[: instead.start()])
        new = tuple(o for o in _named(spec, text[instead.end() :]) if o not in named)
        return (named or (chosen[-1:] if new else ())), new
    out: list[str] = []
    kept: list[str] = []
    for clause in re.split(words["clauses"], half_width(text)):
        is_out = re.search(words["out"], clause) is not None
        (out if is_out else kept).extend(_named(spec, clause))
    return tuple(o for o in out if o in chosen), tuple(o for o in kept if o not in out)


def _named(spec: FieldSpec, text: str) -> tuple[str, ...]:
    """Every option named in a text, also where it is ruled out."""
    said = bare(re.sub(patterns("taking_out")["out"], "", half_width(text)))
    exact = [
        o.id for o in spec.choices if said in {bare_word(name) for name in (o.label, *o.says)}
    ]
    return tuple(exact[:1]) or all_named(spec, said)


def _chosen(progress: FormProgress) -> tuple[str, ...]:
    answer = progress.answers.get(progress.asking)
    return answer.value if answer is not None and isinstance(answer.value, tuple) else ()


def _with(
    progress: FormProgress, spec: FieldSpec, options: tuple[str, ...]
) -> tuple[FormProgress, str]:
    """The form with these options as the answer, or without an answer; and how they are said."""
    labels = {o.id: o.label for o in spec.choices}
    shown = say("list_mark").join(labels[o] for o in options)
    answers = {f: a for f, a in progress.answers.items() if f != progress.asking}
    if options:
        answers[progress.asking] = Answer(value=options, shown=shown)
    return replace(progress, answers=answers, page=0, failures=0), shown
