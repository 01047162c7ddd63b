"""What the page shows of a conversation: its stored messages as lines, and what has come since.

Everything is found by the hash of the browser's token, so one browser can never see another's lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from casework.deadlines import SHANGHAI
from dialogue.messages import Attachment, Choice, Message, Reply
from storage.database import Database
from storage.models import StoredMessage
from storage.unit_of_work import UnitOfWork

CHANNEL = "webchat"
PAGE = 40
"""Lines shown at once; older ones are a link away."""
_CONTEXT = 12
"""Lines looked back for the label of a button that was pressed."""
_AT_ONCE = 50

Labels = Mapping[tuple[int, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message as it is shown."""

    seq: int
    at: datetime
    """In Shanghai."""
    by: Literal["me", "bot"]
    kind: Literal["normal", "emergency", "notice"] = "normal"
    paragraphs: tuple[str, ...] = ()
    files: tuple[Attachment, ...] = ()
    choices: tuple[Choice, ...] = ()
    """Those that can still be picked."""
    turn: int = 0
    file: str = ""
    """A file that goes with it and may be fetched: my_data."""
    is_aloud: bool = False
    is_large: bool = False
    is_old_button: bool = False
    """A button was pressed whose words are no longer at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A page of a conversation."""

    lines: tuple[Line, ...] = ()
    is_aloud: bool = False
    """Replies are read aloud at present."""
    is_large: bool = False
    """She asked for large letters, here or on another channel."""

    @property
    def new_look(self) -> bool | None:
        """Whether the letters are large from the newest answer on; None when that answer changed nothing."""
        looks = [line.is_large for line in self.lines if line.by == "bot"]
        if not looks or looks[-1] == (looks[-2] if len(looks) > 1 else False):
            return None
        return looks[-1]

    @property
    def last_seq(self) -> int:
        """The number of the newest line, 0 before the first word."""
        return self.lines[-1].seq if self.lines else 0

    @property
    def older(self) -> int:
        """What to ask for to see what was said before; 0 when this is the beginning."""
        first = self.lines[0].seq if self.lines else 1
        return first if first > 1 else 0


def read_transcript(database: Database, token_hash: str, before: int = 0) -> Transcript:
    """The newest lines of this browser's conversation, or those before a number."""
    with database.read() as work:
        peer = work.web_sessions.peer_of(token_hash)
        stored = work.conversations.find(CHANNEL, peer) if peer else None
        if stored is None:
            return Transcript()
        conversation = stored.conversation
        messages = _newest(work, conversation.id, before)
    return Transcript(
        lines=_lines(messages[-PAGE:], _labels(messages), are_newest=not before),
        is_aloud=conversation.preferences.aloud,
        is_large=conversation.preferences.large,
    )


def conversation_of(database: Database, token_hash: str) -> str | None:
    """The id of this browser's conversation; None before the first word and after it left."""
    with database.read() as work:
        peer = work.web_sessions.peer_of(token_hash)
        stored = work.conversations.find(CHANNEL, peer) if peer else None
    return None if stored is None else stored.conversation.id


def read_after(database: Database, conversation_id: str, seq: int) -> tuple[Line, ...]:
    """The lines that follow a number."""
    with database.read() as work:
        new = work.messages.after(conversation_id, seq, _AT_ONCE)
        if not new:
            return ()
        before = work.messages.after(conversation_id, max(0, seq - _CONTEXT), _CONTEXT)
    return _lines(new, _labels((*before, *new)), are_newest=True)


def reply_to_hear(database: Database, token_hash: str, seq: int) -> Reply | None:
    """The reply with this number in this browser's own conversation."""
    conversation_id = conversation_of(database, token_hash)
    if conversation_id is None:
        return None
    with database.read() as work:
        stored = work.messages.get(conversation_id, seq)
    return None if stored is None else stored.reply


def _newest(work: UnitOfWork, conversation_id: str, before: int) -> tuple[StoredMessage, ...]:
    if not before:
        return work.messages.latest(conversation_id, PAGE + _CONTEXT)
    start = max(0, before - PAGE - _CONTEXT - 1)
    return work.messages.after(conversation_id, start, before - start - 1)


def _labels(messages: Sequence[StoredMessage]) -> Labels:
    return {
        (stored.reply.turn, choice.id): choice.label
        for stored in messages
        if stored.reply is not None
        for choice in stored.reply.choices
    }


def _lines(
    messages: Sequence[StoredMessage], labels: Labels, *, are_newest: bool
) -> tuple[Line, ...]:
    open_from = _open_from(messages) if are_newest else None
    return tuple(
        _line(stored, labels, is_open=open_from is not None and stored.seq >= open_from)
        for stored in messages
    )


def _open_from(messages: Sequence[StoredMessage]) -> int:
    """From here on choices can be picked: the last reply, and notices that came after it."""
    replies = [s.seq for s in messages if s.reply is not None and s.reply.kind != "notice"]
    return replies[-1] if replies else 0


def _line(stored: StoredMessage, labels: Labels, *, is_open: bool) -> Line:
    at = stored.at.astimezone(SHANGHAI)
    if stored.reply is not None:
        reply = stored.reply
        return Line(
            seq=stored.seq,
            at=at,
            by="bot",
            kind=reply.kind,
            paragraphs=reply.paragraphs,
            choices=reply.choices if is_open else (),
            turn=reply.turn,
            file=reply.file,
            is_aloud=reply.aloud,
            is_large=reply.large,
        )
    message = stored.message
    assert message is not None  # noqa: S101 - a stored line is one or the other
    said = _said(message, labels)
    return Line(
        seq=stored.seq,
        at=at,
        by="me",
        paragraphs=(said,) if said else (),
        files=message.attachments,
        is_old_button=not said and message.pick is not None,
    )


def _said(message: Message, labels: Labels) -> str:
    if message.pick is None:
        return message.text
    return labels.get((message.pick.turn, message.pick.choice), "")
