"""Fits the calibration on phrases held out of learning.

Phrases of one author stand together in the catalog. So every class is held out in contiguous parts: what is
measured is how well somebody is understood whose phrases nobody has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.calibration import (
    Alarming,
    Calibration,
    Layout,
    Reading,
    danger_facts,
    likelihood,
    read,
    right_facts,
    threat_in,
)
from intents.model import MANY
from intents.training import Phrases, known_shares, learn, scores

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PARTS = 3
"""How often the phrases are learned without a part of them."""
TEMPERATURES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
REFUSED = 0.09
"""Share of held-out phrases of ours that may be refused: they are harder than what people write."""
CLAIMED = 0.005
"""Share of held-out phrases that are not ours that may be accepted without a question."""
MISTAKEN = 0.02
"""Share of what is accepted that may be wrong, on the same hard phrases."""
ACT_MISTAKEN = 0.08
STEPS = 25
ALARMED = 0.0175
"""Share of held-out needs that may be taken for danger: a miss costs a life, a false alarm a tap, and half of
these speak of danger themselves (how does a deaf person call the fire brigade)."""
HOLD, RARE_HOLD = 1e-3, 1e-5
"""How strongly weights are held down; less where what is looked for is rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What is known of each phrase besides its features."""

    labels: Ints
    lengths: Sequence[int]
    """Characters of the phrase as written."""
    signs: Sequence[tuple[float, ...]]
    """Whether it has a word of this field, or one that speaks against it."""
    named: Bools
    """Names and fixed forms. Names of topics are held out as well: they are what short requests look like."""
    plain_lengths: Sequence[int]
    """Characters of the phrase in plain form."""
    alarming: Sequence[Alarming]
    """What its words tell of danger."""


def calibrate(
    phrases: Phrases, examples: Examples, layout: Layout, class_count: int
) -> Calibration:
    """The calibration for a model of these phrases."""
    held, scored, known = _held_out(phrases, examples, layout.topics, class_count)
    labels = examples.labels[held]
    danger, danger_from = _alarm(held, scored, examples, layout)
    kept = labels < layout.outside
    held, scored, known, labels = held[kept], scored[kept], known[kept], labels[kept]
    temperature = _temperature(scored, labels, layout)
    readings = [
        read(row, float(share), examples.lengths[i], layout, temperature, signs=examples.signs[i])
        for row, share, i in zip(scored, known, held.tolist(), strict=True)
    ]
    inside = labels < layout.inside
    said = ~examples.named[held]
    judged = _fit(np.array([reading.facts for reading in readings]), inside)
    confidence = [likelihood(judged, reading.facts) for reading in readings]
    facts = np.array([right_facts(r, c) for r, c in zip(readings, confidence, strict=True)])
    right = inside & _right(readings, labels, layout)
    trusted = _fit(facts, right)
    sure = np.array([likelihood(trusted, row) for row in facts.tolist()])
    topic = np.array([reading.order[0] < layout.topics for reading in readings])
    claims = int(CLAIMED * (~inside).sum())
    return Calibration(
        temperature=temperature,
        inside=judged,
        refused_below=float(np.quantile(np.array(confidence)[inside & said], REFUSED)),
        right=trusted,
        accepted_from=_threshold(sure[topic], right[topic], inside[topic], MISTAKEN, claims),
        act_accepted_from=_threshold(
            sure[~topic], right[~topic], inside[~topic], ACT_MISTAKEN, claims
        ),
        danger=danger,
        danger_from=danger_from,
    )


def _alarm(
    held: Ints, scored: Floats, examples: Examples, layout: Layout
) -> tuple[tuple[float, ...], float]:
    """How danger now is told from everything else, and from where it counts."""
    facts = np.array(
        [
            danger_facts(threat_in(row, examples.plain_lengths[i], layout), examples.alarming[i])
            for row, i in zip(scored, held.tolist(), strict=True)
        ]
    )
    labels = examples.labels[held]
    weights = _fit(facts, labels == layout.emergency, RARE_HOLD)
    alarm = np.array([likelihood(weights, row) for row in facts.tolist()])
    return weights, float(
        np.quantile(alarm[(labels < layout.topics) & ~examples.named[held]], 1 - ALARMED)
    )


def _held_out(
    phrases: Phrases, examples: Examples, topics: int, class_count: int
) -> tuple[Ints, Floats, Floats]:
    """Each phrase that is no fixed form, its scores and known share from a model that never saw it."""
    part = _parts(examples, class_count)
    fixed = examples.named & (examples.labels >= topics)
    found, scored, known = [], [], []
    for number in range(PARTS if class_count <= MANY else 1):
        out = (part == number) & ~fixed
        members = np.flatnonzero(out)
        weights = learn(phrases, examples.labels, class_count, np.flatnonzero(~out))
        found.append(members)
        scored.append(scores(phrases, weights, members))
        known.append(known_shares(phrases, weights, members))
    return np.concatenate(found), np.concatenate(scored), np.concatenate(known)


def _parts(examples: Examples, class_count: int) -> Ints:
    """The number of the contiguous part of its class that each phrase is in; names are in all in turn."""
    part = np.zeros(len(examples.labels), dtype=np.int64)
    for label in range(class_count):
        members = examples.labels == label
        names, said = (
            np.flatnonzero(members & examples.named),
            np.flatnonzero(members & ~examples.named),
        )
        part[names] = np.arange(len(names)) % PARTS
        part[said] = np.arange(len(said)) * PARTS // max(len(said), 1)
    return part


def _temperature(scored: Floats, labels: Ints, layout: Layout) -> float:
    """The temperature at which the labels are likeliest."""
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        raised = scored[:, : layout.outside] / np.float32(temperature)
        raised -= raised.max(axis=1, keepdims=True)
        return float((np.log(np.exp(raised).sum(axis=1)) - raised[rows, labels]).sum())

    return min(TEMPERATURES, key=loss)


def _right(readings: Sequence[Reading], labels: Ints, layout: Layout) -> Bools:
    """Whether the first meaning is the label or goes well with it."""
    none: frozenset[int] = frozenset()
    return np.array(
        [
            r.order[0] == label or label in layout.allied.get(r.order[0], none)
            for r, label in zip(readings, labels.tolist(), strict=True)
        ]
    )


def _fit(facts: Doubles, truth: Bools, hold: float = HOLD) -> tuple[float, ...]:
    """Weights of a logistic, the constant last (Newton's method on standardized facts)."""
    middle, spread = facts.mean(axis=0), facts.std(axis=0) + 1e-9
    rows = np.column_stack(((facts - middle) / spread, np.ones(len(facts))))
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (truth - chance) - hold * len(rows) * weights
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows
        weights += np.linalg.solve(bend + hold * len(rows) * np.eye(len(weights)), slope)
    plain = weights[:-1] / spread
    return (*plain.tolist(), float(weights[-1] - plain @ middle))


def _threshold(
    sureness: Doubles, right: Bools, inside: Bools, mistaken: float, claims: int
) -> float:
    """The least sureness at which neither too large a share is wrong nor too many outside are accepted."""
    order = np.argsort(-sureness, kind="stable")
    wrong = np.cumsum(~right[order] & inside[order]) / np.maximum(np.cumsum(inside[order]), 1)
    claimed = np.cumsum(~inside[order])
    fine = np.flatnonzero((wrong <= mistaken) & (claimed <= claims))
    return float(sureness[order[fine[-1]]]) if len(fine) else 1.0
