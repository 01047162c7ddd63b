"""Cuts spoken text into the sentences that are synthesized and cached one by one."""

import re
from collections.abc import Iterable, Iterator

LONGEST = 60
"""Most units in a segment, so that no segment passes the 508 phonemes the model takes at once.

A Chinese character is one unit and takes at most 7 phonemes, a letter two units and at most 10.
"""

_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]+[”’」』）]*|[^。！？；\n]+")
_CLAUSE = re.compile(r"[^，：]*[，：]+|[^，：]+")
_PHRASE = re.compile(r"[^、\s]*[、\s]+|[^、\s]+")
_SOUNDING = re.compile(r"[^\W_]")


def segments(spoken: str) -> tuple[str, ...]:
    """The sentences of a spoken form, in order; only the long are cut inside, at pauses."""
    cut: list[str] = []
    for sentence in _SENTENCE.findall(spoken):
        if _size(sentence) <= LONGEST:
            cut.append(sentence)
        else:
            cut.extend(_packed(_short_pieces(sentence)))
    stripped = (piece.strip() for piece in cut)
    return tuple(piece for piece in stripped if _SOUNDING.search(piece))


def _short_pieces(sentence: str) -> Iterator[str]:
    """Clauses; a clause still too long gives its phrases, and a phrase its bare parts."""
    for clause in _CLAUSE.findall(sentence):
        if _size(clause) <= LONGEST:
            yield clause
            continue
        for phrase in _PHRASE.findall(clause):
            yield from _parts(phrase)


def _parts(phrase: str) -> Iterator[str]:
    part, size = "", 0
    for char in phrase:
        size += _width(char)
        if size > LONGEST:
            yield part
            part, size = "", _width(char)
        part += char
    yield part


def _packed(pieces: Iterable[str]) -> Iterator[str]:
    """Neighbouring pieces together, as long as they fit."""
    held = ""
    for piece in pieces:
        if held and _size(held + piece) > LONGEST:
            yield held
            held = ""
        held += piece
    yield held


def _size(text: str) -> int:
    return sum(map(_width, text))


def _width(char: str) -> int:
    return 2 if char.isascii() and char.isalnum() else 1
