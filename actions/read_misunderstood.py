"""What was not understood lately, long numbers covered, for whoever improves the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.cover_numbers import cover_numbers
from actions.desk import Desk

LATEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MisunderstoodLine:
    """One message; whose it was is not told."""

    text: str
    at: datetime


def read_misunderstood(desk: Desk) -> tuple[MisunderstoodLine, ...]:
    """The newest ones, newest first."""
    with desk.database.read() as work:
        latest = work.misunderstood.latest(LATEST)
    return tuple(MisunderstoodLine(text=cover_numbers(one.text), at=one.at) for one in latest)
