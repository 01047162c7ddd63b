"""Facts told before their question comes: several in one message, or another than was asked.

They wait as they were said, behind the consent their question needs, and are taken and read back in its turn:
nothing is asked that was told already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.models import Catalog, FieldSpec, FieldType
from dialogue import form_filling as form
from dialogue.forms import open_fields
from dialogue.models import Moment
from dialogue.progress import FormProgress
from dialogue.wording import say
from intents.several_facts import SeveralFacts, several_facts, smaller_pieces
from intents.slot_types import Parsed, Problem, Surroundings, read_answer

_WRITTEN = frozenset(
    {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WHEN, FieldType.FILES, FieldType.DERIVED}
)
"""Whatever is said here belongs to the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message told in the middle of a form."""

    progress: FormProgress
    """With the facts that are to wait."""
    labels: tuple[str, ...]
    """What those are about."""
    own: Parsed | None
    """The answer to the question that was asked, if it is among what was said."""


def told(moment: Moment, progress: FormProgress) -> Told | None:
    """Several facts in one message, or others than the one asked for; None where the message is one answer."""
    asking = progress.stage == "asking"
    spec = form.spec_asked(moment.catalog, progress) if asking else None
    if moment.message.pick is not None or (spec is not None and spec.type in _WRITTEN):
        return None
    said = several_facts(moment.text, moment.catalog.offices)
    wanted = _wanted(moment.catalog, progress)
    waiting = tuple(
        fact for fact in said.facts if fact[0] in wanted and not (spec and fact[0] == spec.type)
    )
    own = _own(moment, spec, said) if spec is not None else None
    if not waiting and not (own and spec and _holds_more(spec, said)):
        return None
    labels = tuple(dict.fromkeys(wanted[kind] for kind, _ in waiting))
    kept = replace(progress, ahead=(*progress.ahead, *waiting))
    return Told(progress=kept, labels=labels, own=own)


def taken(moment: Moment, progress: FormProgress) -> tuple[FormProgress, tuple[str, ...]]:
    """The form with what was told ahead taken where its turn has come, and sentences that say so."""
    lines: list[str] = []
    while (
        progress.stage == "asking" and progress.asking and progress.asking not in progress.answers
    ):
        spec = form.spec_asked(moment.catalog, progress)
        fact = next((f for f in progress.ahead if f[0] == spec.type), None)
        if fact is None:
            break
        progress = replace(progress, ahead=tuple(f for f in progress.ahead if f is not fact))
        parsed = read_answer(spec, fact[1], _around(moment))
        if isinstance(parsed, Problem):
            lines.append(say("told_before_wrong", label=spec.label))
            break
        lines.append(say("told_before", label=spec.label, shown=parsed.shown))
        progress = form.take(progress, moment.catalog, progress.asking, parsed)
    return progress, tuple(lines)


def _holds_more(spec: FieldSpec, said: SeveralFacts) -> bool:
    """Whether words besides the answer would spoil it: a telephone number in an address, an age in a name."""
    if spec.type is FieldType.ADDRESS:
        return any(kind != spec.type for kind, _ in said.facts)
    words = set(smaller_pieces(said.rest))
    return spec.type is FieldType.PERSON_NAME and len(words) + len(said.facts) > 1


def _own(moment: Moment, spec: FieldSpec, said: SeveralFacts) -> Parsed | None:
    """The answer to this question among what was said."""
    for text in _candidates(spec, said):
        parsed = read_answer(spec, text, _around(moment))
        if isinstance(parsed, Parsed) and parsed.is_certain:
            return parsed
    return None


def _candidates(spec: FieldSpec, said: SeveralFacts) -> Sequence[str]:
    own = tuple(text for kind, text in said.facts if kind == spec.type)
    if spec.type is FieldType.PERSON_NAME:
        return smaller_pieces(said.rest)
    return (*own, say("comma").join(said.rest)) if said.rest else own


def _wanted(catalog: Catalog, progress: FormProgress) -> dict[FieldType, str]:
    """The types of the questions still open, with the label of the first of each."""
    specs = [catalog.fields[field] for field in open_fields(progress)]
    return {spec.type: spec.label for spec in reversed(specs)}


def _around(moment: Moment) -> Surroundings:
    return Surroundings(today=moment.today, offices=moment.catalog.offices)
