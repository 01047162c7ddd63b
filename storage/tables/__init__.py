"""The tables, by who they are about: talk (residents), cases, staff.

Every key is `(tenant, id)` and every index begins with the tenant, so that the tables can be partitioned or
split over machines as they are. Rows never leave this room; repositories give values.
"""

from __future__ import annotations

from storage.tables.aftercare import RatingRow, ReminderPlanRow, ReminderRow
from storage.tables.cases import ApplicationRow, CaseEventRow, CaseRow, PaperRow
from storage.tables.people import AddressRow, AuthorizationRow, LinkCodeRow, PersonRow
from storage.tables.retention import (
    ConsentRow,
    DataCopyRow,
    ErasureRow,
    LogHeadRow,
    PurgeRow,
)
from storage.tables.row import InstallationRow, Row
from storage.tables.staff import (
    ReadLogRow,
    RecoveryCodeRow,
    SignInRow,
    StaffDeviceRow,
    StaffRow,
    StaffSessionRow,
)
from storage.tables.talk import (
    ConversationRow,
    HandoverEventRow,
    HandoverRow,
    InboxRow,
    MessageRow,
    MisunderstoodRow,
    OutboxRow,
    WebSessionRow,
)
from storage.tables.workers import ChannelSwitchRow, DueNoticeRow, LeaseRow, WorkerRow

metadata = Row.metadata

__all__ = [
    "AddressRow",
    "ApplicationRow",
    "AuthorizationRow",
    "CaseEventRow",
    "CaseRow",
    "ChannelSwitchRow",
    "ConsentRow",
    "ConversationRow",
    "DataCopyRow",
    "DueNoticeRow",
    "ErasureRow",
    "HandoverEventRow",
    "HandoverRow",
    "InboxRow",
    "InstallationRow",
    "LeaseRow",
    "LinkCodeRow",
    "LogHeadRow",
    "MessageRow",
    "MisunderstoodRow",
    "OutboxRow",
    "PaperRow",
    "PersonRow",
    "PurgeRow",
    "RatingRow",
    "ReadLogRow",
    "RecoveryCodeRow",
    "ReminderPlanRow",
    "ReminderRow",
    "Row",
    "SignInRow",
    "StaffDeviceRow",
    "StaffRow",
    "StaffSessionRow",
    "WebSessionRow",
    "WorkerRow",
    "metadata",
]
