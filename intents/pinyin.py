"""Reads typed pinyin, whole or mixed in, as syllables: zhutingqi, 残疾zheng, can ji zheng."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intents.features import FIRST_SYLLABLE
from intents.normalizer import GAP

_RUN = re.compile(r"[a-z]{2,}(?: [a-z]+)*")
_LONGEST = 6
_FEWEST = 3
"""Shorter runs are too often something else."""
_VOWELS = frozenset("aeiouv")
INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("uang", "uan"))
"""Sounds that speakers of Wu and Jianghuai dialects do not keep apart when they type by ear."""


def fuzzy(syllable: str) -> str:
    """The syllable with easily confused initials and finals merged."""
    for spoken, merged in INITIALS:
        if syllable.startswith(spoken):
            syllable = merged + syllable[len(spoken) :]
            break
    for spoken, merged in FINALS:
        if syllable.endswith(spoken):
            return syllable[: -len(spoken)] + merged
    return syllable


@dataclass(frozen=True, slots=True, kw_only=True)
class PinyinReader:
    """The syllables there are."""

    syllables: Mapping[str, str]
    """Fuzzy syllable → its private-use character."""
    foreign: frozenset[str]
    """Runs of letters that are no pinyin though they could be: app, ai."""

    def read(self, normalized: str) -> str:
        """The text with every run of letters that is pinyin turned into syllables."""
        return _RUN.sub(self._read, normalized)

    def _read(self, match: re.Match[str]) -> str:
        run = match[0]
        if len(run) < _FEWEST or run in self.foreign:
            return run
        parts = [self._split(part) for part in run.split(GAP)]
        return "".join(parts) if all(parts) else run

    def _split(self, run: str) -> str:
        """The syllables of one run, the longest that leave a whole; empty when it is no pinyin."""
        best: list[str | None] = [None] * len(run) + [""]
        for start in range(len(run) - 1, -1, -1):
            for end in range(min(start + _LONGEST, len(run)), start, -1):
                syllable = self.syllables.get(fuzzy(run[start:end]))
                rest = best[end]
                if syllable and rest is not None and (end - start > 1 or run[start] in "aeo"):
                    best[start] = syllable + rest
                    break
        return best[0] or ""


def make_pinyin_reader(names: Sequence[str], foreign: Iterable[str]) -> PinyinReader:
    """A reader of the fuzzy syllables, in the order of their private-use characters."""
    return PinyinReader(
        syllables={
            name: chr(FIRST_SYLLABLE + number)
            for number, name in enumerate(names)
            if _VOWELS & set(name)
        },
        foreign=frozenset(foreign),
    )
