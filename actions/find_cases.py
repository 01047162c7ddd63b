"""A caseworker looks a number up: the cases filed under it, as far as they are her office's."""

from __future__ import annotations

from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.read_queue import QueueLine, queue_line


def find_cases(
    desk: Desk, staff: StaffAtWork, number: str, now: datetime
) -> tuple[QueueLine, ...]:
    """The cases of one application number, in the order of filing."""
    with desk.database.read() as work:
        rows = work.cases.by_number(number, staff.sees)
    return tuple(queue_line(row, now) for row in rows)
