"""What the model sees of a normalized message: characters, pairs and words, by shape and by sound.

Every feature is one whole number, so that a message is looked up in sorted arrays without building a
dictionary of strings at start: a character is its code, a pair two codes, a sound the same with private codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]
Ints = NDArray[np.int64]

FIRST_SYLLABLE, LAST_SYLLABLE = 0xE100, 0xEFFF
WORD = 0xF000_0000
"""Keys of words begin here: no text has such a pair of codes."""
_GAP = " "
_FIRST_WORD = np.uint32(WORD)
_NOTHING = np.zeros(1, dtype=np.uint32)


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


def keys(text: str, words: Sequence[int], sounds: Sounds) -> Keys:
    """Every feature of a text once, rising."""
    found = all_keys(text, words, sounds)
    found.sort()
    return distinct(found)


def all_keys(text: str, words: Sequence[int], sounds: Sounds) -> Keys:
    """A 0, then every character, every pair, both by shape and by sound, and every word; what has a gap is 0.

    Longer runs were measured and lose: they are rarer than the ways of saying a thing.
    """
    both, pairs = _singles_and_pairs(text, sounds)
    found = np.concatenate(
        (
            _NOTHING,
            both.ravel(),
            pairs.ravel(),
            np.array(words, dtype=np.uint32) + _FIRST_WORD,
        )
    )
    if _GAP in text:
        found[_gaps(text, both.shape[1])] = 0
    return found


def _gaps(text: str, size: int) -> list[int]:
    """Where the keys of gaps are: of the gap, of the pairs before and after it, by shape and by sound."""
    found: list[int] = []
    at = text.find(_GAP)
    while at >= 0:
        pair = 1 + 2 * size + at
        found += (1 + at, 1 + size + at, pair, pair - 1, pair + size - 1, pair + size - 2)
        at = text.find(_GAP, at + 1)
    return found


def owners_of(characters: Sequence[int], words: Sequence[int]) -> Ints:
    """The part of a text that each of `all_keys` is of, -1 where it is of none, from that of what it is made of."""
    single = np.array(characters, dtype=np.int64)
    before = single[:-1]
    pair = np.where(before == single[1:], before, -1)
    cut = np.array(words, dtype=np.int64)  # none at all would be floats
    return np.concatenate(((-1,), single, single, pair, pair, cut))


def _singles_and_pairs(text: str, sounds: Sounds) -> tuple[NDArray[np.uint16], Keys]:
    """The codes of a text and of its sounds, and their pairs: every two neighbors read as one number."""
    shape = codes(text)
    size = len(shape)
    both = np.empty((2, size), dtype="<u2")
    both[0] = shape
    both[1] = sounds.table.take(shape)
    pairs: Keys = np.ndarray((2, max(size - 1, 0)), "<u4", both, strides=(2 * size, 2))
    return both, pairs


def distinct(found: NDArray[Any]) -> NDArray[Any]:
    """Each number above 0 once, of rising numbers of which the first is 0: faster than `np.unique`."""
    later: NDArray[Any] = found[1:]
    result: NDArray[Any] = later[later != found[:-1]]
    return result
