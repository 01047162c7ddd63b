"""What may be done to a case, by whom, and what it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.lifecycle import (
    AskedOnce,
    CaseError,
    ItemsMissing,
    NotAllowed,
    OfficeMissing,
    ReasonMissing,
    allowed_actions,
    move,
)
from casework.models import Action, Actor, Case, CaseEvent, CaseState, Move
from catalog.models import TimeLimit

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
RESIDENT, CLERK = Actor(kind="resident"), Actor(kind="caseworker", id="1", name="张科员")
OWN = {Action.CORRECT, Action.WITHDRAW}
CLOSED = {s for s in CaseState if s.is_closed}


def a_case(state: CaseState = CaseState.SUBMITTED, *before: CaseState) -> Case:
    events = tuple(
        CaseEvent(at=NOW, action=Action.SUBMIT, by=RESIDENT, state=s) for s in (*before, state)
    )
    return Case(
        id="1",
        number="12345674",
        service_id="cert_renew",
        service_name="换证",
        office_id="310115",
        state=state,
        catalog_version="2026.11.1",
        questions=(),
        events=events,
    )


def a_wish(action: Action, **values: object) -> Move:
    filled = {
        "by": RESIDENT if action in OWN else CLERK,
        "reason": "材料不清楚",
        "items": ("mobile",),
        "office_id": "310115004",
    }
    return Move(action=action, **{**filled, **values})


def do(case: Case, action: Action, **values: object) -> Case:
    return move(case, a_wish(action, **values), TimeLimit(), NOW)[0]


def asked_twice() -> Case:
    asked = do(a_case(), Action.REQUEST_CORRECTIONS)
    return do(asked, Action.REQUEST_CORRECTIONS, items=("photo",))


ROWS = [
    (CaseState.SUBMITTED, Action.ACCEPT, CaseState.ACCEPTED),
    (CaseState.SUBMITTED, Action.REQUEST_CORRECTIONS, CaseState.NEEDS_CORRECTION),
    (CaseState.SUBMITTED, Action.NOT_ACCEPT, CaseState.NOT_ACCEPTED),
    (CaseState.SUBMITTED, Action.TRANSFER, CaseState.TRANSFERRED),
    (CaseState.TRANSFERRED, Action.ACCEPT, CaseState.ACCEPTED),
    (CaseState.NEEDS_CORRECTION, Action.CORRECT, CaseState.SUBMITTED),
    (CaseState.ACCEPTED, Action.START_REVIEW, CaseState.IN_REVIEW),
    (CaseState.ACCEPTED, Action.SUSPEND, CaseState.SUSPENDED),
    (CaseState.IN_REVIEW, Action.SUSPEND, CaseState.SUSPENDED),
    (CaseState.SUSPENDED, Action.RESUME, CaseState.IN_REVIEW),
    (CaseState.IN_REVIEW, Action.APPROVE, CaseState.APPROVED),
    (CaseState.IN_REVIEW, Action.DECLINE, CaseState.DECLINED),
    (CaseState.ACCEPTED, Action.REQUEST_CORRECTIONS, CaseState.NEEDS_CORRECTION),
    (CaseState.NEEDS_CORRECTION, Action.REQUEST_CORRECTIONS, CaseState.NEEDS_CORRECTION),
    (CaseState.NEEDS_CORRECTION, Action.END_CORRECTIONS, CaseState.SUBMITTED),
    (CaseState.NEEDS_CORRECTION, Action.TRANSFER, CaseState.TRANSFERRED),
]


@pytest.mark.parametrize(("state", "action", "target"), ROWS)
def test_a_transition_leads_where_it_should(state: CaseState, action: Action, target: CaseState):
    case = a_case(state)
    changed, event = move(case, a_wish(action), TimeLimit(), NOW)

    assert (changed.state, event.state, event.action) == (target, target, action)
    assert changed.events == (*case.events, event)
    assert changed.version == case.version + 1
    assert case == a_case(state)


@pytest.mark.parametrize("state", sorted(CaseState))
@pytest.mark.parametrize("action", sorted(Action))
def test_what_is_offered_is_possible_and_nothing_else(state: CaseState, action: Action):
    offered = action in allowed_actions(state)
    if action in OWN or action in (Action.SUBMIT, Action.ADD_PAPER):
        assert not offered
        return
    if action is Action.SEND_BACK and offered:
        do(asked_twice(), action)
        return
    if offered:
        do(a_case(state), action)
        return
    with pytest.raises(NotAllowed):
        do(a_case(state), action)


@pytest.mark.parametrize("state", sorted(CaseState))
def test_a_resident_may_withdraw_until_it_is_decided(state: CaseState):
    if state.is_closed:
        with pytest.raises(NotAllowed):
            do(a_case(state), Action.WITHDRAW)
        return

    assert do(a_case(state), Action.WITHDRAW).state is CaseState.WITHDRAWN


@pytest.mark.parametrize("action", sorted(OWN))
def test_a_caseworker_cannot_do_what_is_the_residents_own(action: Action):
    with pytest.raises(NotAllowed):
        do(a_case(CaseState.NEEDS_CORRECTION), action, by=CLERK)


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.APPROVE, Action.TRANSFER])
def test_a_resident_cannot_decide_her_own_case(action: Action):
    state = CaseState.SUBMITTED if action is Action.ACCEPT else CaseState.ACCEPTED
    with pytest.raises(NotAllowed):
        do(a_case(state), action, by=RESIDENT)


@pytest.mark.parametrize(
    "action",
    [
        Action.REQUEST_CORRECTIONS,
        Action.NOT_ACCEPT,
        Action.SUSPEND,
        Action.DECLINE,
        Action.END_CORRECTIONS,
        Action.SEND_BACK,
    ],
)
@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_decision_against_the_resident_needs_words(action: Action, reason: str):
    state = {
        Action.SUSPEND: CaseState.ACCEPTED,
        Action.DECLINE: CaseState.ACCEPTED,
        Action.END_CORRECTIONS: CaseState.NEEDS_CORRECTION,
        Action.SEND_BACK: CaseState.NEEDS_CORRECTION,
    }.get(action, CaseState.SUBMITTED)
    with pytest.raises(ReasonMissing):
        do(a_case(state), action, reason=reason)


def test_corrections_list_what_is_missing():
    with pytest.raises(ItemsMissing):
        do(a_case(), Action.REQUEST_CORRECTIONS, items=())


@pytest.mark.parametrize("office", ["", "310115"])
def test_a_transfer_goes_to_another_office(office: str):
    with pytest.raises(OfficeMissing):
        do(a_case(), Action.TRANSFER, office_id=office)


def test_only_a_transfer_changes_the_office():
    assert do(a_case(), Action.ACCEPT).office_id == "310115"
    assert do(a_case(), Action.TRANSFER).office_id == "310115004"


def test_what_is_wanted_is_kept_until_it_was_corrected():
    asked = do(a_case(), Action.REQUEST_CORRECTIONS, reason="  照片不清楚 ")
    assert (asked.wanted, asked.wanted_reason) == (("mobile",), "照片不清楚")

    done = do(asked, Action.CORRECT)
    assert (done.wanted, done.wanted_reason) == ((), "")


def test_asked_again_the_new_list_replaces_the_old_one():
    asked = do(a_case(), Action.REQUEST_CORRECTIONS, items=("mobile", "photo"), reason="两样")
    again = do(asked, Action.REQUEST_CORRECTIONS, items=("photo",), reason="只要照片")

    assert (again.wanted, again.wanted_reason) == (("photo",), "只要照片")
    assert again.due_at is None


def test_a_caseworker_ends_her_own_request_and_nothing_is_wanted_any_more():
    asked = do(a_case(), Action.REQUEST_CORRECTIONS)
    ended = do(asked, Action.END_CORRECTIONS)

    assert (ended.wanted, ended.wanted_reason) == ((), "")
    assert ended.due_at is not None


@pytest.mark.parametrize(
    "state", [CaseState.SUBMITTED, CaseState.TRANSFERRED, CaseState.ACCEPTED, CaseState.IN_REVIEW]
)
def test_a_request_ended_after_being_asked_twice_leaves_the_case_where_it_was(state: CaseState):
    asked = do(a_case(state), Action.REQUEST_CORRECTIONS)
    again = do(asked, Action.REQUEST_CORRECTIONS)

    assert do(again, Action.END_CORRECTIONS).state is state


def test_a_case_is_sent_back_only_when_it_was_asked_for_more_than_once():
    with pytest.raises(AskedOnce):
        do(do(a_case(), Action.REQUEST_CORRECTIONS), Action.SEND_BACK)

    assert do(asked_twice(), Action.SEND_BACK).state is CaseState.RETURNED


@pytest.mark.parametrize("action", [Action.CORRECT, Action.END_CORRECTIONS, Action.TRANSFER])
def test_a_request_that_was_answered_does_not_count_for_sending_back(action: Action):
    answered = do(asked_twice(), action, office_id="310115006")
    asked = do(answered, Action.REQUEST_CORRECTIONS)

    with pytest.raises(AskedOnce):
        do(asked, Action.SEND_BACK)


def test_a_paper_sent_is_an_answer_too():
    asked = asked_twice()
    paper = CaseEvent(at=NOW, action=Action.ADD_PAPER, by=RESIDENT, state=asked.state)

    with pytest.raises(AskedOnce):
        do(replace(asked, events=(*asked.events, paper)), Action.SEND_BACK)


@pytest.mark.parametrize("action", [Action.END_CORRECTIONS, Action.SEND_BACK])
def test_a_resident_neither_ends_a_request_nor_sends_back(action: Action):
    with pytest.raises(NotAllowed):
        do(asked_twice(), action, by=RESIDENT)


@pytest.mark.parametrize("state", [CaseState.ACCEPTED, CaseState.IN_REVIEW])
def test_corrected_in_the_middle_of_handling_a_case_goes_on_where_it_was(state: CaseState):
    asked = do(a_case(state), Action.REQUEST_CORRECTIONS)

    assert do(asked, Action.CORRECT).state is state


def test_a_paper_sent_while_correcting_does_not_confuse_where_it_was():
    asked = do(a_case(CaseState.ACCEPTED), Action.REQUEST_CORRECTIONS)
    paper = CaseEvent(at=NOW, action=Action.ADD_PAPER, by=RESIDENT, state=asked.state)
    asked = replace(asked, events=(*asked.events, paper))

    assert do(asked, Action.CORRECT).state is CaseState.ACCEPTED


def test_every_error_has_a_code_of_its_own():
    errors = (NotAllowed, ReasonMissing, ItemsMissing, OfficeMissing, AskedOnce, CaseError)
    codes = [e.code for e in errors]

    assert len(set(codes)) == len(codes)


@given(st.lists(st.sampled_from(sorted(Action)), max_size=12))
def test_no_order_of_wishes_breaks_the_history(actions: list[Action]):
    """History only grows, closed stays closed, and every state was reached by its own event."""
    case = a_case()
    for action in actions:
        before = case
        try:
            case = do(case, action)
        except CaseError:
            assert case == before
            continue
        assert before.state not in CLOSED
        assert case.events[:-1] == before.events
        assert case.events[-1].state is case.state
        assert (case.due_at is None) == (
            case.state.is_closed or case.state in (CaseState.SUSPENDED, CaseState.NEEDS_CORRECTION)
        )
