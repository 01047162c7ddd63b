"""Whether a step was already carried out as wished: somebody pressed the button twice, or went back and pressed."""

from __future__ import annotations

from dataclasses import dataclass

from actions.desk import Desk
from actions.handle_case import CaseWish


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneBefore:
    """It was, and this is where the case lies now."""

    office_id: str


def was_done(desk: Desk, wish: CaseWish) -> DoneBefore | None:
    """The step following the version she saw is hers and the very same; None if it is another or none.

    Asked beyond her office: after a transfer the case is not there any more. It tells nothing but her own doing.
    """
    with desk.database.read() as work:
        found = work.cases.get(wish.case_id)
    if found is None or found.case.version <= wish.seen_version:
        return None
    behind = found.case.version - wish.seen_version
    if wish.seen_version < 1 or behind >= len(found.case.events):
        return None
    event, move = found.case.events[-behind], wish.move
    done = (event.action, event.by.id, event.reason, event.items, event.office_id)
    wished = (move.action, move.by.id, move.reason.strip(), move.items, move.office_id)
    return DoneBefore(office_id=found.case.office_id) if done == wished else None
