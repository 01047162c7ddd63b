"""Which answered questions words name: by label, by other words for it, or by one of their options."""

from __future__ import annotations

import re
from functools import cache

from catalog.models import Catalog
from dialogue.form_filling import CHECKED, TRIES
from dialogue.forms import answered_fields
from dialogue.models import Moment
from dialogue.progress import FormProgress
from dialogue.wording import other_labels, say
from intents.slot_types import Surroundings
from intents.writing import bare_word

_PARTS = re.compile(r"[、/和]")


def fields_named_in(
    catalog: Catalog, progress: FormProgress, said: str, *, whole: bool = False
) -> tuple[str, ...]:
    """The answered fields a text made bare names best; `whole` is without mere hints at a label.

    Where words may well be something else (号码, 地址), the last two characters of a label are no name.
    """
    weights = {f: _weight(catalog, f, said, whole=whole) for f in answered_fields(progress)}
    best = max(weights.values(), default=0)
    return tuple(field for field, weight in weights.items() if weight == best) if best else ()


def _weight(catalog: Catalog, field: str, said: str, *, whole: bool) -> int:
    """How much of the text speaks for this field: characters of the longest name found in it."""
    spec = catalog.fields[field]
    names, stems = _called(spec.label)
    named = max((len(name) for name in names if name in said), default=0)
    if named:
        return 2 * named + 2
    options = (bare_word(option.label) for option in spec.choices)
    picked_out = max((len(name) for name in options if len(name) > 1 and name in said), default=0)
    if picked_out:
        return 2 * picked_out + 1
    return 0 if whole else max((2 * len(stem) for stem in stems if stem in said), default=0)


@cache
def _called(label: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a question of this label is called, as it is compared, and the shortest words that hint at it."""
    parts = _PARTS.split(label)
    names = (label, *parts, *other_labels(label))
    stems = {n[:2] for n in parts if len(n) >= 3} | {label[-2:]}
    return tuple(bare_word(n) for n in names if len(n) > 1), tuple(stems)


def is_label(catalog: Catalog, said: str, fields: tuple[str, ...]) -> bool:
    """Whether the whole text is what one of these questions is called."""
    labels = (catalog.fields[field].label for field in fields)
    return said in {bare_word(name) for label in labels for name in (label, *other_labels(label))}


def label_of(catalog: Catalog, field: str) -> str:
    """What an answer is called, also one that no question asks for."""
    return say(f"label_{field}") if field in CHECKED else catalog.fields[field].label


def surroundings_now(moment: Moment) -> Surroundings:
    """What a reader of an answer outside forms may look at, or inside one where it is to be strict."""
    return Surroundings(today=moment.today, offices=moment.catalog.offices)


def surroundings(moment: Moment, progress: FormProgress) -> Surroundings:
    """What a reader of answers may look at."""
    own = (progress.answers.get(field) for field in ("name", "child_name"))
    names = [answer.shown for answer in own if answer is not None and answer.value]
    return Surroundings(
        today=moment.today,
        offices=moment.catalog.offices,
        last_try=progress.failures >= TRIES,
        applicant_name=names[0] if names else "",
    )
