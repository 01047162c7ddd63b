"""Finds the words of a message that speak for a meaning, so that the person can be shown them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from intents.features import codes
from intents.model import Model

MOST = 3
LEAST = 0.15
"""Share of the strongest word's weight below which a word is not worth showing."""


def reasons(model: Model, words: Sequence[str], classes: Sequence[int]) -> list[tuple[str, ...]]:
    """For each class its strongest words of two characters or more, strongest first."""
    shown = [word for word in dict.fromkeys(words) if len(word) > 1]
    if not shown or not classes:
        return [()] * len(classes)
    characters = codes("".join(shown)).astype(np.int64)
    owner = np.repeat(np.arange(len(shown)), [len(word) for word in shown])
    pairs = (characters[:-1] << 16) | characters[1:]
    at = model.vocabulary.searchsorted(pairs)
    fits = (owner[:-1] == owner[1:]) & (model.vocabulary.take(at, mode="clip") == pairs)
    rows, owner = at[fits], owner[:-1][fits]
    weights = model.says(rows, classes)
    return [
        _strongest(shown, np.bincount(owner, weights=column, minlength=len(shown)).tolist())
        for column in weights.T
    ]


def _strongest(words: Sequence[str], weights: Sequence[float]) -> tuple[str, ...]:
    ranked = sorted(zip(weights, words, strict=True), key=lambda pair: -pair[0])
    least = max(ranked[0][0] * LEAST, 0.0)
    return tuple(word for weight, word in ranked[:MOST] if weight > least)
