"""Signing in and out; a form posted after the session ended comes back with its text."""

from __future__ import annotations

import asyncio
import secrets

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from actions.desk import Desk
from actions.identify_staff import identify_staff
from actions.sign_in import Credentials, WrongPassword, sign_in
from actions.sign_out import sign_out
from actions.tries import TooManyTries
from console import auth
from console.auth import (
    BEFORE_COOKIE,
    HALF_COOKIE,
    SESSION_COOKIE,
    address_of,
    device_token,
    drop_cookie,
    enter,
    refuse_foreign,
    session_token,
    set_cookie,
    way_back,
)
from console.coming_in import holds_text, let_in, page_of
from console.forms import Form, read_form
from console.pages import go_to, page
from console.second_step_pages import code_page, is_of_this_browser

_AT_ONCE = 2
"""Passwords checked at the same time: each check takes 19 MiB on purpose."""


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """Sign in, sign out."""
    checking = asyncio.Semaphore(_AT_ONCE)

    @routes.get("/sign-in")
    async def form(request: Request) -> Response:
        way = way_back(request.query_params.get("next", ""))
        staff = await desk.database.run_reading(
            identify_staff, desk, session_token(request), auth.clock()
        )
        if staff is not None:
            return RedirectResponse(way, status_code=303)
        return _sign_in_page(desk, way=way, was_ended="ended" in request.query_params)

    @routes.post("/sign-in")
    async def come_in(request: Request) -> Response:
        refuse_foreign(request)
        form = await read_form(request)
        if not is_of_this_browser(request, form):
            return _refused(desk, form, "stale", 403)
        given = Credentials(
            login=form.one("login"),
            password=form.one("password"),
            address=address_of(request),
            old_token=session_token(request),
            device=device_token(request),
        )
        try:
            async with checking:
                signed_in = await asyncio.to_thread(sign_in, desk, given, auth.clock())
        except WrongPassword:
            return _refused(desk, form, "wrong_password", 422)
        except TooManyTries as too_many:
            return _refused(desk, form, "throttled", 429, too_many.minutes)
        if not signed_in.needs_code:
            return await let_in(desk, form, signed_in)
        response = code_page(desk, form)
        set_cookie(response, desk, HALF_COOKIE, signed_in.token)
        return response

    @routes.post("/sign-out")
    async def leave(request: Request) -> Response:
        await enter(desk, request)
        await desk.database.run(sign_out, desk, session_token(request))
        response = go_to("/sign-in")
        drop_cookie(response, desk, SESSION_COOKIE)
        return response


def sign_in_first(desk: Desk, path: str, form: Form) -> Response:
    """The session ended before the form arrived: sign in, and it is there again."""
    kept = form if holds_text(path) else None
    way = path if kept is not None else page_of(path)
    return _sign_in_page(
        desk, way=way_back(way), kept=kept.as_text() if kept else "", was_ended=True, status=401
    )


def _refused(desk: Desk, form: Form, error: str, status: int, minutes: int = 0) -> Response:
    response = _sign_in_page(
        desk,
        way=way_back(form.one("next")),
        kept=form.one("kept"),
        login=form.one("login"),
        error=error,
        minutes=minutes,
        status=status,
    )
    if minutes:
        response.headers["Retry-After"] = str(minutes * 60)
    return response


def _sign_in_page(
    desk: Desk,
    *,
    way: str,
    kept: str = "",
    login: str = "",
    error: str = "",
    minutes: int = 0,
    was_ended: bool = False,
    status: int = 200,
) -> Response:
    token = secrets.token_urlsafe(24)
    response = page(
        "sign_in.html",
        status,
        way=way,
        kept=kept,
        login=login,
        error=error,
        minutes=minutes,
        was_ended=was_ended,
        token=token,
    )
    set_cookie(response, desk, BEFORE_COOKIE, token)
    return response
