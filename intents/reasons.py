"""Finds the words of a message that speak for a meaning, so that the person can be shown them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from intents.model import Model

MOST = 3
LEAST = 0.15
"""Share of the strongest word's weight below which a word is not worth showing."""


def reasons(model: Model, words: Sequence[str], classes: Sequence[int]) -> list[tuple[str, ...]]:
    """For each class its strongest words of two characters or more, strongest first."""
    shown = [word for word in dict.fromkeys(words) if len(word) > 1]
    if not shown or not classes:
        return [()] * len(classes)
    pairs = [ord(a) | (ord(b) << 16) for word in shown for a, b in pairwise(word)]
    sought = np.array(pairs, dtype=np.uint32)
    at = model.vocabulary.searchsorted(sought)
    fits = model.vocabulary.take(at, mode="clip") == sought
    weights = model.says(at * fits, classes)
    weights *= fits[:, None]
    ends = list(accumulate(len(word) - 1 for word in shown))
    sums = np.add.reduceat(weights, [0, *ends[:-1]], axis=0)
    return [_strongest(shown, column) for column in sums.T.tolist()]


def _strongest(words: Sequence[str], weights: Sequence[float]) -> tuple[str, ...]:
    ranked = sorted(range(len(words)), key=weights.__getitem__, reverse=True)[:MOST]
    least = max(weights[ranked[0]] * LEAST, 0.0)
    return tuple(words[i] for i in ranked if weights[i] > least)
