"""Signing in and out; a form posted after the session ended comes back with its text."""

from __future__ import annotations

import asyncio
import re
import secrets
from contextlib import suppress

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.identify_staff import identify_staff
from actions.open_handover import HandoverNotFound
from actions.sign_in import Credentials, TooManyTries, WrongPassword, sign_in
from actions.sign_out import sign_out
from console import act_pages, auth, handover_pages
from console.auth import (
    BEFORE_COOKIE,
    SESSION_COOKIE,
    SignInNeeded,
    Visit,
    drop_cookie,
    enter,
    refuse_foreign,
    session_token,
    set_cookie,
    way_back,
)
from console.forms import Form, form_from_text, read_form
from console.pages import ROOT, go_to, page

_AT_ONCE = 2
"""Passwords checked at the same time: each check takes 19 MiB on purpose."""
_ACT = re.compile(rf"{ROOT}/cases/([^/]+)/act/([a-z_]+)")
_REPLY = re.compile(rf"{ROOT}/handovers/([^/]+)/reply")


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
        return _sign_in_page(desk, way=way)

    @routes.post("/sign-in")
    async def come_in(request: Request) -> Response:
        refuse_foreign(request)
        form = await read_form(request)
        before = request.cookies.get(BEFORE_COOKIE, "")
        if not before or not secrets.compare_digest(before.encode(), form.one("csrf").encode()):
            return _refused(desk, form, "stale", 403)
        given = Credentials(
            login=form.one("login"),
            password=form.one("password"),
            address=request.client.host if request.client else "",
            old_token=session_token(request),
        )
        try:
            async with checking:
                token = await asyncio.to_thread(sign_in, desk, given, auth.clock())
        except WrongPassword:
            return _refused(desk, form, "wrong_password", 422)
        except TooManyTries as too_many:
            return _refused(desk, form, "throttled", 429, too_many.minutes)
        return await _let_in(desk, form, token)

    @routes.post("/sign-out")
    async def leave(request: Request) -> Response:
        await enter(desk, request)
        await desk.database.run(sign_out, desk, session_token(request))
        response = go_to("/sign-in")
        drop_cookie(response, desk, SESSION_COOKIE)
        return response


def sign_in_first(desk: Desk, path: str, form: Form) -> Response:
    """The session ended before the form arrived: sign in, and it is there again."""
    kept = form if _ACT.fullmatch(path) or _REPLY.fullmatch(path) else None
    way = path if kept is not None else _page_of(path)
    return _sign_in_page(
        desk, way=way_back(way), kept=kept.as_text() if kept else "", was_ended=True, status=401
    )


async def show_again(visit: Visit, path: str, error: str = "") -> Response | None:
    """The form of this path with the text of `visit.form`, nothing carried out; None without text."""
    if act := _ACT.fullmatch(path):
        return await act_pages.show_again(visit, act[1], act[2], error)
    if reply := _REPLY.fullmatch(path):
        return await handover_pages.show_again(visit, reply[1], error)
    return None


async def _let_in(desk: Desk, form: Form, token: str) -> Response:
    way = way_back(form.one("next"))
    kept = form_from_text(form.one("kept")) if form.one("kept") else None
    response: Response | None = None
    if kept is not None:
        now = auth.clock()
        staff = await desk.database.run_reading(identify_staff, desk, token, now)
        if staff is None:
            raise SignInNeeded(kept)
        visit = Visit(desk=desk, staff=staff, form=kept, query={}, now=now)
        with suppress(CaseNotFound, HandoverNotFound):
            response = await show_again(visit, way)
    if response is None:
        response = RedirectResponse(_page_of(way), status_code=303)
    set_cookie(response, desk, SESSION_COOKIE, token)
    drop_cookie(response, desk, BEFORE_COOKIE)
    return response


def _page_of(path: str) -> str:
    """The page a posted path belongs to: a case, a hand-over, else the queue."""
    found = re.match(rf"{ROOT}/(?:cases|handovers)/[^/]+", path)
    return found[0] if found else path if path == f"{ROOT}/handovers" else f"{ROOT}/"


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
