"""Headers every answer carries: no inline script, no framing, no guessing of types, nothing kept by others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), payment=(), usb=()",
}
_FOR_A_YEAR = "max-age=31536000; includeSubDomains"


def add_safety(app: FastAPI, *, is_secure: bool) -> None:
    """Set the headers on every response that has not set its own."""

    @app.middleware("http")
    async def headers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        make_safe(request, response, is_secure=is_secure)
        return response


def make_safe(request: Request, response: Response, *, is_secure: bool) -> None:
    """Add what is missing. Only a static file that was found may be kept by anybody."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    is_asset = request.url.path.startswith("/static/") and response.status_code == 200
    if not is_asset:
        response.headers.setdefault("Cache-Control", "no-store")
    if is_secure:
        response.headers.setdefault("Strict-Transport-Security", _FOR_A_YEAR)
