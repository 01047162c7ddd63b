"""Which of the 36 streets and towns a person means, by official, spoken or old name."""

from __future__ import annotations

from rapidfuzz import fuzz

from catalog.models import Office
from intents.writing import plain

_SURE = 80.0


def find_office(text: str, offices: tuple[Office, ...]) -> Office | None:
    """The office whose name stands in the text, else the one nearly spelled so, else None.

    A full name (三林镇) wins over a longer part of a road's name; otherwise the longest, then the first.
    """
    text = plain(text)
    found = [
        (name == office.name, len(name), -text.index(name), office)
        for office in offices
        for name in _names(office)
        if name in text
    ]
    if found:
        return max(found, key=lambda rank: rank[:3])[3]
    return _nearly(text, offices)


def _names(office: Office) -> tuple[str, ...]:
    stem = office.name
    for tail in ("街道", "新镇", "镇"):
        stem = stem.removesuffix(tail) if len(stem) - len(tail) >= 2 else stem
    return (office.name, stem, *office.says)


def _nearly(text: str, offices: tuple[Office, ...]) -> Office | None:
    """One wrong character in a full name of four or more: 路家嘴街道, 川沙新真."""
    scored = (
        (fuzz.ratio(text[:8] if len(text) > 8 else text, name), office)
        for office in offices
        for name in _names(office)
        if len(name) >= 3 and office.kind != "district"
    )
    score, office = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return office if score >= _SURE else None
