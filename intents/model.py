"""The linear model as a value: it gives every class a score for a normalized message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Calibration
from intents.features import Keys, Sounds, codes, keys, keys_of_parts
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
class Part:
    """A part of a text that is scored by itself."""

    start: int
    end: int
    words: Sequence[int]
    """Rows of its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the model makes of one text."""

    scores: Floats
    """One for each class."""
    known: float
    """Share of the text that some phrase has, 0..1."""
    keys: Keys
    """Its features that some phrase has, rising."""
    rows: Ints
    """Their rows."""


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
        found = keys(normalized, words, self.sounds)
        at = self.vocabulary.searchsorted(found)
        fits = self.vocabulary.take(at, mode="clip") == found
        chosen = at[fits]
        importance = self.importance.take(chosen)
        heard = float(importance @ importance)
        total = heard + (len(found) - len(chosen)) * self.unknown**2 or 1e-9
        scores = self._added(chosen)
        scores *= np.float32(total**-0.5)
        if words:
            self._add_meaning(scores, words)
        return Scored(scores=scores, known=heard / total, keys=found[fits], rows=chosen)

    def _added(self, chosen: Ints) -> Floats:
        """The weights of these features for each class, added up."""
        if self.strongest is None:
            weights = self.weights.take(chosen, axis=0).astype(np.float32)
            scores: Floats = self.scale.take(chosen) @ weights
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
            kept = self.weights.take(rows, axis=0).take(classes, axis=1)
            says: Floats = kept * self.scale.take(rows)[:, None]
            return says
        weights = self.weights[rows] * self.scale[rows, None]
        columns = [np.where(self.strongest[rows] == i, weights, 0).sum(axis=1) for i in classes]
        return np.column_stack(columns)

    def score_parts(self, text: str, parts: Sequence[Part], whole: Scored) -> Floats:
        """The scores of parts of one text, each as if it stood alone, one row a part.

        What a part has, the whole has as well, so that only its features need be looked through.
        """
        owners = np.full(len(codes(text)), -1)
        for number, part in enumerate(parts):
            owners[part.start : part.end] = number
        words = [row for part in parts for row in part.words]
        word_owners = [number for number, part in enumerate(parts) for _ in part.words]
        found, owner = keys_of_parts(text, owners, words, word_owners, self.sounds)
        at = whole.keys.searchsorted(found)
        fits = whole.keys.take(at, mode="clip") == found if len(whole.keys) else at < 0
        has = np.zeros((len(parts), len(whole.rows)), dtype=np.float32)
        has[owner[fits], at[fits]] = 1
        strange = np.bincount(owner[~fits], minlength=len(parts)) * self.unknown**2
        squares = has @ self.importance.take(whole.rows) ** 2 + strange
        lengths = np.sqrt(squares).astype(np.float32) + np.float32(1e-9)
        meant = self.meanings.of_each(words, word_owners, len(parts))
        scores = self._added_each(has, whole.rows)
        scores /= lengths[:, None]
        if self.strongest is None:
            np.add(scores, meant @ self.by_meaning.T, out=scores)
        else:
            likely = np.argpartition(whole.scores, -LIKELY)[-LIKELY:]
            scores[:, likely] += meant @ self.by_meaning[likely].T
        return scores

    def _added_each(self, has: Floats, rows: Ints) -> Floats:
        """The weights for each class of these rows, added up for each part that has them."""
        if self.strongest is None:
            weights = self.weights.take(rows, axis=0).astype(np.float32)
            shares: Floats = has * self.scale.take(rows)
            added: Floats = shares @ weights
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
