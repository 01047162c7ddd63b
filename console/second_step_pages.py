"""The second step of signing in: the code of the authenticator, or a recovery code."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response

from actions.confirm_sign_in import CodeNotAwaited, SecondStep, WrongCode, confirm_sign_in
from actions.desk import Desk
from actions.tries import TooManyTries
from console import auth
from console.auth import (
    BEFORE_COOKIE,
    HALF_COOKIE,
    address_of,
    device_token,
    refuse_foreign,
    session_token,
    set_cookie,
    way_back,
)
from console.coming_in import let_in
from console.forms import Form, read_form
from console.pages import go_to, page


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """The form, and what comes of it."""

    @routes.get("/sign-in/code")
    async def form(request: Request) -> Response:
        if not request.cookies.get(HALF_COOKIE):
            return go_to("/sign-in")
        return code_page(desk, Form())

    @routes.post("/sign-in/code")
    async def confirm(request: Request) -> Response:
        refuse_foreign(request)
        form = await read_form(request)
        if not is_of_this_browser(request, form):
            return code_page(desk, form, "stale", 403)
        given = SecondStep(
            half_token=request.cookies.get(HALF_COOKIE, "")[:200],
            code=form.one("code"),
            address=address_of(request),
            old_token=session_token(request),
            device=device_token(request),
        )
        try:
            signed_in = await desk.database.run(confirm_sign_in, desk, given, auth.clock())
        except CodeNotAwaited:
            return go_to("/sign-in?ended=1")
        except WrongCode:
            return code_page(desk, form, "wrong_code", 422)
        except TooManyTries as too_many:
            return code_page(desk, form, "throttled", 429, too_many.minutes)
        return await let_in(desk, form, signed_in)


def is_of_this_browser(request: Request, form: Form) -> bool:
    """Whether the form was shown to this very browser before it signed in."""
    before = request.cookies.get(BEFORE_COOKIE, "")
    return bool(before) and secrets.compare_digest(before.encode(), form.one("csrf").encode())


def code_page(
    desk: Desk, form: Form, error: str = "", status: int = 200, minutes: int = 0
) -> Response:
    """Asks for the code; where she wanted to go, and words not sent yet, travel along."""
    token = secrets.token_urlsafe(24)
    response = page(
        "sign_in_code.html",
        status,
        way=way_back(form.one("next")),
        kept=form.one("kept"),
        error=error,
        minutes=minutes,
        token=token,
    )
    set_cookie(response, desk, BEFORE_COOKIE, token)
    if minutes:
        response.headers["Retry-After"] = str(minutes * 60)
    return response
