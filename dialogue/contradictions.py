"""What does not go together in a form: asked about plainly, once; the person decides, and the review says it again.

Numbers tell an age; a certificate number holds an identity number; a helper is somebody else than the person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, get_args

from casework.deadlines import SHANGHAI
from catalog.models import Catalog
from dialogue.forms import CERTIFICATE, ROLE, is_asked, is_given, item_of
from dialogue.messages import Reply
from dialogue.progress import FormProgress
from dialogue.wording import choice, say
from intents.identity_numbers import birth_date

GROWN_UP, OLDEST, OWN_APPLICANT = 18, 120, 14
"""Years: a child is younger than the first; nobody is older than the second; who is younger than the third
hardly applies by herself."""
_OWN_NUMBERS = ("id_number", "child_id_number")
_HELPERS = ("guardian", "agent")
_NOTICED_AT = ("asking", "consent", "review", "submit")


Kind = Literal[
    "numbers", "age", "child", "guardian", "young", "helper_number", "helper_name", "death"
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Answers of which one must be wrong, or very unusual."""

    kind: Kind
    fields: tuple[str, ...]
    """Which of them may be put right, the likelier one first."""
    details: dict[str, str] = field(default_factory=dict)

    def key(self, progress: FormProgress) -> str:
        """What is settled with it: between these very answers; another answer makes another contradiction."""
        return ":".join((self.kind, *(_value(progress, f) for f in self.fields)))


def contradictions(
    progress: FormProgress, catalog: Catalog, today: date
) -> tuple[Contradiction, ...]:
    """All there are between the answers given so far."""
    return tuple(
        found
        for check in (_two_numbers, _ages, _same_person, _own_death)
        for found in check(progress, catalog, today)
    )


def noticed(progress: FormProgress, catalog: Catalog, today: date) -> FormProgress:
    """The form at the question about what does not go together, if there is anything not asked about yet."""
    if progress.stage not in _NOTICED_AT or progress.corrects:
        return progress
    for found in contradictions(progress, catalog, today):
        key = found.key(progress)
        is_being_mended = progress.stage == "asking" and progress.asking in found.fields
        is_mended_now = is_being_mended and progress.asking in progress.answers
        if is_mended_now or key in progress.settled:
            continue
        settled = (*(k for k in progress.settled if k != key), key)
        return replace(progress, stage="doubt", settled=settled)
    return progress


def doubted(progress: FormProgress, catalog: Catalog, today: date) -> Contradiction | None:
    """What is being asked about: the one noticed last."""
    key = progress.settled[-1] if progress.settled else ""
    found = contradictions(progress, catalog, today)
    return next((one for one in found if one.key(progress) == key), None)


def doubt_question(progress: FormProgress, catalog: Catalog) -> Reply:
    """These two do not go together: which one is to be put right, or is it so?"""
    today = _day_of(progress)
    found = doubted(progress, catalog, today)
    if found is None:
        return Reply(paragraphs=(say("doubt_gone"),), choices=(choice("as_is"),))
    choices = tuple(
        choice("doubt_change", id=f"change:{f}", label=_short_label(catalog, f))
        for f in found.fields[:2]
    )
    return Reply(
        paragraphs=(doubt_sentence(found), say("doubt_question")),
        choices=(*choices, choice("as_is")),
        private=True,
    )


def doubt_sentence(found: Contradiction) -> str:
    """What does not go together, in words."""
    return say(f"doubt_{found.kind}", **found.details)


def doubts_left(progress: FormProgress, catalog: Catalog) -> tuple[str, ...]:
    """What still does not go together when everything is read through."""
    found = contradictions(progress, catalog, _day_of(progress))
    return tuple(say("doubt_stays", what=doubt_sentence(one)) for one in found)


def _day_of(progress: FormProgress) -> date:
    """The day of the last answer: ages are told as they were then."""
    saved = progress.saved_at or progress.started_at
    return saved.astimezone(SHANGHAI).date() if saved is not None else date.max


def _short_label(catalog: Catalog, name: str) -> str:
    return say(f"doubt_label_{name}") if name in SHORT_LABELS else catalog.fields[name].label


SHORT_LABELS = frozenset(
    {"disability_cert_no", "id_number", "child_id_number", "guardian_id_number",
     "agent_id_number", "guardian_name", "agent_name"}
)  # fmt: skip
"""Answers whose official label is too long for a button."""


def _value(progress: FormProgress, name: str) -> str:
    """The answer of a question that still applies, or empty."""
    if not is_given(progress, name):
        return ""
    if all(item.field != name for item in progress.items):
        return ""
    return str(progress.answers[name].value) if is_asked(progress, item_of(progress, name)) else ""


def _own(progress: FormProgress) -> tuple[str, str]:
    """The question for the person's own identity number, and the number."""
    return next(((n, v) for n in _OWN_NUMBERS if (v := _value(progress, n))), ("", ""))


def _two_numbers(
    progress: FormProgress, _catalog: Catalog, _today: date
) -> Iterator[Contradiction]:
    certificate, (name, number) = _value(progress, CERTIFICATE), _own(progress)
    if certificate and number and certificate[:18] != number:
        yield Contradiction(
            kind="numbers",
            fields=(name, CERTIFICATE),
            details={"cert": certificate[:18], "id": number},
        )


def _ages(progress: FormProgress, _catalog: Catalog, today: date) -> Iterator[Contradiction]:
    for name in (*_OWN_NUMBERS, *(f"{h}_id_number" for h in _HELPERS)):
        value = _value(progress, name)
        born = birth_date(value) if len(value) == 18 else None
        if born is None or today == date.max:
            continue
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        told = {"year": str(born.year), "age": str(age)}
        if age > OLDEST:
            yield Contradiction(kind="age", fields=(name,), details=told)
        elif name == "child_id_number" and age >= GROWN_UP:
            yield Contradiction(kind="child", fields=(name,), details=told)
        elif name.endswith("guardian_id_number") and age < GROWN_UP:
            yield Contradiction(kind="guardian", fields=(name,), details=told)
        elif name == "id_number" and age < OWN_APPLICANT and _value(progress, ROLE) == "self":
            yield Contradiction(kind="young", fields=(ROLE, name), details=told)


def _same_person(
    progress: FormProgress, _catalog: Catalog, _today: date
) -> Iterator[Contradiction]:
    """A helper with the number or the name of the one she helps."""
    own_name = next((n for n in ("child_name", "name") if _value(progress, n)), "")
    own_number, number = _own(progress)
    for helper in _HELPERS:
        theirs = f"{helper}_id_number"
        if number and _value(progress, theirs) == number:
            yield Contradiction(
                kind="helper_number", fields=(theirs, own_number), details={"number": number}
            )
        name = f"{helper}_name"
        if own_name and _value(progress, name) == _value(progress, own_name):
            told = {"name": _value(progress, name)}
            yield Contradiction(kind="helper_name", fields=(name, own_name), details=told)


def _own_death(progress: FormProgress, _catalog: Catalog, _today: date) -> Iterator[Contradiction]:
    if _value(progress, ROLE) == "self" and _value(progress, "cancel_reason") == "death":
        yield Contradiction(kind="death", fields=("cancel_reason", ROLE))
