"""Takes one update after another: files first, then the turn in its own transaction."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import AnswerCallbackQuery, TelegramMethod

from actions.receive_message import receive_message
from bot.assembly import House
from bot.channels.telegram.buttons import Place, pick_at, unpack
from bot.channels.telegram.files import fetch
from bot.channels.telegram.methods import SendText
from bot.channels.telegram.outgoing import TelegramChannel
from bot.channels.telegram.updates import Incoming, read_update
from bot.channels.telegram.wording import sentence
from bot.switches import Switches
from dialogue.messages import Message, Pick

log = logging.getLogger("zhucan.telegram")

CHANNEL = TelegramChannel.name
_SECONDS = 10
_MOST_GROUPS = 1000


class ChannelShut(Exception):
    """The channel is switched off: whoever brings the update must keep it and come again."""


class Reception:
    """Where updates come in, whatever way Telegram brings them."""

    def __init__(self, house: House, bot: Bot, switches: Switches) -> None:
        """Takes nothing while the channel is switched off."""
        self._house = house
        self._bot = bot
        self._switches = switches
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One lock a chat, kept only while somebody holds or awaits it."""
        self._asides: set[asyncio.Task[None]] = set()
        self._groups_told: set[str] = set()

    async def take(self, update: dict[str, Any]) -> None:
        """Handle an update; when this returns it is committed, when it raises it must come again."""
        if await self._switches.is_off(CHANNEL):
            raise ChannelShut
        incoming = read_update(update)
        if incoming is None:
            return
        if incoming.query_id:
            self._aside(AnswerCallbackQuery(callback_query_id=incoming.query_id))
        if not incoming.is_private:
            self._tell_group(incoming.peer)
            return
        lock = self._turns.setdefault(incoming.peer, asyncio.Lock())
        async with lock:
            message = await self._message(incoming)
            await self._house.database.run(
                receive_message, self._house.database, self._house.mind, message
            )

    async def close(self) -> None:
        """Let the little calls beside the turns end."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=2)

    async def _message(self, incoming: Incoming) -> Message:
        attachment = incoming.attachment
        if incoming.file is not None and not await self._is_known(incoming):
            attachment = await fetch(self._bot, self._house.papers, incoming.file)
        return Message(
            channel=CHANNEL,
            event_id=str(incoming.update_id),
            peer=incoming.peer,
            at=datetime.now(UTC),
            text=incoming.text,
            pick=await self._pick(incoming),
            attachments=(attachment,) if attachment else (),
        )

    async def _is_known(self, incoming: Incoming) -> bool:
        """Whether the update was taken before: then its file is kept already."""

        def find() -> bool:
            with self._house.database.read() as work:
                return work.inbox.find(CHANNEL, str(incoming.update_id)) is not None

        return await self._house.database.run_reading(find)

    async def _pick(self, incoming: Incoming) -> Pick | None:
        if incoming.button is None:
            return None
        pressed = unpack(incoming.button)
        if isinstance(pressed, Pick):
            return pressed
        return await self._house.database.run_reading(self._look_up, incoming.peer, pressed)

    def _look_up(self, peer: str, place: Place) -> Pick:
        with self._house.database.read() as work:
            stored = work.conversations.find(CHANNEL, peer)
            found = work.messages.get(stored.conversation.id, place.seq) if stored else None
        return pick_at(place, found.reply if found else None)

    def _tell_group(self, chat: str) -> None:
        """Once since the start: a group must not hear what is meant for one person."""
        if chat in self._groups_told:
            return
        if len(self._groups_told) >= _MOST_GROUPS:
            self._groups_told.clear()
        self._groups_told.add(chat)
        self._aside(SendText(chat_id=int(chat), text=sentence("private_only")))

    def _aside(self, method: TelegramMethod[Any]) -> None:
        """A call nobody waits for; an old button or a lost network makes no difference to the turn."""

        async def call() -> None:
            try:
                await self._bot(method, request_timeout=_SECONDS)
            except AiogramError as error:
                log.info("%s: %s", method.__api_method__, type(error).__name__)

        task = asyncio.create_task(call())
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
