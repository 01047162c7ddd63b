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
    """One row for each number of a meaning."""
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
        scores: Floats = self.scale[chosen] @ self.weights[chosen].astype(np.float32)
        scores /= np.float32(max(heard + strange, 1e-9) ** 0.5)
        if words:
            scores += self.meanings.of(words) @ self.by_meaning
        return Scored(scores=scores, known=heard / max(heard + strange, 1e-9))

    def score_each(self, parts: Sequence[tuple[str, Sequence[int]]]) -> Floats:
        """The scores of several texts at once, one row a text."""
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
        scores: Floats = shares @ self.weights[chosen].astype(np.float32) + meant @ self.by_meaning
        return scores
