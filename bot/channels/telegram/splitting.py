"""Long texts in parts: at a paragraph if possible, else after a sentence, never inside a character."""

from __future__ import annotations

import re

LIMIT = 3000
"""UTF-16 units of one part; Telegram takes 4096, but an exact fit leaves no room for its counting."""

_SENTENCE = re.compile(r".+?(?:[。！？；!?;][”’」』）)]*|$)", re.DOTALL)


def parts_of(text: str, limit: int = LIMIT) -> tuple[str, ...]:
    """The text in as few parts as its paragraphs and sentences allow; none when it is blank."""
    parts: list[str] = []
    for piece, joint in _pieces(text, limit):
        if parts and units(parts[-1] + joint + piece) <= limit:
            parts[-1] += joint + piece
        else:
            parts.append(piece)
    return tuple(part for part in parts if part.strip())


def units(text: str) -> int:
    """Length as Telegram counts it: characters beyond the basic plane are two."""
    return len(text) + sum(char > "\uffff" for char in text)


def _pieces(text: str, limit: int) -> list[tuple[str, str]]:
    """What may be parted, each with what joined it to the piece before."""
    pieces: list[tuple[str, str]] = []
    for paragraph in text.split("\n"):
        joint = "\n"
        whole = [paragraph] if units(paragraph) <= limit else _SENTENCE.findall(paragraph)
        for sentence in whole:
            for piece in _cut(sentence, limit):
                pieces.append((piece, joint))
                joint = ""
    return pieces


def _cut(sentence: str, limit: int) -> list[str]:
    """A sentence beyond the limit, cut between characters."""
    pieces, start, size = [], 0, 0
    for place, char in enumerate(sentence):
        width = units(char)
        if size + width > limit:
            pieces.append(sentence[start:place])
            start, size = place, 0
        size += width
    return [*pieces, sentence[start:]]
