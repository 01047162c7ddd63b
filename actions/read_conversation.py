"""A conversation as a caseworker reads it: who said what when, long numbers covered until she opens them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from actions.cover_numbers import cover_numbers
from storage.models import StoredMessage
from storage.unit_of_work import UnitOfWork

LATEST = 30


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The latest lines, oldest first."""

    lines: tuple[Line, ...]
    is_covered: bool
    """Something in it is covered."""
    has_more: bool
    """There were earlier lines."""


def read_conversation(
    work: UnitOfWork, conversation_id: str, *, is_open: bool, limit: int = LATEST
) -> Transcript:
    """The latest lines; whoever calls has checked that the conversation is hers to read."""
    messages = work.messages.latest(conversation_id, limit + 1)
    whole = tuple(_line(m, before) for m, before in _with_last_reply(messages))[-limit:]
    covered = tuple(_cover(line) for line in whole)
    return Transcript(
        lines=whole if is_open else covered,
        is_covered=not is_open and covered != whole,
        has_more=len(messages) > limit,
    )


def _with_last_reply(
    messages: Iterable[StoredMessage],
) -> Iterable[tuple[StoredMessage, StoredMessage | None]]:
    last: StoredMessage | None = None
    for message in messages:
        yield message, last
        last = message if message.reply is not None else last


def _line(stored: StoredMessage, before: StoredMessage | None) -> Line:
    if stored.reply is not None:
        return Line(
            seq=stored.seq,
            who="notice" if stored.reply.kind == "notice" else "bot",
            at=stored.at,
            paragraphs=stored.reply.paragraphs,
            choices=tuple(choice.label for choice in stored.reply.choices),
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
    """The label of the button pressed, as far as the reply it belonged to is at hand."""
    if stored.message is None or stored.message.pick is None:
        return ()
    offered = before.reply.choices if before and before.reply else ()
    labels = [c.label for c in offered if c.id == stored.message.pick.choice]
    return (labels[0] if labels else "…",)


def _cover(line: Line) -> Line:
    return Line(
        seq=line.seq,
        who=line.who,
        at=line.at,
        paragraphs=tuple(cover_numbers(text) for text in line.paragraphs),
        choices=tuple(cover_numbers(text) for text in line.choices),
        files=line.files,
    )
