"""Answers said in parts, message by message: digits one after another, an address by town, street and number."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from catalog.models import FieldSpec, FieldType
from dialogue.progress import FormProgress
from dialogue.wording import patterns
from intents.identity_numbers import CATEGORY_CODES, LEVEL_CODES
from intents.numerals import only_digits
from intents.places import find_office
from intents.slot_types import Parsed, Problem, Surroundings, read_answer
from intents.writing import half_width

LONGEST = {
    FieldType.PHONE: 11,
    FieldType.ID_NUMBER: 18,
    FieldType.CERT_NO: 22,
    FieldType.BANK_ACCOUNT: 19,
}
"""Characters of the numbers that are put together; of a telephone a mobile one."""
HALF_ADDRESS = frozenset({"address_town", "address_detail"})
"""Half an address: what was said is put together with what comes next."""
LONGEST_HEARD = 120


def digits_in(text: str) -> str:
    """The digits of a message that is a part of a number and nothing else: 后面是五六七八; or empty."""
    text = half_width(text).strip()
    return only_digits(text) if words()["digits"].fullmatch(_led_off(text)) else ""


def _led_off(text: str) -> str:
    return words()["lead"].sub("", text)


def joined(
    spec: FieldSpec, progress: FormProgress, text: str, around: Surroundings
) -> Parsed | None:
    """The answer put together from what was heard and this part; it is read back. None when it is not whole."""
    if not progress.heard:
        return None
    if spec.type is FieldType.ADDRESS:
        return _joined_address(spec, progress.heard, text, around)
    part = digits_in(text) or _codes_in(spec, text)
    if spec.type not in LONGEST or not part:
        return None
    both = read_answer(spec, progress.heard + part, replace(around, last_try=False))
    return replace(both, is_certain=False) if isinstance(both, Parsed) else None


def heard_so_far(spec: FieldSpec, progress: FormProgress, text: str, problem: Problem) -> str:
    """What is kept of an answer that is not whole yet, with what was heard before; or empty."""
    if spec.type is FieldType.ADDRESS:
        is_half = problem.code in HALF_ADDRESS and len(text) <= LONGEST_HEARD
        return text if is_half and words()["no_place"].search(text) is None else ""
    if problem.code == "cert_is_id_number":
        return only_digits(half_width(text))[-18:]
    part = digits_in(text)
    if spec.type not in LONGEST or not part:
        return ""
    both = progress.heard + part
    return both if len(both) < LONGEST[spec.type] else part if _is_short(spec, part) else ""


def _is_short(spec: FieldSpec, digits: str) -> bool:
    return len(digits) < LONGEST[spec.type]


def longer(
    spec: FieldSpec, progress: FormProgress, text: str, around: Surroundings
) -> Parsed | None:
    """More of what is just being read back: 5号302 of an address, the last digits of an account."""
    pending = progress.pending.get(progress.asking)
    if pending is None or not isinstance(pending.value, str):
        return None
    if spec.type is FieldType.BANK_ACCOUNT:
        more = digits_in(text)
        fits = more and len(more) < 13 and len(pending.value) + len(more) <= 19
        both = read_answer(spec, pending.value + more, around) if fits else None
    elif spec.type is FieldType.ADDRESS and is_house(text, around):
        both = read_answer(spec, pending.value + text, around)
    else:
        return None
    return replace(both, is_certain=False) if isinstance(both, Parsed) else None


def is_on_photo(said: str, problem: str) -> bool:
    """Whether no number came but the word that it is on a photo."""
    return problem == "digits_none" and re.search(patterns("on_paper")["photo"], said) is not None


def is_house(text: str, around: Surroundings) -> bool:
    """Whether the text is only the end of an address: 5号302, 119弄3号."""
    text = half_width(text).strip(" 。，,")
    is_end = words()["house"].fullmatch(text) is not None
    return is_end and find_office(text, around.offices) is None


def _joined_address(spec: FieldSpec, heard: str, now: str, around: Surroundings) -> Parsed | None:
    strict = replace(around, last_try=False)
    problem = read_answer(spec, now, strict)
    if isinstance(problem, Parsed):
        return None
    names_town = problem.code == "address_detail"
    pair = (f"{heard}{now}", f"{now}{heard}")
    for text in reversed(pair) if names_town else pair:
        both = read_answer(spec, text, strict)
        if isinstance(both, Parsed):
            return replace(both, is_certain=False)
    return None


def _codes_in(spec: FieldSpec, text: str) -> str:
    """The last two digits of a certificate number, told as what they mean: 肢体二级 → 42."""
    found = words()["meaning"].search(half_width(text)) if spec.type is FieldType.CERT_NO else None
    if found is None:
        return ""
    category = {name: code for code, name in CATEGORY_CODES.items()}[_category(found["what"])]
    level = only_digits(found["level"])
    return category + level if level in LEVEL_CODES else ""


def _category(word: str) -> str:
    kinds = patterns("categories_said")
    return kinds[word]


@cache
def words() -> dict[str, re.Pattern[str]]:
    """The patterns of parts of answers."""
    return {key: re.compile(pattern) for key, pattern in patterns("in_parts").items()}
