"""Numbers as people say them: 三百五, 两万, 幺三八…, read as digits."""

from __future__ import annotations

import re

_DIGITS = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    "〇": 0,
    "幺": 1,
    "两": 2,
    "俩": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_NUMERAL = re.compile(rf"[{''.join(_DIGITS)}{''.join(_UNITS)}{''.join(_BIG)}点]+")
_SPOKEN_DIGITS = str.maketrans({word: str(value) for word, value in _DIGITS.items()})


def spoken_digits(text: str) -> str:
    """The text with every digit word replaced by its digit: 幺三八 → 138 (positions, not amounts)."""
    return text.translate(_SPOKEN_DIGITS)


def only_digits(text: str) -> str:
    """The digits of a number said or typed in groups; letters X and B are kept, upper-case."""
    return re.sub(r"[^0-9XB]", "", spoken_digits(text).upper())


def to_number(text: str) -> float | None:
    """The amount a Chinese or Arabic numeral stands for, or None: 一千二 → 1200, 3.5万 → 35000."""
    text = text.replace(",", "").replace("，", "")
    mixed = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万亿]*)", text)
    if mixed:
        value = float(mixed[1])
        for unit in mixed[2]:
            value *= _UNITS.get(unit) or _BIG[unit]
        return value
    if not _NUMERAL.fullmatch(text):
        return None
    if "点" in text:
        whole, _, rest = text.partition("点")
        base = to_number(whole) if whole else 0.0
        return None if base is None or not rest else float(f"{int(base)}.{spoken_digits(rest)}")
    if all(char in _DIGITS for char in text):
        return float(spoken_digits(text))
    return _read(text)


def _read(text: str) -> float:
    total, section, digit, last_unit = 0, 0, 0, 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last_unit = 1 if digit == 0 else last_unit
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit, last_unit = 0, _UNITS[char]
        else:
            total = (total + section + digit) * _BIG[char]
            section, digit, last_unit = 0, 0, _BIG[char]
    # 一千二 means 1200: a digit right after a unit counts one tenth of that unit.
    tail = digit * (last_unit // 10) if last_unit >= 100 else digit
    return float(total + section + tail)


def numbers_in(text: str) -> tuple[float, ...]:
    """Every amount in a text, in order."""
    found = re.findall(rf"\d[\d,]*(?:\.\d+)?[十百千万亿]*|{_NUMERAL.pattern}", text)
    values = (to_number(piece) for piece in found)
    return tuple(value for value in values if value is not None)
