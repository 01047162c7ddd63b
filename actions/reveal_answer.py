"""A caseworker opens a masked answer: shown to her once, and logged."""

from __future__ import annotations

from datetime import datetime

from actions.desk import Desk
from actions.identify_staff import StaffAtWork
from actions.open_case import open_case
from actions.read_conversation import ALL, LATEST
from actions.show_case import CONVERSATION, CasePage


def reveal_answer(
    desk: Desk, staff: StaffAtWork, case_id: str, what: str, now: datetime
) -> CasePage:
    """The page with this answer in clear; raises `CaseNotFound`.

    `what` is a field, `*` for all of them, or `conversation` for the numbers said in it. Each answer opened
    is one line of the read log; a field the case does not have opens nothing.
    """
    lines = ALL if what == CONVERSATION else LATEST
    return open_case(desk, staff, case_id, now, (what,), lines=lines)
