"""Finds the words of a message that speak for a meaning, so that the person can be shown them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import overload

import numpy as np

from intents.model import Model

MOST = 3
LEAST = 0.15
"""Share of the strongest word's weight below which a word is not worth showing."""


class Later(Sequence[str]):
    """Words that are found when somebody asks for them: most candidates are never explained."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], tuple[str, ...]]) -> None:
        self._find = find
        self._found: tuple[str, ...] | None = None

    def _words(self) -> tuple[str, ...]:
        if self._found is None:
            self._found = self._find()
        return self._found

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self._words()[at]

    def __len__(self) -> int:
        return len(self._words())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Later):
            return self._words() == other._words()
        return self._words() == other

    def __hash__(self) -> int:
        return hash(self._words())

    def __repr__(self) -> str:
        return repr(self._words())

    def __reduce__(self) -> tuple[type[tuple[str, ...]], tuple[tuple[str, ...]]]:
        return tuple, (self._words(),)


def reasons(model: Model, words: Sequence[str], number: int) -> tuple[str, ...]:
    """The strongest words of two characters or more for this class, strongest first."""
    shown = [word for word in dict.fromkeys(words) if len(word) > 1]
    if not shown:
        return ()
    pairs = [ord(a) | (ord(b) << 16) for word in shown for a, b in pairwise(word)]
    sought = np.array(pairs, dtype=np.uint32)
    at = model.vocabulary.searchsorted(sought)
    fits = model.vocabulary.take(at, mode="clip") == sought
    weights = model.says(at * fits, number) * fits
    ends = list(accumulate(len(word) - 1 for word in shown))
    return _strongest(shown, np.add.reduceat(weights, [0, *ends[:-1]]).tolist())


def _strongest(words: Sequence[str], weights: Sequence[float]) -> tuple[str, ...]:
    ranked = sorted(range(len(words)), key=weights.__getitem__, reverse=True)[:MOST]
    least = max(weights[ranked[0]] * LEAST, 0.0)
    return tuple(words[i] for i in ranked if weights[i] > least)
