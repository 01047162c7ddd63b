"""The Telegram door put together: reception, delivery, and the way updates come in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeAlias

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.methods import DeleteWebhook, SetMyCommands, SetWebhook, TelegramMethod
from aiogram.types import BotCommand
from fastapi import APIRouter

from actions.deliver_messages import keep_delivering
from actions.deliver_one import Courier
from actions.export_person import copy_of_conversation
from actions.hold_alone import hold_alone
from bot.assembly import House
from bot.channels.telegram.outgoing import TelegramChannel
from bot.channels.telegram.pace import Paces
from bot.channels.telegram.polling import poll
from bot.channels.telegram.reception import Reception
from bot.channels.telegram.updates import HANDLED
from bot.channels.telegram.webhook import PATH, webhook_router, webhook_secret
from bot.channels.telegram.wording import commands
from bot.switches import Switches
from speech import SpeechProcess

log = logging.getLogger("zhucan.telegram")

Job: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

_PAUSE_SECONDS = 5.0
_POLLING = "telegram.polling"
"""Telegram answers one poller at a time."""
_WEBHOOK_AGAIN_SECONDS = 3600.0
"""Somebody's test with the same token may have taken the webhook away; it is set again every hour."""


class TelegramDoor:
    """One bot. Its jobs and its route run in the service's event loop."""

    def __init__(
        self,
        house: House,
        voice: SpeechProcess,
        paces: Paces | None = None,
        *,
        secret: str = "",
    ) -> None:
        """Connects to nothing yet; `secret` is the webhook's. Raises aiogram's `TokenValidationError`."""
        settings = house.settings
        server = TelegramAPIServer.from_base(settings.telegram_api_base)
        self._bot = Bot(
            settings.telegram_token.get_secret_value(), session=AiohttpSession(api=server)
        )
        self._house = house
        self._webhook = settings.telegram_webhook_url.rstrip("/")
        self._secret = secret or webhook_secret(settings)
        self._paces = paces or Paces()
        channel = TelegramChannel(self._bot, voice, self._paces, self._copy)
        self._courier = Courier(
            database=house.database,
            catalog=house.mind.catalog,
            channel=channel,
            worker_id=house.worker_id,
            watch=house.metrics.delivery,
        )
        self._switches = Switches(house)
        self._reception = Reception(house, self._bot, self._switches)

    async def take(self, update: dict[str, Any]) -> None:
        """Handle an update; when this returns it is committed, when it raises it must come again."""
        await self._reception.take(update)

    def jobs(self) -> tuple[Job, ...]:
        """What must run as long as the door is open; each may be begun again after it ended."""
        if self._courier.channel.name in self._house.settings.shut_channels:
            return ()
        way_in = self.keep_webhook if self._webhook else self.poll
        return (self.deliver_texts, self.deliver_voices, way_in)

    def router(self) -> APIRouter:
        """The webhook's route; without the secret it lets nobody in."""
        return webhook_router(self._reception.take, self._secret)

    async def close(self) -> None:
        """Finish the little calls, then let go of the connections."""
        await self._reception.close()
        await self._bot.session.close()

    def share(self, workers: int) -> None:
        """So many processes, this one included, write as this bot."""
        self._paces.share(workers)

    async def deliver_texts(self) -> None:
        """Send what is due, for ever."""
        await keep_delivering(self._courier, "text")

    async def deliver_voices(self) -> None:
        """Speak and send what is due; apart from the texts, which never wait for a voice."""
        await keep_delivering(self._courier, "voice")

    async def poll(self) -> None:
        """Ask for updates as long as this process is the one that does; a webhook would forbid it."""
        if not await self._may_poll():
            await asyncio.sleep(_PAUSE_SECONDS / 2)
            return
        await self._tried(DeleteWebhook(drop_pending_updates=False))
        await self._tried(_menu())
        await poll(self._bot, self._reception.take, self._may_poll)

    async def keep_webhook(self) -> None:
        """Tell Telegram where to post updates, and that it still holds an hour later."""
        address = self._webhook if self._webhook.endswith(PATH) else self._webhook + PATH
        method = SetWebhook(
            url=address,
            secret_token=self._secret,
            allowed_updates=list(HANDLED),
            drop_pending_updates=False,
        )
        if not await self._tried(method):
            await asyncio.sleep(_PAUSE_SECONDS)
            return
        await self._tried(_menu())
        await asyncio.sleep(_WEBHOOK_AGAIN_SECONDS)

    async def _may_poll(self) -> bool:
        if await self._switches.is_off(self._courier.channel.name):
            return False
        database = self._house.database
        return await database.run(hold_alone, database, _POLLING, self._house.worker_id)

    async def _tried(self, method: TelegramMethod[bool]) -> bool:
        """Whether it worked. The error's text is not logged: it may quote the token."""
        try:
            await self._bot(method)
        except AiogramError as error:
            log.warning("%s: %s", method.__api_method__, type(error).__name__)
            return False
        return True

    async def _copy(self, conversation_id: str) -> bytes | None:
        house, now = self._house, datetime.now(UTC)
        database, catalog = house.database, house.mind.catalog
        return await database.run_reading(
            copy_of_conversation, database, house.papers, catalog, conversation_id, now
        )


def _menu() -> SetMyCommands:
    listed = [BotCommand(command=c, description=d) for c, d in commands().items()]
    return SetMyCommands(commands=listed)
