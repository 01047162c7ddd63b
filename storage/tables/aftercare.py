"""Tables about what follows: reminders that were told, when to look again, and what people thought of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.row import CODE, EVENT_ID, Row, belongs_to, encrypted, index


class ReminderRow(Row, table=True):
    """One step of one matter, told once in a conversation."""

    __tablename__ = "reminder"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        UniqueConstraint("tenant", "conversation_id", "matter", "step"),
    )

    id: UUID = Field(primary_key=True)
    conversation_id: UUID
    matter: str = Field(max_length=EVENT_ID)
    """Kind and ids, as `casework.reminders` names it; holds nothing a resident told us."""
    step: int
    at: datetime


class ReminderPlanRow(Row, table=True):
    """When a conversation is to be looked at again; none while nothing waits."""

    __tablename__ = "reminder_plan"
    __table_args__ = (
        belongs_to("conversation", "conversation_id"),
        index("ix_reminder_plan_look_at", "look_at", "conversation_id"),
    )

    conversation_id: UUID = Field(primary_key=True)
    look_at: datetime


class RatingRow(Row, table=True):
    """What was thought of one decided case (好差评): one a case, never changed but for the words added."""

    __tablename__ = "rating"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        UniqueConstraint("tenant", "case_id"),
        index("ix_rating_office", "office_id", "at", "id"),
        index("ix_rating_at", "at", "id"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID
    office_id: str = Field(max_length=CODE)
    """The office that decided, as it was then."""
    stars: int
    """5 very satisfied … 1 very dissatisfied."""
    words: str = encrypted("rating.words")
    at: datetime
