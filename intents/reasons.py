"""Finds the words of a message that speak for a meaning, so that the person can be shown them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from intents.features import runs
from intents.model import Block

MOST = 3
LEAST = 0.15
"""Share of the strongest word's weight below which a word is not worth showing."""


def reasons(block: Block, words: Sequence[str], classes: Sequence[int]) -> list[tuple[str, ...]]:
    """For each class its strongest words of two characters or more, strongest first."""
    shown = [word for word in dict.fromkeys(words) if len(word) > 1]
    known = [
        [block.vocabulary[run] for run in runs(word) if run in block.vocabulary] for word in shown
    ]
    kept = [(word, rows) for word, rows in zip(shown, known, strict=True) if rows]
    if not kept or not classes:
        return [()] * len(classes)
    rows = np.array([row for _, found in kept for row in sorted(found)])
    starts = np.cumsum([0] + [len(found) for _, found in kept[:-1]])
    weights = block.weights[rows[:, None], np.array(classes)] * block.scale[rows, None]
    totals = np.add.reduceat(weights, starts, axis=0)
    return [_strongest([word for word, _ in kept], column) for column in totals.T.tolist()]


def _strongest(words: Sequence[str], weights: Sequence[float]) -> tuple[str, ...]:
    ranked = sorted(zip(weights, words, strict=True), key=lambda pair: -pair[0])
    least = max(ranked[0][0] * LEAST, 0.0)
    return tuple(word for weight, word in ranked[:MOST] if weight > least)
