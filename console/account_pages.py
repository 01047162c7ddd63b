"""A caseworker's own account: her password, her second factor, her recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from actions.change_password import PasswordChange, PasswordProblem, change_password
from actions.confirm_sign_in import WrongCode
from actions.desk import Desk
from actions.second_factor import CODE_LENGTH
from actions.set_up_second_factor import (
    NewKey,
    NoKeyShown,
    Proof,
    StillRequired,
    begin_second_factor,
    finish_second_factor,
    key_shown,
    recovery_codes_left,
    renew_recovery_codes,
    turn_off_second_factor,
)
from actions.sign_in import WrongPassword
from actions.tries import TooManyTries
from console.auth import Visit, enter, session_token
from console.pages import go_to, page, words

REFUSALS = (PasswordProblem, WrongPassword, WrongCode, TooManyTries)
_FIELD = {"wrong_code": "code", "differs": "again", "own_password_wrong": "password"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a form, and where."""

    code: str
    field: str
    minutes: int = 0

    @property
    def status(self) -> int:
        """The HTTP status that fits."""
        return 429 if self.minutes else 422


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """What she has, and how to change it."""
    _add_password(routes, desk)
    _add_setting_up(routes, desk)
    _add_changing(routes, desk)

    @routes.get("/account")
    async def account(request: Request) -> Response:
        visit = await enter(desk, request)
        return await _account(visit, words()["account_done"].get(visit.query.get("done", ""), ""))


def _add_password(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/account/password")
    async def form(request: Request) -> Response:
        visit = await enter(desk, request)
        return page("account_password.html", staff=visit.staff, wrong=None)

    @routes.post("/account/password")
    async def change(request: Request) -> Response:
        visit = await enter(desk, request)
        typed = PasswordChange(
            old=visit.form.one("password"),
            new=visit.form.one("new_password"),
            again=visit.form.one("again"),
            token=session_token(request),
        )
        try:
            await desk.database.run(change_password, desk, visit.staff, typed, visit.now)
        except REFUSALS as error:
            wrong = _wrong(error)
            return page("account_password.html", wrong.status, staff=visit.staff, wrong=wrong)
        return go_to("/account?done=password")


def _add_setting_up(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/account/second-factor")
    async def begin(request: Request) -> Response:
        return _ask(await enter(desk, request), "set_up")

    @routes.post("/account/second-factor")
    async def show_key(request: Request) -> Response:
        visit = await enter(desk, request)
        proof, issuer = _proof(visit, request), words()["name"]
        try:
            key = await desk.database.run(
                begin_second_factor, desk, visit.staff, proof, issuer, visit.now
            )
        except REFUSALS as error:
            return _ask(visit, "set_up", _wrong(error))
        return _key_page(visit, key)

    @routes.post("/account/second-factor/confirm")
    async def confirm(request: Request) -> Response:
        visit = await enter(desk, request)
        token, code = session_token(request), visit.form.one("code")
        try:
            codes = await desk.database.run(
                finish_second_factor, desk, visit.staff, token, code, visit.now
            )
        except NoKeyShown:
            return go_to("/account")
        except WrongCode as error:
            key = await desk.database.run_reading(
                key_shown, desk, visit.staff, token, words()["name"], visit.now
            )
            return _key_page(visit, key, _wrong(error))
        return _codes_page(visit, codes, is_new=True)

    @routes.get("/account/second-factor/confirm")
    async def opened_again(request: Request) -> Response:
        await enter(desk, request)
        return go_to("/account/second-factor")


def _add_changing(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/account/recovery-codes")
    async def ask(request: Request) -> Response:
        return _ask(await enter(desk, request), "renew")

    @routes.post("/account/recovery-codes")
    async def renew(request: Request) -> Response:
        visit = await enter(desk, request)
        if not visit.staff.has_factor:
            return go_to("/account")
        try:
            codes = await desk.database.run(
                renew_recovery_codes, desk, visit.staff, _proof(visit, request), visit.now
            )
        except REFUSALS as error:
            return _ask(visit, "renew", _wrong(error))
        return _codes_page(visit, codes, is_new=False)

    @routes.get("/account/second-factor/off")
    async def ask_off(request: Request) -> Response:
        return _ask(await enter(desk, request), "off")

    @routes.post("/account/second-factor/off")
    async def off(request: Request) -> Response:
        visit = await enter(desk, request)
        try:
            await desk.database.run(
                turn_off_second_factor, desk, visit.staff, _proof(visit, request), visit.now
            )
        except StillRequired:
            return go_to("/account")
        except REFUSALS as error:
            return _ask(visit, "off", _wrong(error))
        return go_to("/account?done=off")


def _proof(visit: Visit, request: Request) -> Proof:
    return Proof(
        password=visit.form.one("password"),
        code=visit.form.one("code"),
        token=session_token(request),
    )


def _wrong(error: Exception) -> Wrong:
    """The sentence and the field of a refusal."""
    match error:
        case PasswordProblem(code="too_long"):
            return Wrong(code="password_too_long", field="new_password")
        case PasswordProblem(code=code):
            return Wrong(code=code, field=_FIELD.get(code, "new_password"))
        case WrongCode():
            return Wrong(code="wrong_code", field="code")
        case TooManyTries(minutes=minutes):
            return Wrong(code="throttled", field="password", minutes=minutes)
    return Wrong(code="own_password_wrong", field="password")


async def _account(visit: Visit, done: str) -> Response:
    left = await visit.desk.database.run_reading(recovery_codes_left, visit.desk, visit.staff)
    return page("account.html", staff=visit.staff, left=left, done=done)


def _ask(visit: Visit, what: str, wrong: Wrong | None = None) -> Response:
    """The form that asks for the password, and for a code if there is a factor already."""
    if what != "set_up" and not visit.staff.has_factor:
        return go_to("/account")
    status = wrong.status if wrong else 200
    return page("account_ask.html", status, staff=visit.staff, what=what, wrong=wrong)


def _key_page(visit: Visit, key: NewKey, wrong: Wrong | None = None) -> Response:
    values: dict[str, Any] = {"key": key, "qr": _qr(key.address), "digits": CODE_LENGTH}
    status = wrong.status if wrong else 200
    return page("account_key.html", status, staff=visit.staff, wrong=wrong, **values)


def _codes_page(visit: Visit, codes: tuple[str, ...], *, is_new: bool) -> Response:
    return page("account_codes.html", staff=visit.staff, codes=codes, is_new=is_new)


def _qr(address: str) -> Markup:
    """A QR code as SVG, black on white whatever the page's colors are: cameras need it so."""
    svg = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Markup(svg)  # noqa: S704 - made of coordinates; the address is not in it as text
