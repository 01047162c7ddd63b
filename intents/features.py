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
Owners = NDArray[np.uint8]

FIRST_SYLLABLE, LAST_SYLLABLE = 0xE100, 0xEFFF
WORD = 0xF000_0000
"""Keys of words begin here: no text has such a pair of codes."""
_GAP, _NO_CODE = " ", "\0"
_FIRST_CODE = np.uint32(0xFFFF)
_FIRST_WORD = np.uint32(WORD)
_NOTHING = np.zeros(1, dtype=np.uint32)
_NOBODY = np.zeros(1, dtype=np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """Characters to syllables, each syllable being one private-use character.

    Written sound is what survives a wrong character: 残疾正, 轮以, 补帖.
    """

    table: NDArray[np.uint16]
    """The syllable of every 16-bit code; what has no reading stays as it is."""

    def of(self, text: str) -> str:
        """The text by its sounds."""
        return self.table.take(codes(text)).tobytes().decode("utf-16-le", "replace")


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


def all_keys(text: str, words: Sequence[int] | Ints, sounds: Sounds) -> Keys:
    """A 0, then every character, every pair, both by shape and by sound, and every word; what has a gap is 0.

    Longer runs were measured and lose: they are rarer than the ways of saying a thing.
    """
    both, pairs = _singles_and_pairs(text.replace(_GAP, _NO_CODE), sounds)
    found = np.concatenate(
        (
            _NOTHING,
            both,
            pairs.ravel(),
            words,
        ),
        dtype=np.uint32,
        casting="unsafe",
    )
    first = 1 + both.size
    last = first + pairs.size
    found[last:] += _FIRST_WORD
    if _GAP in text:
        # a pair that ends in a gap reads as its character alone; one that begins with it is nothing
        beside = found[first:last]
        beside *= (beside & _FIRST_CODE) != 0
    return found


def owners_of(characters: bytes, words: bytes) -> Owners:
    """The part of a text, from 1, that each of `all_keys` is of, from those of its characters and words.

    0 where it is of none; a pair over the end of a part has one character that is of none.
    """
    singles = np.frombuffer(characters, dtype=np.uint8)
    pairs = np.minimum(singles[1:], singles[:-1])
    of_words = np.frombuffer(words, dtype=np.uint8)
    return np.concatenate((_NOBODY, singles, singles, pairs, pairs, of_words))


def _singles_and_pairs(text: str, sounds: Sounds) -> tuple[NDArray[np.uint16], Keys]:
    """The codes of a text and of its sounds, and their pairs: every two neighbors read as one number."""
    shape = codes(text)
    size = len(shape)
    both = np.concatenate((shape, sounds.table.take(shape)))
    pairs: Keys = np.ndarray((2, max(size - 1, 0)), "<u4", both, strides=(2 * size, 2))
    return both, pairs


def distinct(found: NDArray[Any]) -> NDArray[Any]:
    """Each number above 0 once, of rising numbers of which the first is 0: faster than `np.unique`."""
    later: NDArray[Any] = found[1:]
    result: NDArray[Any] = later[later != found[:-1]]
    return result
