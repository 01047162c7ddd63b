"""Which of several services a person means: 1、3，只要护理补贴和辅具，除了第二个都要，前两个."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.models import Service
from dialogue.wording import patterns
from intents.writing import bare, bare_word, plain

_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九", 1)} | {"两": 2, "俩": 2}
_LEAST = 2
"""Characters of a name that must be heard."""


def selected(
    text: str, page: Sequence[Service], others: Sequence[Service] = ()
) -> tuple[str, ...]:
    """The ids meant, in the order laid out; empty when the words do not tell.

    Numbers count the services of the page; names may also be of the others laid out.
    """
    said = plain(text)
    words = patterns("selecting")
    without = re.search(words["except"], bare(said))
    if without is not None:
        left_out = _named(without["what"], page, ())
        kept = tuple(s.id for s in page if s.id not in left_out)
        return kept if left_out else ()
    ends = re.fullmatch(words["ends"], bare(said))
    if ends is not None:
        count = _number(ends["count"])
        ids = tuple(s.id for s in page)
        return ids[:count] if ends["end"] == words["front"] else ids[-count:]
    return _named(said, page, others)


def says_several(text: str) -> bool:
    """Whether one message says that there is more than one wish: 还想, 另外, 顺便."""
    return re.search(patterns("selecting")["several"], bare(text)) is not None


def is_leaving_out(text: str) -> bool:
    """Whether the words say which ones are not wanted: 除了第二个都要."""
    return re.search(patterns("selecting")["except"], bare(text)) is not None


def seems_selecting(text: str) -> bool:
    """Whether the words pick from several things, though it is not clear which."""
    return re.search(patterns("selecting")["seems"], bare(text)) is not None


def _named(said: str, page: Sequence[Service], others: Sequence[Service]) -> tuple[str, ...]:
    """The services of a list of numbers and names; none when one piece of it is not clear."""
    words = patterns("selecting")
    pieces = (re.sub(words["around"], "", bare(p)) for p in re.split(words["between"], said))
    found: list[str] = []
    for piece in dict.fromkeys(filter(None, pieces)):
        meant = _one(piece, page, others)
        if not meant:
            return ()
        found.extend(meant)
    order = [s.id for s in (*page, *others)]
    return tuple(sorted(set(found), key=order.index))


def _one(piece: str, page: Sequence[Service], others: Sequence[Service]) -> tuple[str, ...]:
    numbers = re.fullmatch(patterns("selecting")["number"], piece)
    if numbers is not None:
        places = [_number(c) for c in re.sub(r"\D", "", _as_digits(numbers["places"]))]
        return tuple(page[n - 1].id for n in places) if max(places) <= len(page) else ()
    exact = [s.id for s in (*page, *others) if piece in _names(s)]
    if len(exact) == 1:
        return tuple(exact)
    for services in (page, (*page, *others)):
        near = [s.id for s in services if any(_meets(piece, name) for name in _names(s))]
        if len(near) == 1:
            return tuple(near)
    return ()


def _names(service: Service) -> tuple[str, ...]:
    return tuple(bare_word(n) for n in (service.short, service.name, *service.aliases))


def _meets(piece: str, name: str) -> bool:
    return len(piece) >= _LEAST and (piece in name or (len(name) >= _LEAST and name in piece))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _DIGITS[word]


def _as_digits(text: str) -> str:
    return "".join(str(_DIGITS.get(c, c)) for c in text)
