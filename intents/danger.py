"""Tells danger now from danger told: words of danger, weighed by what the rest of the message says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Alarming
from intents.finder import Finder, make_finder
from intents.normalizer import GAP, Normalizer, any_of

Floats = NDArray[np.float32]

LISTED = 1.5
"""What a listed word of a group adds to what is learned."""
CLEAR = 0.6
"""A group that leads by less is not named: a wrong card would send her the wrong way. Of messages by an author
held out two of three are named rightly and one of twenty wrongly; the others get the card for any danger."""
FEW = 6
"""Characters of a clause that says nothing but its word of danger."""
LEAST_TOLD = 5
"""Fewer characters tell of no danger."""
ANY = "any"
_STOP = re.compile(r"[，。！？；,.!?;：:\n、 ]+")
_DENIED = re.compile("不是|没|勿是|不会|未")
_ONLY_NUMBERS = re.compile(r"[-0-9\s.,，。!！—]*[0-9][-0-9\s.,，。!！—]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dangers:
    """What tells one danger from another, one column a group."""

    weights: NDArray[np.float16]
    by_meaning: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerWatch:
    """Words of each danger group, and signs of danger and of haste."""

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
    harmless: re.Pattern[str]
    """What holds such a word and is none: 打我女儿电话."""
    turn: re.Pattern[str]
    """Words by which somebody breaks off what she was saying: 等等, 哎呀, 先不说了."""
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

    def groups_in(self, plain: str) -> frozenset[str]:
        """The groups that have a word in the message."""
        told = self.harmless.sub("", plain.replace(GAP, ""))
        return frozenset(self.groups[word] for _, word in self.words.all(told))

    def said_shortly(self, plain: str) -> bool:
        """Whether a listed word is all that some clause says: 胸口痛, 老公打我. No score speaks against that."""
        clauses = (c for c in _STOP.split(plain) if len(c) <= FEW and not _DENIED.match(c))
        return any(map(self.groups_in, clauses))

    def likeliest(self, scores: Sequence[float], words: Collection[str]) -> str:
        """The group that scores and listed words speak for, `any` when none clearly leads."""
        weighed = [
            float(score) + LISTED * (group in words)
            for group, score in zip(self.ranking, scores, strict=True)
        ]
        second, first = sorted(weighed)[-2:]
        return self.ranking[weighed.index(first)] if first - second >= CLEAR else ANY

    def pressing(self, plain: str) -> tuple[float, float]:
        """1 or 0 for danger that is put together from parts, and for words of haste."""
        composed = any(sign.search(plain) for sign in self.signs)
        return float(composed), float(self.urgent.search(plain) is not None)

    def told(self, plain: str) -> bool:
        """Whether danger is only told of."""
        return self.not_now.search(plain.replace(GAP, "")) is not None

    def turned(self, plain: str) -> str:
        """What follows when somebody breaks off and turns to something else: 哎呀不好，窗帘烧着了; or empty.

        All of the message together speaks of what she had begun with.
        """
        starts = [found.start() for found in self.turn.finditer(plain)]
        rest = plain[starts[-1] :] if starts and starts[-1] else ""
        return rest if len(rest) >= LEAST_TOLD else ""

    def alarming(self, plain: str, words: Collection[str]) -> Alarming:
        """All of it together; `words` are the groups found."""
        return Alarming(word=bool(words), told=self.told(plain), pressing=self.pressing(plain))


def make_danger_watch(
    words: Mapping[str, Sequence[str]],
    hotlines: Mapping[str, str],
    lexicon: Mapping[str, Any],
    normalizer: Normalizer,
) -> DangerWatch:
    """A watch over the words, matched in the plain form that messages are brought to; group → hotline."""
    plain = {
        group: sorted({normalizer.plain(word).replace(GAP, "") for word in found} - {""})
        for group, found in words.items()
    }
    groups = {word: group for group in reversed(plain) for word in plain[group]}
    return DangerWatch(
        words=make_finder(groups),
        groups=groups,
        ranking=tuple(plain),
        signs=tuple(map(re.compile, lexicon["danger_signs"])),
        urgent=re.compile(lexicon["urgent"]),
        harmless=re.compile(lexicon["harmless"]),
        turn=re.compile(lexicon["turn_to_danger"]),
        not_now=any_of([normalizer.plain(word) for word in lexicon["not_now"]]),
        hotlines={number: group for group, number in reversed(list(hotlines.items()))},
    )
