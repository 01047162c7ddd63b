"""What a resident would be told if a caseworker did this; nothing is changed and nobody is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.desk import Desk
from actions.handle_case import CaseChanged, CaseNotFound, CaseWish
from actions.show_case import HistoryLine, history_line
from casework.lifecycle import move
from casework.models import Case, CaseState
from dialogue.notices import notice_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The notice as she would read it."""

    paragraphs: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatChanged:
    """The case as a caseworker saw it, and as it is."""

    seen: CaseState
    now: CaseState
    since: tuple[HistoryLine, ...]
    """What happened in between."""


def preview_move(desk: Desk, wish: CaseWish, now: datetime) -> Told:
    """The notice; raises what `handle_case` would raise."""
    with desk.database.read() as work:
        found = work.cases.get(wish.case_id, wish.office_id)
    if found is None:
        raise CaseNotFound(wish.case_id)
    if found.case.version != wish.seen_version:
        raise CaseChanged(found.case)
    limit = desk.catalog.time_limit_of(found.case.service_id)
    changed, event = move(found.case, wish.move, limit, now)
    notice = notice_of(changed, event, desk.catalog)
    return Told(
        paragraphs=notice.paragraphs, choices=tuple(choice.label for choice in notice.choices)
    )


def tell_changes(desk: Desk, case: Case, seen_version: int) -> WhatChanged:
    """What others did since: every change of a case adds one line of history and one to its version."""
    behind = min(max(case.version - seen_version, 0), len(case.events) - 1)
    first_new = len(case.events) - behind
    return WhatChanged(
        seen=case.events[first_new - 1].state,
        now=case.state,
        since=tuple(history_line(desk.catalog, case, event) for event in case.events[first_new:]),
    )
