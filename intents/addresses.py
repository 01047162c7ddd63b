"""Addresses as people say them: the town they lie in, and whether a house can be found by them."""

from __future__ import annotations

import re

from catalog.models import FieldSpec, Office
from intents.answers import Parsed, Problem, Surroundings
from intents.places import find_office
from intents.small_words import WORDS
from intents.writing import bare

MAX_ADDRESS = 200
_UNKNOWN_TOWN, _NO_PLACE, _MARK, _NUMBER, _OTHER_PLACE, _PROVINCE = (
    re.compile(WORDS[key])
    for key in (
        "unknown_town", "no_place", "place_mark", "place_number", "other_place", "province",
    )
)  # fmt: skip


def read_address(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    """An address with its town; one elsewhere is taken as it is."""
    text = _UNKNOWN_TOWN.sub("", text).strip() or text
    office = find_office(text, around.offices)
    address = re.sub(r"\s+", " ", text).strip("。")[:MAX_ADDRESS]
    if _is_elsewhere(text, office):
        return Parsed(value=address, shown=address)
    may_be_anywhere = around.last_try or WORDS["not_detailed"] in spec.hint
    if office is None and not (may_be_anywhere and _is_some_place(text)):
        return Problem(code="address_town")
    if office is not None and (missing := _missing(spec, address, office, around)):
        return Problem(code="address_detail", details=missing)
    told = {"town": office.id} if office and office.kind != "district" else {}
    # No town of ours, taken as it is: the person sees what is written down.
    is_certain = office is not None or re.search("[0-9]", address) is not None
    return Parsed(value=address, shown=address, derived=told, is_certain=is_certain)


def _is_some_place(text: str) -> bool:
    """Whether words may stand for a place: 都说了没有 does not."""
    said = bare(text)
    if re.search("[0-9]", said):
        return True
    if _NO_PLACE.search(said):
        return False
    return _MARK.search(said) is not None or _PROVINCE.search(said) is not None


def _missing(
    spec: FieldSpec, address: str, office: Office, around: Surroundings
) -> dict[str, str]:
    """What is still to be said of an address, with what was heard of it."""
    if around.last_try or WORDS["not_detailed"] in spec.hint:
        return {}
    beyond = _beyond_town(address, office)
    if len(beyond) < 3:
        return {"town": office.name, "missing": WORDS["address_missing_all"]}
    if _NUMBER.search(beyond) or re.search(WORDS["no_number"], beyond):
        return {}
    return {"town": address, "missing": WORDS["address_missing_number"]}


def _is_elsewhere(text: str, office: Office | None) -> bool:
    """Another district or province is named: 黄浦区, 安徽省; a road called 金山路 is none."""
    if _OTHER_PLACE.search(text):
        return True
    if office is not None:
        return False
    return any(district in text for district in WORDS["other_district"])


def _beyond_town(address: str, office: Office) -> str:
    """What an address says besides city, district and town."""
    rest = re.sub(r"上海市?|浦东新区|浦东|新区|[\s，,。]", "", address)
    names = sorted((office.name, *office.says), key=len, reverse=True)
    named = next((name for name in names if name in rest), "")
    return rest.replace(named, "", 1) if named else rest
