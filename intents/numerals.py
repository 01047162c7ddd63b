"""Numbers as people say them: 三百五, 两万, 幺三八…, read as digits."""

from __future__ import annotations

import re

from intents.writing import half_width

_DIGITS = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "幺": 1,
    "两": 2,
    "俩": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_ANY_DIGIT = "".join(_DIGITS)
_ANY_UNIT = "".join((*_UNITS, *_BIG))
_NUMERAL = re.compile(rf"[{_ANY_DIGIT}{_ANY_UNIT}]+")
_DECIMAL = re.compile(rf"([{_ANY_DIGIT}{_ANY_UNIT}]*)点([{_ANY_DIGIT}]+)([{_ANY_UNIT}]?)")
_MIXED = re.compile(rf"([0-9]+(?:\.[0-9]+)?)([{_ANY_UNIT}]{{0,2}})")
_PIECE = re.compile(
    rf"[0-9][0-9,]*(?:\.[0-9]+)?[{_ANY_UNIT}]*|{_DECIMAL.pattern}|{_NUMERAL.pattern}"
)
_RANGE = re.compile(rf"[{_ANY_DIGIT}][{_ANY_DIGIT}][{_ANY_UNIT}]")
_SPOKEN_DIGITS = str.maketrans({word: str(value) for word, value in _DIGITS.items()})

LONGEST = 24
"""Characters of a numeral that is still an amount; longer ones are numbers of cards or nonsense."""


def spoken_digits(text: str) -> str:
    """The text with every digit word replaced by its digit: 幺三八 → 138 (positions, not amounts)."""
    return half_width(text).translate(_SPOKEN_DIGITS)


def only_digits(text: str) -> str:
    """The digits of a number said or typed in groups; letters X (叉) and B are kept, upper-case."""
    return re.sub(r"[^0-9XB]", "", spoken_digits(text).upper().replace("叉", "X"))


def to_number(text: str) -> float | None:
    """The amount a Chinese or Arabic numeral stands for, or None: 一千二 → 1200, 3.5万 → 35000."""
    text = half_width(text).replace(",", "")
    if not text or len(text) > LONGEST:
        return None
    if mixed := _MIXED.fullmatch(text):
        return float(mixed[1]) * _times(mixed[2])
    if decimal := _DECIMAL.fullmatch(text):
        whole = to_number(decimal[1]) if decimal[1] else 0.0
        tenths = spoken_digits(decimal[2])
        return None if whole is None else float(f"{int(whole)}.{tenths}") * _times(decimal[3])
    if not _NUMERAL.fullmatch(text) or not set(text) & set(_ANY_DIGIT + "十"):
        return None
    if all(char in _DIGITS for char in text):
        return float(spoken_digits(text))
    return _read(text)


def _times(units: str) -> int:
    product = 1
    for unit in units:
        product *= _UNITS.get(unit) or _BIG[unit]
    return product


def _read(text: str) -> float:
    total, section, digit, last_unit = 0, 0, 0, 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last_unit = 1 if digit == 0 else last_unit
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit, last_unit = 0, _UNITS[char]
        elif char == "亿":
            total = (total + section + digit) * _BIG[char]
            section, digit, last_unit = 0, 0, _BIG[char]
        else:
            total += (section + digit) * _BIG[char]
            section, digit, last_unit = 0, 0, _BIG[char]
    # 一千二 means 1200: a digit right after a unit counts one tenth of that unit.
    tail = digit * (last_unit // 10) if last_unit >= 100 else digit
    return float(total + section + tail)


def numbers_in(text: str) -> tuple[float, ...]:
    """Every amount in a text, in order."""
    pieces = (match[0] for match in _PIECE.finditer(half_width(text)))
    values = (to_number(piece) for piece in pieces)
    return tuple(value for value in values if value is not None)


def is_range(text: str) -> bool:
    """Whether an amount is only roughly said: 五六千, 三四百."""
    return _RANGE.search(half_width(text)) is not None
