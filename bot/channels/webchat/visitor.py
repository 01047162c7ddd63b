"""Which browser this is: a random token in a cookie, and what is derived from it.

The database knows only the token's hash. The token says nothing about a person, lasts a year and has no
time limit of its own: nobody is thrown out in the middle of a form.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from fastapi import HTTPException, Request, Response

_YEAR = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A browser, whether it has said anything yet or not."""

    token: str
    is_new: bool
    """It sent no token, so the one here is fresh."""
    wants_big: bool
    """Larger text was chosen."""
    has_look: bool = True
    """The size of the text was chosen in this browser, by button or by words."""

    @property
    def token_hash(self) -> str:
        """How the database knows this browser."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    @property
    def form_key(self) -> str:
        """Goes into every form: only a page of ours, shown to this browser, can know it (CSRF)."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    def may_post(self, request: Request, form_key: str) -> bool:
        """Whether a form came from a page of ours; its key, and no word of the browser against it."""
        if self.is_new or is_foreign(request):
            return False
        return hmac.compare_digest(self.form_key.encode(), form_key.encode())


def is_foreign(request: Request) -> bool:
    """Whether the browser says that another site sent this; a page cannot change that header."""
    return request.headers.get("sec-fetch-site") in ("cross-site", "same-site")


def refuse_foreign(request: Request) -> None:
    """Raises 403 for what another site sent."""
    if is_foreign(request):
        raise HTTPException(403)


def visitor_of(request: Request, *, is_secure: bool) -> Visitor:
    """The browser that asks."""
    token = request.cookies.get(_name("chat", is_secure), "")
    is_known = _TOKEN.fullmatch(token) is not None
    return Visitor(
        token=token if is_known else secrets.token_urlsafe(32),
        is_new=not is_known,
        wants_big=request.cookies.get(_name("look", is_secure)) == "big",
        has_look=_name("look", is_secure) in request.cookies,
    )


def remember(response: Response, visitor: Visitor, *, is_secure: bool) -> None:
    """Send the token (again), so that it lasts a year from today."""
    _set(response, _name("chat", is_secure), visitor.token, is_secure)


def remember_look(response: Response, *, is_big: bool, is_secure: bool) -> None:
    """Keep the size of the text."""
    _set(response, _name("look", is_secure), "big" if is_big else "plain", is_secure)


def forget(response: Response, *, is_secure: bool) -> None:
    """Take the cookies away, and with them what the browser has kept of the pages."""
    for name in ("chat", "look"):
        response.delete_cookie(
            _name(name, is_secure), secure=is_secure, httponly=True, samesite="lax"
        )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def _set(response: Response, name: str, value: str, is_secure: bool) -> None:
    response.set_cookie(
        name, value, max_age=_YEAR, secure=is_secure, httponly=True, samesite="lax"
    )


def _name(name: str, is_secure: bool) -> str:
    """With `__Host-` no neighboring site can set it; browsers accept that name only over TLS."""
    return f"__Host-{name}" if is_secure else name
