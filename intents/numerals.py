"""Numbers as people say them: 三百五, 两万, 幺三八…, read as digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_ARABIC = r"[0-9]+(?:\.[0-9]+)?"
_TOKEN = re.compile(rf"{_ARABIC}|[{_ANY_DIGIT}{_ANY_UNIT}]")
_AFTER = rf"(?:[0-9]+[{_ANY_UNIT}]+)*(?:[0-9]+(?![0-9.]))?"
"""What may follow a unit: the 2 of 1万2, the 2百 of 1千2百."""
PIECE = re.compile(
    rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?:[{_ANY_UNIT}][{_ANY_DIGIT}{_ANY_UNIT}]*{_AFTER})?"
    rf"|{_DECIMAL.pattern}|{_NUMERAL.pattern}(?:(?<=[{_ANY_UNIT}]){_AFTER})?"
)
_RANGE = re.compile(
    rf"[一二两三四五六七八九]{{2}}[{_ANY_UNIT}]|[{_ANY_UNIT}][一二两三四五六七八九]{{2}}(?![{_ANY_DIGIT}])"
)
_SHORT_UNITS = (
    (re.compile(rf"(?<=[0-9{_ANY_DIGIT}])\s*[kK](?![A-Za-z])"), "千"),
    (re.compile(rf"(?<=[0-9{_ANY_DIGIT}])\s*[wW](?![A-Za-z])"), "万"),
    (re.compile(rf"(?<=[0-9])\s+(?=[{_ANY_UNIT}])"), ""),
    (re.compile(rf"(?<=[0-9{_ANY_DIGIT}{_ANY_UNIT}])(?:来|多)(?=[{''.join(_BIG)}千百])"), ""),
)
"""2k, 5W, 10 万, 10来万: other writings of 千 and 万, and words that say "about" inside a number."""
_SPOKEN_DIGITS = str.maketrans({word: str(value) for word, value in _DIGITS.items()})

LONGEST = 24
"""Characters of a numeral that is still an amount; longer ones are numbers of cards or nonsense."""


def spoken_digits(text: str) -> str:
    """The text with every digit word replaced by its digit: 幺三八 → 138 (positions, not amounts)."""
    return half_width(text).translate(_SPOKEN_DIGITS)


def only_digits(text: str) -> str:
    """The digits of a number said or typed in groups; letters X (叉) and B are kept, upper-case."""
    return re.sub(r"[^0-9XB]", "", spoken_digits(text).upper().replace("叉", "X"))


def unit_words(text: str) -> str:
    """The text half-width, with 2k as 2千, 5W as 5万, 10来万 as 10万."""
    text = half_width(text)
    for pattern, word in _SHORT_UNITS:
        text = pattern.sub(word, text)
    return text


def to_number(text: str) -> float | None:
    """The amount a Chinese or Arabic numeral stands for, or None: 一千二 → 1200, 3.5万 → 35000."""
    text = unit_words(text).replace(",", "")
    if not text or len(text) > LONGEST:
        return None
    if re.search("[0-9]", text):
        tokens = _TOKEN.findall(text)
        return _read(tokens) if "".join(tokens) == text else None
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


def _read(tokens: Sequence[str]) -> float:
    """The value of digits and units: 一千二 and 1千2 are 1200, 3.5万 is 35000, 一千零五 is 1005."""
    total, section, digit, last_unit = 0.0, 0.0, 0.0, 1
    for part in tokens:
        if part in _UNITS:
            section += (digit or 1) * _UNITS[part]
            digit, last_unit = 0.0, _UNITS[part]
        elif part in _BIG:
            # 三亿, 1亿2000万: what stands before 亿 is all multiplied, before 万 only its own part.
            before, total = (total, 0.0) if part == "亿" else (0.0, total)
            total += (before + section + digit) * _BIG[part]
            section, digit, last_unit = 0.0, 0.0, _BIG[part]
        else:
            digit = float(part) if part[0].isdecimal() else float(_DIGITS[part])
            last_unit = 1 if part[0] in "0零〇" or digit >= 10 else last_unit
    # 一千二 means 1200: a digit right after a unit counts one tenth of that unit.
    tail = digit * (last_unit // 10) if last_unit >= 100 else digit
    return total + section + tail


def numbers_in(text: str) -> tuple[float, ...]:
    """Every amount in a text, in order."""
    pieces = (match[0] for match in PIECE.finditer(unit_words(text)))
    values = (to_number(piece) for piece in pieces)
    return tuple(value for value in values if value is not None)


def is_range(text: str) -> bool:
    """Whether an amount is only roughly said: 五六千, 三四百, 两千七八."""
    return _RANGE.search(unit_words(text)) is not None
