"""Tells danger now from danger told: words of danger, weighed by what the rest of the message says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from intents.features import Sounds
from intents.normalizer import GAP, Normalizer, any_of

TOLD = 0.45
"""A word of danger in a message that speaks of the past, of fear or of news needs this likelihood."""
NOW = 0.02
"""Otherwise next to none is enough …"""
ELSEWHERE = 0.60
"""… or that no service explains the message better than this: a miss costs a life, a false alarm a tap."""
WITHOUT_WORD = 0.70


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerWatch:
    """Words of each danger group, as heard and by their sounds."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    not_now: re.Pattern[str]
    """Words by which danger is told rather than called for: 去年, 万一, 新闻."""
    spoken: tuple[tuple[str, str], ...]
    """Pairs of group and the sounds of one of its words, for messages with wrong characters."""
    sounds: Sounds

    def group(self, plain: str, likelihood: float, service: float) -> str:
        """The danger group present now, or empty.

        `likelihood` is that of an emergency, `service` that of the best service or life event.
        """
        bare = plain.replace(GAP, "")
        group = next((name for name, pattern in self.patterns if pattern.search(bare)), "")
        told = self.not_now.search(bare) is not None
        if group:
            now = not told and (likelihood >= NOW or service < ELSEWHERE)
            return group if now or likelihood >= TOLD else ""
        return self._nearest(bare) if likelihood >= WITHOUT_WORD and not told else ""

    def _nearest(self, bare: str) -> str:
        """The group of the word that sounds most like a part of the message."""
        heard = self.sounds.of(bare)
        return max(self.spoken, key=lambda pair: fuzz.partial_ratio(pair[1], heard))[0]


def make_danger_watch(
    words: Mapping[str, Sequence[str]],
    not_now: Sequence[str],
    normalizer: Normalizer,
    sounds: Sounds,
) -> DangerWatch:
    """A watch over the words, matched in the plain form that messages are brought to."""
    plain = {
        group: sorted({normalizer.plain(word).replace(GAP, "") for word in found} - {""})
        for group, found in words.items()
    }
    return DangerWatch(
        not_now=any_of(sorted({normalizer.plain(word) for word in not_now} - {""})),
        patterns=tuple((group, any_of(found)) for group, found in plain.items()),
        spoken=tuple((group, sounds.of(word)) for group, found in plain.items() for word in found),
        sounds=sounds,
    )
