"""What storage gives back where the other rooms have no value of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from casework.models import Case, CaseState
from dialogue.messages import Message, Reply
from dialogue.models import Conversation

Form = Literal["text", "voice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """An event that was taken; both fields are None if its turn answered nothing."""

    conversation_id: str | None
    reply_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversation:
    """A conversation, whose it is, and where it is held."""

    conversation: Conversation
    person_id: str
    channel: str
    peer: str
    """The address it was found by, else the one last used; empty when it was joined to another one."""
    version: int
    last_seq: int = 0
    """Number of its newest message when it was loaded or saved."""
    used_at: datetime | None = None
    """About when something last came from that address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a conversation is held from."""

    channel: str
    peer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCode:
    """What a one-time code is good for."""

    purpose: Literal["same_person", "consent", "invite"]
    conversation_id: str
    """Where it was asked for."""
    authorization_id: str
    """The authorization to be confirmed; empty for another purpose."""
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """One line of a conversation: `message` when it came in, `reply` when it went out."""

    id: str
    conversation_id: str
    seq: int
    """1, 2, 3 … within the conversation."""
    direction: Literal["in", "out"]
    at: datetime
    message: Message | None = None
    reply: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message leased to be pushed now."""

    id: str
    conversation_id: str
    message_id: str
    channel: str
    peer: str
    reply: Reply
    seq: int
    form: Form
    attempts: int
    """How often it was tried, this time included."""
    said_at: datetime
    """When it was asked for."""
    worker_id: str = ""
    """Whose lease it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSwitch:
    """Somebody switched a channel off or on."""

    channel: str
    is_off: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCase:
    """An open case that comes due."""

    case_id: str
    office_id: str
    conversation_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filer:
    """For whom an application is filed, by whom, and in which conversation."""

    person_id: str
    filed_by: str
    conversation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """A case and whose it is."""

    case: Case
    person_id: str
    conversation_id: str
    created_at: datetime
    beneficiary: str
    """Whom it is for, in the applicant's own word; empty for herself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One line of the caseworkers' queue; holds nothing a resident told us."""

    case_id: str
    number: str
    service_id: str
    service_name: str
    office_id: str
    state: CaseState
    due_at: datetime | None
    due_is_internal: bool
    created_at: datetime
    version: int
    updated_at: datetime | None = None
    """When anything last happened to it."""

    @property
    def place(self) -> QueuePlace:
        """What to pass as `after` for the page following this line."""
        return QueuePlace(self.due_at, self.case_id)


class QueuePlace(NamedTuple):
    """A place in the queue, between two lines."""

    due_at: datetime | None
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A conversation that asks for a person."""

    id: str
    conversation_id: str
    office_id: str
    reason: str
    excerpt: str
    opened_at: datetime
    taken_by: str | None
    """Staff id, or None while nobody has it."""
    taken_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Misunderstood:
    """A message nobody understood."""

    id: str
    conversation_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A caseworker's account."""

    id: str
    login: str
    name: str
    office_id: str
    password_hash: str
    created_at: datetime
    disabled_at: datetime | None
    factor_key: str | None = field(default=None, repr=False)
    """The key of her authenticator; None while a password alone lets her in."""
    factor_since: datetime | None = None

    @property
    def is_disabled(self) -> bool:
        """She may no longer sign in."""
        return self.disabled_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """A signed-in browser of the console."""

    staff_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    pending_key: str | None = field(default=None, repr=False)
    """A key shown for setting up the second factor and not yet confirmed."""


class Failures(NamedTuple):
    """Failed attempts to sign in."""

    by_login: int
    by_address: int
    """Different logins that failed from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEntry:
    """Who looked at a case, and at what of it."""

    staff_id: str
    staff_name: str
    case_id: str
    what: str
    at: datetime


class Waiting(NamedTuple):
    """How many of something wait, and since when the oldest does."""

    total: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person agreed to be asked."""

    topic: str
    words: tuple[str, ...]
    """The sentences as they were shown."""
    given_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """That somebody looked at a person's case: when, from which office, and at what of it."""

    at: datetime
    office_id: str
    service_name: str
    what: str
    """case, conversation, a field, or a paper's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody thought of a decided case."""

    case_id: str
    number: str
    service_name: str
    office_id: str
    stars: int
    """5 very satisfied … 1 very dissatisfied."""
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingSummary:
    """How many ratings there are of each level."""

    counts: dict[int, int]
    """By stars, best first."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())
