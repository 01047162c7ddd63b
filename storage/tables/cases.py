"""Tables about what becomes of a request: applications, their cases, the history of each, papers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.row import (
    CODE,
    EVENT_ID,
    JSON_LIST,
    Row,
    belongs_to,
    encrypted,
    index,
    open_index,
)


class ApplicationRow(Row, table=True):
    """One submission, known to the person by its number."""

    __tablename__ = "application"
    __table_args__ = (
        belongs_to("person", "person_id"),
        belongs_to("conversation", "conversation_id"),
        belongs_to("person", "filed_by"),
        UniqueConstraint("tenant", "number"),
        index("ix_application_person", "person_id"),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(max_length=CODE)
    person_id: UUID
    conversation_id: UUID
    filed_by: UUID
    """The person who filed it: she herself, or her helper."""
    office_id: str = Field(max_length=CODE)
    catalog_version: str = Field(max_length=CODE)
    beneficiary: str = encrypted("application.beneficiary")
    consent_words: str = encrypted("application.consent_words")
    """JSON: the sentences agreed to, as shown."""
    created_at: datetime


class CaseRow(Row, table=True):
    """One service of an application (`case` alone is a word of SQL)."""

    __tablename__ = "case_file"
    __table_args__ = (
        belongs_to("application", "application_id"),
        belongs_to("person", "person_id"),
        belongs_to("person", "filed_by"),
        belongs_to("conversation", "conversation_id"),
        open_index("ix_case_file_queue", "office_id", "due_at", "id"),
        open_index("ix_case_file_queue_service", "office_id", "service_id", "due_at", "id"),
        open_index("ix_case_file_due", "due_at", "id"),
        index("ix_case_file_queue_state", "office_id", "state", "due_at", "id"),
        index("ix_case_file_number", "number", "id"),
        index("ix_case_file_person", "person_id", "created_at", "id"),
        index("ix_case_file_created_at", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    application_id: UUID
    person_id: UUID
    filed_by: UUID
    conversation_id: UUID
    number: str = Field(max_length=CODE)
    service_id: str = Field(max_length=CODE)
    service_name: str = Field(max_length=EVENT_ID)
    office_id: str = Field(max_length=CODE)
    state: str = Field(max_length=CODE)
    is_open: bool
    catalog_version: str = Field(max_length=CODE)
    questions: str = encrypted("case_file.questions")
    papers: str = encrypted("case_file.papers")
    due_at: datetime
    """The end of time when there is no deadline: one index and one comparison then order everything."""
    due_is_internal: bool
    wanted: list[str] = Field(sa_type=JSON_LIST)
    wanted_reason: str = encrypted("case_file.wanted_reason")
    version: int
    created_at: datetime
    updated_at: datetime
    reduced_at: datetime | None = None
    """Sensitive answers and papers were deleted because their time was over."""


class CaseEventRow(Row, table=True):
    """One line of a case's history; a trigger refuses to change it (but for erasing its words) or remove it."""

    __tablename__ = "case_event"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        UniqueConstraint("tenant", "case_id", "seq"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID
    seq: int
    at: datetime
    action: str = Field(max_length=CODE)
    actor_kind: str = Field(max_length=CODE)
    actor_id: str = Field(max_length=CODE)
    actor_name: str = encrypted("case_event.actor_name")
    state: str = Field(max_length=CODE)
    reason: str = encrypted("case_event.reason")
    items: list[str] = Field(sa_type=JSON_LIST)
    office_id: str = Field(max_length=CODE)
    salt: bytes | None = None
    text_digest: bytes | None = None
    """Seals the encrypted words together with the salt, which goes when they are erased."""
    chain: bytes | None = None
    """Seals this line and, through the one before, all earlier ones."""
    erased_at: datetime | None = None
    """The words were erased because the person asked to be forgotten."""


class PaperRow(Row, table=True):
    """A paper received in a conversation; its bytes lie in the `PaperStore` under `key`."""

    __tablename__ = "paper"
    __table_args__ = (
        belongs_to("person", "person_id"),
        belongs_to("conversation", "conversation_id"),
        index("ix_paper_conversation", "conversation_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    conversation_id: UUID
    key: str = Field(max_length=CODE)
    field: str = Field(max_length=CODE)
    name: str = encrypted("paper.name")
    media_type: str = Field(max_length=EVENT_ID)
    size: int
    """Bytes, before encryption."""
    created_at: datetime
