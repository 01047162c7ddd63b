"""A case is taken back by whose it is, or by her helper."""

from __future__ import annotations

from datetime import datetime

from actions.own_case import actor_of, announce, case_to_act_on
from casework.lifecycle import move
from casework.models import Action, Move
from catalog.models import Catalog
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


def withdraw_case(
    work: UnitOfWork, catalog: Catalog, stored: StoredConversation, case_id: str, now: datetime
) -> None:
    """Take one case back; raises `CaseError` when it is closed by now."""
    case = case_to_act_on(work, stored, case_id, now)
    changed, _ = move(
        case,
        Move(action=Action.WITHDRAW, by=actor_of(work, stored, case)),
        catalog.time_limit_of(case.service_id),
        now,
    )
    work.cases.save(changed, now)
    announce(work, stored, changed, Action.WITHDRAW, now)
