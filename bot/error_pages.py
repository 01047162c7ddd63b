"""What a person sees when an address leads nowhere or we fail: a page in her language, never a trace."""

from __future__ import annotations

import logging
import secrets

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from bot.channels.webchat.pages import Pages
from bot.safety import make_safe

log = logging.getLogger("zhucan.server")
_MACHINES = ("/telegram/", "/healthz", "/readyz", "/metrics")
"""Addresses no person looks at: they are answered in JSON."""


def add_error_pages(app: FastAPI, *, is_secure: bool = False) -> None:
    """Answer what no route has answered."""
    pages = Pages(has_voice=False)

    @app.exception_handler(HTTPException)
    async def nowhere(request: Request, error: HTTPException) -> Response:
        return _answer(pages, request, error.status_code, "")

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, _error: RequestValidationError) -> Response:
        return _answer(pages, request, 404, "")

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        code = secrets.token_hex(3)
        log.error("request failed code=%s path=%s", code, request.url.path, exc_info=error)
        response = _answer(pages, request, 500, code)
        # Starlette answers this outside of every middleware, so the headers are not set by one.
        make_safe(request, response, is_secure=is_secure)
        return response


def _answer(pages: Pages, request: Request, status: int, reference: str) -> Response:
    if request.url.path.startswith(_MACHINES):
        return JSONResponse({"status": status, "reference": reference}, status_code=status)
    return HTMLResponse(pages.problem(status, reference), status_code=status)
