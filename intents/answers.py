"""What a reader is told and what it gives back: an answer as understood, or the code of what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from catalog.models import FieldSpec, Office

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An answer as understood."""

    value: Value
    shown: str
    """As it is read back; an identifier is shown whole to the person who gave it."""
    derived: Mapping[str, str] = field(default_factory=dict)
    """Other fields this answer tells, by field id."""
    is_certain: bool = True
    """False when it was worked out and should be read back at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an answer does not fit; the code has a sentence with an example in `wording.json`."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a reader may need to know besides the words."""

    today: date
    offices: tuple[Office, ...] = ()
    last_try: bool = False
    """The person has failed twice here: accept what can be accepted, people will check."""
    applicant_name: str = ""
    """Whose application it is, when known: 本人 as the holder of an account is this name."""


Reader = Callable[[FieldSpec, str, Surroundings], Parsed | Problem]
