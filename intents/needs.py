"""Finds the separate needs of a message that has several, in the order they are mentioned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from intents.calibration import Layout, Reading, probabilities
from intents.model import Model

CLAUSE_SURE = 0.30
"""A clause names a need of its own from this probability on …"""
WHOLE_PLAUSIBLE = 0.05
"""… if the whole message gives it at least this much …"""
CLAUSE_CERTAIN = 0.80
"""… or, whatever the whole message says, from this probability on."""
CLEARLY = 4.0
"""A clause names another need than the best when it speaks so many times louder for it."""
BEST_BESIDE = 0.15
"""The best service of the whole message is a need even if no clause alone says so."""
ALONE = 0.7
"""Above this the whole message means one thing."""
SHORTEST = 3
MOST_CLAUSES = 24
"""A longer list than anybody files at once; keeps the time of one message bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message made ready for scoring."""

    normalized: str
    kept: str
    """What is left of the plain message once the denied part is cut."""
    every: list[str]
    """Its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part that could hold a need of its own."""

    normalized: str
    words: list[int]
    """Rows of its words."""


def may_be_several(reading: Reading, layout: Layout) -> bool:
    """Whether it is worth looking at the clauses at all."""
    return reading.first < ALONE or any(
        i < layout.services and reading.chances[i] >= WHOLE_PLAUSIBLE for i in reading.order[1:]
    )


def needs(
    clauses: Iterable[Clause], reading: Reading, model: Model, layout: Layout
) -> tuple[str, ...]:
    """Ids of the services that clauses ask for; at least the best service of the whole."""
    chances = reading.chances[: layout.services]
    if not len(chances):
        return ()
    best = int(chances.argmax())
    found = list(dict.fromkeys(_clause_needs(clauses, best, reading, model, layout)))
    if best not in found and (not found or chances[best] >= BEST_BESIDE):
        found.insert(0, best)
    return tuple(model.labels[i].id for i in found)


def _clause_needs(
    clauses: Iterable[Clause], best: int, reading: Reading, model: Model, layout: Layout
) -> Iterator[int]:
    """The service that each clause alone is sure of."""
    heard = [(c.normalized, c.words) for c in clauses if len(c.normalized) >= SHORTEST]
    if not heard:
        return
    for scored in model.score_each(heard[:MOST_CLAUSES]):
        alone = probabilities(scored[: layout.outside], model.calibration.temperature)
        i = int(alone.argmax())
        if i >= layout.services:
            continue
        if i != best and alone[i] < CLEARLY * alone[best]:
            continue  # the best service explains this clause as well
        whole = float(reading.chances[i])
        if alone[i] >= CLAUSE_CERTAIN or (alone[i] >= CLAUSE_SURE and whole >= WHOLE_PLAUSIBLE):
            yield i
