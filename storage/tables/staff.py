"""Tables about caseworkers: accounts, sessions, attempts to sign in, and who looked at what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.row import CODE, EVENT_ID, Row, belongs_to, index


class StaffRow(Row, table=True):
    """A caseworker's account; disabled, never deleted, since the history names her."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("tenant", "login"),)

    id: UUID = Field(primary_key=True)
    login: str = Field(max_length=CODE)
    name: str = Field(max_length=CODE)
    office_id: str = Field(max_length=CODE)
    password_hash: str = Field(max_length=EVENT_ID)
    created_at: datetime
    disabled_at: datetime | None = None


class StaffSessionRow(Row, table=True):
    """A signed-in browser of the console, by the hash of its cookie."""

    __tablename__ = "staff_session"
    __table_args__ = (belongs_to("staff", "staff_id"), index("ix_staff_session_staff", "staff_id"))

    token_hash: str = Field(primary_key=True, max_length=EVENT_ID)
    staff_id: UUID
    csrf: str = Field(max_length=EVENT_ID)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class SignInRow(Row, table=True):
    """One attempt to sign in; login and address only as blind indexes."""

    __tablename__ = "sign_in"
    __table_args__ = (
        index("ix_sign_in_login", "login_bi", "at"),
        index("ix_sign_in_address", "address_bi", "at"),
    )

    id: UUID = Field(primary_key=True)
    login_bi: bytes
    address_bi: bytes
    ok: bool
    at: datetime


class ReadLogRow(Row, table=True):
    """Who opened which case, and what of it."""

    __tablename__ = "read_log"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        belongs_to("staff", "staff_id"),
        index("ix_read_log_case", "case_id", "at", "id"),
    )

    id: UUID = Field(primary_key=True)
    staff_id: UUID
    case_id: UUID
    what: str = Field(max_length=EVENT_ID)
    at: datetime
