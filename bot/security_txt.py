"""`/.well-known/security.txt` (RFC 9116): whom to tell about a hole. Without a contact there is no file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Response

from bot.settings import Settings

_VALID = timedelta(days=90)
"""The file says until when it holds; it is written anew for whoever asks, so this much is always ahead."""


def router(settings: Settings) -> APIRouter:
    """The one route, or none: an invented contact would be worse than no file."""
    routes = APIRouter()
    contact = settings.security_contact
    if not contact:
        return routes

    @routes.get("/.well-known/security.txt", include_in_schema=False)
    async def security() -> Response:
        until = (datetime.now(UTC) + _VALID).replace(microsecond=0, tzinfo=None)
        lines = (
            f"Contact: {contact}",
            f"Expires: {until.isoformat()}Z",
            "Preferred-Languages: zh, en",
        )
        return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8")

    return routes
