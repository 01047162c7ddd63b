"""Turns raw scores into what they are worth: probabilities, the confidence that a message is ours, and that the first meaning is right.

Every number here was fitted on phrases held out of learning (`intents/calibrating.py`) and is stored with
the model, so that a changed catalog calibrates itself anew.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TINY = 1e-4
DANGER_TEMPERATURE = 0.8
HOPELESS = 5e-4
"""A meaning below this chance is not looked at."""
LOOKED_AT = 6
"""How many meanings are ranked."""
MANY, LIKELY = 12, 0.01
"""Of so many only the likely are put in order, if those are enough."""


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
    chances: Mapping[int, float]
    """Of each class that is not hopeless; calm has none."""
    order: Sequence[int]
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
class Alarming:
    """What word lists alone can tell of danger."""

    word: bool
    """A word of danger."""
    told: bool
    """A word of the past, of fear or of news."""
    pressing: tuple[float, float]
    """Danger put together from parts, and haste."""


Threat = tuple[float, float, float, float, float, float]
"""What the scores tell of danger: that of the emergency, its lead before danger told, before the topics and before
what lies outside, the length of the message and the chance of the emergency (both as logarithms)."""


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

    def alarm(self, threat: Threat, heard: Alarming) -> float:
        """How likely somebody is in danger now."""
        return likelihood(self.danger, danger_facts(threat, heard))

    def worst_alarm(self, threat: Threat, *, word: bool, told: bool) -> float:
        """How likely it would be if danger put together from parts, which is slow to find, or haste were there."""
        heard = Alarming(word=word, told=told, pressing=(0.0, 0.0))
        total = logit(self.danger, danger_facts(threat, heard))
        composed = self.danger[2] + self.danger[5] * told
        urgent = self.danger[3]
        return logistic(total + max(0.0, composed, urgent, composed + urgent + self.danger[6]))


def likelihood(weights: Sequence[float], facts: Sequence[float]) -> float:
    """A logistic of the facts."""
    return logistic(logit(weights, facts))


def logit(weights: Sequence[float], facts: Sequence[float]) -> float:
    """The weighed sum of the facts."""
    return weights[-1] + sum(map(float.__mul__, weights, facts))


def logistic(total: float) -> float:
    """A weighed sum as a likelihood."""
    return 1 / (1 + math.exp(-max(min(total, 50.0), -50.0)))


def probabilities(scores: Floats, temperature: float) -> Floats:
    """A probability for each class."""
    powers: Floats = scores - np.maximum.reduce(scores)
    powers *= np.float32(1 / temperature)
    np.exp(powers, out=powers)
    powers /= np.add.reduce(powers)
    return powers


def read(
    scores: Floats,
    known: float,
    length: int,
    layout: Layout,
    temperature: float,
    *,
    signs: Sequence[float],
    silent: Sequence[int] = (),
) -> Reading:
    """The reading of one message from its scores, the share of it that is known, and its length.

    `signs` say whether it has a word of this field (残疾, 轮椅) or one that speaks against it; `silent`
    classes count for nothing.
    """
    end = layout.inside
    every = probabilities(scores[: layout.outside], temperature)
    if len(silent):
        every[list(silent)] = 0
    places = (every > HOPELESS).nonzero()[0].tolist()
    values = every.tolist()
    chances = {i: values[i] for i in places}
    ours = places[: bisect_left(places, end)]
    if len(ours) > MANY:
        likely = [i for i in ours if values[i] > LIKELY]
        ours = likely if len(likely) >= LOOKED_AT else ours
    order = sorted(ours, key=values.__getitem__, reverse=True)[:LOOKED_AT]
    order = order or [int(every[:end].argmax())]
    best = order[0]
    first = chances.get(best, 0.0)
    allied = layout.allied.get(best, frozenset())
    kin = rival = 0.0
    for i in reversed(order[1:]):
        if i in allied:
            kin = values[i]
        else:
            rival = values[i]
    beyond = values[end:]
    out = sum(beyond)
    loudest = end + beyond.index(max(beyond)) if beyond else best
    act = float(layout.topics <= best < end)
    long = math.log(length + 1)
    lead = float(scores[best]) - (float(scores[loudest]) if beyond else 0.0)
    return Reading(
        scores=scores,
        known=known,
        chances=chances,
        order=order,
        first=first,
        kin=kin,
        rival=rival,
        outside=out,
        loudest=loudest,
        facts=(
            math.log(out + TINY),
            math.log(first + TINY),
            long,
            act,
            act * long,
            known,
            lead,
            *signs,
        ),
    )


def right_facts(reading: Reading, confidence: float) -> tuple[float, ...]:
    """What the confidence that the first meaning is right is judged by."""
    ours = min(max(confidence, 1e-6), 1 - 1e-6)
    return (
        math.log(reading.first + TINY),
        math.log(reading.first + reading.kin + TINY),
        reading.first - reading.rival,
        math.log(max(1 - reading.first - reading.kin, 0.0) + TINY),
        math.log(ours / (1 - ours)),
        *reading.facts[2:],
    )


def threat_in(scores: Floats, length: int, layout: Layout) -> Threat:
    """What the scores of a message of this length tell of danger."""
    if layout.emergency < 0:
        return (0.0,) * 6
    end, outer = layout.topics, layout.outside
    values = scores.tolist()
    own = values[layout.emergency]
    chance = float(probabilities(scores, DANGER_TEMPERATURE)[layout.emergency])
    return (
        own,
        own - max(-9.0, *values[outer:]),
        own - max(-9.0, *values[:end]),
        own - max(-9.0, *values[layout.inside : outer]),
        math.log(length + 1),
        math.log(chance + TINY),
    )


def danger_facts(threat: Threat, heard: Alarming) -> tuple[float, ...]:
    """What danger now is judged by; `Calibration.worst_alarm` knows where the words stand."""
    word, told, composed, urgent = map(float, (heard.word, heard.told, *heard.pressing))
    words = (word, told, composed, urgent, word * told, composed * told, composed * urgent)
    *scored, long, chance = threat
    return (*words, *scored, long, word * long, chance, word * chance)
