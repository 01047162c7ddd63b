"""A caseworker acts on a case: checked, recorded, and told to the resident, in one transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from actions.tell_resident import tell_about_case
from casework.lifecycle import move
from casework.models import Case, Move
from catalog.models import Catalog
from dialogue.notices import notice_of
from storage.database import Database
from storage.errors import Conflict

log = logging.getLogger("zhucan.case")


class CaseNotFound(Exception):
    """There is no such case for this office."""


class CaseChanged(Exception):
    """Somebody else acted on the case in the meantime; carries the case as it is now."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.id)
        self.case = case


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWish:
    """What a caseworker wants done, and the version of the case she looked at."""

    case_id: str
    office_id: str | None
    """The office acting; None for the district, which may act for all."""
    seen_version: int
    move: Move


def handle_case(database: Database, catalog: Catalog, wish: CaseWish, now: datetime) -> Case:
    """Carry out the transition and tell the resident; raises `CaseError`, `CaseNotFound`, `CaseChanged`."""
    with database.write() as work:
        found = work.cases.get(wish.case_id, wish.office_id)
        if found is None:
            raise CaseNotFound(wish.case_id)
        if found.case.version != wish.seen_version:
            raise CaseChanged(found.case)
        limit = catalog.time_limit_of(found.case.service_id)
        changed, event = move(found.case, wish.move, limit, now)
        try:
            work.cases.save(changed, now)
        except Conflict as conflict:
            raise CaseChanged(found.case) from conflict
        tell_about_case(work, changed, notice_of(changed, event, catalog), now)
        work.commit()
    log.info(
        "case=%s action=%s state=%s by=%s",
        changed.id,
        event.action.value,
        changed.state.value,
        event.by.id,
    )
    return changed
