"""Turns raw scores into what they are worth: probabilities, the confidence that a message is ours, and that the first meaning is right.

Every number here was fitted on phrases held out of learning (`intents/calibrating.py`) and is stored with
the model, so that a changed catalog calibrates itself anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TINY = 1e-4
DANGER_TEMPERATURE = 0.8
HOPELESS = 1e-3
"""Share of the best chance below which a meaning is not looked at."""
LOOKED_AT = 6
"""How many meanings are ranked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the kinds of classes lie: services, life events, acts, outside, calm, in this order."""

    services: int
    topics: int
    """End of the life events."""
    inside: int
    """End of the acts."""
    outside: int
    """End of what lies outside; what follows is danger told, never shown."""
    emergency: int
    """The class of the act, or -1 when there is none."""
    allied: Mapping[int, frozenset[int]]
    """Life event → its services and service → its life events: they do not exclude each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the scores of one message amount to."""

    scores: Floats
    known: float
    chances: Floats
    """Of each class; calm has none."""
    order: tuple[int, ...]
    """The likeliest classes that we serve, best first."""
    first: float
    kin: float
    """The best chance that goes well with the first."""
    rival: float
    """The best chance that excludes it."""
    outside: float
    """Chance of all that lies outside."""
    loudest: int
    """The likeliest class of those."""
    facts: tuple[float, ...]
    """What the confidence that it is ours is judged by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The fitted numbers; each `weights` ends with the constant."""

    temperature: float
    inside: Sequence[float]
    refused_below: float
    right: Sequence[float]
    accepted_from: float
    act_accepted_from: float
    """An act taken wrongly costs a word; a question about it costs the same."""
    danger: Sequence[float]
    danger_from: float

    def confidence(self, reading: Reading) -> float:
        """How likely the message is about anything we serve."""
        return likelihood(self.inside, reading.facts)

    def sureness(self, reading: Reading, confidence: float) -> float:
        """How likely the first meaning is right."""
        return likelihood(self.right, right_facts(reading, confidence))

    def alarm(
        self, scores: Floats, length: int, layout: Layout, *, word: bool, told: bool
    ) -> float:
        """How likely somebody is in danger now."""
        return likelihood(self.danger, danger_facts(scores, length, layout, word=word, told=told))


def likelihood(weights: Sequence[float], facts: Sequence[float]) -> float:
    """A logistic of the facts."""
    total = weights[-1] + sum(map(float.__mul__, weights, facts))
    return 1 / (1 + math.exp(-max(min(total, 50.0), -50.0)))


def probabilities(scores: Floats, temperature: float) -> Floats:
    """A probability for each class."""
    powers = np.exp((scores - scores.max()) * np.float32(1 / temperature))
    result: Floats = powers / powers.sum()
    return result


def read(
    scores: Floats,
    known: float,
    length: int,
    layout: Layout,
    temperature: float,
    *,
    ours: bool,
    silent: Sequence[int] = (),
) -> Reading:
    """The reading of one message from its scores, the share of it that is known, and its length.

    `ours` says that it has a word of this field (残疾, 轮椅); `silent` classes count for nothing.
    """
    end, outer = layout.inside, layout.outside
    chances = probabilities(scores[:outer], temperature)
    if len(silent):
        chances[list(silent)] = 0
    inside, outside = chances[:end], chances[end:]
    most = min(LOOKED_AT, end)
    likeliest = _likeliest(inside, most)
    values = inside.tolist() if end < 8 * most else {i: float(inside[i]) for i in likeliest}
    order = sorted(likeliest, key=lambda i: (-values[i], i))
    best = order[0]
    allied = layout.allied.get(best, frozenset())
    first = values[best]
    kin = next((values[i] for i in order[1:] if i in allied), 0.0)
    rival = next((values[i] for i in order[1:] if i not in allied), 0.0)
    out = float(outside.sum()) if outer > end else 0.0
    loudest = end + int(outside.argmax()) if outer > end else best
    act = float(layout.topics <= best < end)
    long = math.log(length + 1)
    lead = float(scores[best]) - (float(scores[loudest]) if outer > end else 0.0)
    facts = (
        math.log(out + TINY),
        math.log(first + TINY),
        long,
        float(ours),
        act,
        act * long,
        known,
        lead,
    )
    return Reading(
        scores=scores,
        known=known,
        chances=chances,
        order=tuple(order),
        first=first,
        kin=kin,
        rival=rival,
        outside=out,
        loudest=loudest,
        facts=facts,
    )


def _likeliest(chances: Floats, most: int) -> list[int]:
    """The places of the largest, in any order; sorting out the hopeless first is faster among thousands."""
    if len(chances) > 20 * most:
        hopeful = np.flatnonzero(chances > chances.max() * np.float32(HOPELESS))
        if len(hopeful) >= most:
            chosen: list[int] = hopeful[
                np.argpartition(-chances[hopeful], most - 1)[:most]
            ].tolist()
            return chosen
    found: list[int] = np.argpartition(-chances, most - 1)[:most].tolist()
    return found


def right_facts(reading: Reading, confidence: float) -> tuple[float, ...]:
    """What the confidence that the first meaning is right is judged by."""
    ours = min(max(confidence, 1e-6), 1 - 1e-6)
    return (
        math.log(reading.first + TINY),
        math.log(reading.first + reading.kin + TINY),
        reading.first - reading.rival,
        math.log(ours / (1 - ours)),
        *reading.facts[2:],
    )


def danger_facts(
    scores: Floats, length: int, layout: Layout, *, word: bool, told: bool
) -> tuple[float, ...]:
    """What danger now is judged by; `word` is one of danger, `told` one of the past, of fear, of news."""
    if layout.emergency < 0:
        return (float(word), float(told), *[0.0] * 9)
    end, outer = layout.topics, layout.outside
    powers = np.exp((scores - scores.max()) * np.float32(1 / DANGER_TEMPERATURE))
    chance = math.log(float(powers[layout.emergency] / powers.sum()) + TINY)
    own = float(scores[layout.emergency])
    calm = float(scores[outer:].max(initial=-9.0))
    topic = float(scores[:end].max(initial=-9.0))
    outside = float(scores[layout.inside : outer].max(initial=-9.0))
    long = math.log(length + 1)
    return (
        float(word),
        float(told),
        own,
        own - calm,
        own - topic,
        own - outside,
        long,
        float(word and told),
        word * long,
        chance,
        word * chance,
    )
