"""Makes spellings of the same message equal: width, traditional characters, dialect, fillers, numbers.

Recognition alone reads the result; what a person wrote is kept as written everywhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_LENGTH = 2000
"""Nobody types more in one message; a longer paste must not cost the others their turn."""

GAP = " "
"""The one separator left: every run of spaces and punctuation becomes it."""

SMALL, YOUNG, GROWN, OLD, MANY = "\ue000\ue001\ue002\ue003\ue004"
"""Private characters for a number by size: an age says more than the digits it is made of."""

_WIDE_MARKS = tuple(zip("，！？：；（）", ",!?:;()", strict=True))
"""Made narrow first: a text that has nothing else to fold is folded in a tenth of the time."""
_ONES, _TENS = "零一二三四五六七八九", "十百千万"
_DIGITS = {digit: value for value, digit in enumerate(_ONES)} | {"两": 2}
_HOTLINES = frozenset({"110", "119", "120", "122", "12110", "12119", "12120"})
_NUMBER = re.compile(
    f"[0-9{_ONES}两{_TENS}](?:(?<=[0-9])[0-9]*"
    f"|(?<=[{_TENS}])[{_ONES}{_TENS}]*|(?<=[{_ONES}两])[{_TENS}][{_ONES}{_TENS}]*)"
)
"""It begins with a set of characters: where none of them stands nothing else is tried."""
_NOT_TEXT = re.compile(r"[^0-9a-z\u3400-\u9fff\ue000-\ue004]+")
_REPEATED = re.compile(r"([\u4e00-\u9fff])\1{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalizer:
    """Word lists compiled into one translation table and three patterns."""

    characters: Mapping[int, str]
    variants: re.Pattern[str]
    """Any of the same characters: most messages have none of them."""
    words: Mapping[str, str]
    word_pattern: re.Pattern[str]
    filler_pattern: re.Pattern[str]

    def simplified(self, text: str) -> str:
        """The text in half-width, lower case, simplified characters, otherwise as written."""
        folded = text[:MAX_LENGTH]
        for mark, narrow in _WIDE_MARKS:
            folded = folded.replace(mark, narrow)
        folded = unicodedata.normalize("NFKC", folded).lower()
        return folded.translate(self.characters) if self.variants.search(folded) else folded

    def plain(self, text: str) -> str:
        """Simplified text with dialect words replaced and fillers gone; punctuation stays."""
        return self.plain_of(self.simplified(text))

    def plain_of(self, simplified: str) -> str:
        """The same for a text that is simplified already; all fillers is better than nothing."""
        words = self.word_pattern.sub(self._word, simplified)
        return self.filler_pattern.sub("", words) or words

    def normalize(self, text: str) -> str:
        """The form that is compared: plain words, bucketed numbers, single gaps."""
        return squeeze(self.plain(text))

    def _word(self, match: re.Match[str]) -> str:
        return self.words[match[0]]


def make_normalizer(
    characters: Mapping[int, str], dialect: Mapping[str, str], fillers: Sequence[str]
) -> Normalizer:
    """A normalizer from variant characters and the word lists of `lexicon.json`."""
    return Normalizer(
        characters=characters,
        variants=re.compile(
            f"[{re.escape(''.join(map(chr, characters)))}]" if characters else "(?!)"
        ),
        words=dict(dialect),
        word_pattern=any_of(dialect),
        filler_pattern=any_of(fillers),
    )


def any_of(words: Mapping[str, str] | Sequence[str]) -> re.Pattern[str]:
    """A pattern that finds the longest of the words at each place; nothing when there are none."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def squeeze(plain: str) -> str:
    """Numbers to buckets, repeated characters to one, everything that is not text to one gap."""
    text = _NOT_TEXT.sub(GAP, _NUMBER.sub(_bucket, plain)).strip()
    if text.count(GAP) * 2 >= len(text) - 1:
        text = text.replace(GAP, "")
    return _REPEATED.sub(r"\1", text)


def _bucket(match: re.Match[str]) -> str:
    digits = match[0]
    if digits in _HOTLINES:
        return digits
    value = number_value(digits)
    if value is None or value > 120:
        return MANY
    if value < 10:
        return _ONES[value]
    for limit, bucket in ((18, SMALL), (36, YOUNG), (60, GROWN)):
        if value < limit:
            return bucket
    return OLD


def number_value(digits: str) -> int | None:
    """The value of an Arabic number, or of a Chinese one up to 99; None when it is larger."""
    if digits.isascii():
        return int(digits) if len(digits) < 5 else None
    tens, ten, ones = digits.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1:
        return None
    return _DIGITS.get(tens or "一", 0) * 10 + _DIGITS.get(ones, 0)
