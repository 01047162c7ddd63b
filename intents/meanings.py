"""Gives words their meaning as vectors, so that a situation told in other words is still known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What each word of one text means."""

    vectors: Floats
    """A row for each word."""
    shares: Floats
    """What each counts for."""

    def together(self) -> Floats:
        """The direction in which the words point together; all zero when there are none."""
        total: Floats = self.shares @ self.vectors
        length = float(total @ total)
        if length:
            total *= np.float32(length**-0.5)
        return total

    def of_each(self, owners: bytes, count: int) -> Floats:
        """The same for several parts: one row for each of so many owners, from 1; 0 owns nothing."""
        size = len(self.shares)
        parts = np.zeros((count + 1, size), dtype=np.float32)
        if size:
            parts[np.frombuffer(owners, dtype=np.uint8), np.arange(size)] = self.shares
        return self.directions(parts[1:])

    def directions(self, shares: Floats) -> Floats:
        """The same for several texts: a row of what each word counts for in each."""
        totals: Floats = shares @ self.vectors
        lengths = np.sqrt(np.einsum("ij,ij->i", totals, totals))
        lengths += np.float32(1e-9)
        totals /= lengths[:, None]
        return totals


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
        return self.each(np.array(words, dtype=np.int64)).together()

    def each(self, rows: Ints) -> Meant:
        """The words of these rows by themselves."""
        if not len(self.scale):
            rows = rows[:0]
        return Meant(
            vectors=self.vectors.take(rows, axis=0).astype(np.float32),
            shares=self.scale.take(rows),
        )
