"""Recognizes a message that is nearly a taught phrase, letter by letter, or a service's name and little else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

NEAR = 88.0
"""Least ratio, 0..100: one wrong character in nine."""
COMPARED = 3
"""Only phrases of so many likeliest meanings are looked at."""
MOST_BESIDE = 8
"""So many characters may stand beside a name: 我要申请低保."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """The taught phrases as they are scored, those of each class together."""

    phrases: Sequence[str]
    ends: Sequence[int]
    """Where the phrases of each class end."""
    name_ends: Sequence[int]
    """Where its names end, which come first."""

    def named(self, text: str, number: int) -> bool:
        """Whether the text is a name of this class and little else."""
        start = self.ends[number - 1] if number else 0
        names = self.phrases[start : self.name_ends[number]]
        return any(len(text) - len(name) <= MOST_BESIDE and name in text for name in names)

    def nearest(self, text: str, order: Sequence[int]) -> int:
        """The class of the nearest phrase among the first of the order; -1 when none is near enough."""
        best, nearest = -1, NEAR
        for number in order[:COMPARED]:
            found = process.extractOne(
                text, self._of(number), scorer=fuzz.ratio, score_cutoff=nearest
            )
            if found and (best < 0 or found[1] > nearest):
                best, nearest = number, found[1]
        return best

    def _of(self, number: int) -> Sequence[str]:
        return self.phrases[self.ends[number - 1] if number else 0 : self.ends[number]]
