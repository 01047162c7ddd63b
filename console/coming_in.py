"""Let in: a fresh session cookie, and the page or the unsent form she was at before."""

from __future__ import annotations

import re
from contextlib import suppress

from fastapi import Response
from fastapi.responses import RedirectResponse

from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.identify_staff import StaffAtWork, identify_staff
from actions.open_handover import HandoverNotFound
from actions.sign_in import SignedIn
from console import act_pages, auth, closing_pages, handover_pages
from console.auth import (
    BEFORE_COOKIE,
    DEVICE_COOKIE,
    HALF_COOKIE,
    SESSION_COOKIE,
    SignInNeeded,
    Visit,
    drop_cookie,
    set_cookie,
    way_back,
)
from console.forms import Form, form_from_text
from console.pages import ROOT, go_to

_ACT = re.compile(rf"{ROOT}/cases/([^/]+)/act/([a-z_]+)")
_REPLY = re.compile(rf"{ROOT}/handovers/([^/]+)/reply")
_END = re.compile(rf"{ROOT}/handovers/([^/]+)/(close|pass)")


def holds_text(path: str) -> bool:
    """Whether a form posted to this path holds words worth keeping until she has signed in again."""
    return any(form.fullmatch(path) for form in (_ACT, _REPLY, _END))


def page_of(path: str) -> str:
    """The page a posted path belongs to: a case, a hand-over, else the queue."""
    found = re.match(rf"{ROOT}/(?:cases|handovers)/[^/]+", path)
    if found:
        return found[0]
    is_page = path == f"{ROOT}/handovers" or path.startswith(f"{ROOT}/account")
    return path if is_page else f"{ROOT}/"


async def show_again(visit: Visit, path: str, error: str = "") -> Response | None:
    """The form of this path with the text of `visit.form`, nothing carried out; None without text."""
    if act := _ACT.fullmatch(path):
        return await act_pages.show_again(visit, act[1], act[2], error)
    if reply := _REPLY.fullmatch(path):
        return await handover_pages.show_again(visit, reply[1], error)
    if end := _END.fullmatch(path):
        return await closing_pages.show_again(visit, end[1], end[2], error)
    return None


async def let_in(desk: Desk, form: Form, signed_in: SignedIn) -> Response:
    """The page she wanted, or the form she had not sent yet, under a session that did not exist before."""
    now = auth.clock()
    staff = await desk.database.run_reading(identify_staff, desk, signed_in.token, now)
    if staff is None:
        raise SignInNeeded(form)
    response = await _wanted(desk, form, staff)
    set_cookie(response, desk, SESSION_COOKIE, signed_in.token)
    if signed_in.device:
        set_cookie(response, desk, DEVICE_COOKIE, signed_in.device)
    drop_cookie(response, desk, BEFORE_COOKIE)
    drop_cookie(response, desk, HALF_COOKIE)
    return response


async def _wanted(desk: Desk, form: Form, staff: StaffAtWork) -> Response:
    if staff.must_set_up:
        return go_to("/account/second-factor")
    way = way_back(form.one("next"))
    kept = form_from_text(form.one("kept")) if form.one("kept") else None
    response: Response | None = None
    if kept is not None:
        visit = Visit(desk=desk, staff=staff, form=kept, query={}, now=auth.clock())
        with suppress(CaseNotFound, HandoverNotFound):
            response = await show_again(visit, way)
    return response or RedirectResponse(page_of(way), status_code=303)
