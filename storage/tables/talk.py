"""Tables about residents: who, which conversation, what was said, what came in, what must go out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from storage.tables.row import CODE, EVENT_ID, Row, belongs_to, encrypted, index, open_index


class ConversationRow(Row, table=True):
    """One person's conversation, whatever addresses it is held from (`AddressRow`)."""

    __tablename__ = "conversation"
    __table_args__ = (
        belongs_to("person", "person_id"),
        index("ix_conversation_person", "person_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    state: str = encrypted("conversation.state")
    version: int
    last_seq: int
    """Number of its newest message."""
    created_at: datetime
    updated_at: datetime


class MessageRow(Row, table=True):
    """One message, in or out; for the web chat these rows are the outbox too."""

    __tablename__ = "message"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        UniqueConstraint("tenant", "conversation_id", "seq"),
    )

    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    seq: int
    direction: str = Field(max_length=CODE)
    payload: str = encrypted("message.payload")
    at: datetime


class InboxRow(Row, table=True):
    """One event of a channel, taken once; and which reply answered it."""

    __tablename__ = "inbox"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        index("ix_inbox_received_at", "received_at"),
    )

    channel: str = Field(primary_key=True, max_length=CODE)
    event_id: str = Field(primary_key=True, max_length=EVENT_ID)
    received_at: datetime
    conversation_id: UUID | None = None
    reply_seq: int | None = None


class OutboxRow(Row, table=True):
    """One message to be pushed in one form; open until it was sent or given up."""

    __tablename__ = "outbox"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        belongs_to("message", "message_id"),
        index("ix_outbox_message", "message_id"),
        open_index("ix_outbox_due", "channel", "form", "due_at", "id"),
        open_index("ix_outbox_order", "conversation_id", "form", "seq"),
    )

    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    message_id: UUID
    seq: int
    form: str = Field(max_length=CODE)
    channel: str = Field(max_length=CODE)
    peer: str = encrypted("outbox.peer")
    is_open: bool
    due_at: datetime
    """Not to be tried before."""
    lease_until: datetime
    """Until then one worker has it."""
    leased_by: UUID | None = None
    """The process that has it, or had it last."""
    attempts: int
    created_at: datetime
    finished_at: datetime | None = None
    external_id: str | None = Field(default=None, max_length=EVENT_ID)
    """What the channel calls the message it accepted."""
    error_code: str | None = Field(default=None, max_length=CODE)


class HandoverRow(Row, table=True):
    """A conversation that asks for a person; at most one open per conversation."""

    __tablename__ = "handover"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        belongs_to("staff", "taken_by"),
        belongs_to("staff", "closed_by"),
        Index(
            "uq_handover_open",
            "tenant",
            "conversation_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        index("ix_handover_waiting", "office_id", "opened_at", "id", only="closed_at IS NULL"),
        index("ix_handover_closed", "office_id", "closed_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    office_id: str = Field(max_length=CODE)
    reason: str = Field(max_length=CODE)
    excerpt: str = encrypted("handover.excerpt")
    opened_at: datetime
    taken_by: UUID | None = None
    taken_at: datetime | None = None
    closed_by: UUID | None = None
    closed_at: datetime | None = None


class HandoverEventRow(Row, table=True):
    """What a caseworker did with a hand-over: read it, answered, passed it on, closed it, opened it again.

    It belongs to the conversation: who read it is told longer than the hand-over itself is kept.
    """

    __tablename__ = "handover_event"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        belongs_to("staff", "staff_id"),
        index("ix_handover_event_handover", "handover_id", "at", "id"),
        index("ix_handover_event_talk", "conversation_id", "at", "id"),
        index("ix_handover_event_at", "at", "id"),
    )

    id: UUID = Field(primary_key=True)
    handover_id: UUID
    conversation_id: UUID
    staff_id: UUID
    what: str = Field(max_length=CODE)
    outcome: str = Field(max_length=CODE)
    """What was done when it was closed, or the office it was passed to; else empty."""
    words: str = encrypted("handover_event.words")
    """A note for colleagues; never shown to the resident."""
    at: datetime


class MisunderstoodRow(Row, table=True):
    """A message nobody understood, kept so that the catalog can learn it."""

    __tablename__ = "misunderstood"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        index("ix_misunderstood_at", "at", "id"),
    )

    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    words: str = encrypted("misunderstood.words")
    at: datetime


class WebSessionRow(Row, table=True):
    """A browser: the hash of its cookie, and the address in the web channel it stands for."""

    __tablename__ = "web_session"
    __table_args__ = (index("ix_web_session_peer", "peer_bi"),)

    token_hash: str = Field(primary_key=True, max_length=EVENT_ID)
    peer: str = encrypted("web_session.peer")
    created_at: datetime
    peer_bi: bytes | None = None
    """As in `AddressRow`, to find a person's browsers; None for those from before it was kept."""
