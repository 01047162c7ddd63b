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
    state: CaseState,
    limit: TimeLimit,
    now: datetime,
    case: Case | None = None,
    *,
    anew: bool = True,
) -> tuple[datetime | None, bool]:
    """When a case that has just entered `state` is due, and whether that is only an internal target.

    `case` is the case as it was before; without it the case is new. When nothing new came (`anew` is false:
    the office ends its own request), intake goes on with the days that were left.
    """
    if state is CaseState.TRANSFERRED and case is not None:
        return _moved(limit, now, case, anew=anew)
    if state in _INTAKE:
        days = INTAKE_WORKING_DAYS if anew or case is None else _intake_left(case)
        return add_working_days(now, days), True
    if state not in _CLOCK_RUNS:
        return None, True
    if case is not None and case.state in _CLOCK_RUNS:
        return case.due_at, case.due_is_internal
    if case is not None and was_accepted(case):
        if case.state is CaseState.TRANSFERRED:
            return case.due_at, case.due_is_internal
        return _resumed(limit, now, case)
    return _handling_limit(limit, now)


_INTAKE = frozenset({CaseState.SUBMITTED, CaseState.TRANSFERRED})
_CLOCK_RUNS = frozenset({CaseState.ACCEPTED, CaseState.IN_REVIEW})
_CLOCK_STANDS = frozenset({CaseState.SUSPENDED, CaseState.NEEDS_CORRECTION})


def was_accepted(case: Case) -> bool:
    """Whether the clock of handling began, here or at the office it was transferred from."""
    return any(event.action is Action.ACCEPT for event in case.events)


def _moved(
    limit: TimeLimit, now: datetime, case: Case, *, anew: bool
) -> tuple[datetime | None, bool]:
    """A transfer gives no new time: a limit that runs goes on, and what is late stays late.

    Only a case nobody has accepted or left too long gets the days of intake at its new office.
    """
    if was_accepted(case):
        is_running = case.state not in _CLOCK_STANDS and case.due_at is not None
        return (case.due_at, case.due_is_internal) if is_running else _resumed(limit, now, case)
    if case.due_at is not None and case.due_at < now:
        return case.due_at, case.due_is_internal
    days = INTAKE_WORKING_DAYS if anew else _intake_left(case)
    return add_working_days(now, days), True


def _intake_left(case: Case) -> int:
    """Working days of intake that were left when corrections were asked for; at least one."""
    since: datetime | None = None
    used = 0
    for event in case.events:
        if event.state in _INTAKE and event.action is not Action.ADD_PAPER:
            used = used if event.action is Action.END_CORRECTIONS else 0
            since = event.at
        elif since is not None and event.state not in _INTAKE:
            used += working_days_between(since, event.at)
            since = None
    return max(1, INTAKE_WORKING_DAYS - used)


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
    """The times the clock ran since the case was first accepted, up to where it stands now."""
    runs: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    is_accepted = False
    for event in case.events:
        is_accepted = is_accepted or event.action is Action.ACCEPT
        is_on_its_way = is_accepted and event.state is CaseState.TRANSFERRED
        if event.state in _CLOCK_RUNS or is_on_its_way:
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
