"""What comes in from a person and what goes out to her, before any medium gives it its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A button pressed: which choice, of which turn. A button of an older turn is recognized by it."""

    turn: int
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message, already checked and stored by the channel."""

    kind: Literal["photo", "document", "voice", "other"]
    name: str = ""
    media_type: str = ""
    size: int = 0
    key: str = ""
    """Where the bytes lie; empty when they were not kept."""
    problem: str = ""
    """Why it could not be taken: too_big, wrong_type, unreadable, not_received; empty when it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event from a person (来话), the same for every channel."""

    channel: str
    event_id: str
    """Unique in its channel: the same event again is the same message."""
    peer: str
    """The address in the channel: chat id, web session, terminal."""
    at: datetime
    text: str = ""
    pick: Pick | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing a person may pick by button, number, label or meaning."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the bot says in one turn, before any medium gives it its form."""

    paragraphs: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    private: bool = False
    """Holds personal data: never in a shared cache, never to a cloud voice."""
    kind: Literal["normal", "emergency", "notice"] = "normal"
    turn: int = 0
    rate: float = 1.0
    """How fast it is spoken, when it is spoken."""
    aloud: bool = False
    """The person wants to hear it."""
    large: bool = False
    """The person wants large letters, where a channel can give them."""
    file: Literal["", "my_data"] = ""
    """A file that goes with it, made by the channel when it is fetched or sent."""
    because: tuple[str, ...] = ()
    """How the message it answers was understood: what was thought of, and the words heard for it."""
    number: str = ""
    """The application it belongs to: of the form it goes on with, or of the case told of. A caseworker who opens
    that case reads these lines and no others: what is asked in the middle of a form (查进度, 我的资料) tells of
    other matters."""
    about: str = ""
    """The person's own words it rests on, kept until she has accepted or refused what was understood."""

    @property
    def text(self) -> str:
        """The words, a paragraph a line."""
        return "\n".join(self.paragraphs)

    def as_plain_text(self) -> str:
        """Words and numbered choices: usable on any channel without buttons, and what is read aloud."""
        numbered = (f"{n}. {choice.label}" for n, choice in enumerate(self.choices, 1))
        return "\n".join((*self.paragraphs, *numbered))
