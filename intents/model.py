"""The linear model as a value: it gives every class a score for a normalized message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Calibration
from intents.danger import Dangers
from intents.features import Keys, Owners, Sounds, all_keys, distinct, owners_of
from intents.meanings import Meanings, Meant

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_NONE = np.zeros((0, 0), dtype=np.float32)
LIKELY = 64
"""Of very many classes, so many, the likeliest by their characters, are also weighed by meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a class of the model stands for."""

    kind: str
    """service, life_event, act, outside or calm."""
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Parts of a text that are scored by themselves."""

    count: int
    characters: bytes
    """The part, from 1, of each character of the text; 0 where it is of none. Two parts never touch."""
    words: bytes
    """The part of each word that has a row; 0 where it lies in none whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The features of one text, looked up: what is scored from them need not be looked up again."""

    every: Keys
    """All of them, as they stand in it."""
    keys: Keys
    """Each once, rising."""
    rows: Ints
    """The row of each; one behind the last where no phrase has it."""
    fits: NDArray[np.bool_]
    """Whether some phrase has it."""
    squares: Floats
    """What each adds to the squared length of a text."""
    scale: Floats
    """Of the weights of each; 0 where no phrase has it."""
    weights: Floats
    """The rows of weights; none when only the strongest are kept."""
    words: Meant
    """The meanings of its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the model makes of one text."""

    scores: Floats
    """One for each class."""
    known: float
    """Share of the text that some phrase has, 0..1."""
    length: float
    """Of all its features together: scores are divided by it."""
    looked: Looked
    """Its features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What each feature of a text, and the meaning of its words, says for each class."""

    labels: tuple[Label, ...]
    sounds: Sounds
    meanings: Meanings
    vocabulary: Keys
    """Keys of the known features, rising."""
    squares: Floats
    """What each adds to the squared length of a text, and last what one adds that no phrase has."""
    unknown: float
    """The last of those: strange words lower every score."""
    weights: NDArray[np.int8]
    """One row a feature, in units of its `scale`: a quarter of the memory of floats."""
    scale: Floats
    """One for each feature, and last 0."""
    by_meaning: Floats
    """One row for each class, one column for each number of a meaning."""
    dangers: Dangers
    strongest: NDArray[np.uint16] | None = None
    """With very many classes only the strongest weights of a feature are kept: the classes of each."""
    calibration: Calibration

    def score(self, normalized: str, words: Sequence[int]) -> Scored:
        """Scores of a text and the rows of its words."""
        known = np.array(words, dtype=np.int64)
        every = all_keys(normalized, known, self.sounds)
        return self._scored(every, self.meanings.each(known))

    def dangers_of(self, scored: Scored) -> Floats:
        """How much a text speaks for each group of danger."""
        looked, dangers = scored.looked, self.dangers
        length = float(np.add.reduce(looked.squares)) ** 0.5 or 1.0
        kept = dangers.weights.take(looked.rows[looked.fits], axis=0)
        found: Floats = kept.sum(axis=0, dtype=np.float32) / np.float32(length)
        return found + dangers.by_meaning @ looked.words.together()

    def _scored(self, every: Keys, words: Meant) -> Scored:
        """Scores of features and the meanings of words."""
        looked = self._look_up(every, words)
        total = float(np.add.reduce(looked.squares)) or 1e-9
        strange = len(looked.fits) - int(np.count_nonzero(looked.fits))
        heard = max(total - strange * self.unknown, 0.0) if len(looked.keys) else 0.0
        scores = self._added(looked)
        scores *= np.float32(total**-0.5)
        if len(words.shares):
            self._add_meaning(scores, words.together())
        return Scored(scores=scores, known=heard / total, length=total**0.5, looked=looked)

    def _look_up(self, every: Keys, words: Meant) -> Looked:
        """The features with their rows."""
        keys = distinct(np.sort(every))
        at = self.vocabulary.searchsorted(keys)
        fits = self.vocabulary.take(at, mode="clip") == keys
        rows = np.where(fits, at, len(self.vocabulary))
        weights = _NONE
        if self.strongest is None:
            weights = self.weights.take(rows, axis=0, mode="clip").astype(np.float32)
        return Looked(
            every=every,
            keys=keys,
            rows=rows,
            fits=fits,
            squares=self.squares.take(rows),
            scale=self.scale.take(rows),
            weights=weights,
            words=words,
        )

    def _added(self, looked: Looked) -> Floats:
        """The sums of the weights of features for each class."""
        if self.strongest is None:
            sums: Floats = looked.scale @ looked.weights
            return sums
        rows = np.minimum(looked.rows, len(self.weights) - 1)
        weights = self.weights[rows] * looked.scale[:, None]
        classes = self.strongest[rows].ravel()
        added = np.bincount(classes, weights=weights.ravel(), minlength=len(self.labels))
        return added.astype(np.float32)

    def _add_meaning(self, scores: Floats, meaning: Floats) -> None:
        """Adds what the meaning says; among very many classes for the likeliest only."""
        if self.strongest is None:
            scores += self.by_meaning @ meaning
            return
        likely = np.argpartition(scores, -LIKELY)[-LIKELY:]
        scores[likely] += self.by_meaning[likely] @ meaning

    def says(self, rows: Ints, number: int) -> Floats:
        """What each of these features says for this class."""
        if self.strongest is None:
            says: Floats = self.weights[rows, number] * self.scale.take(rows)
            return says
        weights = self.weights[rows] * self.scale[rows, None]
        found: Floats = np.where(self.strongest[rows] == number, weights, 0).sum(axis=1)
        return found

    def score_parts(self, parts: Parts, whole: Scored) -> Floats:
        """The scores of parts of one text, each as if it stood alone, one row a part.

        What a part has, the whole has as well, so that nothing need be looked up again.
        """
        looked, count = whole.looked, parts.count
        owners = owners_of(parts.characters, parts.words)
        has = self._has(looked.every, owners, looked, count)
        scores = self._added_each(has, looked, self._lengths(has, looked))
        self._add_meanings(scores, looked.words.of_each(parts.words, count), whole.scores)
        return scores

    def _has(self, every: Keys, owners: Owners, looked: Looked, count: int) -> Floats:
        """1 for each feature that each of so many owners, from 1, has; what nobody owns has the owner 0."""
        size = len(looked.keys)
        has = np.zeros((count + 1, size), dtype=np.float32)
        pairs = np.empty((len(every), 2), dtype="<u4")
        pairs[:, 0] = owners
        pairs[:, 1] = every
        # sorted, each with its owner, features are found in a fifth of the time
        pairs.view("<u8").sort(axis=0)
        has[pairs[:, 0], looked.keys.searchsorted(pairs[:, 1])] = 1
        return has[1:]

    def _lengths(self, has: Floats, looked: Looked) -> Floats:
        """The length of each part: strange features count as well."""
        lengths: Floats = np.sqrt(has @ looked.squares)
        lengths += np.float32(1e-9)
        return lengths

    def _add_meanings(self, scores: Floats, meant: Floats, whole: Floats) -> None:
        """Adds what the meaning of each part says; among very many classes for the likeliest of the whole."""
        if self.strongest is None:
            scores += meant @ self.by_meaning.T
            return
        likely = np.argpartition(whole, -LIKELY)[-LIKELY:]
        scores[:, likely] += meant @ self.by_meaning[likely].T

    def _added_each(self, has: Floats, looked: Looked, lengths: Floats) -> Floats:
        """The weights of the features for each class, added up for each part that has them."""
        if self.strongest is None:
            shares: Floats = has * looked.scale
            added: Floats = shares @ looked.weights
            added /= lengths[:, None]
            return added
        owner, chosen = np.nonzero(has)
        rows, count, size = looked.rows[chosen], len(has), len(self.labels)
        rows = np.minimum(rows, len(self.weights) - 1)
        says = self.weights[rows] * looked.scale[chosen, None]
        places = self.strongest[rows] + (owner * size)[:, None]
        flat = np.bincount(places.ravel(), weights=says.ravel(), minlength=count * size)
        return (flat.reshape(count, size) / lengths[:, None]).astype(np.float32)


MANY = 400
"""From so many classes on …"""
STRONGEST = 48
"""… only so many weights of a feature are kept; half as many cost a point, and time no longer grows."""


def strongest(weights: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.uint16]]:
    """The strongest weights of each feature, taken against its usual weight, and their classes."""
    kept, classes = [], []
    for part in np.array_split(weights, max(len(weights) // 4096, 1)):
        apart = part.astype(np.int16) - np.median(part, axis=1, keepdims=True).astype(np.int16)
        chosen = np.argpartition(-np.abs(apart), STRONGEST, axis=1)[:, :STRONGEST]
        kept.append(np.clip(np.take_along_axis(apart, chosen, axis=1), -127, 127).astype(np.int8))
        classes.append(chosen.astype(np.uint16))
    return np.concatenate(kept), np.concatenate(classes)
