"""The conversation as values: where we are, what one turn may look at, and what comes of it.

Everything here is frozen and holds only strings, numbers, tuples and other such values, so that a whole
conversation can be stored, encrypted and taken up again a month later on another channel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

from casework.deadlines import SHANGHAI
from casework.models import Case
from catalog.models import Catalog, FieldType
from dialogue.effects import Effect
from dialogue.focuses import Focus, Idle
from dialogue.messages import Message, Reply
from dialogue.needs import NeedsProfile
from dialogue.own_file import OwnFile
from dialogue.people import People
from dialogue.progress import FormProgress
from dialogue.told import ToldFacts
from intents.models import Recognition
from intents.writing import bare, visible

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is still to be done for one person."""

    beneficiary: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One person's conversation (会话), whatever channel it is held on."""

    id: str
    turn: int = 0
    focus: Focus = field(default_factory=Idle)
    last: Reply | None = None
    preferences: NeedsProfile = field(default_factory=NeedsProfile)
    """How this person needs to be answered."""
    parked: tuple[FormProgress, ...] = ()
    """Forms left unfinished, newest last."""
    plan: tuple[str, ...] = ()
    """Services of the story talked about last that are still to be done."""
    plan_for: str = ""
    """Whom this plan is for, in the writer's own word; empty for herself."""
    other_plans: tuple[Plan, ...] = ()
    """Plans of other stories, for other people, newest first."""
    misses: int = 0
    """Messages in a row that were not understood."""
    heard_at: datetime | None = None
    """When the last message came: who comes back after a while hears where she was."""
    rated: tuple[str, ...] = ()
    """Cases she said her opinion of, or did not want to; nobody is asked twice."""
    ahead: tuple[tuple[FieldType, str], ...] = ()
    """What was told before a form was begun, as it was said, by the type of question it answers."""
    told: tuple[ToldFacts, ...] = ()
    """What was told while looking for benefits, by whom it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Everything one turn may look at: the message, what it means, and the world as it is now."""

    conversation: Conversation
    message: Message
    recognition: Recognition
    catalog: Catalog
    cases: tuple[Case, ...]
    """The person's own cases and those of others that she may see, newest first."""
    new_number: str
    """An unused application number, in case a form is begun."""
    new_paper_ids: tuple[str, ...]
    """One unused id for each attachment."""
    people: People = field(default_factory=People)
    """Herself, whom she may act for, and who may act for her."""
    own_file: OwnFile = field(default_factory=OwnFile)
    """Filled in only for a turn that is about her own data."""
    called: str = ""
    """Why a person was called who has not finished yet; looked up only for words nobody understood."""
    new_code: str = ""
    """An unused one-time code of nine digits, in case one is given out."""
    text: str = field(init=False, repr=False, compare=False)
    """What was written, without outer blanks and without marks nobody sees."""
    said: str = field(init=False, repr=False, compare=False)
    """The text made bare, as it is compared with our own words."""
    known: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was found out about this moment already (`asked_once`); it is gone with the moment."""

    def __post_init__(self) -> None:
        """Make the two forms of the text that nearly every rule looks at."""
        text = visible(self.message.text).strip()
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "said", bare(text))

    @property
    def now(self) -> datetime:
        """When the message came."""
        return self.message.at

    @property
    def today(self) -> date:
        """The day it is where the person lives: words such as 昨天 count from it."""
        return self.now.astimezone(SHANGHAI).date()


def asked_once(question: Callable[[Moment, *Ts], T]) -> Callable[[Moment, *Ts], T]:
    """A question about the moment that many rules ask: answered once, and kept with the moment only."""

    @wraps(question)
    def answered(moment: Moment, *about: *Ts) -> T:
        known, asked = moment.known, (question, about)
        if asked not in known:
            known[asked] = question(moment, *about)
        answer: T = known[asked]
        return answer

    return answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The outcome of one message: the conversation after it, the answer, and what must happen."""

    conversation: Conversation
    reply: Reply
    effects: tuple[Effect, ...] = ()
