"""When a case is due: working days by the official calendar, and which limits have a source.

The clock runs from acceptance, stops while the resident corrects or a special procedure runs, and counts
working days (行政许可法 art. 82) unless the law says days.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

from casework.models import Action, Case, CaseState
from catalog.models import TimeLimit

SHANGHAI = ZoneInfo("Asia/Shanghai")

INTAKE_WORKING_DAYS = 5
"""Within five days everything missing must be said at once (行政许可法 art. 32); our floor for every service."""
REVIEW_WORKING_DAYS = 20
"""Internal target where no limit has a source (行政许可法 art. 42 as a yardstick); never shown to a resident."""


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether offices work on this day; beyond the published holiday calendar, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_working_days(start: datetime, days: int) -> datetime:
    """End of the n-th working day after `start`, 17:00 in Shanghai."""
    day = start.astimezone(SHANGHAI).date()
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime(day.year, day.month, day.day, 17, tzinfo=SHANGHAI)


def due_after(
    state: CaseState, limit: TimeLimit, now: datetime, case: Case | None = None
) -> tuple[datetime | None, bool]:
    """When a case that has just entered `state` is due, and whether that is only an internal target.

    `case` is the case as it was before; without it the case is new.
    """
    if state in (CaseState.SUBMITTED, CaseState.TRANSFERRED):
        return add_working_days(now, INTAKE_WORKING_DAYS), True
    if state not in _CLOCK_RUNS:
        return None, True
    if case is not None and case.state in _CLOCK_RUNS:
        return case.due_at, case.due_is_internal
    if case is not None and case.state in _CLOCK_STANDS:
        return _resumed(limit, now, case)
    return _handling_limit(limit, now)


_CLOCK_RUNS = frozenset({CaseState.ACCEPTED, CaseState.IN_REVIEW})
_CLOCK_STANDS = frozenset({CaseState.SUSPENDED, CaseState.NEEDS_CORRECTION})


def _handling_limit(limit: TimeLimit, start: datetime) -> tuple[datetime, bool]:
    if limit.statutory_working_days:
        return add_working_days(start, limit.statutory_working_days), False
    if limit.statutory_calendar_days:
        return start + timedelta(days=limit.statutory_calendar_days), False
    return add_working_days(start, REVIEW_WORKING_DAYS), True


def _resumed(limit: TimeLimit, now: datetime, case: Case) -> tuple[datetime, bool]:
    """What was left of the limit when the clock stopped, however often it did, counted on from now."""
    runs = _runs(case)
    if not runs:
        return _handling_limit(limit, now)
    if limit.statutory_calendar_days and not limit.statutory_working_days:
        used = sum((end - start for start, end in runs), timedelta())
        left = timedelta(days=limit.statutory_calendar_days) - used
        return now + max(left, timedelta(days=1)), False
    total = limit.statutory_working_days or REVIEW_WORKING_DAYS
    used_days = sum(working_days_between(start, end) for start, end in runs)
    return add_working_days(now, max(1, total - used_days)), not limit.statutory_working_days


def _runs(case: Case) -> tuple[tuple[datetime, datetime], ...]:
    """The times the clock ran since the case was last accepted, up to where it stands now."""
    runs: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for event in case.events:
        if event.action is Action.ACCEPT:
            runs, since = [], event.at
        elif event.state in _CLOCK_RUNS:
            since = since or event.at
        elif since is not None:
            runs.append((since, event.at))
            since = None
    return tuple(runs)


def working_days_between(start: datetime, end: datetime) -> int:
    """Working days after `start` up to and including the day of `end`."""
    day, last = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()
    count = 0
    while day < last:
        day += timedelta(days=1)
        count += is_working_day(day)
    return count
