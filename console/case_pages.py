"""The page of a case."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.desk import Desk
from actions.open_case import open_case
from actions.read_conversation import ALL, LATEST
from actions.read_queue import REMINDED_FOR
from actions.reveal_answer import reveal_answer
from actions.show_case import CasePage
from console.act_form import next_first
from console.auth import Visit, enter
from console.pages import go_to, page, words


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """Read a case; open masked answers."""

    @routes.get("/cases/{case_id}")
    async def case(request: Request, case_id: str) -> Response:
        visit = await enter(desk, request)
        lines = ALL if visit.query.get("earlier") else LATEST
        told = await desk.database.run(
            lambda: open_case(desk, visit.staff, case_id, visit.now, lines=lines)
        )
        return _case_page(visit, told, done=visit.query.get("done", ""))

    @routes.get("/cases/{case_id}/reveal")
    async def covered_again(case_id: str) -> Response:
        return go_to(f"/cases/{case_id}")

    @routes.post("/cases/{case_id}/reveal")
    async def reveal(request: Request, case_id: str) -> Response:
        visit = await enter(desk, request)
        what = visit.form.one("what")
        told = await desk.database.run(reveal_answer, desk, visit.staff, case_id, what, visit.now)
        return _case_page(visit, told)


def _case_page(visit: Visit, told: CasePage, done: str = "") -> Response:
    said = words()["actions"].get(done, {}).get("said", "")
    steps = next_first(told.actions)
    values = {"case": told, "steps": steps, "done": said, "reminded_for": REMINDED_FOR}
    return page("case.html", staff=visit.staff, **values)
