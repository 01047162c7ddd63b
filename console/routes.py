"""The caseworkers' console: its addresses, and what is answered when a request cannot be met."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.open_handover import HandoverNotFound
from console import (
    account_pages,
    act_pages,
    case_pages,
    closing_pages,
    coming_in,
    handover_pages,
    helper_pages,
    paper_pages,
    queue_pages,
    rating_pages,
    second_step_pages,
    sign_in_pages,
)
from console.auth import Forged, SetUpFirst, SignInNeeded, Stale, sign_in_address
from console.forms import BadForm
from console.pages import go_to, problem_page, stylesheet

log = logging.getLogger("zhucan.console")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def router(desk: Desk) -> APIRouter:
    """All pages of the console, to be mounted under `/console`."""
    routes = APIRouter(route_class=_door(desk))
    for pages in (
        sign_in_pages,
        second_step_pages,
        account_pages,
        queue_pages,
        case_pages,
        act_pages,
        paper_pages,
        closing_pages,
        handover_pages,
        helper_pages,
        rating_pages,
    ):
        pages.add_pages(routes, desk)

    @routes.get("")
    async def without_slash() -> Response:
        return go_to("/")

    @routes.get("/static/console.css")
    async def style() -> Response:
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(stylesheet(), media_type="text/css", headers=headers)

    @routes.get("/{path:path}")
    async def nowhere(path: str) -> Response:  # noqa: ARG001 - every other address
        return problem_page("not_found", 404)

    return routes


def _door(desk: Desk) -> type[APIRoute]:
    """Routes that turn what was raised into a page."""

    class Door(APIRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def handle_kindly(request: Request) -> Response:
                try:
                    return await handle(request)
                except Exception as error:  # noqa: BLE001 - nobody may see a stack trace
                    return await _answer(desk, request, error)

            return handle_kindly

    return Door


async def _answer(desk: Desk, request: Request, error: Exception) -> Response:
    match error:
        case SignInNeeded():
            if request.method != "POST":
                return go_to(sign_in_address(request.url.path))
            return sign_in_pages.sign_in_first(desk, request.url.path, error.form)
        case Stale(visit=visit):
            again = await coming_in.show_again(visit, request.url.path, "stale")
            return again or problem_page("forbidden", 403)
        case SetUpFirst():
            return go_to("/account/second-factor")
        case Forged():
            return problem_page("forbidden", 403)
        case CaseNotFound() | HandoverNotFound():
            return problem_page("not_found", 404)
        case BadForm():
            return problem_page("bad_form", 400)
    code = secrets.token_hex(3)
    log.error("console failed code=%s", code, exc_info=error)
    return problem_page("broken", 500, code)
