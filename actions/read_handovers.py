"""The conversations of an office that wait for a person, and those that are closed, with what is new in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.cover_numbers import cover_numbers
from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from storage.models import Handover
from storage.unit_of_work import UnitOfWork

AFTERWARDS = timedelta(days=3)
"""What the resident says so long after it was closed still belongs to it; what she says later does not."""
AT_ONCE = 50
_LOOKED_BACK = 12
_SHOWN = 60
_EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """One conversation that waits for a person, or did."""

    id: str
    reason: str
    opened_at: datetime
    first_words: str
    """What told of the danger, long numbers covered; empty for other reasons."""
    latest_words: str
    """The resident's, long numbers covered, at most 60 characters."""
    taken_by: str
    """Name, or empty while nobody has it."""
    is_mine: bool
    has_news: bool
    """The resident said something nobody has looked at yet."""
    office_name: str
    closed_at: datetime | None = None
    closed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The list: who waits, and whose hand-over was closed and who has said something since."""

    lines: tuple[HandoverLine, ...]
    again: tuple[HandoverLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A page of closed hand-overs, the last closed first."""

    lines: tuple[HandoverLine, ...]
    next: str
    """Id of the last line when there are more, else empty."""


def read_handovers(desk: Desk, staff: StaffAtWork, now: datetime) -> Waiting:
    """All that are not closed: emergencies first, then who waits longest."""
    with desk.database.read() as work:
        waiting = _lines(desk, work, staff, work.handovers.waiting(staff.sees), now)
        lately = work.handovers.closed(staff.sees, AT_ONCE)
        closed = _lines(desk, work, staff, [h for h in lately if _is_fresh(h, now)], now)
    return Waiting(lines=waiting, again=tuple(line for line in closed if line.has_news))


def read_closed_handovers(desk: Desk, staff: StaffAtWork, after: str, now: datetime) -> Closed:
    """A page of those that are closed, beginning behind the one of the id `after`."""
    with desk.database.read() as work:
        last = work.handovers.get(after, staff.sees) if after else None
        before = (last.closed_at, last.id) if last is not None and last.closed_at else None
        found = work.handovers.closed(staff.sees, AT_ONCE + 1, before)
        lines = _lines(desk, work, staff, found[:AT_ONCE], now)
    return Closed(lines=lines, next=lines[-1].id if len(found) > AT_ONCE else "")


def name_of(work: UnitOfWork, staff_id: str | None) -> str:
    """A caseworker's name, or empty."""
    person = work.staff.get(staff_id) if staff_id else None
    return person.name if person else ""


def _lines(
    desk: Desk,
    work: UnitOfWork,
    staff: StaffAtWork,
    handovers: Sequence[Handover],
    now: datetime,
) -> tuple[HandoverLine, ...]:
    heard = work.messages.heard_at({h.conversation_id for h in handovers}) if handovers else {}
    seen = work.handover_events.seen_at({h.id for h in handovers}) if handovers else {}
    offices = desk.catalog.offices_by_id
    return tuple(
        HandoverLine(
            id=one.id,
            reason=one.reason,
            opened_at=one.opened_at,
            first_words=_short(one.excerpt) if one.reason == _EMERGENCY else "",
            latest_words=_latest_words(work, one),
            taken_by=name_of(work, one.taken_by),
            is_mine=one.taken_by == staff.id,
            has_news=_has_news(one, heard.get(one.conversation_id), seen.get(one.id), now),
            office_name=offices[one.office_id].name if one.office_id in offices else "",
            closed_at=one.closed_at,
            closed_by=name_of(work, one.closed_by),
        )
        for one in handovers
    )


def _is_fresh(handover: Handover, now: datetime) -> bool:
    return handover.closed_at is not None and now - handover.closed_at < AFTERWARDS


def _has_news(
    handover: Handover, heard: datetime | None, seen: datetime | None, now: datetime
) -> bool:
    """Whether she spoke after anybody looked; of a closed one only while it is still hers to be heard in."""
    if heard is None or (handover.closed_at is not None and not _is_fresh(handover, now)):
        return False
    return seen is None or heard > seen


def _latest_words(work: UnitOfWork, handover: Handover) -> str:
    latest = work.messages.latest(handover.conversation_id, _LOOKED_BACK)
    until = handover.closed_at + AFTERWARDS if handover.closed_at else None
    said = [
        m.message.text
        for m in latest
        if m.message is not None and m.message.text and (until is None or m.at <= until)
    ]
    return _short(said[-1]) if said else ""


def _short(words: str) -> str:
    words = cover_numbers(words)
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
