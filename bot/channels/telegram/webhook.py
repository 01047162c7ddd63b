"""The address Telegram posts updates to.

200 is answered only after the turn was committed; for anything else Telegram sends the update again. The
secret alone says who is asking: addresses in headers are whatever the sender wrote there.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from bot.channels.telegram.updates import id_of
from bot.settings import Settings

log = logging.getLogger("zhucan.telegram")

PATH = "/telegram/webhook"
LARGEST_BODY = 1024 * 1024
AT_ONCE = 200
"""Updates in hand; more are sent back to Telegram, which keeps them for us."""
_AGAIN = {"Retry-After": "2"}


def webhook_secret(settings: Settings) -> str:
    """What every request must know. Without the operator's nobody may guess it: a new one at every start."""
    return settings.telegram_webhook_secret.get_secret_value() or secrets.token_urlsafe(32)


def webhook_router(take: Callable[[dict[str, Any]], Awaitable[None]], secret: str) -> APIRouter:
    """The one route; `secret` must come in every request's header."""
    router = APIRouter()
    in_hand = 0

    @router.post(PATH, include_in_schema=False)
    async def receive(request: Request) -> Response:
        nonlocal in_hand
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=401)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        update = _parsed(body)
        if update is None:
            return Response(status_code=400)
        if in_hand >= AT_ONCE:
            return Response(status_code=503, headers=_AGAIN)
        in_hand += 1
        try:
            await take(update)
        except Exception as error:  # noqa: BLE001 - ours to mend; Telegram keeps the update meanwhile
            log.warning("update not taken: %s", type(error).__name__)
            return Response(status_code=503, headers=_AGAIN)
        finally:
            in_hand -= 1
        return Response(status_code=200)

    return router


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is too long: a claimed length is not believed."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any] | None:
    """An update, or None for anything else."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if id_of(update) is not None else None
