"""Looks for cases that come due and puts each before its office, once for every stage of a deadline."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.deadlines import add_working_days, is_working_day
from storage.database import Database
from storage.errors import Conflict
from storage.models import DueCase

log = logging.getLogger("zhucan.deadlines")

_PORTION = 200
_LATE_DAYS = 5
"""Working days past the deadline after which it is more than late."""
STAGES = ("very_late", "overdue", "due_soon")
"""The worst first; each is a reason of a hand-over in the console's list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """A stage, and before when a case must be due to be in it."""

    name: str
    before: datetime


def scan_deadlines(database: Database, now: datetime) -> int:
    """Tell offices of their cases due within one working day, overdue, or very late; how many it told.

    May be called as often as one likes, by several processes at once. A case whose conversation already
    waits for a person for another reason is told of when that is done.
    """
    told = 0
    for stage in _stages(now):
        told += sum(_tell(database, stage, case, now) for case in _untold(database, stage))
    if told:
        log.info("deadlines told", extra={"cases": told})
    return told


def _stages(now: datetime) -> tuple[_Stage, ...]:
    very_late, overdue, due_soon = STAGES
    return (
        _Stage(name=very_late, before=_working_days_ago(now, _LATE_DAYS)),
        _Stage(name=overdue, before=now),
        _Stage(name=due_soon, before=add_working_days(now, 1)),
    )


def _working_days_ago(now: datetime, days: int) -> datetime:
    at, left = now, days
    while left > 0:
        left -= is_working_day(at.date())
        at -= timedelta(days=1)
    return at


def _untold(database: Database, stage: _Stage) -> tuple[DueCase, ...]:
    with database.read() as work:
        return work.due_notices.untold(stage.name, stage.before, _PORTION)


def _tell(database: Database, stage: _Stage, case: DueCase, now: datetime) -> bool:
    """Tell of one case in its own transaction; what a worse stage says needs no milder one after it."""
    try:
        with database.write() as work:
            is_told = work.handovers.remind(
                case.conversation_id, case.office_id, stage.name, now, STAGES
            )
            if not is_told:
                return False
            for name in STAGES[STAGES.index(stage.name) :]:
                work.due_notices.told(case, name, now)
            work.commit()
    except Conflict:
        return False
    return True
