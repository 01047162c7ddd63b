"""Finds the separate needs of a message that has several, in the order they are mentioned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.bands import Bands
from intents.model import Model

Floats = NDArray[np.float32]

CLAUSE_SURE = 0.30
"""A clause names a need of its own from this probability on …"""
WHOLE_PLAUSIBLE = 0.05
"""… if the whole message gives it at least this much."""
BEST_BESIDE = 0.15
"""The best service of the whole message is a need even if no clause alone says so."""
SHORTEST = 3
MOST_CLAUSES = 24
"""A longer list than anybody files at once; keeps the time of one message bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message taken apart for scoring."""

    normalized: str
    clauses: tuple[str, ...]
    words: tuple[list[str], ...]
    """The words of each clause."""
    every: list[str]


def needs(heard: Heard, chances: Floats, model: Model, bands: Bands) -> tuple[str, ...]:
    """Ids of the services that clauses ask for; at least the best service of the whole."""
    labels = model.labels
    found: list[str] = []
    if len(heard.clauses) > 1:
        for clause, words in list(zip(heard.clauses, heard.words, strict=True))[:MOST_CLAUSES]:
            if len(clause) < SHORTEST:
                continue
            alone = bands.probabilities(model.score(clause, words))
            i = int(np.argmax(alone))
            label = labels[i]
            plausible = alone[i] >= CLAUSE_SURE and chances[i] >= WHOLE_PLAUSIBLE
            if label.kind == "service" and plausible and label.id not in found:
                found.append(label.id)
    best = max(
        (i for i, label in enumerate(labels) if label.kind == "service"),
        key=lambda i: float(chances[i]),
    )
    if labels[best].id in found or (found and chances[best] < BEST_BESIDE):
        return tuple(found)
    return (labels[best].id, *found)
