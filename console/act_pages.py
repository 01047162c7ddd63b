"""A transition in two steps: fill in, read what the resident will be told, and only then do it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from actions.desk import Desk
from actions.handle_case import CaseChanged, CaseNotFound, handle_case
from actions.open_case import name_case
from actions.preview_move import preview_move, tell_changes
from actions.show_case import CasePage
from casework.lifecycle import CaseError
from casework.models import Action, Case
from console.act_again import done_before
from console.act_doubts import doubts_about, mark_of, unsure
from console.act_form import FIELDS, FieldError, Typed, begun, errors_in, typed_in, wish_of
from console.act_together import (
    carry_out_together,
    others_of,
    preview_together,
    wishes_of,
)
from console.auth import Visit, enter
from console.pages import go_to, page


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """One address for each case and action."""

    @routes.get("/cases/{case_id}/act/{name}")
    async def begin(request: Request, case_id: str, name: str) -> Response:
        visit = await enter(desk, request)
        action, case = await _what(visit, case_id, name)
        typed = begun(action, case)
        is_plain = FIELDS[action].is_empty and not others_of(action, case)
        doubts = await doubts_about(visit, action, case, typed)
        if action in case.actions and is_plain and not doubts:
            return await _preview(visit, action, case, typed)
        return await _form(visit, action, case, typed)

    @routes.post("/cases/{case_id}/act/{name}")
    async def go_on(request: Request, case_id: str, name: str) -> Response:
        visit = await enter(desk, request)
        typed = typed_in(visit.form)
        if (again := await done_before(visit, case_id, name, typed)) is not None:
            return again
        action, case = await _what(visit, case_id, name)
        if visit.form.one("step") == "edit":
            return await _form(visit, action, case, typed)
        wrong = errors_in(action, typed, [w.field for w in case.may_ask], _offices(desk, case))
        if action in case.actions:
            wrong += unsure(await doubts_about(visit, action, case, typed), typed.sure)
        if wrong:
            return await _form(visit, action, case, typed, wrong)
        if visit.form.one("step") == "confirm":
            return await _carry_out(visit, action, case, typed)
        return await _preview(visit, action, case, typed)


async def show_again(visit: Visit, case_id: str, name: str, error: str) -> Response:
    """The form with the text of `visit.form`; nothing is carried out."""
    action, case = await _what(visit, case_id, name)
    wrong = (FieldError(field="main", code=error),) if error else ()
    typed = typed_in(visit.form)
    return await _form(visit, action, case, typed, wrong, status=403 if error else 200)


async def _what(visit: Visit, case_id: str, name: str) -> tuple[Action, CasePage]:
    """The action and the case, without anything the resident told us."""
    if name not in [action.value for action in FIELDS]:
        raise CaseNotFound(case_id)
    case = await visit.desk.database.run_reading(
        name_case, visit.desk, visit.staff, case_id, visit.now
    )
    return Action(name), case


async def _preview(visit: Visit, action: Action, case: CasePage, typed: Typed) -> Response:
    if typed.others:
        together = await preview_together(visit, wishes_of(visit, action, case, typed))
        return page("act_confirm.html", told=together, **_values(visit, action, case, typed))
    wish = wish_of(case.id, visit.staff, action, typed)
    try:
        told = await visit.desk.database.run_reading(preview_move, visit.desk, wish, visit.now)
    except CaseChanged as changed:
        return _changed(visit, action, case, typed, changed.case)
    except CaseError as error:
        return await _refused(visit, action, case, typed, error)
    return page("act_confirm.html", told=told, **_values(visit, action, case, typed))


async def _carry_out(visit: Visit, action: Action, case: CasePage, typed: Typed) -> Response:
    if typed.others:
        wishes = wishes_of(visit, action, case, typed)
        return await carry_out_together(visit, action, case, wishes)
    desk, wish = visit.desk, wish_of(case.id, visit.staff, action, typed)
    try:
        done = await desk.database.run(handle_case, desk.database, desk.catalog, wish, visit.now)
    except CaseChanged as changed:
        again = await done_before(visit, case.id, action.value, typed)
        return again or _changed(visit, action, case, typed, changed.case)
    except CaseError as error:
        return await _refused(visit, action, case, typed, error)
    if visit.staff.sees not in (None, done.office_id):
        return go_to(f"/?done={action.value}")
    return go_to(f"/cases/{case.id}?done={action.value}")


async def _form(
    visit: Visit,
    action: Action,
    case: CasePage,
    typed: Typed,
    wrong: tuple[FieldError, ...] = (),
    *,
    status: int = 422,
) -> Response:
    if action not in case.actions and not wrong:
        wrong, status = (FieldError(field="main", code="not_allowed"),), 409
    doubts = await doubts_about(visit, action, case, typed)
    values = {**_values(visit, action, case, typed), "doubts": doubts, "mark": mark_of(doubts)}
    return page("act.html", status if wrong else 200, wrong=wrong, changes=None, **values)


async def _refused(
    visit: Visit, action: Action, case: CasePage, typed: Typed, error: CaseError
) -> Response:
    field = {"reason_missing": "reason", "items_missing": "items", "office_missing": "office_id"}
    wrong = (FieldError(field=field.get(error.code, "main"), code=error.code),)
    return await _form(
        visit, action, case, typed, wrong, status=422 if error.code in field else 409
    )


def _changed(visit: Visit, action: Action, case: CasePage, typed: Typed, now_is: Case) -> Response:
    """Both states, and the typed text over the case as it is now."""
    changes = tell_changes(visit.desk, now_is, typed.version)
    renewed = replace(typed, version=now_is.version)
    values = _values(visit, action, case, renewed)
    return page("act.html", 409, wrong=(), changes=changes, **values)


def _offices(desk: Desk, case: CasePage) -> list[str]:
    return [office.id for office in desk.catalog.offices if office.id != case.office_id]


def _values(visit: Visit, action: Action, case: CasePage, typed: Typed) -> dict[str, Any]:
    offices = [o for o in visit.desk.catalog.offices if o.id != case.office_id]
    return {
        "staff": visit.staff,
        "action": action,
        "case": case,
        "typed": typed,
        "fields": FIELDS[action],
        "offices": offices,
        "office_name": next((o.name for o in offices if o.id == typed.office_id), ""),
        "is_allowed": action in case.actions,
        "others": others_of(action, case),
        "doubts": (),
        "mark": "",
    }
