"""Keeps what somebody thinks of a decided case: once, and only of a case that is hers or that she filed."""

from __future__ import annotations

from datetime import datetime

from dialogue.aftercare import RATED
from dialogue.effects import RateCase
from storage.errors import Conflict
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


def rate_case(work: UnitOfWork, stored: StoredConversation, wish: RateCase, now: datetime) -> None:
    """In the turn's own transaction; marks given before stay as they are. Raises `Conflict` for anybody else's."""
    found = work.cases.get(wish.case_id)
    if found is None or found.case.state not in RATED:
        raise Conflict("case")
    if stored.person_id not in (found.person_id, found.case.filed_by):
        raise Conflict("case")
    if wish.stars:
        work.ratings.add(found.case.id, found.case.office_id, wish.stars, now)
    if wish.words.strip():
        work.ratings.explain(found.case.id, wish.words.strip())
