"""What was not understood lately, numbers and names covered, for whoever improves the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.cover_names import cover_names, names_known
from actions.desk import Desk
from actions.identify_staff import StaffAtWork

LATEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MisunderstoodLine:
    """One message; whose it was is not told."""

    text: str
    at: datetime


def read_misunderstood(desk: Desk, staff: StaffAtWork) -> tuple[MisunderstoodLine, ...]:
    """The newest ones, newest first: the district's own people see all, an office those of its residents."""
    with desk.database.read() as work:
        latest = work.misunderstood.latest(LATEST, staff.sees)
        talks = {one.conversation_id for one in latest}
        known = {talk: names_known(work, desk.catalog, talk) for talk in talks}
    return tuple(
        MisunderstoodLine(text=cover_names(one.text, known[one.conversation_id]), at=one.at)
        for one in latest
    )


def as_labelled_line(line: MisunderstoodLine) -> dict[str, object]:
    """The message in the form of the labelled sets, its labels still to be given by a person."""
    return {
        "text": line.text,
        "labels": [],
        "also_ok": [],
        "event": None,
        "act": None,
        "kind": "",
        "by": "",
    }
