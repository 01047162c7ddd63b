"""Case numbers a person can read aloud: seven random digits and a Damm check digit, shown 4-4.

The Damm algorithm (H. M. Damm, 2004) finds every single wrong digit and every swap of two neighbours,
the two mistakes people make on the telephone. Random digits reveal no volume and need no counter.
"""

from __future__ import annotations

import re

_TABLE = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def number_from(seed: int) -> str:
    """The eight-digit number made from a random integer; pure, so that the caller owns the randomness."""
    digits = f"{seed % 10_000_000:07d}"
    return digits + _check_digit(digits)


def is_valid(number: str) -> bool:
    """Whether eight digits carry the right check digit."""
    return bool(re.fullmatch(r"[0-9]{8}", number)) and _check_digit(number) == "0"


def shown(number: str) -> str:
    """The number as it is shown: 1234-5678."""
    return f"{number[:4]}-{number[4:]}"


def find(text: str) -> str | None:
    """The first valid number in a text, however it is grouped, or None."""
    for match in re.finditer(r"(?<!\d)([0-9]{4})[ \-－—–‐]?([0-9]{4})(?!\d)", text):
        number = match[1] + match[2]
        if is_valid(number):
            return number
    return None


def _check_digit(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return str(interim)
