"""Cuts text into words with jieba, whose dictionary is our own small one: common words and the catalog's terms.

jieba's own 349,000 words take 0.6 s and 60 MB; ours are put into its tokenizer as they lie in the cache, so that
it opens no file of its own and writes none. It guesses no new words: guesses differ from what was learned.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import repeat
from math import exp, log
from types import ModuleType
from typing import Any, cast

_LETTER = re.compile("[0-9A-Za-z]")
_PRIVATE = "\ue000"
"""Private characters, which stand for numbers, begin here."""


class Paths:
    """jieba's search for the likeliest cut, with the logarithm of every share taken beforehand.

    It chooses as jieba does, in half the time. `FREQ` maps a word to its number, from 1, and what only begins
    words to 0: one table of words serves the cut and the meanings.
    """

    FREQ: Mapping[str, int]
    logs: array[float]
    """Logarithm of the share of each word in other texts, by number; first that of a word never seen."""

    def _Tokenizer__cut_DAG_NO_HMM(self, sentence: str) -> list[str]:  # noqa: N802 - jieba's own name
        """The words of a run of characters; letters that make no word stay together."""
        ends, size = self._ends(sentence), len(sentence)
        words: list[str] = []
        start, letters = 0, False
        if not _LETTER.search(sentence):
            while start < size:
                end = ends[start]
                words.append(sentence[start:end])
                start = end
            return words
        while start < size:
            word = sentence[start : ends[start]]
            start = ends[start]
            if letters and len(word) == 1 and word.isascii() and word.isalnum():
                words[-1] += word
                continue
            words.append(word)
            letters = len(word) == 1 and word.isascii() and word.isalnum()
        return words

    def _ends(self, sentence: str) -> list[int]:
        """Where the first word of the best cut of the rest ends, for each place."""
        number_of, logs, size = self.FREQ.get, self.logs, len(sentence)
        never, best, start = logs[0], 0.0, size
        weights = [0.0] * (size + 1)
        ends = [0] * size
        follower = ""
        for character in reversed(sentence):
            last = end = start
            start -= 1
            single = number_of(character)
            best += logs[single] if single else never
            number = number_of(character + follower) if follower else None
            follower = character
            while number is not None:
                end += 1
                if number:
                    weight = logs[number] + weights[end]
                    if weight >= best or not single:
                        best, last, single = weight, end, number
                if end == size:
                    break
                number = number_of(sentence[start : end + 1])
            weights[start] = best
            ends[start] = last
        return ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """A tokenizer that never opens a file."""

    tokenizer: Any
    """A `jieba.Tokenizer`; the package has no types."""
    known: int
    """So many words, the first, have a row in the table of meanings."""

    def cut(self, text: str) -> list[str]:
        """The words of the text, in order; unknown words fall apart into characters."""
        # What jieba does around this search is to look for gaps, which no word has: a third of the time.
        words: list[str] = self.tokenizer._Tokenizer__cut_DAG_NO_HMM(text)  # noqa: SLF001
        return words

    def share(self, word: str) -> float:
        """The share of a word in other texts, 0..1."""
        number: int = self.tokenizer.FREQ.get(word, 0)
        return exp(self.tokenizer.logs[number]) if number else 0.0

    def rows(self, words: Iterable[str]) -> list[int]:
        """The rows of those words that have one."""
        return [row for row in self.row_of_each(words) if row >= 0]

    def row_of_each(self, words: Iterable[str]) -> list[int]:
        """The row of each word, -1 where it has none."""
        number_of, known = self.tokenizer.FREQ.get, self.known
        return [n - 1 if n <= known else -1 for n in map(number_of, words, repeat(0))]


def make_cutter(words: Sequence[str], counts: Sequence[int], known: int) -> Cutter:
    """A cutter from words with their counts, of which the first `known` have rows.

    What only begins words has count 0, as jieba wants it.
    """
    tokenizer = type("Tokenizer", (Paths, _import_jieba().Tokenizer), {})()
    total = log(sum(counts) or 1)
    tokenizer.FREQ = {
        word: number if count else 0
        for number, (word, count) in enumerate(zip(words, counts, strict=True), 1)
    }
    tokenizer.logs = array("d", (log(count or 1) - total for count in (0, *counts)))
    tokenizer.initialized = True
    return Cutter(tokenizer=tokenizer, known=known)


def read_counts(lines: Iterable[str], terms: Iterable[str]) -> tuple[list[str], list[int], int]:
    """The words of `words.txt`, then the terms, then what only begins words; their counts; how many have rows.

    A term gets the least count at which jieba keeps it whole; jieba cuts at a private character (满18年).
    """
    counts = {word: int(count) for word, count in (line.split(" ") for line in lines)}
    beginnings = _beginnings(counts)
    every = counts | dict.fromkeys(beginnings - counts.keys(), 0)
    tokenizer = _import_jieba().Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = every, sum(every.values()), True
    for term in terms:
        if term not in counts:
            tokenizer.add_word(term)
            counts[term] = tokenizer.FREQ[term] if max(term) < _PRIVATE else 0
    known = len(counts)
    counts |= dict.fromkeys(sorted(_beginnings(counts) - counts.keys()), 0)
    return list(counts), list(counts.values()), known


def _beginnings(words: Iterable[str]) -> set[str]:
    return {word[:end] for word in words for end in range(1, len(word))}


class _Later(ModuleType):
    """A module that is imported when something is asked of it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def _import_jieba() -> ModuleType:
    """The package without what a start need not load.

    `pkg_resources` it can do without; the tables by which it guesses words (3 MB, 20 ms) come when another
    room guesses.
    """
    modules = cast("dict[str, Any]", sys.modules)
    spared = {"pkg_resources": None, "jieba.finalseg": _Later("jieba.finalseg")}
    added = [name for name in spared if name not in modules]
    modules.update(
        {name: spared[name] for name in added}
    )  # None makes the import fail, as jieba expects
    try:
        import jieba  # noqa: PLC0415
    finally:
        for name in added:
            del modules[name]
    jieba.setLogLevel(jieba.logging.WARNING)
    module: ModuleType = jieba
    return module
