"""The linear model as a value: it gives every class a score for a normalized message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Calibration
from intents.features import Sounds, keys
from intents.meanings import Meanings

Floats = NDArray[np.float32]
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
class Scored:
    """What the model makes of one text."""

    scores: Floats
    """One for each class."""
    known: float
    """Share of the text that some phrase has, 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What each feature of a text, and the meaning of its words, says for each class."""

    labels: tuple[Label, ...]
    sounds: Sounds
    meanings: Meanings
    vocabulary: Ints
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

    def rows(self, found: Ints) -> Ints:
        """The rows of those keys that are known."""
        at = self.vocabulary.searchsorted(found)
        rows: Ints = at[self.vocabulary.take(at, mode="clip") == found]
        return rows

    def score(self, normalized: str, words: Sequence[int]) -> Scored:
        """Scores of a text and the rows of its words."""
        found = keys(normalized, words, self.sounds)
        chosen = self.rows(found)
        importance = self.importance[chosen]
        heard = float(importance @ importance)
        strange = (len(found) - len(chosen)) * self.unknown**2
        scores = self._added(chosen)
        scores /= np.float32(max(heard + strange, 1e-9) ** 0.5)
        if words:
            self._add_meaning(scores, words)
        return Scored(scores=scores, known=heard / max(heard + strange, 1e-9))

    def _added(self, chosen: Ints) -> Floats:
        """The weights of these features for each class, added up."""
        if self.strongest is None:
            scores: Floats = self.scale[chosen] @ self.weights[chosen].astype(np.float32)
            return scores
        weights = self.weights[chosen] * self.scale[chosen, None]
        classes = self.strongest[chosen].ravel()
        added = np.bincount(classes, weights=weights.ravel(), minlength=len(self.labels))
        return added.astype(np.float32)

    def _add_meaning(self, scores: Floats, words: Sequence[int]) -> None:
        """Adds what the meaning says; among very many classes for the likeliest only."""
        meaning = self.meanings.of(words)
        if self.strongest is None:
            scores += self.by_meaning @ meaning
            return
        likely = np.argpartition(scores, -LIKELY)[-LIKELY:]
        scores[likely] += self.by_meaning[likely] @ meaning

    def says(self, rows: Ints, classes: Sequence[int]) -> Floats:
        """What each of these features says for each of these classes."""
        if self.strongest is None:
            kept: Floats = self.weights[rows[:, None], np.array(classes)] * self.scale[rows, None]
            return kept
        weights = self.weights[rows] * self.scale[rows, None]
        columns = [np.where(self.strongest[rows] == i, weights, 0).sum(axis=1) for i in classes]
        return np.column_stack(columns)

    def score_each(self, parts: Sequence[tuple[str, Sequence[int]]]) -> Floats:
        """The scores of several texts at once, one row a text."""
        if self.strongest is not None:
            return np.array([self.score(text, words).scores for text, words in parts])
        found = [keys(text, words, self.sounds) for text, words in parts]
        every = np.concatenate(found)
        sizes = [len(part) for part in found]
        at = self.vocabulary.searchsorted(every)
        fits = self.vocabulary.take(at, mode="clip") == every
        chosen, owner = at[fits], np.repeat(np.arange(len(parts)), sizes)[fits]
        heard = np.bincount(owner, weights=self.importance[chosen] ** 2, minlength=len(parts))
        known = np.bincount(owner, minlength=len(parts))
        lengths = np.sqrt(heard + (np.array(sizes) - known) * self.unknown**2) + 1e-9
        shares = np.zeros((len(parts), len(chosen)), dtype=np.float32)
        shares[owner, np.arange(len(chosen))] = self.scale[chosen] / lengths[owner]
        meant = np.array([self.meanings.of(words) for _, words in parts])
        scores: Floats = (
            shares @ self.weights[chosen].astype(np.float32) + meant @ self.by_meaning.T
        )
        return scores


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
