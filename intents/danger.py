"""Tells danger now from danger told: words of danger, weighed by what the rest of the message says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from operator import add
from typing import Any

from rapidfuzz import fuzz, process

from intents.calibration import Alarming
from intents.features import Sounds
from intents.finder import Finder, make_finder
from intents.normalizer import GAP, Normalizer, any_of

_ONLY_NUMBERS = re.compile(r"[-0-9\s.,，。!！—]*[0-9][-0-9\s.,，。!！—]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerWatch:
    """Words of each danger group, as heard and by their sounds."""

    words: Finder
    groups: Mapping[str, str]
    """Word → group, in the order in which groups count: fire before violence."""
    ranking: tuple[str, ...]
    signs: tuple[re.Pattern[str], ...]
    """Danger put together from parts, in words that nobody has listed: somebody falls and cannot get up."""
    urgent: re.Pattern[str]
    """Words of somebody who needs help at once."""
    not_now: re.Pattern[str]
    """Words by which danger is told rather than called for: 去年, 万一, 新闻."""
    spoken: Mapping[str, str]
    """The sounds of each word and its group, for messages with wrong characters."""
    by_pair: Mapping[str, Sequence[str]]
    """Two neighboring syllables → those sounds that have them, in order."""
    sounds: Sounds
    hotlines: Mapping[str, str]
    """The number to call and its group."""

    def called(self, plain: str) -> str | None:
        """The group of the hotline that is all that was typed; empty for other numbers, None for words.

        A code or a telephone number typed in groups (261 120 507) calls nobody.
        """
        if not _ONLY_NUMBERS.fullmatch(plain):
            return None
        numbers = re.findall(r"[0-9]+", plain)
        groups = [self.hotlines.get(number, "") for number in numbers]
        return groups[0] if all(groups) else self.hotlines.get("".join(numbers), "")

    def word(self, plain: str) -> str:
        """The weightiest group that has a word in the message, or empty."""
        found = {self.groups[word] for _, word in self.words.all(plain.replace(GAP, ""))}
        return next((group for group in self.ranking if group in found), "") if found else ""

    def pressing(self, plain: str) -> tuple[float, float]:
        """1 or 0 for danger that is put together from parts, and for words of haste."""
        composed = any(sign.search(plain) for sign in self.signs)
        return float(composed), float(self.urgent.search(plain) is not None)

    def told(self, plain: str) -> bool:
        """Whether danger is only told of."""
        return self.not_now.search(plain.replace(GAP, "")) is not None

    def alarming(self, plain: str, word: str) -> Alarming:
        """All of it together; `word` is the group found."""
        return Alarming(word=bool(word), told=self.told(plain), pressing=self.pressing(plain))

    def group(self, plain: str) -> str:
        """The group that sounds most like a part of a message without a word of danger."""
        return self._nearest(plain.replace(GAP, ""))

    def _nearest(self, bare: str) -> str:
        """The group of the word that sounds most like a part of the message."""
        heard = self.sounds.of(bare)
        alike = {
            word for pair in map(add, heard, heard[1:]) for word in self.by_pair.get(pair, ())
        }
        if not alike:  # a word with none of its syllables is like nothing in it
            alike = set(filterfalse(set(heard).isdisjoint, self.spoken))
        found = process.extractOne(heard, sorted(alike or self.spoken), scorer=fuzz.partial_ratio)
        return self.spoken[found[0]] if found else self.ranking[0]


def make_danger_watch(
    words: Mapping[str, Sequence[str]],
    hotlines: Mapping[str, str],
    lexicon: Mapping[str, Any],
    normalizer: Normalizer,
    sounds: Sounds,
) -> DangerWatch:
    """A watch over the words, matched in the plain form that messages are brought to; group → hotline."""
    plain = {
        group: sorted({normalizer.plain(word).replace(GAP, "") for word in found} - {""})
        for group, found in words.items()
    }
    groups = {word: group for group in reversed(plain) for word in plain[group]}
    spoken = {sounds.of(word): group for word, group in groups.items()}
    by_pair: dict[str, list[str]] = defaultdict(list)
    for word in spoken:
        for pair in map(add, word, word[1:]):
            by_pair[pair].append(word)
    return DangerWatch(
        words=make_finder(groups),
        groups=groups,
        ranking=tuple(plain),
        signs=tuple(map(re.compile, lexicon["danger_signs"])),
        urgent=re.compile(lexicon["urgent"]),
        not_now=any_of([normalizer.plain(word) for word in lexicon["not_now"]]),
        spoken=spoken,
        by_pair=by_pair,
        sounds=sounds,
        hotlines={number: group for group, number in reversed(list(hotlines.items()))},
    )
