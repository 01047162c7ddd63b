"""A caseworker opens a paper of a case of her office; the opening is logged before she gets the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.identify_staff import StaffAtWork
from actions.show_case import PICTURES


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPaper:
    """The paper itself."""

    name: str
    media_type: str
    is_picture: bool
    data: bytes


def open_paper(
    desk: Desk, staff: StaffAtWork, case_id: str, paper_id: str, now: datetime
) -> OpenPaper:
    """The paper; raises `CaseNotFound` for another office's, another case's, or one already deleted."""
    with desk.database.write() as work:
        found = work.cases.get(case_id, staff.sees)
        papers = [p for p in found.case.papers if p.id == paper_id] if found else []
        if found is None or not papers:
            raise CaseNotFound(case_id)
        work.read_log.add(staff.id, found.case.id, paper_id, now)
        work.commit()
    try:
        data = desk.papers.get(papers[0].key)
    except (FileNotFoundError, ValueError) as error:
        raise CaseNotFound(case_id) from error
    return OpenPaper(
        name=papers[0].name,
        media_type=papers[0].media_type,
        is_picture=papers[0].media_type in PICTURES,
        data=data,
    )
