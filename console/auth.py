"""Who may come in: the session cookie, the token in every form, and the way back after signing in.

The cookie holds a random token and nothing else; what it means is in the database, by its hash.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import Request, Response

from actions.desk import Desk
from actions.identify_staff import StaffAtWork, identify_staff, note_activity
from console.forms import Form, read_form
from console.pages import ROOT

SESSION_COOKIE = "zhucan_staff"
BEFORE_COOKIE = "zhucan_before"
"""Binds the sign-in form to this browser, so that nobody can sign a caseworker in as somebody else."""


HALF_COOKIE = "zhucan_half"
"""The password was right; the second factor is awaited."""
DEVICE_COOKIE = "zhucan_device"
"""Somebody signed in with this browser before: guesses made elsewhere do not slow it down."""
_YEAR = 365 * 24 * 3600
_BEFORE_SET_UP = (f"{ROOT}/account", f"{ROOT}/sign-out")


class SignInNeeded(Exception):
    """Nobody is signed in; what was posted is kept for afterwards."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form


class Forged(Exception):
    """A form that is not ours."""


class Stale(Exception):
    """Our own form, from before the last sign-in: shown again, not carried out."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.visit = visit


class SetUpFirst(Exception):
    """Her second factor is required and not set up: nothing but her account exists for her yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a signed-in caseworker."""

    desk: Desk
    staff: StaffAtWork
    form: Form
    query: dict[str, str]
    now: datetime


def clock() -> datetime:
    """The time; the only place of the console that asks for it."""
    return datetime.now(UTC)


async def enter(desk: Desk, request: Request) -> Visit:
    """The visit, or raises `SignInNeeded`, `Forged`, `Stale`, `SetUpFirst`, `BadForm`."""
    is_post = request.method == "POST"
    if is_post:
        refuse_foreign(request)
    form = await read_form(request) if is_post else Form()
    token, now = session_token(request), clock()
    staff = await desk.database.run_reading(identify_staff, desk, token, now)
    if staff is None:
        raise SignInNeeded(form)
    visit = Visit(desk=desk, staff=staff, form=form, query=dict(request.query_params), now=now)
    if is_post and not secrets.compare_digest(form.one("csrf").encode(), staff.csrf.encode()):
        if request.headers.get("sec-fetch-site") == "same-origin":
            raise Stale(visit)
        raise Forged
    if staff.must_set_up and not request.url.path.startswith(_BEFORE_SET_UP):
        raise SetUpFirst
    if staff.is_stale:
        await desk.database.run(note_activity, desk, token, now)
    return visit


def refuse_foreign(request: Request) -> None:
    """Raises `Forged` for a form another site sent; browsers tell, and a page cannot change that header."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forged


def session_token(request: Request) -> str:
    """The token of the session cookie, or empty."""
    return request.cookies.get(SESSION_COOKIE, "")[:200]


def device_token(request: Request) -> str:
    """What says that somebody signed in with this browser before, or empty."""
    return request.cookies.get(DEVICE_COOKIE, "")[:200]


def address_of(request: Request) -> str:
    """Where the request comes from: the connection, or what a proxy we trust says of it."""
    return request.client.host if request.client else ""


def set_cookie(response: Response, desk: Desk, name: str, value: str) -> None:
    """A cookie no script can read and no other site can send; gone with the browser, but for the device's."""
    response.set_cookie(
        name,
        value,
        max_age=_YEAR if name == DEVICE_COOKIE else None,
        path=ROOT,
        secure=desk.is_secure,
        httponly=True,
        samesite="strict",
    )


def drop_cookie(response: Response, desk: Desk, name: str) -> None:
    """Forget a cookie, with the same flags it was set with."""
    response.delete_cookie(
        name, path=ROOT, secure=desk.is_secure, httponly=True, samesite="strict"
    )


def way_back(path: str) -> str:
    """A path of this console to go to after signing in; anything else becomes the queue."""
    is_ours = path.startswith(f"{ROOT}/") and not any(mark in path for mark in ("//", "\\", ".."))
    return path if is_ours and path.isascii() and path.isprintable() else f"{ROOT}/"


def sign_in_address(path: str) -> str:
    """The sign-in page that leads back to this path."""
    return f"/sign-in?next={quote(way_back(path), safe='/')}"
