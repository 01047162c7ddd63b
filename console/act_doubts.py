"""What a caseworker should look at once more before a step is done; she may go on all the same, by saying so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from actions.check_words import doubts_in
from actions.missing_in_case import Missing
from actions.open_case import name_case
from actions.show_case import CasePage
from casework.models import Action
from console.act_form import FieldError, Typed
from console.auth import Visit
from console.pages import words

GOES_ON = frozenset({Action.ACCEPT, Action.APPROVE})
"""Steps that take a case on: whatever is not there yet is named first."""


async def doubts_about(
    visit: Visit, action: Action, case: CasePage, typed: Typed
) -> tuple[str, ...]:
    """The sentences to be read first: what is missing, then what is doubtful in the words."""
    told = [] if action not in GOES_ON else [*_not_there(case.missing)]
    known = {line.case_id for line in case.siblings}
    for mark in typed.others if action in GOES_ON else ():
        case_id = mark.partition(":")[0]
        if case_id not in known:
            continue
        other = await visit.desk.database.run_reading(
            name_case, visit.desk, visit.staff, case_id, visit.now
        )
        named = words()["doubts"]["of"]
        told += [named.format(name=other.service_name, told=t) for t in _not_there(other.missing)]
    return (*told, *doubtful(typed.reason, case.needs.flags))


def doubtful(text: str, needs: Collection[str]) -> tuple[str, ...]:
    """What is doubtful in words to a resident with these needs."""
    told: dict[str, str] = words()["doubts"]["words"]
    return tuple(told[code] for code in doubts_in(text, needs))


def mark_of(doubts: tuple[str, ...]) -> str:
    """What the box that was ticked stood for: other doubts ask again."""
    return "\n".join(doubts)


def unsure(doubts: tuple[str, ...], sure: str) -> tuple[FieldError, ...]:
    """The error to show while these very doubts are not answered."""
    is_sure = not doubts or sure == mark_of(doubts)
    return () if is_sure else (FieldError(field="sure", code="not_sure"),)


def _not_there(missing: Missing) -> tuple[str, ...]:
    told: dict[str, Any] = words()["doubts"]
    lines = []
    if missing.helper:
        lines.append(told["helper"][missing.helper])
    if missing.papers:
        labels = "、".join(missing.papers)
        lines.append(told["papers"].format(labels=labels))
        if missing.other_papers:
            lines.append(told["other_papers"].format(count=missing.other_papers))
    return tuple(lines)
