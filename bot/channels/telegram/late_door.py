"""The Telegram door as the service opens it: a little later than the others, which do not wait for its library.

Until it is open the webhook is answered 503, and Telegram brings the update again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter

from bot.assembly import House
from bot.channels.telegram import lean_aiogram
from bot.channels.telegram.webhook import webhook_router, webhook_secret
from bot.keeping import kept_alive
from speech import SpeechProcess

if TYPE_CHECKING:
    from bot.channels.telegram.door import TelegramDoor


class NotYetOpen(Exception):
    """Whoever brings the update must keep it and come again."""


class LateDoor:
    """One bot, its library loaded in a thread."""

    def __init__(self, house: House, voice: SpeechProcess) -> None:
        """Loads nothing yet."""
        self._house = house
        self._voice = voice
        self._secret = webhook_secret(house.settings)
        self._door: TelegramDoor | None = None
        self._workers = 1

    @property
    def state(self) -> Literal["opening", "open"]:
        """For whoever asks if the program is ready."""
        return "open" if self._door else "opening"

    def router(self) -> APIRouter:
        """The webhook's route; without the secret it lets nobody in."""
        return webhook_router(self._take, self._secret)

    def share(self, workers: int) -> None:
        """So many processes, this one included, write as this bot."""
        self._workers = workers
        if self._door:
            self._door.share(workers)

    async def stay_open(self) -> None:
        """Open it, and do what must be done as long as it is."""
        if self._door is None:
            telegram_door = await asyncio.to_thread(_loaded)
            self._door = telegram_door(self._house, self._voice, secret=self._secret)
            self._door.share(self._workers)
        await asyncio.gather(*(kept_alive(job) for job in self._door.jobs()))
        # The channel is shut: there was nothing to do, and nothing is begun again.
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Finish the little calls, then let go of the connections."""
        if self._door:
            await self._door.close()

    async def _take(self, update: dict[str, Any]) -> None:
        if self._door is None:
            raise NotYetOpen
        await self._door.take(update)


def _loaded() -> type[TelegramDoor]:
    lean_aiogram.load()
    from bot.channels.telegram.door import TelegramDoor  # noqa: PLC0415

    return TelegramDoor
