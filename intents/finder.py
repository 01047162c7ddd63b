"""Finds words of a list in a text: one small pattern says where any may begin, one lookup which does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_HEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Words by their first two characters: a pattern of all of them would be slow to compile and to search."""

    heads: Mapping[str, tuple[str, ...]]
    """The words that begin so, longest first; a word of one character is its own head."""
    beginnings: re.Pattern[str]
    """Where a word may begin: its first character, before any of the second ones."""

    def all(self, text: str) -> Iterator[tuple[int, str]]:
        """The place and the longest word at each place where one begins."""
        words_of = self.heads.get
        for beginning in self.beginnings.finditer(text):
            place = beginning.start()
            head = text[place : place + _HEAD]
            for word in words_of(head) or words_of(head[0], ()):
                if text.startswith(word, place):
                    yield place, word
                    break


def make_finder(words: Iterable[str]) -> Finder:
    """A finder of these words."""
    heads: dict[str, list[str]] = defaultdict(list)
    for word in sorted(set(words) - {""}, key=lambda word: (-len(word), word)):
        heads[word[:_HEAD]].append(word)
    for head, found in heads.items():
        if head[0] in heads and len(head) == _HEAD:
            found.append(head[0])
    return Finder(
        heads={head: tuple(found) for head, found in heads.items()},
        beginnings=_beginnings(heads),
    )


def _beginnings(heads: Iterable[str]) -> re.Pattern[str]:
    """A pattern of where one of the heads may be."""
    pairs = [head for head in heads if len(head) == _HEAD]
    first, second, single = (
        "".join(map(re.escape, sorted(found)))
        for found in (
            {pair[0] for pair in pairs},
            {pair[1] for pair in pairs},
            {head for head in heads if len(head) < _HEAD},
        )
    )
    found = [f"[{first}](?=[{second}])"] if pairs else []
    return re.compile("|".join([*found, f"[{single}]"] if single else found) or "(?!)")
