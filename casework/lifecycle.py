"""The state machine of a case: which transition is allowed, what it needs, and what it leads to.

Source of the states and of the duties (one notice listing all that is missing, written reasons, the clock
stopped during special procedures): facts.md §6 — 行政许可法 art. 32, 45; 优化营商环境条例 art. 36.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from casework.deadlines import due_after
from casework.models import Action, Case, CaseEvent, CaseState, Move
from catalog.models import TimeLimit

_S = CaseState
_INTAKE = frozenset({_S.SUBMITTED, _S.TRANSFERRED})
_HANDLING = frozenset({_S.ACCEPTED, _S.IN_REVIEW})
_WAITING = frozenset({_S.NEEDS_CORRECTION})
_OPEN = frozenset(state for state in CaseState if not state.is_closed)

_ALLOWED: dict[Action, tuple[frozenset[CaseState], CaseState]] = {
    Action.ACCEPT: (_INTAKE, _S.ACCEPTED),
    Action.END_CORRECTIONS: (_WAITING, _S.SUBMITTED),
    Action.REQUEST_CORRECTIONS: (_INTAKE | _HANDLING | _WAITING, _S.NEEDS_CORRECTION),
    Action.CORRECT: (_WAITING, _S.SUBMITTED),
    Action.START_REVIEW: (frozenset({_S.ACCEPTED}), _S.IN_REVIEW),
    Action.SUSPEND: (_HANDLING, _S.SUSPENDED),
    Action.RESUME: (frozenset({_S.SUSPENDED}), _S.IN_REVIEW),
    Action.TRANSFER: (_INTAKE | _HANDLING | _WAITING, _S.TRANSFERRED),
    Action.APPROVE: (_HANDLING, _S.APPROVED),
    Action.DECLINE: (_HANDLING, _S.DECLINED),
    Action.NOT_ACCEPT: (_INTAKE, _S.NOT_ACCEPTED),
    Action.SEND_BACK: (_WAITING, _S.RETURNED),
    Action.WITHDRAW: (_OPEN, _S.WITHDRAWN),
}
_NEEDS_REASON = frozenset(
    {
        Action.REQUEST_CORRECTIONS,
        Action.END_CORRECTIONS,
        Action.SUSPEND,
        Action.DECLINE,
        Action.NOT_ACCEPT,
        Action.SEND_BACK,
    }
)
_ASKED_BEFORE_SENT_BACK = 2
"""退件 is for what was asked for several times (多次不补) and never came; how long to wait, a person decides."""
_ANSWERED = frozenset({Action.CORRECT, Action.ADD_PAPER, Action.END_CORRECTIONS, Action.TRANSFER})
_RESIDENTS = frozenset({"resident", "helper"})
_RESIDENTS_OWN = frozenset({Action.CORRECT, Action.WITHDRAW, Action.SUBMIT, Action.ADD_PAPER})


class CaseError(Exception):
    """The rules say no; `code` names the sentence the door shows."""

    code = "case_error"


class NotAllowed(CaseError):
    """The action is not possible in the case's present state, or not for who asks."""

    code = "not_allowed"


class ReasonMissing(CaseError):
    """A decision against the resident, or a question to her, needs words she can understand."""

    code = "reason_missing"


class ItemsMissing(CaseError):
    """A request for corrections must list all that is missing, at once."""

    code = "items_missing"


class OfficeMissing(CaseError):
    """A transfer needs another office than the present one."""

    code = "office_missing"


class AskedOnce(CaseError):
    """A case is sent back only when corrections were asked for more than once."""

    code = "asked_once"


def allowed_actions(state: CaseState) -> tuple[Action, ...]:
    """What a caseworker may do in this state, in a fixed order."""
    return tuple(
        action
        for action, (sources, _) in _ALLOWED.items()
        if state in sources and action not in _RESIDENTS_OWN
    )


def move(case: Case, wish: Move, limit: TimeLimit, now: datetime) -> tuple[Case, CaseEvent]:
    """Carry out one transition, or raise a `CaseError`; the given case is left as it was."""
    _check(case, wish)
    target = _target(case, wish.action)
    office_id = wish.office_id if wish.action is Action.TRANSFER else ""
    event = CaseEvent(
        at=now,
        action=wish.action,
        by=wish.by,
        state=target,
        reason=wish.reason.strip(),
        items=wish.items,
        office_id=office_id,
    )
    anew = wish.action is not Action.END_CORRECTIONS
    due_at, is_internal = due_after(target, limit, now, case, anew=anew)
    asks = wish.action is Action.REQUEST_CORRECTIONS
    changed = replace(
        case,
        state=target,
        office_id=office_id or case.office_id,
        events=(*case.events, event),
        due_at=due_at,
        due_is_internal=is_internal,
        wanted=wish.items if asks else (),
        wanted_reason=wish.reason.strip() if asks else "",
        version=case.version + 1,
    )
    return changed, event


def _target(case: Case, action: Action) -> CaseState:
    """The state an action leads to; when nothing is asked any more, a case goes on where it was."""
    target = _ALLOWED[action][1]
    if action not in (Action.CORRECT, Action.END_CORRECTIONS):
        return target
    before = [e.state for e in case.events if e.state is not CaseState.NEEDS_CORRECTION]
    if before and before[-1] in _HANDLING:
        return before[-1]
    stays = action is Action.END_CORRECTIONS and before and before[-1] is CaseState.TRANSFERRED
    return CaseState.TRANSFERRED if stays else target


def asked_in_vain(case: Case) -> int:
    """How often corrections were asked for since the resident last sent any, or the request was ended."""
    count = 0
    for event in case.events:
        if event.action is Action.REQUEST_CORRECTIONS:
            count += 1
        elif event.action in _ANSWERED:
            count = 0
    return count


def _check(case: Case, wish: Move) -> None:
    if wish.action not in _ALLOWED or case.state not in _ALLOWED[wish.action][0]:
        raise NotAllowed
    if (wish.action in _RESIDENTS_OWN) != (wish.by.kind in _RESIDENTS):
        raise NotAllowed
    if wish.action in _NEEDS_REASON and not wish.reason.strip():
        raise ReasonMissing
    if wish.action is Action.REQUEST_CORRECTIONS and not wish.items:
        raise ItemsMissing
    if wish.action is Action.TRANSFER and wish.office_id in ("", case.office_id):
        raise OfficeMissing
    if wish.action is Action.SEND_BACK and asked_in_vain(case) < _ASKED_BEFORE_SENT_BACK:
        raise AskedOnce
