"""What somebody told of a person while looking for benefits: kept, so that nothing is asked twice.

Facts of one person never mix with those of another: they are kept by whom they are about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dialogue.progress import Answer

AGE_HOLDS = timedelta(days=90)
"""An age said as a number is asked anew after this long; a birth date tells it for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFacts:
    """What was told of one person, as answers by form field id or by name of fact."""

    who: str = ""
    """How the person is named (你爸爸); empty is the writer."""
    answers: dict[str, Answer] = field(default_factory=dict)
    told_at: datetime | None = None
    consented: bool = False
    """Agreed that sensitive facts may be asked for this purpose."""
    anew: bool = False
    """She chose to tell everything anew: facts of earlier filings are not used."""


def told_of(all_told: tuple[ToldFacts, ...], who: str, now: datetime) -> ToldFacts:
    """What was told of this person and still holds; empty for somebody never told of."""
    found = next((told for told in all_told if told.who == who), ToldFacts(who=who))
    is_old = found.told_at is not None and now - found.told_at > AGE_HOLDS
    if not is_old or "age" not in found.answers:
        return found
    return replace(found, answers={k: a for k, a in found.answers.items() if k != "age"})


def with_told(all_told: tuple[ToldFacts, ...], new: ToldFacts) -> tuple[ToldFacts, ...]:
    """The facts told of everybody, with these for this person."""
    return (*(told for told in all_told if told.who != new.who), new)


FIELD_OF: Mapping[str, str] = {
    "level": "disability_level",
    "category": "disability_category",
    "income": "household_income_type",
    "employment": "employment_status",
}
"""Facts a form asks under another name."""
TELL: Mapping[str, tuple[str, ...]] = {
    "certificate": ("certificate", "disability_cert_no"),
    "age": ("age", "birth_date", "id_number", "child_id_number"),
    "hukou": ("hukou", "hukou_address", "town_hukou_address"),
    "home": ("home", "residence_address", "town_residence_address"),
    "permit": ("permit", "residence_permit_no"),
    "insured": ("insured", "insured_type"),
    "equivalents": ("equivalents", "sunshine_baby_card_no", "diagnosis"),
}
"""Under which names a fact may be told; what a new answer takes the place of."""
_ON_CERTIFICATE = ("disability_cert_no", "disability_level", "level")


def with_fact(answers: Mapping[str, Answer], fact: str, answer: Answer) -> dict[str, Answer]:
    """The answers with this fact told anew; without a certificate there is no number and no level."""
    name = FIELD_OF.get(fact, fact)
    gone = {fact, name, *TELL.get(fact, ())}
    if fact == "certificate" and answer.value == "no":
        gone |= set(_ON_CERTIFICATE)
    if fact == "certificate" and answer.value == "yes" and "disability_cert_no" in answers:
        gone -= {"disability_cert_no"}
    if fact == "category":
        gone.add("kinds")
    return {**{k: a for k, a in answers.items() if k not in gone}, name: answer}


def with_numbers(
    answers: Mapping[str, Answer], numbers: Mapping[str, Answer]
) -> dict[str, Answer]:
    """The answers with what a certificate or identity number tells; it replaces what was only said."""
    gone: set[str] = {"age"} if "birth_date" in numbers else set()
    if "disability_cert_no" in numbers:
        gone |= {"certificate", "level", "category", "kinds"}
    return {**{k: a for k, a in answers.items() if k not in gone}, **numbers}
