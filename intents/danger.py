"""Tells danger now from danger told: words of danger, weighed by what the rest of the message says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from intents.features import Sounds
from intents.normalizer import GAP, Normalizer, any_of

WITH_WORD = 0.05
"""With a word of danger, this much likelihood of an emergency is enough: a miss costs more."""
WITHOUT_WORD = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerWatch:
    """Words of each danger group, as heard and by their sounds."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    spoken: tuple[tuple[str, str], ...]
    """Pairs of group and the sounds of one of its words, for messages with wrong characters."""
    sounds: Sounds

    def group(self, plain: str, normalized: str, likelihood: float) -> str:
        """The danger group present now, or empty. `likelihood` is that of an emergency."""
        if likelihood < WITH_WORD:
            return ""
        bare = plain.replace(GAP, "")
        for group, pattern in self.patterns:
            if pattern.search(bare):
                return group
        return self._nearest(normalized) if likelihood >= WITHOUT_WORD else ""

    def _nearest(self, normalized: str) -> str:
        """The group of the word that sounds most like a part of the message."""
        heard = self.sounds.of(normalized.replace(GAP, ""))
        return max(self.spoken, key=lambda pair: fuzz.partial_ratio(pair[1], heard))[0]


def make_danger_watch(
    words: Mapping[str, Sequence[str]], normalizer: Normalizer, sounds: Sounds
) -> DangerWatch:
    """A watch over the words, matched in the plain form that messages are brought to."""
    plain = {
        group: sorted({normalizer.plain(word).replace(GAP, "") for word in found} - {""})
        for group, found in words.items()
    }
    return DangerWatch(
        patterns=tuple((group, any_of(found)) for group, found in plain.items()),
        spoken=tuple((group, sounds.of(word)) for group, found in plain.items() for word in found),
        sounds=sounds,
    )
