"""Which of the 36 streets and towns a person means, by official, spoken or old name."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from catalog.models import Office
from intents.small_words import WORDS
from intents.writing import plain

_Rank = tuple[bool, bool, int, int, Office]
_SURE = 80.0
_OF_ROAD, _STREET_OFFICE = "路", "街道"
"""东明路 alone is a road, 东明路街道 the office named after it."""


_ROAD = re.compile(WORDS["road_after"])
"""What makes the name before it the name of a road: 川沙路, 金桥大道."""


def find_office(text: str, offices: tuple[Office, ...]) -> Office | None:
    """The office whose name stands in the text, else the one nearly spelled so, else None.

    A town said as a town wins over a road called like another (川沙路500号，合庆); then a full name (三林镇)
    over a part of one, then the longest, then the first.
    """
    text = plain(text)
    found = _found(text, offices)
    if found:
        return max(found, key=lambda rank: rank[:4])[4]
    return _nearly(text, offices)


def is_guessed(text: str, offices: tuple[Office, ...]) -> bool:
    """Whether the town of an address is only worked out: from a road's name, or one of two that are named."""
    found = _found(plain(text), offices)
    if not found:
        return True
    said = {office.id for is_town, *_, office in found if is_town and office.kind != "district"}
    return len(said) != 1 and any(rank[4].kind != "district" for rank in found)


def _found(text: str, offices: tuple[Office, ...]) -> list[_Rank]:
    """Every office named: whether as a town, by its full name, how long and how early, and which."""
    found: list[_Rank] = []
    for office in offices:
        for name in _names(office):
            place = _place_of_town(text, name)
            if name in text:
                at = text.index(name) if place is None else place
                found.append((place is not None, name == office.name, len(name), -at, office))
    return [rank for rank in found if not any(_holds(other, rank) for other in found)]


def _holds(outer: _Rank, inner: _Rank) -> bool:
    """Whether one name stands within a longer one: 江镇 in 张江镇."""
    starts_before, ends_after = outer[3] >= inner[3], outer[2] - outer[3] >= inner[2] - inner[3]
    return outer[2] > inner[2] and outer[4].id != inner[4].id and starts_before and ends_after


def _place_of_town(text: str, name: str) -> int | None:
    """Where the name stands and is not the beginning of a road's name; None when it is that everywhere."""
    for match in re.finditer(re.escape(name), text):
        after = text[match.end() :]
        is_road = name.endswith(_OF_ROAD) and not after.startswith(_STREET_OFFICE)
        if not is_road and _ROAD.match(after) is None:
            return match.start()
    return None


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
