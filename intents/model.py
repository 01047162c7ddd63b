"""The linear model as a value: it gives every class a score for a normalized message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.features import Sounds, runs
from intents.meanings import Meanings

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a class of the model stands for."""

    kind: str
    """service, life_event, act, or outside."""
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One way to look at a text, and what each of its features says for each class."""

    vocabulary: Mapping[str, int]
    importance: Floats
    weights: NDArray[np.int8]
    """One row a feature, in units of its `scale`: a quarter of the memory of floats."""
    scale: Floats
    unknown: float
    """Importance of a feature that no phrase has: strange words lower every score."""

    def score(self, text: str) -> Floats:
        """Score of each class; zero when nothing in the text is known."""
        found = runs(text)
        vocabulary = self.vocabulary
        known = [vocabulary[run] for run in found if run in vocabulary]
        if not known:
            return np.zeros(self.weights.shape[1], dtype=np.float32)
        known.sort()  # sums must not depend on the order of a set
        chosen = np.array(known)
        importance = self.importance[chosen]
        strange = (len(found) - len(known)) * self.unknown**2
        length = float(np.sqrt(importance @ importance + strange))
        result: Floats = self.scale[chosen] @ self.weights[chosen].astype(np.float32)
        return result / np.float32(length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Characters, sounds and meanings, added up."""

    labels: tuple[Label, ...]
    sounds: Sounds
    meanings: Meanings
    by_characters: Block
    by_sounds: Block
    by_meaning: Floats
    """One row for each number of a meaning."""

    def score(self, normalized: str, words: Sequence[str]) -> Floats:
        """Score of each label for a text and the words it is made of."""
        return (
            self.by_characters.score(normalized)
            + self.by_sounds.score(self.sounds.of(normalized))
            + self.meanings.of(words) @ self.by_meaning
        )
