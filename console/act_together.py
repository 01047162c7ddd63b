"""The same transition for several cases of one application: who else may come along, and what was done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import Response

from actions.handle_case import CaseWish
from actions.handle_cases import Refused, handle_cases, preview_cases
from actions.read_queue import QueueLine
from actions.show_case import CasePage
from casework.lifecycle import allowed_actions
from casework.models import Action
from console.act_form import Typed, wish_of
from console.auth import Visit
from console.pages import go_to, page


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another case of the same application, as it may be ticked."""

    line: QueueLine
    mark: str
    """Its id and the version seen, as posted."""
    is_possible: bool
    """The transition is possible in its present state."""


def others_of(action: Action, case: CasePage) -> tuple[Other, ...]:
    """The other cases of the application she may see, open ones only."""
    return tuple(
        Other(
            line=line,
            mark=f"{line.case_id}:{line.version}",
            is_possible=action in allowed_actions(line.state),
        )
        for line in case.siblings
        if not line.state.is_closed
    )


def wishes_of(visit: Visit, action: Action, case: CasePage, typed: Typed) -> tuple[CaseWish, ...]:
    """What is wished for this case and for each that was ticked."""
    known = {line.case_id for line in case.siblings}
    wishes = [wish_of(case.id, visit.staff, action, typed)]
    for mark in dict.fromkeys(typed.others):
        case_id, _, version = mark.partition(":")
        if case_id in known and version.isascii() and version.isdigit():
            seen = replace(typed, version=int(version))
            wishes.append(wish_of(case_id, visit.staff, action, seen))
    return tuple(wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTogether:
    """What the resident would be told, and what could not be done."""

    paragraphs: tuple[str, ...]
    choices: tuple[str, ...]
    refused: tuple[Refused, ...]


async def preview_together(visit: Visit, wishes: tuple[CaseWish, ...]) -> ToldTogether:
    """The one message for all of them; nothing is done."""
    desk = visit.desk
    paragraphs, choices, refused = await desk.database.run_reading(
        preview_cases, desk.database, desk.catalog, wishes, visit.now
    )
    return ToldTogether(paragraphs=paragraphs, choices=choices, refused=refused)


async def carry_out_together(
    visit: Visit, action: Action, case: CasePage, wishes: tuple[CaseWish, ...]
) -> Response:
    """Do it; a page says for each case what could not be done."""
    desk = visit.desk
    told = await desk.database.run(handle_cases, desk.database, desk.catalog, wishes, visit.now)
    if told.refused:
        values = {"staff": visit.staff, "action": action, "case": case, "told": told}
        return page("act_done.html", 200 if told.done else 409, **values)
    moved = any(visit.staff.sees not in (None, done.office_id) for done in told.done)
    address = "/" if moved else f"/cases/{case.id}"
    return go_to(f"{address}?done={action.value}")
