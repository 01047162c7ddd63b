"""The form of one transition: which fields it has, and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from actions.handle_case import CaseWish
from actions.identify_staff import StaffAtWork
from actions.show_case import CasePage
from casework.models import Action, Move
from console.forms import Form

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What is asked of the caseworker."""

    reason: Literal["required", "optional", "none"] = "none"
    items: bool = False
    office: bool = False

    @property
    def is_empty(self) -> bool:
        """There is nothing to fill in."""
        return self == Fields()


FIELDS = {
    Action.ACCEPT: Fields(),
    Action.REQUEST_CORRECTIONS: Fields(reason="required", items=True),
    Action.END_CORRECTIONS: Fields(reason="required"),
    Action.SEND_BACK: Fields(reason="required"),
    Action.START_REVIEW: Fields(),
    Action.SUSPEND: Fields(reason="required"),
    Action.RESUME: Fields(),
    Action.TRANSFER: Fields(reason="optional", office=True),
    Action.APPROVE: Fields(reason="optional"),
    Action.DECLINE: Fields(reason="required"),
    Action.NOT_ACCEPT: Fields(reason="required"),
}
"""Every transition of a caseworker; the lifecycle has the last word on what is needed."""

_ONWARD = (
    Action.ACCEPT,
    Action.END_CORRECTIONS,
    Action.START_REVIEW,
    Action.RESUME,
    Action.APPROVE,
)
"""The next step when all is well, in the order of a case's life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed so far."""

    version: int
    reason: str = ""
    items: tuple[str, ...] = ()
    office_id: str = ""
    others: tuple[str, ...] = ()
    """Other cases of the same application to be handled with it: their ids and the versions seen."""
    sure: str = ""
    """The doubts she has read and goes on in spite of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """Something to be put right: the field's id on the page, and the code of the sentence."""

    field: str
    code: str


def next_first(actions: Collection[Action]) -> tuple[Action, ...]:
    """The allowed actions, the one that takes the case on first."""
    onward = [action for action in _ONWARD if action in actions][:1]
    return (*onward, *(action for action in actions if action not in onward))


def begun(action: Action, case: CasePage) -> Typed:
    """An empty form; asked for anew, corrections begin with the list that is to be replaced."""
    if action is not Action.REQUEST_CORRECTIONS:
        return Typed(version=case.version)
    return Typed(version=case.version, reason=case.wanted_reason, items=case.wanted_fields)


def typed_in(form: Form) -> Typed:
    """The values of a posted form."""
    version = form.one("version")
    return Typed(
        version=int(version) if version.isascii() and version.isdigit() else 0,
        reason=form.one("reason"),
        items=form.all("items"),
        office_id=form.one("office_id"),
        others=form.all("others"),
        sure=form.one("sure"),
    )


def errors_in(
    action: Action, typed: Typed, may_ask: Collection[str], offices: Collection[str]
) -> tuple[FieldError, ...]:
    """Everything wrong at once, in the order of the page."""
    fields = FIELDS[action]
    wrong = []
    if fields.items and (not typed.items or not set(typed.items) <= set(may_ask)):
        wrong.append(FieldError(field="items", code="items_missing"))
    if fields.office and typed.office_id not in offices:
        wrong.append(FieldError(field="office_id", code="office_missing"))
    if fields.reason == "required" and not typed.reason.strip():
        wrong.append(FieldError(field="reason", code="reason_missing"))
    if len(typed.reason) > LONGEST_REASON:
        wrong.append(FieldError(field="reason", code="reason_too_long"))
    return tuple(wrong)


def wish_of(case_id: str, staff: StaffAtWork, action: Action, typed: Typed) -> CaseWish:
    """What she wants done, with nothing the form of this action does not have."""
    fields = FIELDS[action]
    return CaseWish(
        case_id=case_id,
        office_id=staff.sees,
        seen_version=typed.version,
        move=Move(
            action=action,
            by=staff.actor,
            reason=typed.reason if fields.reason != "none" else "",
            items=typed.items if fields.items else (),
            office_id=typed.office_id if fields.office else "",
        ),
    )
