"""The tables, by who they are about: talk (residents), cases, staff.

Every key is `(tenant, id)` and every index begins with the tenant, so that the tables can be partitioned or
split over machines as they are. Rows never leave this room; repositories give values.
"""

from __future__ import annotations

from storage.tables.cases import ApplicationRow, CaseEventRow, CaseRow, PaperRow
from storage.tables.row import InstallationRow, Row
from storage.tables.staff import ReadLogRow, SignInRow, StaffRow, StaffSessionRow
from storage.tables.talk import (
    ConversationRow,
    HandoverRow,
    InboxRow,
    MessageRow,
    MisunderstoodRow,
    OutboxRow,
    PersonRow,
    WebSessionRow,
)

metadata = Row.metadata

__all__ = [
    "ApplicationRow",
    "CaseEventRow",
    "CaseRow",
    "ConversationRow",
    "HandoverRow",
    "InboxRow",
    "InstallationRow",
    "MessageRow",
    "MisunderstoodRow",
    "OutboxRow",
    "PaperRow",
    "PersonRow",
    "ReadLogRow",
    "Row",
    "SignInRow",
    "StaffRow",
    "StaffSessionRow",
    "WebSessionRow",
    "metadata",
]
