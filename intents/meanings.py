"""Gives words their meaning as vectors, so that a situation told in other words is still known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """The table of `meanings.npz` (see NOTICE): a row of small integers for each common word."""

    vectors: NDArray[np.int8]
    scale: Floats

    @property
    def size(self) -> int:
        """How many numbers a meaning has."""
        return int(self.vectors.shape[1])

    def of(self, words: Sequence[int]) -> Floats:
        """The direction in which the words of these rows point together; all zero when there are none."""
        if not words or not len(self.scale):
            return np.zeros(self.size, dtype=np.float32)
        known = np.array(words)
        return self._together(self.scale.take(known) @ self._floats(known))

    def of_each(self, words: Sequence[int], owners: Sequence[int], count: int) -> Floats:
        """The same for several texts at once: one row for each of so many owners; -1 owns nothing."""
        if not words or not len(self.scale):
            return np.zeros((count, self.size), dtype=np.float32)
        known = np.array(words)
        shares = np.zeros((count + 1, len(known)), dtype=np.float32)
        shares[owners, np.arange(len(known))] = self.scale.take(known)
        totals: Floats = shares[:count] @ self._floats(known)
        lengths = np.sqrt(np.einsum("ij,ij->i", totals, totals))
        totals /= np.maximum(lengths, np.float32(1e-9))[:, None]
        return totals

    def _floats(self, rows: NDArray[np.int64]) -> Floats:
        return self.vectors.take(rows, axis=0).astype(np.float32)

    def _together(self, total: Floats) -> Floats:
        length = float(total @ total)
        if length:
            total *= np.float32(length**-0.5)
        return total
