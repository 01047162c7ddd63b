"""Tells danger now from danger told: words of danger, weighed by what the rest of the message says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from intents.features import Sounds
from intents.finder import Finder, make_finder
from intents.normalizer import GAP, Normalizer


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerWatch:
    """Words of each danger group, as heard and by their sounds."""

    words: Finder
    groups: Mapping[str, str]
    """Word → group, in the order in which groups count: fire before violence."""
    ranking: tuple[str, ...]
    not_now: Finder
    """Words by which danger is told rather than called for: 去年, 万一, 新闻."""
    spoken: tuple[tuple[str, str], ...]
    """Pairs of group and the sounds of one of its words, for messages with wrong characters."""
    sounds: Sounds

    def cues(self, plain: str) -> tuple[str, bool]:
        """The group of the words of danger, or empty, and whether danger is only told of."""
        bare = plain.replace(GAP, "")
        return self._named(bare), self.not_now.found(bare)

    def group(self, plain: str) -> str:
        """The group that sounds most like a part of a message without a word of danger."""
        return self._nearest(plain.replace(GAP, ""))

    def _named(self, bare: str) -> str:
        """The weightiest group that has a word in the text, or empty."""
        found = {self.groups[word] for _, word in self.words.all(bare)}
        return next((group for group in self.ranking if group in found), "") if found else ""

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
    groups = {word: group for group in reversed(plain) for word in plain[group]}
    return DangerWatch(
        words=make_finder(groups),
        groups=groups,
        ranking=tuple(plain),
        not_now=make_finder(normalizer.plain(word) for word in not_now),
        spoken=tuple((group, sounds.of(word)) for group, found in plain.items() for word in found),
        sounds=sounds,
    )
