"""Tables about the processes that do the work, what one of them alone may do, and channels switched off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from storage.tables.row import CODE, EVENT_ID, Row, belongs_to, index


class WorkerRow(Row, table=True):
    """One running process; whoever stops counting has died, and its work is taken over."""

    __tablename__ = "worker"

    id: UUID = Field(primary_key=True)
    beats: int
    started_at: datetime
    beat_at: datetime
    """For people to look at; clocks of machines differ, so nobody is judged by it."""


class LeaseRow(Row, table=True):
    """What one process at a time may do, and which one does."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True, max_length=CODE)
    worker_id: UUID


class ChannelSwitchRow(Row, table=True):
    """A channel was switched off or on again; the newest line of a channel counts, none is ever changed."""

    __tablename__ = "channel_switch"
    __table_args__ = (index("ix_channel_switch", "channel", "id"),)

    id: UUID = Field(primary_key=True)
    channel: str = Field(max_length=CODE)
    is_off: bool
    at: datetime
    by: str = Field(max_length=EVENT_ID)
    """The account on the machine it was done from."""


class DueNoticeRow(Row, table=True):
    """An office was told that a case comes due, for this deadline and no other."""

    __tablename__ = "due_notice"
    __table_args__ = (belongs_to("case_file", "case_id"),)

    case_id: UUID = Field(primary_key=True)
    stage: str = Field(primary_key=True, max_length=CODE)
    due_at: datetime
    told_at: datetime
