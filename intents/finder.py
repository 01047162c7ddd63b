"""Finds words of a list in a text by their first two characters: no pattern to compile, one lookup a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_HEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Words by their beginning."""

    heads: Mapping[str, tuple[str, ...]]
    """The words of two characters or more that begin so, longest first."""
    singles: frozenset[str]
    firsts: frozenset[str]
    """The characters with which any word begins."""

    def all(self, text: str) -> Iterator[tuple[int, str]]:
        """The place and the longest word at each place where one begins."""
        words_of, singles, firsts = self.heads.get, self.singles, self.firsts
        for place in [i for i, character in enumerate(text) if character in firsts]:
            if words := words_of(text[place : place + _HEAD]):
                for word in words:
                    if text.startswith(word, place):
                        yield place, word
                        break
                else:
                    if text[place] in singles:
                        yield place, text[place]
            elif text[place] in singles:
                yield place, text[place]


def make_finder(words: Iterable[str]) -> Finder:
    """A finder of these words."""
    heads: dict[str, list[str]] = defaultdict(list)
    known = sorted(set(words) - {""}, key=lambda word: (-len(word), word))
    for word in known:
        if len(word) >= _HEAD:
            heads[word[:_HEAD]].append(word)
    return Finder(
        heads={head: tuple(found) for head, found in heads.items()},
        singles=frozenset(word for word in known if len(word) < _HEAD),
        firsts=frozenset(word[0] for word in known),
    )
