"""A page of an office's queue, the most urgent first, with counts that obey the same filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from actions.desk import Desk
from casework.deadlines import SHANGHAI, working_days_between
from casework.models import CaseState
from casework.reminders import AFTER, Kind
from storage.models import QueuePlace, QueueRow

PAGE = 30
COUNTED = 500
"""Counts stop there; an office with more has other worries than the exact number."""

REMINDED_FOR = AFTER[Kind.CORRECTIONS][-1]
"""Days after which the resident has been reminded for the last time."""
_WAITING = (CaseState.NEEDS_CORRECTION,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How urgent it is, in working days."""

    kind: Literal["overdue", "today", "left", "none"]
    days: int
    at: datetime | None
    is_internal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One case of the queue; nothing a resident told us."""

    case_id: str
    number: str
    service_name: str
    office_id: str
    state: CaseState
    due: Due
    created_at: datetime
    version: int = 0
    """The version seen, for whoever acts on it from here."""
    silent_days: int = 0
    """Days for which nothing happened while the resident is waited for."""
    is_silent: bool = False
    """All reminders are over and nothing came: somebody should look. No limit of the law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueWish:
    """Which part of the queue: all open cases unless a state is asked for."""

    office_id: str | None
    """None: all offices."""
    state: CaseState | None = None
    service_id: str = ""
    after: str = ""
    """`next` of the page before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A page of the queue."""

    lines: tuple[QueueLine, ...]
    total: int
    """At most `COUNTED`."""
    overdue: int
    today: int
    next: str
    """Where the following page begins; empty on the last one."""
    handovers: int
    """Conversations of the office waiting for a person."""
    waiting: int = 0
    """Cases of the office that wait for the resident, whatever the filter; at most `COUNTED`."""


def read_queue(desk: Desk, wish: QueueWish, now: datetime) -> QueuePage:
    """A page; an `after` nobody gave begins at the start."""
    states = None if wish.state is None else (wish.state,)
    service_id = wish.service_id or None
    after = _place(wish.after)
    with desk.database.read() as work:
        rows = work.cases.queue(
            wish.office_id, states=states, service_id=service_id, after=after, limit=PAGE + 1
        )
        total, overdue, soon = work.cases.count_queue(
            wish.office_id,
            states=states,
            service_id=service_id,
            due_before=(now, _tomorrow(now)),
            limit=COUNTED,
        )
        handovers = work.handovers.count_waiting(wish.office_id)
        (waiting,) = work.cases.count_queue(
            wish.office_id, states=_WAITING, due_before=(), limit=COUNTED
        )
    return QueuePage(
        lines=tuple(queue_line(row, now) for row in rows[:PAGE]),
        total=total,
        overdue=overdue,
        today=soon - overdue,
        next=_text(rows[PAGE - 1].place) if len(rows) > PAGE else "",
        handovers=handovers,
        waiting=waiting,
    )


def _tomorrow(now: datetime) -> datetime:
    """The midnight at which today ends in Shanghai."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def queue_line(row: QueueRow, now: datetime) -> QueueLine:
    """A stored line as the console shows it."""
    days = silent_days(row.state, row.updated_at, now)
    return QueueLine(
        case_id=row.case_id,
        number=row.number,
        service_name=row.service_name,
        office_id=row.office_id,
        state=row.state,
        due=due_of(row.due_at, now, is_internal=row.due_is_internal),
        created_at=row.created_at,
        version=row.version,
        silent_days=days,
        is_silent=days >= REMINDED_FOR,
    )


def silent_days(state: CaseState, since: datetime | None, now: datetime) -> int:
    """Whole days since anything happened to a case that waits for the resident; 0 for any other."""
    if state not in _WAITING or since is None:
        return 0
    return max(0, (now.astimezone(SHANGHAI).date() - since.astimezone(SHANGHAI).date()).days)


def due_of(due_at: datetime | None, now: datetime, *, is_internal: bool) -> Due:
    """How urgent a deadline is now."""
    if due_at is None:
        return Due(kind="none", days=0, at=None, is_internal=is_internal)
    if due_at < now:
        days = working_days_between(due_at, now)
        return Due(kind="overdue", days=days, at=due_at, is_internal=is_internal)
    is_today = due_at.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()
    return Due(
        kind="today" if is_today else "left",
        days=working_days_between(now, due_at),
        at=due_at,
        is_internal=is_internal,
    )


def _text(place: QueuePlace) -> str:
    return f"{place.due_at.isoformat() if place.due_at else ''}~{place.case_id}"


def _place(text: str) -> QueuePlace | None:
    due_at, _, case_id = text.partition("~")
    try:
        UUID(case_id)
        at = datetime.fromisoformat(due_at) if due_at else None
    except ValueError:
        return None
    if at is not None and at.tzinfo is None:
        return None
    return QueuePlace(at, case_id)
