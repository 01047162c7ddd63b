"""Learns the model from phrases, in seconds and with numpy alone.

Softmax regression by small batches in the space of features: a batch touches some two thousand of the
forty thousand, so that one pass over all phrases costs a third of a second. What makes it understand authors
it never read: each time a phrase is seen, a part of its features is hidden, so that no meaning hangs on one
word, and the right class is to be likely, not certain. Stopping early keeps the weights small; fading them as
well was measured and loses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.features import FIRST_SYLLABLE, LAST_SYLLABLE, WORD, Keys, Sounds, keys
from intents.meanings import Meanings
from intents.model import MANY

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

HEARD, CUT = 0.7, 1.0
"""Importance of what is known by sound, and of words, where that of what is written is 1."""
FEATURES, MEANING = 0.75, 0.25
"""Shares of the similarity of two phrases; flat around here (docs/decisions)."""
BATCH = 64
PASSES = 14
FEWER_PASSES = 6
"""With very many classes: a pass takes so much longer, and time to start is bounded."""
STEP = 3.0
HIDDEN = 0.5
"""Share of the features of a phrase that is hidden each time it is learned from."""
SPREAD = 0.25
"""Share of certainty that is spread over all classes: nobody is ever quite sure."""
SEEN = 2
"""A feature that fewer phrases have tells nothing of how others write, and is kept only …"""
FEW = 30
"""… for names and for classes of so few phrases that each counts."""
ROWS = 4096
"""So many rows are rounded at once: the whole as floats once more would double the memory."""
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Phrases as sparse rows: `columns[ends[i]:ends[i + 1]]` are the features of phrase i."""

    ends: Ints
    columns: Ints
    values: Floats
    meanings: Floats
    vocabulary: Keys
    importance: Floats
    unknown: float

    @property
    def count(self) -> int:
        """How many phrases there are."""
        return len(self.ends) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What is learned: a row of class weights for each feature and each number of a meaning."""

    features: Floats
    meaning: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some phrases over the features they have, as a dense block made from rows, columns and values."""

    members: Ints
    used: Ints
    rows: Ints
    columns: Ints
    values: Floats
    meanings: Floats

    def dense(self, values: Floats) -> Floats:
        """The block with these values."""
        block = np.zeros((len(self.members), len(self.used)), dtype=np.float32)
        block[self.rows, self.columns] = values
        return block


def read_phrases(
    texts: Sequence[str],
    words: Sequence[Sequence[int]],
    sounds: Sounds,
    meanings: Meanings,
    precious: Sequence[bool],
) -> Phrases:
    """The features of normalized texts and the rows of their words; each phrase has unit length.

    All features of `precious` texts are kept; of others those that several texts have.
    """
    found = [keys(text, rows, sounds) for text, rows in zip(texts, words, strict=True)]
    sizes = [len(row) for row in found]
    every, columns, seen = np.unique(
        np.concatenate(found), return_inverse=True, return_counts=True
    )
    owners = np.repeat(np.arange(len(texts)), sizes)
    kept = seen >= SEEN
    kept[columns[np.repeat(precious, sizes)]] = True
    importance = np.log((1 + len(texts)) / (1 + seen)) + 1
    last = every & 0xFFFF
    heard = (last >= FIRST_SYLLABLE) & (last <= LAST_SYLLABLE)
    importance *= np.select([every >= WORD, heard], [CUT, HEARD], 1.0)
    unknown = (float(np.log(1 + len(texts))) + 1) * (1 + 2 * HEARD + CUT) / 4
    weighed = np.where(kept, importance, unknown)[columns]
    lengths = np.sqrt(np.bincount(owners, weighed**2, len(texts))) + 1e-9
    inside = kept[columns]
    values = (weighed * FEATURES**0.5 / lengths[owners])[inside]
    meant = np.array([meanings.of(row) for row in words], dtype=np.float32)
    return Phrases(
        ends=np.concatenate(([0], np.cumsum(np.bincount(owners[inside], minlength=len(texts))))),
        columns=(np.cumsum(kept) - 1)[columns[inside]],
        values=values.astype(np.float32),
        meanings=meant * np.float32(MEANING**0.5),
        vocabulary=every[kept],
        importance=importance[kept].astype(np.float32),
        unknown=unknown,
    )


def learn(phrases: Phrases, labels: Ints, class_count: int, members: Ints) -> Weights:
    """Weights that tell the classes of these members apart; the same each time."""
    chance = np.random.default_rng(SEED)
    batches = make_batches(phrases, chance.permutation(members))
    features = np.zeros((len(phrases.vocabulary), class_count), dtype=np.float32)
    meaning = np.zeros((phrases.meanings.shape[1], class_count), dtype=np.float32)
    passes = PASSES if class_count <= MANY else FEWER_PASSES
    total = passes * len(batches)
    order = [number for _ in range(passes) for number in chance.permutation(len(batches))]
    for turn, number in enumerate(order):
        batch = batches[number]
        values = batch.dense(partly_hidden(batch, chance))
        weights = features[batch.used]
        wrong = chances(values @ weights + batch.meanings @ meaning)
        wrong -= np.float32(SPREAD / class_count)
        wrong[np.arange(len(wrong)), labels[batch.members]] -= np.float32(1 - SPREAD)
        wrong *= np.float32(STEP * (1 - turn / total))
        weights -= values.T @ wrong
        features[batch.used] = weights
        meaning -= batch.meanings.T @ wrong
    return Weights(features=features, meaning=meaning)


def partly_hidden(batch: Batch, chance: np.random.Generator) -> Floats:
    """The values of the features without some of them, each phrase as long as before."""
    shown = batch.values * (chance.random(len(batch.values), dtype=np.float32) >= HIDDEN)
    lengths = np.sqrt(np.bincount(batch.rows, shown * shown, len(batch.members))) + 1e-6
    result: Floats = shown * (FEATURES**0.5 / lengths).astype(np.float32)[batch.rows]
    return result


def scores(phrases: Phrases, weights: Weights, members: Ints) -> Floats:
    """The scores of these members, in their order."""
    return np.concatenate(
        [
            batch.dense(batch.values) @ weights.features[batch.used]
            + batch.meanings @ weights.meaning
            for batch in make_batches(phrases, members)
        ]
    )


def known_shares(phrases: Phrases, weights: Weights, members: Ints) -> Floats:
    """The share of each member that the weights have seen."""
    seen = (weights.features.max(axis=1) > 0) | (weights.features.min(axis=1) < 0)
    values = phrases.values**2
    totals = np.add.reduceat(np.append(values, 0), phrases.ends[:-1])
    known = np.add.reduceat(np.append(values * seen[phrases.columns], 0), phrases.ends[:-1])
    shares: Floats = (known / np.maximum(totals, 1e-9))[members].astype(np.float32)
    return shares


def make_batches(phrases: Phrases, members: Ints) -> list[Batch]:
    """The members in order, so many at a time."""
    return [
        _batch(phrases, members[first : first + BATCH]) for first in range(0, len(members), BATCH)
    ]


def _batch(phrases: Phrases, members: Ints) -> Batch:
    starts, sizes = phrases.ends[members], np.diff(phrases.ends)[members]
    rows = np.repeat(np.arange(len(members)), sizes)
    places = np.arange(sizes.sum()) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
    used, columns = np.unique(phrases.columns[places], return_inverse=True)
    return Batch(
        members=members,
        used=used,
        rows=rows,
        columns=columns,
        values=phrases.values[places],
        meanings=phrases.meanings[members],
    )


def chances(scored: Floats) -> Floats:
    """Each row of scores as probabilities."""
    powers = np.exp(scored - scored.max(axis=1, keepdims=True))
    result: Floats = powers / powers.sum(axis=1, keepdims=True)
    return result


def small(weights: Floats, importance: Floats) -> tuple[NDArray[np.int8], Floats]:
    """The weights times the importance of their rows as small integers, and the unit of each row."""
    largest = np.maximum(weights.max(axis=1), -weights.min(axis=1))
    scale = np.maximum(largest * importance, np.float32(1e-9)) / 127
    rounded = np.empty(weights.shape, dtype=np.int8)
    for first in range(0, len(weights), ROWS):
        rows = slice(first, first + ROWS)
        rounded[rows] = np.rint(weights[rows] * (importance / scale)[rows, None])
    return rounded, scale
