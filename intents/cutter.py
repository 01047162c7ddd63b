"""Cuts text into words as jieba does, with a small dictionary of our own, in a third of its time.

jieba's way without its guessing of new words: of all cuts into words of the dictionary, the one whose words are
most frequent together. A test compares every phrase of the catalog with what jieba itself makes of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """A dictionary that never opens a file."""

    weights: Mapping[str, float]
    """Logarithm of each word's frequency; `BEGINNING` for what only begins words."""
    unknown: float
    """The same for a character that is no word."""
    numbers: Mapping[str, int]
    """Word → its row in the table of meanings."""

    def cut(self, text: str) -> list[str]:
        """The words of the text, in order; unknown words fall apart into characters."""
        weigh, unknown = self.weights.get, self.unknown
        length = len(text)
        best = [0.0] * (length + 1)
        ends = [0] * length
        for start in range(length - 1, -1, -1):
            alone = weigh(text[start], BEGINNING)
            most = (unknown if alone == BEGINNING else alone) + best[start + 1]
            end = start + 1
            for after in range(start + 2, length + 1):
                weight = weigh(text[start:after])
                if weight is None:
                    break
                if weight != BEGINNING and weight + best[after] >= most:
                    most, end = weight + best[after], after
            best[start], ends[start] = most, end
        words = []
        start = 0
        while start < length:
            words.append(text[start : ends[start]])
            start = ends[start]
        return words

    def rows(self, words: Iterable[str]) -> list[int]:
        """The rows of those words that have one."""
        numbers = self.numbers
        return [numbers[word] for word in words if word in numbers]


BEGINNING = 1.0
"""No logarithm of a share is positive."""


def make_cutter(words: Sequence[str], weights: Mapping[str, float], unknown: float) -> Cutter:
    """A cutter from what `read_weights` made."""
    return Cutter(
        weights=weights,
        unknown=unknown,
        numbers=dict(zip(words, range(len(words)), strict=True)),
    )


def read_weights(lines: Iterable[str]) -> tuple[list[str], dict[str, float], float]:
    """The words of `words.txt`, the weight of each and of each beginning of one, and of the unknown."""
    counts = {word: int(count) for word, count in (line.split(" ") for line in lines)}
    total = math.log(sum(counts.values()))
    weights = {
        word: math.log(count) - total if count else BEGINNING for word, count in counts.items()
    }
    for word in counts:
        for end in range(1, len(word)):
            weights.setdefault(word[:end], BEGINNING)
    return list(counts), weights, -total
