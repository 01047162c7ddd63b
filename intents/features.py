"""What the model sees of a normalized message: characters, pairs and words, by shape and by sound.

Every feature is one whole number, so that a message is looked up in sorted arrays without building a
dictionary of strings at start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SOUND = 1 << 32
WORD = 2 << 32
FIRST_SYLLABLE = 0xE100
_GAP = 0x20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """Characters to syllables, each syllable being one private-use character.

    Written sound is what survives a wrong character: 残疾正, 轮以, 补帖.
    """

    table: NDArray[np.uint16]
    """The syllable of every 16-bit code; what has no reading stays as it is."""

    def of(self, text: str) -> str:
        """The text by its sounds."""
        return self.table[codes(text)].tobytes().decode("utf-16-le", "replace")


def make_sounds(syllables: Mapping[str, str]) -> Sounds:
    """Sounds from the `syllables` of `characters.json`."""
    table = np.arange(1 << 16, dtype=np.uint16)
    for number, characters in enumerate(syllables.values()):
        table[codes(characters)] = FIRST_SYLLABLE + number
    return Sounds(table=table)


def codes(text: str) -> NDArray[np.uint16]:
    """The 16-bit codes of a text."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")


def keys(text: str, words: Sequence[int], sounds: Sounds) -> Ints:
    """Every character, every pair that crosses no gap, both by shape and by sound, and every word.

    Longer runs were measured and lose: they are rarer than the ways of saying a thing.
    """
    shape = codes(text)
    both = np.empty((2, len(shape)), dtype=np.int64)
    both[0] = shape
    both[1] = sounds.table[shape]
    inked = shape != _GAP
    pairs = (both[:, :-1] << 16) | both[:, 1:]
    joined = inked[:-1] & inked[1:]
    if not joined.all():
        both, pairs = both[:, inked], pairs[:, joined]
    both[1] |= SOUND
    pairs[1] |= SOUND
    found = np.concatenate((both.ravel(), pairs.ravel(), np.array(words, dtype=np.int64) + WORD))
    found.sort()
    first = np.empty(len(found), dtype=bool)
    first[:1] = True
    np.not_equal(found[1:], found[:-1], out=first[1:])
    return found[first]
