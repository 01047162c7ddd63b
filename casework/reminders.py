"""Which reminder is due when: rarely, by day, and never more than the person wants.

A matter is something that waits for the resident. Its steps come some days after it began, or some days
before a date. All that are due on one day are told in one message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

from casework.deadlines import SHANGHAI, is_working_day

FIRST_HOUR, LAST_HOUR = 9, 20
"""Nobody is disturbed from 20:00 to 9:00 in Shanghai."""
FIRST_HOUR_OF_HOLIDAY = 11
"""On days off people sleep longer."""
LOOK_AFTER = timedelta(days=1)
"""No step comes sooner after anything happened."""
MOST = 3
"""Reminders of one matter, however long it waits."""

Wish = Literal["all", "few", "none"]


class Kind(StrEnum):
    """What waits for the resident."""

    CORRECTIONS = "corrections"
    PAPER = "paper"
    DRAFT = "draft"
    APPOINTMENT = "appointment"
    RENEWAL = "renewal"
    AUTHORIZATION = "authorization"


AFTER: dict[Kind, tuple[int, ...]] = {
    Kind.CORRECTIONS: (3, 7, 14),
    Kind.PAPER: (7, 21, 45),
    Kind.DRAFT: (3, 10, 30),
}
"""Days after it began to wait."""
BEFORE: dict[Kind, tuple[int, ...]] = {
    Kind.APPOINTMENT: (1,),
    Kind.RENEWAL: (90, 30),
    Kind.AUTHORIZATION: (30,),
}
"""Days before the date it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something that waits."""

    kind: Kind
    key: str
    """Which one of its kind: case id, application number, date."""
    since: datetime | None = None
    """For kinds in `AFTER`."""
    on: date | None = None
    """For kinds in `BEFORE`."""

    @property
    def id(self) -> str:
        """How it is kept; holds nothing a resident told us."""
        return f"{self.kind.value}:{self.key}"

    def days(self) -> tuple[date, ...]:
        """The day of each step, in order."""
        if self.on is not None:
            return tuple(self.on - timedelta(days=n) for n in BEFORE.get(self.kind, ()))
        if self.since is None:
            return ()
        start = self.since.astimezone(SHANGHAI).date()
        return tuple(start + timedelta(days=n) for n in AFTER.get(self.kind, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One step that was told."""

    matter: str
    step: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One step to be told now."""

    matter: Matter
    step: int


def due_now(
    matters: tuple[Matter, ...], sent: tuple[Sent, ...], wish: Wish, now: datetime
) -> tuple[Due, ...]:
    """What is to be told in one message now; nothing at a bad time, or when something was told today."""
    if wish == "none" or not is_good_time(now) or _told_today(sent, now):
        return ()
    today = now.astimezone(SHANGHAI).date()
    due = ((matter, _step(matter, sent, wish, today)) for matter in matters)
    return tuple(Due(matter=matter, step=step) for matter, step in due if step is not None)


def _step(matter: Matter, sent: tuple[Sent, ...], wish: Wish, today: date) -> int | None:
    """The newest step whose day has come and that was not told; older ones that were missed stay untold."""
    if matter.on is not None and today >= matter.on:
        return None
    told = [s.step for s in sent if s.matter == matter.id]
    if len(told) >= _most(wish):
        return None
    come = [step for step, day in enumerate(matter.days()) if day <= today]
    return come[-1] if come and come[-1] > max(told, default=-1) else None


def _most(wish: Wish) -> int:
    return 1 if wish == "few" else MOST


def next_look(
    matters: tuple[Matter, ...], sent: tuple[Sent, ...], wish: Wish, now: datetime
) -> datetime | None:
    """When something may be due next, at a good time after now; None when nothing waits."""
    if wish == "none":
        return None
    today = now.astimezone(SHANGHAI).date()
    days = []
    for matter in matters:
        if _step(matter, sent, wish, today) is not None:
            days.append(today)
        told = [s.step for s in sent if s.matter == matter.id]
        if len(told) < _most(wish):
            first = max(told, default=-1) + 1
            days += [day for day in matter.days()[first:] if day > today]
    if not days:
        return None
    moment = max(now, _start(min(days)))
    if _told_today(sent, moment):
        moment = _start(moment.astimezone(SHANGHAI).date() + timedelta(days=1))
    return next_good_time(moment)


def _told_today(sent: tuple[Sent, ...], now: datetime) -> bool:
    today = now.astimezone(SHANGHAI).date()
    return any(s.at.astimezone(SHANGHAI).date() == today for s in sent)


def is_good_time(now: datetime) -> bool:
    """Whether anybody may be disturbed now."""
    local = now.astimezone(SHANGHAI)
    return _first_hour(local.date()) <= local.hour < LAST_HOUR


def next_good_time(now: datetime) -> datetime:
    """Now, or the next moment somebody may be disturbed."""
    local = now.astimezone(SHANGHAI)
    if is_good_time(now):
        return now
    day = local.date() if local.hour < _first_hour(local.date()) else local.date() + _DAY
    return _start(day)


_DAY = timedelta(days=1)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(_first_hour(day)), tzinfo=SHANGHAI)


def _first_hour(day: date) -> int:
    return FIRST_HOUR if is_working_day(day) else FIRST_HOUR_OF_HOLIDAY
