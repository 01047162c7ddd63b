"""Tables about keeping and deleting: consents, copies offered, what was deleted, and the seals of history."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from storage.tables.row import CODE, JSON_LIST, Row, belongs_to, encrypted, index


class ConsentRow(Row, table=True):
    """A person agreed that one group of sensitive things is asked; ended, not deleted, before she is."""

    __tablename__ = "consent"
    __table_args__ = (
        belongs_to("person", "person_id"),
        index("ix_consent_person", "person_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    topic: str = Field(max_length=CODE)
    """The group: identity, disability, helper, payment, household, special."""
    words: str = encrypted("consent.words")
    """JSON: the sentences agreed to, as shown."""
    given_at: datetime
    ended_at: datetime | None = None


class DataCopyRow(Row, table=True):
    """A copy of her data that a person asked for and may fetch once."""

    __tablename__ = "data_copy"
    __table_args__ = (
        belongs_to("person", "person_id"),
        belongs_to("conversation", "conversation_id"),
        index("ix_data_copy_conversation", "conversation_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    conversation_id: UUID
    asked_at: datetime
    taken_at: datetime | None = None


class ErasureRow(Row, table=True):
    """A person was forgotten. Her id, which leads nowhere any more, is kept: a restored backup is told of it."""

    __tablename__ = "erasure"

    person_id: UUID = Field(primary_key=True)
    at: datetime
    rows: int
    """How many rows were deleted or emptied."""
    paper_keys: list[str] = Field(sa_type=JSON_LIST)
    """Files still to be deleted; empty once they are."""


class PurgeRow(Row, table=True):
    """Something was deleted because its time was over: what kind and how many, nothing else."""

    __tablename__ = "purge"
    __table_args__ = (index("ix_purge_at", "at", "id"),)

    id: UUID = Field(primary_key=True)
    at: datetime
    kind: str = Field(max_length=CODE)
    days: int
    """The rule at that time."""
    count: int


class LogHeadRow(Row, table=True):
    """The end of one sealed log: how many lines it has and the seal of the last, so that none can be cut off."""

    __tablename__ = "log_head"

    log: str = Field(primary_key=True, max_length=CODE)
    """case_event or read_log."""
    subject_id: UUID = Field(primary_key=True)
    """The case."""
    lines: int
    chain: bytes
    seal: bytes
