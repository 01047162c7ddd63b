"""Facts told before their question comes: several in one message, or another than was asked.

They wait as they were said, behind the consent their question needs, and are taken and read back in its turn:
nothing is asked that was told already. What the first sentence told waits for the form that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.models import Catalog, FieldSpec, FieldType
from dialogue import form_filling as form
from dialogue.correction_words import denies
from dialogue.focuses import Choosing, EventShown, Introduced, Offered, OneByOne, Together
from dialogue.forms import NAMES, ROLE, open_fields
from dialogue.models import Moment, Turn
from dialogue.progress import Answer, FormProgress
from dialogue.wording import beneficiary_of, say
from intents.several_facts import SeveralFacts, is_writers_own, several_facts, smaller_pieces
from intents.slot_types import Parsed, Problem, Surroundings, read_answer

_WRITTEN = frozenset(
    {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WHEN, FieldType.FILES, FieldType.DERIVED}
)
"""Whatever is said here belongs to the answer."""
_NUMBERS = frozenset({FieldType.CERT_NO, FieldType.ID_NUMBER, FieldType.PHONE})
_BEFORE_FORM = (Introduced, Choosing, EventShown, Offered, Together, OneByOne)
"""Places from which a form is begun."""
_USUAL = {
    FieldType.PERSON_NAME: "name",
    FieldType.PHONE: "mobile",
    FieldType.ID_NUMBER: "id_number",
    FieldType.CERT_NO: "disability_cert_no",
    FieldType.ADDRESS: "residence_address",
}
"""What a fact is called before it is known which form will ask for it."""
_OF_CHILD = NAMES - {"name"} | {"child_id_number"}
MOST = 8
"""Facts that wait for their question at a time."""


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
    if spec is not None and _is_one_number(moment, spec, said):
        return None
    asks_whom = spec is not None and progress.asking == ROLE
    role = role_told(moment, spec) if spec is not None and asks_whom else None
    then = _with_role(progress, role) if role is not None else progress
    is_own = {
        fact: spec is not None
        and fact[0] is spec.type
        and _is_of(fact[1], progress.asking, spec, progress)
        for fact in said.facts
    }
    wanted = {fact: _label(moment.catalog, then, fact) for fact in said.facts}
    waiting = tuple(fact for fact in said.facts if wanted[fact] and not is_own[fact])
    mine = replace(said, facts=tuple(fact for fact in said.facts if is_own[fact]))
    own = role or (_own(moment, spec, mine) if spec is not None else None)
    if not waiting and not (own and spec and _holds_more(spec, said)):
        return None
    labels = tuple(dict.fromkeys(wanted[fact] for fact in waiting))
    kept = replace(progress, ahead=_all(progress.ahead, waiting))
    if role is not None:
        kept = replace(kept, beneficiary=moment.recognition.beneficiary or kept.beneficiary)
    return Told(progress=kept, labels=labels, own=own)


def facts_told(moment: Moment) -> tuple[tuple[FieldType, str], ...]:
    """What a sentence outside any form tells that a form will ask: a name, numbers, an address."""
    if moment.message.pick is not None or not moment.text:
        return ()
    return several_facts(moment.text, moment.catalog.offices).facts[:MOST]


def remembered(moment: Moment, turn: Turn) -> Turn:
    """What the sentence told in which a service was named waits for the form, and she hears that it does."""
    focus = turn.conversation.focus
    if not isinstance(focus, _BEFORE_FORM):
        return turn
    facts = facts_told(moment)
    if not facts:
        return turn
    labels = {kind: moment.catalog.fields[_USUAL[kind]].label for kind, _ in facts}
    what = say("list_mark").join(labels.values())
    reply = replace(turn.reply, paragraphs=(say("told_ahead", what=what), *turn.reply.paragraphs))
    kept = replace(turn.conversation, ahead=_all(turn.conversation.ahead, facts))
    return replace(turn, conversation=kept, reply=reply)


def _all(
    before: tuple[tuple[FieldType, str], ...], new: tuple[tuple[FieldType, str], ...]
) -> tuple[tuple[FieldType, str], ...]:
    """What waits already and what is new, each once; what was said last of a kind comes first."""
    return tuple(dict.fromkeys((*new, *before)))[:MOST]


def taken(moment: Moment, progress: FormProgress) -> tuple[FormProgress, tuple[str, ...]]:
    """The form with what was told ahead taken where its turn has come, and sentences that say so."""
    lines: list[str] = []
    while (
        progress.stage == "asking" and progress.asking and progress.asking not in progress.answers
    ):
        spec = form.spec_asked(moment.catalog, progress)
        fact = next(
            (
                f
                for f in progress.ahead
                if f[0] == spec.type and _is_of(f[1], progress.asking, spec, progress)
            ),
            None,
        )
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


def _is_of(said: str, field: str, spec: FieldSpec, progress: FormProgress) -> bool:
    """Whether a fact is about the one this question is about: 我叫… of a helper is not the person's name."""
    role = progress.answers.get(ROLE)
    is_for_self = role.value == "self" if role is not None else field not in _OF_CHILD
    if spec.type is FieldType.PERSON_NAME and spec.group == "payment":
        return False
    is_hers = is_writers_own(said)
    if is_hers is None:
        return spec.group != "helper" or spec.type is not FieldType.PERSON_NAME
    return is_hers == (is_for_self or spec.group == "helper")


def _is_one_number(moment: Moment, spec: FieldSpec, said: SeveralFacts) -> bool:
    """Whether the whole message is the number asked for, or the identity number a certificate number begins with."""
    if spec.type not in _NUMBERS:
        return False
    kinds = {kind for kind, _ in said.facts}
    if spec.type is FieldType.CERT_NO and kinds == {FieldType.ID_NUMBER} and not said.rest:
        return True
    parsed = read_answer(spec, moment.text, _around(moment))
    return isinstance(parsed, Parsed) and len(said.facts) < 2


def _holds_more(spec: FieldSpec, said: SeveralFacts) -> bool:
    """Whether words besides the answer would spoil it: a telephone number in an address, an age in a name."""
    if spec.type is FieldType.ADDRESS:
        return any(kind != spec.type for kind, _ in said.facts)
    if spec.type is FieldType.PHONE:
        return sum(kind == spec.type for kind, _ in said.facts) > 1
    words = set(smaller_pieces(said.rest))
    return spec.type is FieldType.PERSON_NAME and len(words) + len(said.facts) > 1


def _own(moment: Moment, spec: FieldSpec, said: SeveralFacts) -> Parsed | None:
    """The answer to this question among what was said; one of several of its kind is read back."""
    count = sum(kind == spec.type for kind, _ in said.facts)
    for text in _candidates(spec, said):
        parsed = read_answer(spec, text, _around(moment))
        if isinstance(parsed, Parsed) and parsed.is_certain:
            return replace(parsed, is_certain=count < 2)
    return None


def role_told(moment: Moment, spec: FieldSpec) -> Parsed | None:
    """The role told by whom it is for: 给我妈; nobody is meant whom a 不是 may rule out."""
    _, role = beneficiary_of(moment.recognition.beneficiary)
    if denies(moment.text):
        return None
    option = next((o for o in spec.choices if o.id == role), None)
    return Parsed(value=option.id, shown=option.label) if option is not None else None


def _with_role(progress: FormProgress, role: Parsed) -> FormProgress:
    answer = Answer(value=role.value, shown=role.shown)
    return replace(progress, answers={**progress.answers, ROLE: answer})


def _candidates(spec: FieldSpec, said: SeveralFacts) -> Sequence[str]:
    own = tuple(text for kind, text in said.facts if kind == spec.type)
    if spec.type is FieldType.PERSON_NAME:
        return (*own, *smaller_pieces(said.rest))
    if spec.type is FieldType.CHOICE:
        return said.rest
    return (*own, say("comma").join(said.rest)) if said.rest else own


def _label(catalog: Catalog, progress: FormProgress, fact: tuple[FieldType, str]) -> str:
    """The first question still open that this fact answers, as it is called; or empty."""
    specs = ((field, catalog.fields[field]) for field in open_fields(progress))
    found = (s.label for f, s in specs if s.type is fact[0] and _is_of(fact[1], f, s, progress))
    return next(found, "")


def _around(moment: Moment) -> Surroundings:
    return Surroundings(today=moment.today, offices=moment.catalog.offices)
