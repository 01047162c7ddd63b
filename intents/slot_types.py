"""One reader per field type: what a person said → a value to keep, or a problem with a code.

A new type is one entry in `_READERS`. Readers are forgiving first and strict after: they take dictated
digits, spaces, titles and half sentences away and then check. Names are never cut into words.
"""

from __future__ import annotations

import re

from catalog.models import FieldSpec, FieldType
from intents import identity_numbers as numbers
from intents.addresses import read_address
from intents.amounts import read_money, read_number
from intents.answers import Parsed, Problem, Reader, Surroundings, Value
from intents.asked_dates import read_asked_date
from intents.numerals import only_digits
from intents.options import find_option, find_options
from intents.person_names import read_name
from intents.places import find_office
from intents.small_words import WORDS, is_later, strip_lead, yes_or_no
from intents.texts import read_text
from intents.writing import bare, half_width, visible

__all__ = ("Parsed", "Problem", "Surroundings", "Value", "mask", "read_answer")

MOST_READ = 300
"""Characters in which a name, a number or a date is looked for: nobody needs more, and it stays quick."""
_INSISTS, _OLD_ID, _SOMEONE_ELSES = (
    re.compile(WORDS[key]) for key in ("insists", "old_id", "someone_elses")
)


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


def _id_number(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    number = only_digits(strip_lead(text, WORDS["number_lead"]))
    if 20 <= len(number) <= 22 and not numbers.cert_problem(number, around.today):
        number = number[:18]
    if _is_no_number(text, number):
        return Problem(code="id_old") if _OLD_ID.search(bare(text)) else _none(text)
    problem = numbers.id_problem(number, around.today)
    if problem:
        return Problem(code=problem, details={"count": str(len(number))})
    return Parsed(value=number, shown=_grouped(number, 6, 8, 4), derived=_told_by_id(number))


def _none(text: str) -> Problem:
    """No number was said: perhaps only that the one before is right (没错啊)."""
    if _INSISTS.search(bare(text)):
        return Problem(code="digits_insist")
    return Problem(code="digits_none")


def _is_no_number(text: str, digits: str) -> bool:
    """Whether the text holds no number at all: the 一 of 一样 is none."""
    return not digits or (len(digits) < 4 and not re.search(r"[0-9]", half_width(text)))


def _told_by_id(number: str) -> dict[str, str]:
    born = numbers.birth_date(number)
    return {"birth_date": born.isoformat() if born else "", "sex": numbers.sex(number)}


def _cert_no(_spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    number = only_digits(strip_lead(text, WORDS["number_lead"]))
    if _is_no_number(text, number):
        return _none(text)
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
    # older people dial a 0 before a mobile number; no area code begins with 01 but 010 (11 digits)
    digits = re.sub(r"^(0086|86|0)(?=1[3-9]\d{9}$)", "", digits)
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return Parsed(value=digits, shown=_grouped(digits, 3, 4, 4))
    if re.fullmatch(r"(021)?[2-8]\d{7}", digits):
        local = digits[-8:]
        return Parsed(value=f"021-{local}", shown=f"021-{local}")
    if re.fullmatch(r"0(?:10|2\d|[3-9]\d{2})\d{7,8}", digits):
        return Parsed(value=digits, shown=digits)
    if _is_no_number(text, digits):
        return _none(text)
    code = "phone_short" if len(digits) < 11 else "phone_long" if len(digits) > 11 else "phone_odd"
    return Problem(code=code, details={"count": str(len(digits))})


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
    found = find_options(spec, text)
    if found is None:
        return Problem(code="choice_unclear")
    options, is_certain = found
    labels = {choice.id: choice.label for choice in spec.choices}
    shown = "、".join(labels[option] for option in options)
    return Parsed(value=options, shown=shown, is_certain=is_certain)


def _yes_no(spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    found = yes_or_no(spec.question, text)
    if found is None:
        return Problem(code="yes_no_unclear")
    is_yes, is_certain = found
    shown = "是" if is_yes else "否"
    return Parsed(value="yes" if is_yes else "no", shown=shown, is_certain=is_certain)


def _bank_account(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    digits = re.sub(r"\D", "", only_digits(strip_lead(text, WORDS["number_lead"])))
    if _is_no_number(text, digits):
        return _none(text)
    if not 13 <= len(digits) <= 19:
        return Problem(code="bank_length", details={"count": str(len(digits))})
    shown = " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
    # 用我女儿的卡, 农商行的: whose and which bank the window has to see; read back, as it was not asked here
    is_certain = numbers.passes_luhn(digits) and not _SOMEONE_ELSES.search(text)
    return Parsed(value=digits, shown=shown, is_certain=is_certain)


def _postcode(_spec: FieldSpec, text: str, _around: Surroundings) -> Parsed | Problem:
    digits = re.sub(r"\D", "", only_digits(strip_lead(text, WORDS["number_lead"])))
    if _is_no_number(text, digits):
        return _none(text)
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
    FieldType.PERSON_NAME: read_name,
    FieldType.ID_NUMBER: _id_number,
    FieldType.CERT_NO: _cert_no,
    FieldType.PHONE: _phone,
    FieldType.DATE: read_asked_date,
    FieldType.NUMBER: read_number,
    FieldType.MONEY: read_money,
    FieldType.ADDRESS: read_address,
    FieldType.STREET_TOWN: _street_town,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.YES_NO: _yes_no,
    FieldType.TEXT: read_text,
    FieldType.LONG_TEXT: read_text,
    FieldType.WHEN: read_text,
    FieldType.BANK_ACCOUNT: _bank_account,
    FieldType.POSTCODE: _postcode,
    FieldType.CREDIT_CODE: _credit_code,
    FieldType.FILES: _no_file_in_words,
    FieldType.CONSENT: _consent,
    FieldType.SIGNATURE: read_name,
    FieldType.DERIVED: read_text,
}
