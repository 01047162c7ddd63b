"""The linear model as a value: it gives every class a score for a normalized message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Calibration
from intents.features import Keys, Sounds, all_keys, distinct, owners_of
from intents.meanings import Meanings

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


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

    characters: Sequence[int]
    """The part of each character of the text, -1 where it is in none."""
    words: Sequence[int]
    """The part of each word that has a row, -1 where it lies in none whole."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the model makes of one text."""

    scores: Floats
    """One for each class."""
    known: float
    """Share of the text that some phrase has, 0..1."""
    every: Keys
    """All its features, as they stand in it."""
    words: Sequence[int]
    """The rows of its words."""
    keys: Keys
    """Those features that some phrase has, rising."""
    rows: Ints
    """Their rows."""
    weights: Floats
    """Those rows of weights; none when only the strongest are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What each feature of a text, and the meaning of its words, says for each class."""

    labels: tuple[Label, ...]
    sounds: Sounds
    meanings: Meanings
    vocabulary: Keys
    """Keys of the known features, rising."""
    importance: Floats
    weights: NDArray[np.int8]
    """One row a feature, in units of its `scale`: a quarter of the memory of floats."""
    scale: Floats
    unknown: float
    """Importance of a feature that no phrase has: strange words lower every score."""
    by_meaning: Floats
    """One row for each class, one column for each number of a meaning."""
    strongest: NDArray[np.uint16] | None = None
    """With very many classes only the strongest weights of a feature are kept: the classes of each."""
    calibration: Calibration

    def score(self, normalized: str, words: Sequence[int]) -> Scored:
        """Scores of a text and the rows of its words."""
        return self._scored(all_keys(normalized, words, self.sounds), words)

    def score_joined(self, one: Scored, other: Scored) -> Scored:
        """Scores of two texts, one after the other, as one."""
        every = np.concatenate((one.every, other.every))
        return self._scored(every, [*one.words, *other.words])

    def _scored(self, every: Keys, words: Sequence[int]) -> Scored:
        """Scores of features and the rows of words."""
        found = distinct(np.sort(every))
        at = self.vocabulary.searchsorted(found)
        fits = self.vocabulary.take(at, mode="clip") == found
        chosen = at[fits]
        importance = self.importance.take(chosen)
        heard = float(importance @ importance)
        total = heard + (len(found) - len(chosen)) * self.unknown**2 or 1e-9
        weights, scores = self._added(chosen)
        scores *= np.float32(total**-0.5)
        if words:
            self._add_meaning(scores, words)
        return Scored(
            scores=scores,
            known=heard / total,
            every=every,
            words=words,
            keys=found[fits],
            rows=chosen,
            weights=weights,
        )

    def _added(self, chosen: Ints) -> tuple[Floats, Floats]:
        """The weights of these features for each class, and their sums."""
        if self.strongest is None:
            rows = self.weights.take(chosen, axis=0).astype(np.float32)
            return rows, self.scale.take(chosen) @ rows
        weights = self.weights[chosen] * self.scale[chosen, None]
        classes = self.strongest[chosen].ravel()
        added = np.bincount(classes, weights=weights.ravel(), minlength=len(self.labels))
        return np.zeros((0, 0), dtype=np.float32), added.astype(np.float32)

    def _add_meaning(self, scores: Floats, words: Sequence[int]) -> None:
        """Adds what the meaning says; among very many classes for the likeliest only."""
        meaning = self.meanings.of(words)
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
        every, count = whole.every, parts.count
        owners = owners_of(parts.characters, parts.words)
        at = whole.keys.searchsorted(every)
        fits = whole.keys.take(at, mode="clip") == every if len(whole.keys) else at < 0
        inside = owners >= 0
        known = (fits & inside).nonzero()[0]
        has = np.zeros((count, len(whole.rows)), dtype=np.float32)
        has[owners.take(known), at.take(known)] = 1
        strange = self._strange(every, owners, (inside & ~fits).nonzero()[0], count)
        squares = has @ self.importance.take(whole.rows) ** 2 + strange
        lengths = np.sqrt(squares).astype(np.float32) + np.float32(1e-9)
        meant = self.meanings.of_each(whole.words, parts.words, count)
        scores = self._added_each(has, whole)
        scores /= lengths[:, None]
        if self.strongest is None:
            scores += meant @ self.by_meaning.T
        else:
            likely = np.argpartition(whole.scores, -LIKELY)[-LIKELY:]
            scores[:, likely] += meant @ self.by_meaning[likely].T
        return scores

    def _strange(self, every: Keys, owners: Ints, places: Ints, count: int) -> Doubles:
        """What the features that no phrase has add to the squared length of each part."""
        pairs = {*zip(owners.take(places).tolist(), every.take(places).tolist(), strict=True)}
        found = np.bincount([owner for owner, _ in pairs], minlength=count).astype(np.float64)
        found *= self.unknown**2
        return found

    def _added_each(self, has: Floats, whole: Scored) -> Floats:
        """The weights of the whole's features for each class, added up for each part that has them."""
        rows = whole.rows
        if self.strongest is None:
            shares: Floats = has * self.scale.take(rows)
            added: Floats = shares @ whole.weights
            return added
        owner, chosen = np.nonzero(has)
        chosen, count, size = rows[chosen], len(has), len(self.labels)
        says = self.weights[chosen] * self.scale[chosen, None]
        places = self.strongest[chosen] + (owner * size)[:, None]
        flat = np.bincount(places.ravel(), weights=says.ravel(), minlength=count * size)
        return flat.reshape(count, size).astype(np.float32)


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
