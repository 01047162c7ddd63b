"""One reader per field type: what a person said → a value to keep, or a problem with a code.

A new type is one entry in `_READERS`. Readers are forgiving first and strict after: they take dictated
digits, spaces, titles and half sentences away and then check. Names are never cut into words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files

from rapidfuzz import fuzz

from catalog.models import FieldSpec, FieldType, Office
from intents import identity_numbers as numbers
from intents.dates import read_date, shown_date
from intents.numerals import numbers_in, only_digits
from intents.places import find_office

Value = str | tuple[str, ...]

_WORDS = json.loads(files("intents").joinpath("slot_words.json").read_text("utf-8"))

MAX_TEXT = 200
MAX_LONG_TEXT = 2000


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


Reader = Callable[[FieldSpec, str, Surroundings], Parsed | Problem]


def read_answer(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    """Read one answer for one field; never raises on any text."""
    text = text.strip()
    if not text:
        return Problem(code="empty")
    return _READERS[spec.type](spec, text, around)


def is_yes(text: str) -> bool | None:
    """True, False, or None when the text is neither a plain yes nor a plain no."""
    bare = _bare(text)
    if bare in _WORDS["no"]:
        return False
    return True if bare in _WORDS["yes"] else None


def is_unknown(text: str) -> bool:
    """Whether the person says that she does not know."""
    return _bare(text) in _WORDS["unknown"]


def is_done(text: str) -> bool:
    """Whether the person says that there is nothing more to add."""
    return _bare(text) in _WORDS["done"]


def is_later(text: str) -> bool:
    """Whether the person says that she will hand a paper in later."""
    bare = _bare(text)
    return bare in _WORDS["later"] or bare in _WORDS["none"] or bare in _WORDS["unknown"]


def mask(kind: FieldType, value: Value, shown: str) -> str:
    """The answer as a screen may show it before somebody with the right opens it."""
    if isinstance(value, tuple):
        return "＊" * 4
    if kind in (FieldType.ID_NUMBER, FieldType.CERT_NO):
        return f"{value[:4]}{'*' * (len(value) - 8)}{value[-4:]}"
    if kind in (FieldType.PHONE, FieldType.BANK_ACCOUNT) and len(value) >= 8:
        return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}"
    return shown[:1] + "＊" * 4 if shown else ""


def _bare(text: str) -> str:
    return re.sub(r"[\s，。！？!?.,~～…、]+", "", text).lower()


def _strip_lead(text: str, leads: list[str]) -> str:
    for lead in leads:
        if text.startswith(lead) and len(text) > len(lead):
            return text[len(lead) :].lstrip("：: ，,")
    return text


def _person_name(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    name = re.sub(r"[。！!，,\s]+$", "", text.strip("“”\"' "))
    name = re.sub(_WORDS["name_lead_relation"], "", name)
    name = _strip_lead(name, _WORDS["name_lead"]).strip("：: ")
    for tail in _WORDS["name_tail"]:
        name = name.removesuffix(tail) if len(name) > 3 else name
    name = re.sub(r"\s+", "" if re.search(r"[\u4e00-\u9fff]", name) else " ", name)
    name = re.sub(r"[.•・‧∙]", "·", name)
    if re.search(r"\d", name):
        return Problem(code="name_digits")
    if is_yes(name) is not None or is_unknown(name) or is_done(name):
        return Problem(code="name_odd")
    if not re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffffA-Za-z· '-]{2,40}", name):
        return Problem(code="name_odd")
    if re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff]{7,}", name):
        return Problem(code="name_long")
    return Parsed(value=name, shown=name)


def _id_number(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    number = only_digits(_strip_lead(text, _WORDS["number_lead"]))
    if 20 <= len(number) <= 22 and not numbers.cert_problem(number, around.today):
        number = number[:18]
    problem = numbers.id_problem(number, around.today)
    if problem:
        return Problem(code=problem, details={"count": str(len(number))})
    return Parsed(value=number, shown=_grouped(number, 6, 8, 4), derived=_told_by_id(number))


def _told_by_id(number: str) -> dict[str, str]:
    born = numbers.birth_date(number)
    return {"birth_date": born.isoformat() if born else "", "sex": numbers.sex(number)}


def _cert_no(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    number = only_digits(_strip_lead(text, _WORDS["number_lead"]))
    problem = numbers.cert_problem(number, around.today)
    if problem:
        return Problem(code=problem, details={"count": str(len(number))})
    derived = {
        "id_number": number[:18],
        "disability_category": numbers.CATEGORY_CODES[number[18]],
        "disability_level": numbers.LEVEL_CODES[number[19]],
        **_told_by_id(number),
    }
    return Parsed(value=number, shown=_grouped(number, 6, 8, 4, 4), derived=derived)


def _phone(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    digits = re.sub(r"\D", "", only_digits(_strip_lead(text, _WORDS["number_lead"])))
    digits = digits[2:] if digits.startswith("86") and len(digits) == 13 else digits
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return Parsed(value=digits, shown=_grouped(digits, 3, 4, 4))
    if re.fullmatch(r"(021)?[2-8]\d{7}", digits):
        local = digits[-8:]
        return Parsed(value=f"021-{local}", shown=f"021-{local}")
    if not digits:
        return Problem(code="phone_none")
    code = "phone_short" if len(digits) < 11 else "phone_long" if len(digits) > 11 else "phone_odd"
    return Problem(code=code, details={"count": str(len(digits))})


def _date(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    found = read_date(text, around.today)
    if isinstance(found, str):
        return Problem(code=found)
    return Parsed(value=found.value, shown=shown_date(found.value), is_certain=found.is_certain)


def _number(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    if _bare(text) in _WORDS["none"]:
        return Parsed(value="0", shown="0")
    found = numbers_in(text)
    if not found or found[0] != int(found[0]):
        return Problem(code="number_unclear")
    return Parsed(value=str(int(found[0])), shown=str(int(found[0])))


def _money(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    if _bare(text) in _WORDS["none"]:
        return Parsed(value="0", shown="0元")
    found = numbers_in(text)
    if not found:
        return Problem(code="money_unclear")
    amount = f"{found[0]:.2f}".removesuffix(".00")
    return Parsed(value=amount, shown=f"{amount}元", is_certain=len(found) == 1)


def _address(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    office = find_office(text, around.offices)
    address = re.sub(r"\s+", " ", text).strip("。")[:MAX_TEXT]
    elsewhere = any(district in text for district in _WORDS["other_district"])
    if office is None and not elsewhere and not around.last_try:
        return Problem(code="address_town")
    named = (
        max((len(name) for name in (office.name, *office.says) if name in text), default=2)
        if office
        else 0
    )
    if len(address) - named < 3 and not around.last_try:
        return Problem(code="address_detail", details={"town": office.name if office else address})
    told = {"town": office.id} if office and office.kind != "district" and not elsewhere else {}
    return Parsed(value=address, shown=address, derived=told)


def _street_town(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    office = find_office(text, around.offices)
    if office is None:
        return Problem(code="town_unknown")
    return Parsed(value=office.id, shown=office.name, derived={"town": office.id})


def _choice(spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    option = _option(spec, text)
    if option is None:
        return Problem(code="choice_unclear")
    label = next(choice.label for choice in spec.choices if choice.id == option)
    return Parsed(value=option, shown=label)


def _option(spec: FieldSpec, text: str) -> str | None:
    """Option id by label or meaning: equal, contained (the longest wins), then nearly spelled so."""
    bare = _bare(text)
    names = [(_bare(name), o.id) for o in spec.choices for name in (o.label, *o.says)]
    for name, option in names:
        if bare == name:
            return option
    if is_unknown(text):
        return next((o.id for o in spec.choices if o.id == "unknown"), None)
    inside = sorted(
        ((len(name), option) for name, option in names if len(name) > 1 and name in bare),
        reverse=True,
    )
    if inside:
        ties = {option for length, option in inside if length == inside[0][0]}
        return inside[0][1] if len(ties) == 1 else None
    if len(bare) < 2:
        return None
    score, best = max(
        ((fuzz.ratio(bare, name), option) for name, option in names), default=(0.0, "")
    )
    return best if score >= 75.0 else None


def _choices(spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    pieces = [piece for piece in re.split(_WORDS["split"], text) if piece]
    found = tuple(dict.fromkeys(o for piece in pieces if (o := _option(spec, piece))))
    if not found and (whole := _option(spec, text)):
        found = (whole,)
    if not found:
        return Problem(code="choice_unclear")
    labels = {choice.id: choice.label for choice in spec.choices}
    return Parsed(value=found, shown="、".join(labels[option] for option in found))


def _yes_no(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    answer = is_yes(text)
    if answer is None:
        bare = _bare(text)
        starts = [w for w in (*_WORDS["no"], *_WORDS["yes"]) if len(w) > 1 and bare.startswith(w)]
        if not starts:
            return Problem(code="yes_no_unclear")
        answer = max(starts, key=len) in _WORDS["yes"]
    return Parsed(value="yes" if answer else "no", shown="是" if answer else "否")


def _text(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    if len(text) > MAX_TEXT:
        return Problem(code="text_long", details={"limit": str(MAX_TEXT)})
    if not re.search(r"\w", text):
        return Problem(code="text_empty")
    return Parsed(value=text, shown=text)


def _long_text(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    if len(text) > MAX_LONG_TEXT:
        return Problem(code="text_long", details={"limit": str(MAX_LONG_TEXT)})
    if not re.search(r"\w", text):
        return Problem(code="text_empty")
    return Parsed(value=text, shown=text)


def _bank_account(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    digits = re.sub(r"\D", "", only_digits(_strip_lead(text, _WORDS["number_lead"])))
    if not 13 <= len(digits) <= 19:
        return Problem(code="bank_length", details={"count": str(len(digits))})
    shown = " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
    return Parsed(value=digits, shown=shown, is_certain=numbers.passes_luhn(digits))


def _postcode(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    digits = re.sub(r"\D", "", only_digits(text))
    if len(digits) != 6:
        return Problem(code="postcode_length", details={"count": str(len(digits))})
    return Parsed(value=digits, shown=digits)


def _credit_code(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    code = re.sub(r"[^0-9A-Z]", "", text.upper())
    if not numbers.is_credit_code(code):
        return Problem(code="credit_code", details={"count": str(len(code))})
    return Parsed(value=code, shown=code)


def _no_file_in_words(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    if is_later(text):
        return Parsed(value="", shown=_WORDS["later"][0])
    return Problem(code="file_wanted")


def _consent(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    return _yes_no(spec, text, around)


def _grouped(number: str, *sizes: int) -> str:
    groups, at = [], 0
    for size in sizes:
        groups.append(number[at : at + size])
        at += size
    return " ".join(group for group in groups if group)


_READERS: dict[FieldType, Reader] = {
    FieldType.PERSON_NAME: _person_name,
    FieldType.ID_NUMBER: _id_number,
    FieldType.CERT_NO: _cert_no,
    FieldType.PHONE: _phone,
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.ADDRESS: _address,
    FieldType.STREET_TOWN: _street_town,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.YES_NO: _yes_no,
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.WHEN: _text,
    FieldType.BANK_ACCOUNT: _bank_account,
    FieldType.POSTCODE: _postcode,
    FieldType.CREDIT_CODE: _credit_code,
    FieldType.FILES: _no_file_in_words,
    FieldType.CONSENT: _consent,
    FieldType.SIGNATURE: _person_name,
    FieldType.DERIVED: _text,
}
