"""Finds the catalog's terms in a message that spells them wrongly, and puts them right before it is scored.

轮以, 护里补贴, 残证, 残疾zheng, zhutingqi: where the words of a message fall apart into characters that hardly
ever stand alone, terms that share two neighboring syllables are compared by rapidfuzz, as written and as heard.
What is a word of its own is never touched: 津贴 does not become 补贴.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz

from intents.features import FIRST_SYLLABLE, Sounds
from intents.normalizer import GAP

ENOUGH = 74.0
"""Least mean of both ratios, 0..100: two of three characters, or three of four, with the same sound or not."""
SHORTEST, LONGEST = 2, 8
_TYPED = chr(FIRST_SYLLABLE)
_SKIPPED = "\0"
_AROUND = 2
_SIZES, _SAME = (0, -1, 1), (0,)
"""How much longer than a term its misspelling may be; 残疾人坡 is no 残疾人证, both must begin and end alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term, as written and as heard."""

    text: str
    heard: str
    firm: bool
    """A single word; it is still known when a character is missing or neither looks nor sounds right."""


Hits = tuple[tuple[Term, int], ...]
"""Terms and where in them what they were looked up by begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place that is meant as a term."""

    start: int
    end: int
    term: str
    closeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """A text with its terms put right."""

    text: str
    terms: tuple[str, ...]
    """The terms that were put right, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms by pairs of their syllables."""

    index: Mapping[str, Hits]
    """Two neighboring syllables, or two around a third → terms and where in them."""
    usual: frozenset[str]
    """Characters that often stand alone: 我, 要, 的, and the gap."""
    sounds: Sounds
    """With f and h as one."""
    exact: Sounds
    """With f and h apart."""

    def correct(self, text: str, words: Sequence[str]) -> Spelled:
        """The text with what is meant as a term replaced by it; `words` are those of the text."""
        odd = self._odd(words)
        if not odd:
            return Spelled(text=text, terms=())
        every = list(self._found(text, self.sounds.of(text), words, odd))
        if not every:
            return Spelled(text=text, terms=())
        found = _apart((self._strange(text, one), one) for one in every)
        for place in reversed(found):
            text = text[: place.start] + place.term + text[place.end :]
        return Spelled(text=text, terms=tuple(place.term for place in found))

    def _odd(self, words: Sequence[str]) -> list[int]:
        """The places of characters that stand alone and hardly ever do."""
        usual, odd, place = self.usual, [], 0
        for word in words:
            size = len(word)
            if size == 1 and word not in usual:
                odd.append(place)
            place += size
        return odd

    def _strange(self, text: str, found: Found) -> bool:
        """Whether it sounds like the term only when f and h are one: fuli is rather 福利 than 护理."""
        return self.exact.of(text[found.start : found.end]) != self.exact.of(found.term)

    def _found(
        self, text: str, heard: str, words: Sequence[str], odd: Iterable[int]
    ) -> Iterator[Found]:
        seen: set[tuple[int, str]] = set()
        alone: Sequence[int] = ()
        terms_of = self.index.get
        for place in odd:
            for at, hits in _near(terms_of, heard, place):
                for term, offset in hits:
                    start = at - offset
                    if start < 0 or (
                        text[start] != term.text[0] and not heard.startswith(term.heard, start)
                    ):
                        continue
                    if (start, term.text) in seen:
                        continue
                    seen.add((start, term.text))
                    ends = _ends(text, heard, place, start=start, term=term)
                    if ends:
                        alone = alone or _alone(words)
                        yield from _best(text, heard, alone, ends, start=start, term=term)


def _near(
    terms_of: Callable[[str], Hits | None], heard: str, place: int
) -> list[tuple[int, Hits]]:
    """The terms that have two syllables of those near a place, and where those begin."""
    last = len(heard) - 1
    found = [
        (at, hits)
        for at in range(max(place - _AROUND, 0), min(place + _AROUND, last))
        if (hits := terms_of(heard[at : at + 2]))
    ]
    if 0 < place < last:
        around = terms_of(heard[place - 1] + _SKIPPED + heard[place + 1])
        if around:
            found.append((place - 1, around))
    return found


def _alone(words: Iterable[str]) -> bytes:
    """1 for each character that stands alone."""
    return b"".join(b"\1" if len(word) == 1 else bytes(len(word)) for word in words)


def _ends(text: str, heard: str, place: int, *, start: int, term: Term) -> list[int]:
    """Where what stands around a place may end as this term, from this start on; nowhere if it is the term."""
    size = len(term.text)
    if text.startswith(term.text, start) and place < start + size:
        return []
    found = []
    for end in (
        start + size + more for more in (_SIZES if term.firm and size > SHORTEST else _SAME)
    ):
        if not start <= place < end <= len(text):
            continue
        alike = heard[start:end] == term.heard
        ends_alike = term.firm and text[start] == term.text[0] and text[end - 1] == term.text[-1]
        if (alike or ends_alike) and GAP not in text[start:end]:
            found.append(end)
    return found


def _best(
    text: str, heard: str, alone: Sequence[int], ends: Iterable[int], *, start: int, term: Term
) -> Iterator[Found]:
    """The term at this start, if what stands there is near enough and no word of its own."""
    best: Found | None = None
    for end in ends:
        window = text[start:end]
        if not _may_differ(window, term.text, alone[start:end]):
            continue
        closeness = _closeness(window, heard[start:end], term)
        if closeness >= ENOUGH and (not best or closeness > best.closeness):
            best = Found(start=start, end=end, term=term.text, closeness=closeness)
    if best:
        yield best


def _closeness(window: str, heard: str, term: Term) -> float:
    """The mean of how alike both are as written and as heard, 0..100; typed pinyin is only heard."""
    spoken = fuzz.ratio(heard, term.heard)
    if max(window) >= _TYPED:
        return spoken if heard == term.heard else 0.0
    return (fuzz.ratio(window, term.text) + spoken) / 2


def _may_differ(window: str, term: str, alone: Sequence[int]) -> bool:
    """Whether the window differs from the term only where no word stands."""
    if len(window) == len(term):
        return all(
            single or one == other for one, other, single in zip(window, term, alone, strict=True)
        )
    return bool(alone[0] and alone[-1])


def _apart(found: Iterable[tuple[bool, Found]]) -> list[Found]:
    """The closest and longest of those that overlap, in order."""
    kept: list[Found] = []
    ranked = sorted(
        found, key=lambda p: (-p[1].closeness, p[1].start - p[1].end, p[1].start, p[0])
    )
    for _, one in ranked:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


def _folded(sounds: Sounds, syllables: Mapping[str, str]) -> Sounds:
    """The sounds with every syllable that begins with f as if it began with h."""
    table = sounds.table.copy()
    for name, code in syllables.items():
        other = syllables.get(f"h{name[1:]}")
        if name.startswith("f") and other:
            table[table == ord(code)] = ord(other)
    return Sounds(table=table)


def make_terms(
    firm: Sequence[str],
    loose: Sequence[str],
    usual: Iterable[str],
    sounds: Sounds,
    syllables: Mapping[str, str],
) -> Terms:
    """The terms by their sounds, f and h being one."""
    exact, sounds = sounds, _folded(sounds, syllables)
    index: dict[str, list[tuple[Term, int]]] = defaultdict(list)
    heard = iter(sounds.of("".join((*firm, *loose))))
    for number, text in enumerate((*firm, *loose)):
        term = Term(text=text, heard="".join(islice(heard, len(text))), firm=number < len(firm))
        for at in range(len(text) - 1):
            index[term.heard[at : at + 2]].append((term, at))
        for at in range(len(text) - 2):
            index[term.heard[at] + _SKIPPED + term.heard[at + 2]].append((term, at))
    return Terms(
        index={key: tuple(found) for key, found in index.items()},
        usual=frozenset((*usual, GAP)),
        sounds=sounds,
        exact=exact,
    )
