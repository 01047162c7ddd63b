"""What is known of a person that rules of eligibility look at, as one value; every fact may be unknown.

Facts come from answers already given (`facts_from`). This module judges nothing and keeps nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files

Answers = Mapping[str, str | tuple[str, ...]]
"""Form field id, or the name of a fact, → the answer's value as the form keeps it."""

_WORDS = json.loads(files("catalog").joinpath("eligibility_words.json").read_text("utf-8"))["read"]
_TOWN = "town_"
"""Prefix under which a form keeps the office an address told; only addresses in Pudong tell one."""


class Place(StrEnum):
    """Where a household is registered, or where somebody lives."""

    PUDONG = "pudong"
    OTHER_DISTRICT = "other_district"
    SHANGHAI = "shanghai"
    """In Shanghai, the district not known: stands for either of the two above."""
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the person for whom something is asked; None is not known."""

    certificate: bool | None = None
    """Holds a valid 残疾人证."""
    hukou: Place | None = None
    age: int | None = None
    """Completed years (周岁)."""
    level: int | None = None
    """1 (heaviest) to 4, as on the certificate; without a certificate there is none."""
    category: str | None = None
    """Option id of `disability_category`: as on the certificate, or as the person says."""
    income: str | None = None
    """Option id of `household_income_type`."""
    employment: str | None = None
    """Option id of `employment_status`."""
    home: Place | None = None
    permit: bool | None = None
    """Has a valid Shanghai residence permit (居住证)."""
    equivalents: frozenset[str] | None = None
    """All papers held that may count instead of a certificate; which ones do differs by service."""
    kinds: frozenset[str] | None = None
    """Which disabilities a `multiple` certificate holds; the number alone does not tell."""
    insured: bool | None = None
    """Insured in Shanghai."""
    studies: bool | None = None
    """Studies in Shanghai."""


def facts_from(answers: Answers, *, today: date) -> Facts:
    """The facts these answers tell. Never raises on an odd answer: it then tells nothing."""
    said = {key: value for key, value in answers.items() if _is_told(value)}
    return Facts(
        certificate=_yes_no(said, "certificate", "disability_cert_no"),
        hukou=_place(said, "hukou", "hukou_address"),
        age=_age(said, today),
        level=_number(_text(said, "level", "disability_level").removeprefix("level_")),
        category=_text(said, "category", "disability_category") or None,
        income=_text(said, "income", "household_income_type") or None,
        employment=_text(said, "employment", "employment_status") or None,
        home=_place(said, "home", "residence_address"),
        permit=_yes_no(said, "permit", "residence_permit_no"),
        equivalents=_equivalents(said),
        kinds=_codes(said, "kinds"),
        insured=_yes_no(said, "insured", "insured_type"),
        studies=_yes_no(said, "studies"),
    )


def age_on(born: date, today: date) -> int:
    """Completed years; somebody born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _is_told(value: str | tuple[str, ...]) -> bool:
    return bool(value) and not (isinstance(value, str) and re.search(_WORDS["unknown"], value))


def _text(said: Answers, *keys: str) -> str:
    """The first of these that was answered."""
    values = (said.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str)), "")


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else None


def _yes_no(said: Answers, *keys: str) -> bool | None:
    """A yes or no, or whether there is a number, card or kind at all."""
    text = _text(said, *keys)
    return not re.search(_WORDS["none"], text) if text else None


def _equivalents(said: Answers) -> frozenset[str] | None:
    """A card or a diagnosis may count; that one of them is lacking says nothing of the others."""
    if "equivalents" in said:
        return _codes(said, "equivalents")
    held = {"sunshine_baby_card"} if _yes_no(said, "sunshine_baby_card_no") else set()
    diagnosis = _text(said, "diagnosis")
    held |= {code for code, words in _WORDS["diagnoses"].items() if re.search(words, diagnosis)}
    return frozenset(held) or None


def _codes(said: Answers, key: str) -> frozenset[str] | None:
    """Several codes; the answer `none` is no codes at all, which is something known."""
    value = said.get(key)
    if value is None:
        return None
    return frozenset((value,) if isinstance(value, str) else value) - {"none"}


def _age(said: Answers, today: date) -> int | None:
    age = _number(_text(said, "age"))
    if age is not None:
        return age
    number = _text(said, "child_id_number", "id_number", "disability_cert_no")
    for text in (_text(said, "birth_date"), number[6:14]):
        try:
            return age_on(date.fromisoformat(text), today)
        except ValueError:
            continue
    return None


def _place(said: Answers, name: str, address_field: str) -> Place | None:
    """The place named outright, or the one an address lies in: the first name in it counts.

    That it is in Shanghai counts only when nothing nearer is named.
    """
    told = _text(said, name)
    if told:
        return Place(told) if told in set(Place) else None
    if _text(said, _TOWN + address_field):
        return Place.PUDONG
    address = _text(said, address_field)
    found = {
        place: (place == Place.SHANGHAI, match.start())
        for place, pattern in _WORDS["places"].items()
        if (match := re.search(pattern, address))
    }
    return Place(min(found, key=lambda place: found[place])) if found else None
