"""The conversation as values: where we are, what one turn may look at, and what comes of it.

Everything here is frozen and holds only strings, numbers, tuples and other such values, so that a whole
conversation can be stored, encrypted and taken up again a month later on another channel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from casework.deadlines import SHANGHAI
from casework.models import Case
from catalog.models import Catalog
from dialogue.effects import Effect
from dialogue.focuses import Focus, Idle
from dialogue.messages import Message, Reply
from dialogue.progress import Answer, FormProgress
from intents.models import Recognition
from intents.writing import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How a person wants to be answered; she changes it by saying so."""

    aloud: bool = False
    rate: float = 1.0
    simple: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One person's conversation (会话), whatever channel it is held on."""

    id: str
    turn: int = 0
    focus: Focus = field(default_factory=Idle)
    last: Reply | None = None
    preferences: Preferences = field(default_factory=Preferences)
    parked: tuple[FormProgress, ...] = ()
    """Forms left unfinished, newest last."""
    plan: tuple[str, ...] = ()
    """Services of a life event still to be talked about."""
    known: dict[str, Answer] = field(default_factory=dict)
    """Shared facts from the last filing; reused only after the person confirms for whom."""
    misses: int = 0
    """Messages in a row that were not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Everything one turn may look at: the message, what it means, and the world as it is now."""

    conversation: Conversation
    message: Message
    recognition: Recognition
    catalog: Catalog
    cases: tuple[Case, ...]
    """The person's own cases, newest first."""
    new_number: str
    """An unused application number, in case a form is begun."""
    new_paper_ids: tuple[str, ...]
    """One unused id for each attachment."""

    @property
    def now(self) -> datetime:
        """When the message came."""
        return self.message.at

    @property
    def text(self) -> str:
        """What was written, without outer blanks and without marks nobody sees."""
        return visible(self.message.text).strip()

    @property
    def today(self) -> date:
        """The day it is where the person lives: words such as 昨天 count from it."""
        return self.now.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The outcome of one message: the conversation after it, the answer, and what must happen."""

    conversation: Conversation
    reply: Reply
    effects: tuple[Effect, ...] = ()
