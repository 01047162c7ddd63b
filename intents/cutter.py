"""Cuts text into words with jieba, using a small dictionary of our own plus the catalog's terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jieba

TERM_COUNT = 20_000
"""Frequency given to a catalog term, high enough that it is kept whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """A jieba tokenizer that never opens a file."""

    tokenizer: Any

    def cut(self, text: str) -> list[str]:
        """The words of the text, in order; unknown words fall apart into characters."""
        words: list[str] = self.tokenizer.lcut(text, HMM=False)
        return words


def make_cutter(counts: Mapping[str, int], terms: Iterable[str]) -> Cutter:
    """A cutter whose dictionary is filled by hand: jieba's own loading costs half a second."""
    frequency = dict(counts)
    frequency.update(dict.fromkeys(terms, TERM_COUNT))
    total = sum(frequency.values())
    for word in tuple(frequency):
        for end in range(1, len(word)):
            frequency.setdefault(word[:end], 0)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = frequency
    tokenizer.total = total
    tokenizer.initialized = True
    return Cutter(tokenizer=tokenizer)


def read_counts(lines: Iterable[str]) -> dict[str, int]:
    """Word counts from the lines of `words.txt`."""
    return {word: int(count) for word, count in (line.split(" ") for line in lines)}
