"""Finds the separate needs of a message that has several, in the order they are mentioned."""

from __future__ import annotations

from collections.abc import Iterator
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
MOST_NEEDS = 10
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
    ranked = [(float(chances[i]), i) for i in np.argsort(-chances)[:MOST_NEEDS].tolist()]
    services = [(chance, i) for chance, i in ranked if labels[i].kind == "service"]
    if not services:
        return ()
    best_chance, best = services[0]
    plausible = {i for chance, i in services if chance >= WHOLE_PLAUSIBLE}
    if len(plausible) < 2 or len(heard.clauses) < 2:
        return (labels[best].id,)
    found = list(dict.fromkeys(i for i in _clause_needs(heard, model, bands) if i in plausible))
    if best not in found and (not found or best_chance >= BEST_BESIDE):
        found.insert(0, best)
    return tuple(labels[i].id for i in found)


def _clause_needs(heard: Heard, model: Model, bands: Bands) -> Iterator[int]:
    """The class that each clause alone is sure of."""
    for clause, words in list(zip(heard.clauses, heard.words, strict=True))[:MOST_CLAUSES]:
        if len(clause) >= SHORTEST:
            alone = bands.probabilities(model.score(clause, words))
            i = int(np.argmax(alone))
            if alone[i] >= CLAUSE_SURE:
                yield i
