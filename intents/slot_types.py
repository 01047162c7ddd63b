"""One reader per field type: what a person said → a value to keep, or a problem with a code.

A new type is one entry in `_READERS`. Readers are forgiving first and strict after: they take dictated
digits, spaces, titles and half sentences away and then check. Names are never cut into words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from catalog.models import FieldSpec, FieldType, Office
from intents import identity_numbers as numbers
from intents.dates import YEAR_WORDS, read_date, shown_date
from intents.numerals import is_range, numbers_in, only_digits, to_number
from intents.options import all_named, find_option
from intents.person_names import HAN, bare_name, is_no_name
from intents.places import find_office
from intents.small_words import WORDS, begins_with_yes, is_later, is_yes, strip_lead
from intents.writing import bare, half_width, visible

Value = str | tuple[str, ...]

MAX_TEXT = 200
MAX_LONG_TEXT = 2000
MOST_READ = 300
"""Characters in which a name, a number or a date is looked for: nobody needs more, and it stays quick."""


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
    text = visible(text).strip()
    if not text:
        return Problem(code="empty")
    if spec.type not in _WRITTEN:
        text = text[:MOST_READ]
    return _READERS[spec.type](spec, text, around)


def mask(kind: FieldType, value: Value, shown: str) -> str:
    """The answer as a screen may show it before somebody with the right opens it."""
    if isinstance(value, tuple):
        return "＊" * 4
    if not value:
        return shown
    if kind in (FieldType.ID_NUMBER, FieldType.CERT_NO):
        return f"{value[:4]}{'*' * (len(value) - 8)}{value[-4:]}"
    if kind in (FieldType.PHONE, FieldType.BANK_ACCOUNT) and len(value) >= 8:
        return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}"
    return shown[:1] + "＊" * 4 if shown else ""


def _person_name(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    if is_no_name(text):
        return Problem(code="name_odd")
    name = bare_name(text)
    if re.search(r"\d", name):
        return Problem(code="name_digits")
    least = 1 if around.last_try and re.fullmatch(HAN, name) else 2
    if not re.fullmatch(rf"(?:{HAN}|[A-Za-z· '-]){{{least},40}}", name) or not re.search(
        r"\w", name
    ):
        return Problem(code="name_odd")
    if re.fullmatch(rf"{HAN}{{7,}}", name) and not around.last_try:
        return Problem(code="name_long")
    return Parsed(value=name, shown=name)


def _id_number(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    number = only_digits(strip_lead(text, WORDS["number_lead"]))
    if 20 <= len(number) <= 22 and not numbers.cert_problem(number, around.today):
        number = number[:18]
    if _is_no_number(text, number):
        return Problem(code="digits_none")
    problem = numbers.id_problem(number, around.today)
    if problem:
        return Problem(code=problem, details={"count": str(len(number))})
    return Parsed(value=number, shown=_grouped(number, 6, 8, 4), derived=_told_by_id(number))


def _is_no_number(text: str, digits: str) -> bool:
    """Whether the text holds no number at all: the 一 of 一样 is none."""
    return not digits or (len(digits) < 4 and not re.search(r"[0-9]", half_width(text)))


def _told_by_id(number: str) -> dict[str, str]:
    born = numbers.birth_date(number)
    return {"birth_date": born.isoformat() if born else "", "sex": numbers.sex(number)}


def _cert_no(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    number = only_digits(strip_lead(text, WORDS["number_lead"]))
    if _is_no_number(text, number):
        return Problem(code="digits_none")
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
    digits = re.sub(r"\D", "", only_digits(strip_lead(text, WORDS["number_lead"])))
    digits = re.sub(r"^(0086|86)(?=1\d{10}$)", "", digits)
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return Parsed(value=digits, shown=_grouped(digits, 3, 4, 4))
    if re.fullmatch(r"(021)?[2-8]\d{7}", digits):
        local = digits[-8:]
        return Parsed(value=f"021-{local}", shown=f"021-{local}")
    if re.fullmatch(r"0[1-9]\d{8,10}", digits):
        return Parsed(value=digits, shown=digits)
    if _is_no_number(text, digits):
        return Problem(code="digits_none")
    code = "phone_short" if len(digits) < 11 else "phone_long" if len(digits) > 11 else "phone_odd"
    return Problem(code=code, details={"count": str(len(digits))})


def _date(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    found = read_date(text, around.today)
    if isinstance(found, str):
        return Problem(code=found)
    return Parsed(value=found.value, shown=shown_date(found.value), is_certain=found.is_certain)


def _number(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    if bare(text) in WORDS["none"]:
        return Parsed(value="0", shown="0")
    if year := re.fullmatch(r"([前去今本明后])年", bare(text)):
        value = str(around.today.year + YEAR_WORDS[year[1]])
        return Parsed(value=value, shown=value, is_certain=False)
    found = numbers_in(text)
    if not found or not found[0].is_integer():
        return Problem(code="number_unclear")
    value = str(int(found[0]))
    return Parsed(value=value, shown=value, is_certain=len(found) == 1)


_AMOUNT = re.compile(
    r"([0-9][0-9,.]*[十百千万亿]*|[零〇一二两三四五六七八九十百千万亿点]+)(?:多|来)?(?:元|块|圆)"
)


def _money(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    if bare(text) in WORDS["none"]:
        return Parsed(value="0", shown="0元")
    # 一个月三千五 holds two numbers: the one before 元 is meant, else the largest.
    named = [to_number(piece) for piece in _AMOUNT.findall(half_width(text))]
    amounts = [value for value in named if value is not None]
    found = numbers_in(text)
    if not found:
        return Problem(code="money_unclear")
    amount = f"{amounts[0] if amounts else max(found):.2f}".removesuffix(".00")
    is_certain = len(found) == 1 and not is_range(text)
    return Parsed(value=amount, shown=f"{amount}元", is_certain=is_certain)


def _address(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    office = find_office(text, around.offices)
    address = re.sub(r"\s+", " ", text).strip("。")[:MAX_TEXT]
    if _is_elsewhere(text, office):
        return Parsed(value=address, shown=address)
    if office is None and not around.last_try:
        return Problem(code="address_town")
    if len(_beyond_town(address, office)) < 3 and not around.last_try:
        return Problem(code="address_detail", details={"town": office.name if office else address})
    told = {"town": office.id} if office and office.kind != "district" else {}
    return Parsed(value=address, shown=address, derived=told)


def _is_elsewhere(text: str, office: Office | None) -> bool:
    """Another district or province is named: 黄浦区, 安徽省; a road called 金山路 is none."""
    if re.search(WORDS["other_place"], text):
        return True
    if office is not None:
        return False
    return any(district in text for district in WORDS["other_district"])


def _beyond_town(address: str, office: Office | None) -> str:
    """What an address says besides city, district and town."""
    rest = re.sub(r"上海市?|浦东新区|浦东|新区|[\s，,。]", "", address)
    names = sorted((office.name, *office.says), key=len, reverse=True) if office else ()
    named = next((name for name in names if name in rest), "")
    return rest.replace(named, "", 1) if named else rest


def _street_town(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    office = find_office(text, around.offices)
    if office is None:
        return Problem(code="town_unknown")
    return Parsed(value=office.id, shown=office.name, derived={"town": office.id})


def _choice(spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    found = find_option(spec, text)
    if found is None:
        return Problem(code="choice_unclear")
    option, is_certain = found
    label = next(choice.label for choice in spec.choices if choice.id == option)
    return Parsed(value=option, shown=label, is_certain=is_certain)


def _choices(spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    found = all_named(spec, bare(text))
    is_certain = True
    if not found:
        pieces = [piece for piece in re.split(WORDS["split"], text) if piece]
        read = [option for piece in (text, *pieces) if (option := find_option(spec, piece))]
        found = tuple(dict.fromkeys(option for option, _ in read))
        is_certain = all(certain for _, certain in read)
    if not found:
        return Problem(code="choice_unclear")
    labels = {choice.id: choice.label for choice in spec.choices}
    shown = "、".join(labels[option] for option in found)
    return Parsed(value=found, shown=shown, is_certain=is_certain)


def _yes_no(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    answer = is_yes(text)
    if answer is None:
        answer = begins_with_yes(bare(text))
    if answer is None:
        return Problem(code="yes_no_unclear")
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
    digits = re.sub(r"\D", "", only_digits(strip_lead(text, WORDS["number_lead"])))
    if _is_no_number(text, digits):
        return Problem(code="digits_none")
    if not 13 <= len(digits) <= 19:
        return Problem(code="bank_length", details={"count": str(len(digits))})
    shown = " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
    return Parsed(value=digits, shown=shown, is_certain=numbers.passes_luhn(digits))


def _postcode(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    digits = re.sub(r"\D", "", only_digits(strip_lead(text, WORDS["number_lead"])))
    if _is_no_number(text, digits):
        return Problem(code="digits_none")
    if len(digits) != 6:
        return Problem(code="postcode_length", details={"count": str(len(digits))})
    return Parsed(value=digits, shown=digits)


def _credit_code(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    code = re.sub(r"[^0-9A-Z]", "", half_width(text).upper())
    if not numbers.is_credit_code(code):
        return Problem(code="credit_code", details={"count": str(len(code))})
    return Parsed(value=code, shown=code)


def _no_file_in_words(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    if is_later(text):
        return Parsed(value="", shown=WORDS["later"][0])
    return Problem(code="file_wanted")


def _consent(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    return _yes_no(spec, text, around)


def _grouped(number: str, *sizes: int) -> str:
    groups, at = [], 0
    for size in sizes:
        groups.append(number[at : at + size])
        at += size
    return " ".join(group for group in groups if group)


_WRITTEN = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WHEN})
"""Types that keep what was written, and say when it is too long."""

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
