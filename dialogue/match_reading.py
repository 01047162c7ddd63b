"""How an answer in words is read while looking for benefits: for the fact asked, for another one, or a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from catalog.facts import facts_from
from catalog.models import Catalog, FieldSpec, Office
from dialogue.match_questions import (
    FACTS_ASKED,
    NUMBER_ONLY,
    SEVERAL,
    age_in_words,
    all_options,
    chosen,
    phrase,
    several,
    spec_of,
)
from dialogue.progress import Answer
from dialogue.wording import patterns, say
from intents.numerals import only_digits
from intents.options import all_named, find_option, is_name_of_option, is_option
from intents.places import find_office
from intents.slot_types import Problem, Surroundings, read_answer
from intents.small_words import begins_with_yes, is_unknown, is_yes
from intents.writing import bare, half_width

_OLDEST = 120
_PLACES = ("hukou", "home")
_ON_CERTIFICATE = ("certificate", "level", "category")
_NUMBERS = ("disability_cert_no", "id_number")
_SHORTEST = len("310115200001010")
"""Digits of a number that may be an identity number, however wrong."""
_LONGER = len("310115200001010000")
"""A number with more digits than an identity number is one of a certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an answer tells: facts by name, or form answers told by a number, which are read back first."""

    facts: dict[str, Answer] = field(default_factory=dict)
    numbers: dict[str, Answer] = field(default_factory=dict)
    is_unknown: bool = False


def read(catalog: Catalog, fact: str, text: str, today: date) -> Heard | Problem | None:
    """What these words tell, asked for this fact; a `Problem` for a number that is wrong, None for no answer."""
    numbers = _numbers(catalog, text, today)
    if numbers is not None:
        return numbers
    if is_unknown(text):
        return Heard(is_unknown=True)
    if fact == NUMBER_ONLY:
        return _age(catalog, text, today)
    if fact == SEVERAL:
        kinds = tuple(k for k in all_named(spec_of(catalog, fact), bare(text)) if k != "multiple")
        return Heard(facts={fact: several(catalog, kinds)}) if kinds else None
    return _option(catalog, fact, text, today)


def is_plain(catalog: Catalog, fact: str, text: str, today: date) -> bool:
    """Whether the whole text is an option of this question, or an age where one is asked."""
    if fact == NUMBER_ONLY:
        is_number = re.fullmatch(patterns("benefits")["number"], bare(text)) is not None
        return is_number and isinstance(_age(catalog, text, today), Heard)
    return is_option(spec_of(catalog, fact), text)


def read_other(catalog: Catalog, text: str, today: date) -> dict[str, Answer]:
    """What the whole text tells of a fact that was not asked: 低保, 失业了, 4岁; nothing when two facts fit.

    孤独症 is a diagnosis first: what a certificate will say of it nobody knows yet.
    """
    said = bare(text)
    if re.fullmatch(patterns("benefits")["age"], said):
        years = _age(catalog, text, today)
        return years.facts if isinstance(years, Heard) else {}
    found = {}
    for fact in FACTS_ASKED:
        spec = spec_of(catalog, fact)
        if fact != SEVERAL and spec.choices and is_name_of_option(spec, said):
            found[fact] = find_option(spec, text)
    for first in ("equivalents", "certificate"):
        found = {first: found[first]} if first in found else found
    if len(found) != 1:
        return {}
    fact, option = next(iter(found.items()))
    return chosen(catalog, fact, option[0]) if option else {}


def noted(catalog: Catalog, facts: Mapping[str, Answer]) -> str:
    """What was told, to be said back; a bare yes is told by what came with it."""
    words = [a.shown for a in facts.values() if a.value not in ("yes", "no")]
    plain = (phrase(catalog, fact, str(a.value)) for fact, a in facts.items())
    return say("list_mark").join(words or plain)


def _numbers(catalog: Catalog, text: str, today: date) -> Heard | Problem | None:
    """A certificate or identity number said at any question, with all it tells."""
    if len(re.sub(r"\D", "", half_width(text))) < _SHORTEST:
        return None
    is_long = len(only_digits(text)) > _LONGER
    name = _NUMBERS[0] if is_long else _NUMBERS[1]
    parsed = read_answer(catalog.fields[name], text, Surroundings(today=today))
    if isinstance(parsed, Problem):
        return parsed
    found = {name: Answer(value=parsed.value, shown=parsed.shown)}
    for key, value in parsed.derived.items():
        found[key] = Answer(value=value, shown=_shown(catalog, key, value), source="derived")
    return Heard(numbers=found)


def _shown(catalog: Catalog, name: str, value: str) -> str:
    if name == "birth_date":
        year, month, day = value.split("-")
        return say("date_shown", year=year, month=str(int(month)), day=str(int(day)))
    if name == "sex":
        return say("sex_male" if value == "male" else "sex_female")
    spec = catalog.fields[name]
    return next((o.label for o in spec.choices if o.id == value), value)


def _age(catalog: Catalog, text: str, today: date) -> Heard | Problem | None:
    if re.search(patterns("benefits")["infant"], bare(text)):
        return Heard(facts={"age": Answer(value="0", shown=age_in_words(0))})
    parsed = read_answer(spec_of(catalog, "age"), text, Surroundings(today=today))
    if isinstance(parsed, Problem):
        return None
    years = int(str(parsed.value))
    if not 0 <= years <= _OLDEST:
        return Problem(code="number_unclear")
    return Heard(facts={"age": Answer(value=str(years), shown=age_in_words(years))})


def _option(catalog: Catalog, fact: str, text: str, today: date) -> Heard | None:
    spec = spec_of(catalog, fact).model_copy(update={"choices": all_options(catalog, fact)})
    told = _on_certificate(catalog, text) if fact in _ON_CERTIFICATE else {}
    found = find_option(spec, text)
    option = (
        found[0] if found else _yes_no(spec, text) or _place(fact, text, today, catalog.offices)
    )
    if option == "unknown":
        return Heard(is_unknown=True)
    told = {**told, **(chosen(catalog, fact, option) if option else {})}
    return Heard(facts=told) if fact in told else None


def _on_certificate(catalog: Catalog, text: str) -> dict[str, Answer]:
    """Kind and level said along: 有，肢体二级."""
    told = {}
    for fact in ("category", "level"):
        options = spec_of(catalog, fact).choices
        named = [o for o in options if o.id != "unknown" and o.label in text]
        if len(named) == 1:
            told[fact] = Answer(value=named[0].id, shown=named[0].label)
    return told


def _yes_no(spec: FieldSpec, text: str) -> str:
    said = is_yes(text)
    if said is None:
        said = begins_with_yes(bare(text))
    ids = {option.id for option in spec.choices}
    if said is None or not {"yes", "no"} <= ids:
        return ""
    return "yes" if said else "no"


def _place(fact: str, text: str, today: date, offices: tuple[Office, ...]) -> str:
    """A town, an address or a province told where only the district is asked."""
    if fact not in _PLACES:
        return ""
    address = "hukou_address" if fact == "hukou" else "residence_address"
    place = getattr(facts_from({address: text}, today=today), fact)
    if place is None and find_office(text, offices) is not None:
        return "pudong"
    return place.value if place is not None else ""
