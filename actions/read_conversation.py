"""A conversation as a caseworker reads it: who said what when, long numbers covered until she opens them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from actions.cover_numbers import cover_numbers
from casework.models import Case, Question
from dialogue.progress import Answer
from storage.models import StoredMessage
from storage.unit_of_work import UnitOfWork

LATEST = 12
ALL = 300
"""Lines shown first, and at most."""
SEARCHED = 1000
"""So many lines of a conversation are looked through for those of one application."""
_SHORTEST_SECRET = 2
_PLACES = frozenset(str(place) for place in range(1, 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of a conversation."""

    seq: int
    who: Literal["resident", "bot", "notice"]
    """notice: said unasked, or by a caseworker."""
    at: datetime
    paragraphs: tuple[str, ...]
    choices: tuple[str, ...] = ()
    """What was offered, or the one that was picked."""
    files: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    """How the bot understood what it answers here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The latest lines, oldest first."""

    lines: tuple[Line, ...]
    is_covered: bool
    """Something in it is covered."""
    has_more: bool
    """There were earlier lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One stored line among the others."""

    message: StoredMessage
    before: StoredMessage | None
    """The last reply before it: what a number or a button picked from."""
    number: str
    """The application its turn belongs to, or empty."""


NOTHING_SAID = Transcript(lines=(), is_covered=False, has_more=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How much of a conversation is wanted."""

    limit: int = LATEST
    is_open: bool = False
    """Nothing is covered; whoever asks for it logs it."""
    secrets: frozenset[str] = frozenset()
    """Answers that are sensitive wherever they were said."""
    until: datetime | None = None
    """What was said later is not shown."""


def read_conversation(work: UnitOfWork, conversation_id: str, how: Reading) -> Transcript:
    """The latest lines; whoever calls has checked that the conversation is hers to read."""
    until = how.until
    if until is None:
        return _transcript(_turns(work.messages.latest(conversation_id, how.limit + 1)), how)
    turns = _turns(work.messages.latest(conversation_id, SEARCHED))
    return _transcript([turn for turn in turns if turn.message.at <= until], how)


def read_filing(work: UnitOfWork, conversation_id: str, number: str, how: Reading) -> Transcript:
    """The lines in which this application was filled in and told of, and no others.

    What else the same person says, about other matters, other people or to other offices, is not for whoever
    handles this one.
    """
    turns = _turns(work.messages.latest(conversation_id, SEARCHED))
    return _transcript([turn for turn in turns if turn.number == number], how)


def _transcript(turns: Sequence[_Told], how: Reading) -> Transcript:
    whole = tuple(_line(turn.message, turn.before) for turn in turns[-how.limit :])
    covered = tuple(_cover(line, how.secrets) for line in whole)
    return Transcript(
        lines=whole if how.is_open else covered,
        is_covered=not how.is_open and covered != whole,
        has_more=len(turns) > how.limit,
    )


def _turns(messages: Sequence[StoredMessage]) -> list[_Told]:
    """Each line with the reply before it, and the application its turn belongs to: that of the next reply."""
    told: list[_Told] = []
    number, before = "", None
    numbers: list[str] = []
    for message in reversed(messages):
        if message.reply is None:
            numbers.append(number)
            continue
        numbers.append(message.reply.number)
        if message.reply.kind != "notice":
            number = message.reply.number
    for message, its in zip(messages, reversed(numbers), strict=True):
        told.append(_Told(message=message, before=before, number=its))
        before = message if message.reply is not None else before
    return told


def sensitive_words(cases: Iterable[Case], more: Iterable[Answer] = ()) -> frozenset[str]:
    """The sensitive answers of these cases, and more of them, as they may have been said or read back."""
    answers: Iterator[Question | Answer] = (
        q for case in cases for q in case.questions if q.sensitive
    )
    words = (
        word
        for a in (*answers, *more)
        if a.value  # 以后补 answers nothing
        for word in (a.shown, a.value)
        if isinstance(word, str)
    )
    return frozenset(word for word in words if len(word) >= _SHORTEST_SECRET)


def _line(stored: StoredMessage, before: StoredMessage | None) -> Line:
    if stored.reply is not None:
        return Line(
            seq=stored.seq,
            who="notice" if stored.reply.kind == "notice" else "bot",
            at=stored.at,
            paragraphs=stored.reply.paragraphs,
            choices=tuple(choice.label for choice in stored.reply.choices),
            because=stored.reply.because,
        )
    message = stored.message
    return Line(
        seq=stored.seq,
        who="resident",
        at=stored.at,
        paragraphs=tuple(message.text.splitlines()) if message else (),
        choices=_picked(stored, before),
        files=tuple(a.name for a in message.attachments) if message else (),
    )


def _picked(stored: StoredMessage, before: StoredMessage | None) -> tuple[str, ...]:
    """The label of the button pressed, or of the number typed, as far as the reply it answers is at hand."""
    if stored.message is None:
        return ()
    offered = before.reply.choices if before and before.reply else ()
    if stored.message.pick is None:
        text = stored.message.text.strip()
        place = int(text) if text in _PLACES else 0
        return (offered[place - 1].label,) if 0 < place <= len(offered) else ()
    labels = [c.label for c in offered if c.id == stored.message.pick.choice]
    return (labels[0] if labels else "…",)


def _cover(line: Line, secrets: Collection[str]) -> Line:
    return replace(
        line,
        paragraphs=tuple(cover_numbers(text, secrets) for text in line.paragraphs),
        choices=tuple(cover_numbers(text, secrets) for text in line.choices),
    )
