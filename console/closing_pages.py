"""The end of a hand-over: closing it, passing it on, the list of closed ones, and opening one again."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.close_handover import OUTCOMES, Closing, ClosingProblem, close_handover
from actions.desk import Desk
from actions.name_handover import NamedHandover, name_handover
from actions.open_handover import HandoverBusy
from actions.pass_handover import Passing, PassingProblem, pass_handover
from actions.read_handovers import read_closed_handovers
from actions.reopen_handover import reopen_handover
from console import handover_pages
from console.auth import Visit, enter
from console.pages import go_to, page

_FIELD = {
    "outcome_missing": "outcome",
    "not_told": "outcome",
    "words_missing": "words",
    "too_long": "words",
    "office_missing": "office_id",
}
"""Where on its page a mistake stands; others belong to the page of the hand-over."""


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """To be added before the pages of one hand-over: their addresses would take these too."""

    @routes.get("/handovers/closed")
    async def closed(request: Request) -> Response:
        visit = await enter(desk, request)
        after = visit.query.get("after", "")
        told = await desk.database.run_reading(
            read_closed_handovers, desk, visit.staff, after, visit.now
        )
        return page("handovers_closed.html", staff=visit.staff, told=told, after=after)

    @routes.get("/handovers/{handover_id}/close")
    async def ask(request: Request, handover_id: str) -> Response:
        return await _begin(await enter(desk, request), handover_id, "close")

    @routes.post("/handovers/{handover_id}/close")
    async def close(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        closing = Closing(
            handover_id=handover_id,
            outcome=visit.form.one("outcome"),
            words=visit.form.one("words"),
        )
        try:
            await desk.database.run(close_handover, desk, visit.staff, closing, visit.now)
        except ClosingProblem as problem:
            return await show_again(visit, handover_id, "close", problem.code)
        except HandoverBusy:
            return await handover_pages.show_again(visit, handover_id, "busy")
        return go_to("/handovers?done=close")

    @routes.get("/handovers/{handover_id}/pass")
    async def whereto(request: Request, handover_id: str) -> Response:
        return await _begin(await enter(desk, request), handover_id, "pass")

    @routes.post("/handovers/{handover_id}/pass")
    async def pass_on(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        passing = Passing(
            handover_id=handover_id,
            office_id=visit.form.one("office_id"),
            words=visit.form.one("words"),
        )
        try:
            await desk.database.run(pass_handover, desk, visit.staff, passing, visit.now)
        except PassingProblem as problem:
            return await show_again(visit, handover_id, "pass", problem.code)
        except HandoverBusy:
            return await handover_pages.show_again(visit, handover_id, "busy")
        return go_to("/handovers?done=pass")

    @routes.post("/handovers/{handover_id}/reopen")
    async def reopen(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        try:
            await desk.database.run(reopen_handover, desk, visit.staff, handover_id, visit.now)
        except HandoverBusy:
            return await handover_pages.show_again(visit, handover_id, "asked_anew")
        return go_to(f"/handovers/{handover_id}?done=reopen")


async def show_again(visit: Visit, handover_id: str, step: str, error: str = "") -> Response:
    """The form of this step with what was typed; nothing is carried out."""
    named = await _named(visit, handover_id)
    is_asked = step == "pass" or named.is_emergency
    if not is_asked or (error and error not in _FIELD and error != "stale"):
        return await handover_pages.show_again(visit, handover_id, error)
    return _form(visit, named, step, error)


async def _begin(visit: Visit, handover_id: str, step: str) -> Response:
    """The form, if the step can be taken now; else the hand-over, which says why not."""
    named = await _named(visit, handover_id)
    may_end = named.is_emergency and named.is_mine
    may = may_end if step == "close" else named.is_mine or named.is_free
    if named.is_closed or not may:
        return go_to(f"/handovers/{handover_id}")
    return _form(visit, named, step, "")


async def _named(visit: Visit, handover_id: str) -> NamedHandover:
    return await visit.desk.database.run_reading(
        name_handover, visit.desk, visit.staff, handover_id
    )


def _form(visit: Visit, named: NamedHandover, step: str, error: str) -> Response:
    status = {"": 200, "stale": 403}.get(error, 422)
    return page(
        f"handover_{step}.html",
        status,
        staff=visit.staff,
        handover=named,
        wrong=[{"field": _FIELD.get(error, "main"), "code": error}] if error else [],
        outcomes=OUTCOMES,
        offices=[o for o in visit.desk.catalog.offices if o.id != named.office_id],
        outcome=visit.form.one("outcome"),
        words=visit.form.one("words"),
        office_id=visit.form.one("office_id"),
    )
