"""Recognizes a message that is nearly a taught phrase, letter by letter, or a service's name and little else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

CLASS_END = "\f"
"""Stands between the phrases of two classes where they are stored."""
NEAR = 88.0
"""Least ratio, 0..100: one wrong character in nine."""
COMPARED = 3
"""Only phrases of so many likeliest meanings are looked at …"""
LIKELY = 0.1
"""… if they are so likely."""
MOST_BESIDE = 8
"""So many characters may stand beside a name: 我要申请低保."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """The taught phrases as they are scored, those of each class together."""

    phrases: Sequence[str]
    """Those of one class as one text, a line each, names first: cut only when they are compared."""
    names: Sequence[int]
    """How many of them are names."""

    def named(self, text: str, number: int) -> bool:
        """Whether the text is a name of this class and little else."""
        names = self.phrases[number].split("\n", self.names[number])[: self.names[number]]
        return any(len(text) - len(name) <= MOST_BESIDE and name in text for name in names)

    def nearest(self, text: str, numbers: Sequence[int]) -> int:
        """The class of these that has the nearest phrase; -1 when none is near enough."""
        best, nearest = -1, NEAR
        for number in numbers:
            found = process.extractOne(
                text, self.phrases[number].split("\n"), scorer=fuzz.ratio, score_cutoff=nearest
            )
            if found and (best < 0 or found[1] > nearest):
                best, nearest = number, found[1]
        return best
