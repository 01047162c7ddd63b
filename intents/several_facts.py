"""Takes a message apart that tells several facts at once: 李桂芳，电话138…，住周浦镇….

Only what shows by its form what it is counts as a fact of its own: identity, certificate and telephone numbers,
and an address with a town. What is left is the answer to the question that was asked, if it is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import FieldType, Office
from intents.person_names import looks_like_name
from intents.places import find_office
from intents.small_words import WORDS
from intents.writing import half_width

_NUMBERS = (
    (
        FieldType.CERT_NO,
        re.compile(
            r"(?<![0-9])[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx][ -]?[1-7][1-4](?:[Bb][0-9]?)?(?![0-9])"
        ),
    ),
    (
        FieldType.ID_NUMBER,
        re.compile(r"(?<![0-9])[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx](?![0-9])"),
    ),
    (FieldType.PHONE, re.compile(r"(?<![0-9])1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])")),
)
"""The longer ones first: a certificate number holds an identity number."""
_STOP = re.compile(r"[，,；;。\n、]+")
_BLANK = re.compile(r"\s+")
_LABEL = re.compile(WORDS["fact_label"])
"""What only names a number: 电话, 身份证号码是."""
_PLACE = re.compile(r"[0-9].*[弄号室组队宅幢栋]|[路村街镇].*[0-9]")

_CALLED = re.compile(WORDS["fact_name"])
"""What tells a name as a name: 我叫王秀英, 她名字叫李娜."""
_THEIRS = re.compile(WORDS["fact_theirs"])
_MINE = re.compile(WORDS["fact_mine"])
"""What, right before a number, tells that it is the writer's: 我的电话是."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralFacts:
    """What a message tells."""

    facts: tuple[tuple[FieldType, str], ...]
    """Facts that show what they are, in order."""
    rest: tuple[str, ...]
    """The other pieces, without what only names a number."""


def several_facts(text: str, offices: tuple[Office, ...]) -> SeveralFacts:
    """The facts of one message."""
    left = half_width(text)
    whose = left
    found: list[tuple[int, FieldType, str]] = []
    for kind, pattern in _NUMBERS:
        found += [
            (match.start(), kind, _whose(whose[: match.start()]) + match[0])
            for match in pattern.finditer(left)
        ]
        # kept as long as before, so that the places of what is found next stay comparable
        left = pattern.sub(lambda match: "，" * len(match[0]), left)
    rest = []
    for piece in _STOP.split(left):
        words = _LABEL.sub("", piece.strip())
        if words and _PLACE.search(words) and find_office(words, offices) is not None:
            found.append((left.index(piece), FieldType.ADDRESS, words))
        elif (name := _CALLED.fullmatch(piece.strip())) and looks_like_name(name["name"]):
            found.append((left.index(piece), FieldType.PERSON_NAME, name["said"]))
        elif words:
            rest.append(piece.strip())
    return SeveralFacts(
        facts=tuple((kind, said) for _, kind, said in sorted(found)), rest=tuple(rest)
    )


def _whose(before: str) -> str:
    """What stands right before a number and tells that it is the writer's own: 我电话; or empty."""
    found = _MINE.search(before)
    return found[0] if found else ""


def is_writers_own(said: str) -> bool | None:
    """Whether a fact is said of the writer herself (我叫), of somebody else (她叫), or of nobody in particular."""
    if _THEIRS.search(said):
        return False
    return True if said.startswith("我") else False if said[:1] in "他她" else None


def smaller_pieces(pieces: Sequence[str]) -> tuple[str, ...]:
    """The pieces, and each of their words where blanks part them: 张秀英 女 68岁."""
    return tuple(word for piece in pieces for word in (piece, *_BLANK.split(piece)))
