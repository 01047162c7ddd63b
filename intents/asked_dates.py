"""A date as the answer to a question that asks for something past, something to come, or any day."""

from __future__ import annotations

import re
from datetime import date

from catalog.models import FieldSpec
from intents.answers import Parsed, Problem, Surroundings
from intents.dates import SpokenDate, days_named, only_year, read_date, shown_date
from intents.small_words import WORDS
from intents.writing import bare

_FARTHEST = 120
"""Years from today: no day of a living person's matters lies farther off."""
_NO_END, _EXPIRED, _TO_COME = (
    re.compile(WORDS[key]) for key in ("date_no_end", "date_expired", "date_to_come")
)


def read_asked_date(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    """The day meant, checked against what the question asks for."""
    said = bare(text)
    found = read_date(text, around.today, when=spec.when)
    if isinstance(found, str):
        found = _only_year(spec, text, around) or found
    if isinstance(found, str):
        return Problem(code=_why(spec, said, found))
    if days_named(text) > 1:
        return Problem(code="date_several")
    if problem := _misplaced(spec, found, around.today):
        return Problem(code=problem)
    return Parsed(value=found.value, shown=shown_date(found.value), is_certain=found.is_certain)


def _why(spec: FieldSpec, said: str, code: str) -> str:
    if spec.when == "any" and code != "date_impossible":
        if _NO_END.search(said):
            return "date_no_end"
        if _EXPIRED.search(said):
            return "date_expired"
    return code


def _only_year(spec: FieldSpec, text: str, around: Surroundings) -> SpokenDate | None:
    """Only a year, where about when is enough or the person could not tell more."""
    may_be_rough = re.search(WORDS["roughly"], spec.hint) is not None
    return only_year(text, around.today) if may_be_rough or around.last_try else None


def _misplaced(spec: FieldSpec, found: SpokenDate, today: date) -> str:
    """The problem of a day too far off, still to come where it is past, or past where it is to come."""
    year = int(found.value[:4])
    if abs(year - today.year) > _FARTHEST:
        return "date_far"
    now = today.isoformat()[: len(found.value)]
    if spec.when == "past" and found.value > now:
        return "date_ahead"
    return "date_over" if spec.when == "future" and found.value < now else ""


def lies_behind(text: str, today: date) -> bool:
    """Whether a text about something to come names a day that has been, and no other."""
    found = read_date(text, today, when="future")
    if isinstance(found, str) or _TO_COME.search(bare(text)):
        return False
    return found.value < today.isoformat()[: len(found.value)]
