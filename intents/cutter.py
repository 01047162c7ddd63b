"""Cuts text into words with jieba, using a small dictionary of our own."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """A jieba tokenizer that never opens a file."""

    tokenizer: Any
    numbers: Mapping[str, int]
    """Word → its row in the table of meanings."""

    def cut(self, text: str) -> list[str]:
        """The words of the text, in order; unknown words fall apart into characters."""
        words: list[str] = self.tokenizer.lcut(text, HMM=False)
        return words

    def rows(self, words: Iterable[str]) -> list[int]:
        """The rows of those words that have one."""
        numbers = self.numbers
        return [numbers[word] for word in words if word in numbers]


def make_cutter(words: Sequence[str], frequency: Mapping[str, int]) -> Cutter:
    """A cutter whose dictionary is filled by hand: jieba's own loading costs half a second."""
    tokenizer = _jieba().Tokenizer()
    tokenizer.FREQ = frequency
    tokenizer.total = sum(frequency.values())
    tokenizer.initialized = True
    return Cutter(tokenizer=tokenizer, numbers=dict(zip(words, range(len(words)), strict=True)))


def _jieba() -> Any:
    """The jieba package, without setuptools, which it takes 0.1 s to ask for files it never opens here."""
    absent = "pkg_resources" not in sys.modules
    if absent:
        sys.modules["pkg_resources"] = None  # type: ignore[assignment]
    try:
        import jieba  # noqa: PLC0415
    finally:
        if absent:
            del sys.modules["pkg_resources"]
    return jieba


def read_frequency(lines: Iterable[str]) -> tuple[list[str], dict[str, int]]:
    """The words of `words.txt`, and the count of each and (zero) of each beginning of one."""
    counts = {word: int(count) for word, count in (line.split(" ") for line in lines)}
    frequency = dict(counts)
    for word in counts:
        for end in range(1, len(word)):
            frequency.setdefault(word[:end], 0)
    return list(counts), frequency
