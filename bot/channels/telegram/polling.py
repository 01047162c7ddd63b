"""Asks Telegram for updates and confirms each only after it was committed.

aiogram's own loop confirms first and drops what fails; this one loses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter

from bot.channels.telegram.methods import GetPlainUpdates
from bot.channels.telegram.updates import HANDLED, id_of

log = logging.getLogger("zhucan.telegram")

LONG_POLL_SECONDS = 25
_GRACE_SECONDS = 15
_LONGEST_PAUSE = 30.0

Take = Callable[[dict[str, Any]], Awaitable[None]]
MayGoOn = Callable[[], Awaitable[bool]]


async def _always() -> bool:
    return True


async def poll(
    bot: Bot, take: Take, may_go_on: MayGoOn = _always, first_pause: float = 0.5
) -> None:
    """Take updates in order; ends when another process is to do it, or when Telegram refuses."""
    offset: int | None = None
    pause = first_pause
    while await may_go_on():
        method = GetPlainUpdates(
            offset=offset, timeout=LONG_POLL_SECONDS, allowed_updates=list(HANDLED)
        )
        try:
            updates = await bot(method, request_timeout=LONG_POLL_SECONDS + _GRACE_SECONDS)
        except TelegramConflictError:
            log.warning("getUpdates: a webhook is set or another one is polling")
            return
        except AiogramError as error:
            log.warning("getUpdates: %s", type(error).__name__)
            asked = error.retry_after if isinstance(error, TelegramRetryAfter) else 0
            await asyncio.sleep(max(pause, asked))
            pause = min(pause * 2, _LONGEST_PAUSE)
            continue
        pause = first_pause
        for update in updates:
            if (number := id_of(update)) is None:
                continue
            await _until_taken(take, update, first_pause)
            offset = number + 1


async def _until_taken(take: Take, update: dict[str, Any], pause: float) -> None:
    """The same update again and again: what cannot be stored now must not be confirmed."""
    while True:
        try:
            await take(update)
        except Exception as error:  # noqa: BLE001 - the database is away: whatever it raises, wait
            log.warning("update not taken, again in %.1f s: %s", pause, type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        else:
            return
