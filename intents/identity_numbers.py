"""Identity, disability-certificate, company and bank numbers: their check digits and what they tell.

Sources: GB 11643-1999 (公民身份号码, ISO 7064 MOD 11-2); 残疾人证管理办法 art. 5 (20 digits: identity
number, category, level; reissued ones end in B1…B9); GB 32100-2015 (统一社会信用代码, MOD 31); ISO/IEC 7812
(Luhn) for bank cards.
"""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

CATEGORY_CODES = {
    "1": "visual",
    "2": "hearing",
    "3": "speech",
    "4": "physical",
    "5": "intellectual",
    "6": "mental",
    "7": "multiple",
}
"""19th digit of a certificate number → option id of the field `disability_category`."""
LEVEL_CODES = {"1": "level_1", "2": "level_2", "3": "level_3", "4": "level_4"}
"""20th digit of a certificate number → option id of the field `disability_level`."""


def id_problem(number: str, today: date) -> str:
    """The error code of an 18-character identity number, or an empty string."""
    if len(number) == 15 and number.isdigit():
        return "id_old"
    if len(number) != 18:
        return "id_length"
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "id_characters"
    born = birth_date(number)
    if born is None or born > today or born.year < 1880:
        return "id_birth_date"
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "" if _CHECK[total % 11] == number[17] else "id_checksum"


def birth_date(number: str) -> date | None:
    """The birth date in an identity number, or None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """male or female, from the 17th digit."""
    return "male" if int(number[16]) % 2 else "female"


def cert_problem(number: str, today: date) -> str:
    """The error code of a disability certificate number, or an empty string."""
    if len(number) == 18 and not id_problem(number, today):
        return "cert_is_id_number"
    if not 20 <= len(number) <= 22:
        return "cert_length"
    if not re.fullmatch(r"\d{17}[\dX]\d{2}(B\d?)?", number):
        return "cert_characters"
    problem = id_problem(number[:18], today)
    if problem:
        return problem.replace("id_", "cert_id_")
    if number[18] not in CATEGORY_CODES:
        return "cert_category"
    return "" if number[19] in LEVEL_CODES else "cert_level"


def is_credit_code(code: str) -> bool:
    """Whether 18 characters are a unified social credit code with the right check character."""
    if not re.fullmatch(rf"[{_CREDIT_ALPHABET}]{{18}}", code):
        return False
    weight, total = 1, 0
    for char in code[:17]:
        total += _CREDIT_ALPHABET.index(char) * weight
        weight = weight * 3 % 31
    return _CREDIT_ALPHABET[(31 - total % 31) % 31] == code[17]


def passes_luhn(number: str) -> bool:
    """Whether a bank card number passes Luhn; only a hint, the window checks the owner."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
