"""Tables about caseworkers: accounts, second factors, sessions, attempts to sign in, who looked at what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.row import CODE, EVENT_ID, Row, belongs_to, encrypted, index


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
    factor_key: str | None = encrypted("staff.factor_key", nullable=True)
    """The key her authenticator shares with us, base32; none: a password alone lets her in."""
    factor_since: datetime | None = None
    factor_step: int | None = None
    """The last thirty seconds whose code was taken, so that no code is taken twice."""


class RecoveryCodeRow(Row, table=True):
    """A one-time code for when the authenticator is lost; only as a blind index."""

    __tablename__ = "staff_recovery_code"
    __table_args__ = (belongs_to("staff", "staff_id"),)

    staff_id: UUID = Field(primary_key=True)
    code_bi: bytes = Field(primary_key=True)
    used_at: datetime | None = None


class StaffDeviceRow(Row, table=True):
    """A browser in which a caseworker has signed in before: guesses made elsewhere do not slow it down."""

    __tablename__ = "staff_device"
    __table_args__ = (belongs_to("staff", "staff_id"), index("ix_staff_device_staff", "staff_id"))

    token_hash: str = Field(primary_key=True, max_length=EVENT_ID)
    staff_id: UUID
    created_at: datetime


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
    code_asked_at: datetime | None = None
    """The password was right and the second factor is awaited: not signed in yet."""
    pending_key: str | None = encrypted("staff_session.pending_key", nullable=True)
    """A key shown for setting up the second factor, until a code made with it comes back."""


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
    """Who opened which case, and what of it; a trigger refuses to change or remove it."""

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
    seq: int | None = None
    """1, 2, 3 … within the case; None for lines from before they were sealed."""
    chain: bytes | None = None
