"""The helper of a case: her paper was looked at."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.check_authorization import check_authorization
from actions.desk import Desk
from console.auth import enter
from console.pages import go_to


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """One form: the paper is good, or not."""

    @routes.get("/cases/{case_id}/helper")
    async def nothing_here(case_id: str) -> Response:
        return go_to(f"/cases/{case_id}")

    @routes.post("/cases/{case_id}/helper")
    async def check(request: Request, case_id: str) -> Response:
        visit = await enter(desk, request)
        is_good = visit.form.one("paper") == "good"
        await desk.database.run(
            check_authorization, desk, visit.staff, case_id, is_good, visit.now
        )
        return go_to(f"/cases/{case_id}#helper-title")
