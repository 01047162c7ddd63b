"""Tables about who is who: persons, the addresses they write from, who acts for whom, one-time codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.row import CODE, JSON_LIST, Row, belongs_to, encrypted, index


class PersonRow(Row, table=True):
    """A person: somebody who writes to us, or somebody a helper applies for."""

    __tablename__ = "person"

    id: UUID = Field(primary_key=True)
    created_at: datetime
    facts: str | None = encrypted("person.facts", nullable=True)
    """JSON: the shared answers of her last filings, to be confirmed and not asked again."""


class AddressRow(Row, table=True):
    """An address of one channel, found by its blind index; several may lead to one conversation."""

    __tablename__ = "address"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        UniqueConstraint("tenant", "channel", "peer_bi"),
        index("ix_address_conversation", "conversation_id", "used_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    channel: str = Field(max_length=CODE)
    peer: str = encrypted("conversation.peer")
    peer_bi: bytes
    created_at: datetime
    used_at: datetime
    """About when something last came from it."""


class AuthorizationRow(Row, table=True):
    """A helper acting for a principal; ended, never deleted before the person is."""

    __tablename__ = "helper_authorization"
    __table_args__ = (
        belongs_to("person", "principal_id"),
        belongs_to("person", "helper_id"),
        UniqueConstraint("tenant", "principal_id", "helper_id"),
        index("ix_helper_authorization_helper", "helper_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    principal_id: UUID
    helper_id: UUID
    role: str = Field(max_length=CODE)
    relation: str = encrypted("helper_authorization.relation")
    helper_called: str = encrypted("helper_authorization.helper_called")
    scopes: list[str] = Field(sa_type=JSON_LIST)
    evidence: str = Field(max_length=CODE)
    until: datetime
    created_at: datetime
    ended_at: datetime | None = None
    checked_by: UUID | None = None
    """The caseworker who looked at the paper."""


class LinkCodeRow(Row, table=True):
    """A short code one person tells another, or herself on another channel; good once, for a while."""

    __tablename__ = "link_code"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        belongs_to("helper_authorization", "authorization_id"),
        index("ix_link_code_until", "until"),
    )

    code_bi: bytes = Field(primary_key=True)
    purpose: str = Field(max_length=CODE)
    """same_person: an address joins the conversation; consent: the person confirms a helper; invite: she asks
    one to help."""
    conversation_id: UUID
    """Where the code was asked for."""
    authorization_id: UUID | None = None
    tries: int
    """Wrong answers to the question that goes with it."""
    created_at: datetime
    until: datetime
    used_at: datetime | None = None
