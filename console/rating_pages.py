"""What residents thought of decided cases."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.desk import Desk
from actions.read_ratings import read_ratings
from console.auth import enter
from console.pages import page


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """The counts and the newest ratings of the office."""

    @routes.get("/ratings")
    async def ratings(request: Request) -> Response:
        visit = await enter(desk, request)
        told = await desk.database.run_reading(read_ratings, desk, visit.staff)
        return page("ratings.html", staff=visit.staff, told=told)
