"""What the model sees of a normalized message: its characters and pairs, by shape and by sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intents.normalizer import GAP

_FIRST_SYLLABLE = 0xE100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """Characters to syllables, each syllable being one private-use character.

    Written sound is what survives a wrong character: 残疾正, 轮以, 补帖.
    """

    table: Mapping[int, str]

    def of(self, text: str) -> str:
        """The text by its sounds; what has no reading stays as it is."""
        return text.translate(self.table)


def make_sounds(syllables: Mapping[str, str]) -> Sounds:
    """Sounds from the `syllables` of `characters.json`."""
    return Sounds(
        table={
            ord(character): chr(_FIRST_SYLLABLE + number)
            for number, characters in enumerate(syllables.values())
            for character in characters
        }
    )


def runs(text: str) -> set[str]:
    """Every character, and every pair that crosses no gap.

    Longer runs were measured and lose: they are rarer than the ways of saying a thing.
    """
    found: set[str] = set()
    for part in text.split(GAP):
        found.update(part)
        found.update(map(str.__add__, part, part[1:]))
    return found
