"""A reply in Telegram's form: text with numbered choices, the same choices as buttons, or a voice note.

No markup is ever sent, so nothing a person wrote can break a message or change how it looks.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

from actions.deliver_one import DeliveryFailed
from bot.channels.telegram.buttons import pack
from bot.channels.telegram.methods import Json, SendFile, SendSound, SendText
from bot.channels.telegram.pace import Paces
from bot.channels.telegram.splitting import parts_of
from bot.channels.telegram.wording import sentence
from dialogue.messages import Reply
from dialogue.wording import say
from speech import SpeechProcess
from storage.models import Delivery

log = logging.getLogger("zhucan.telegram")

_SECONDS = 10
"""Longest wait for Telegram's answer to one part."""
_MOST_BUTTONS = 100

Copies: TypeAlias = Callable[[str], Awaitable[bytes | None]]


class TelegramChannel:
    """Sends deliveries; the `Channel` of this door."""

    name = "telegram"

    def __init__(
        self, bot: Bot, voice: SpeechProcess, paces: Paces, copies: Copies | None = None
    ) -> None:
        """Several deliveries may be under way at once. `copies` makes the file with a person's own data."""
        self._copies = copies or _no_copies
        self._bot = bot
        self._voice = voice
        self._paces = paces
        self._sent_parts: dict[str, int] = {}
        """Parts already sent of a delivery that failed midway, so that a retry goes on after them."""

    async def deliver(self, delivery: Delivery) -> str:
        """Send it; the id of its last message. Raises `DeliveryFailed`."""
        try:
            if delivery.form == "voice":
                return await self._speak(delivery)
            return await self._write(delivery)
        except AiogramError as error:
            failed = _failure(error)
            if failed.permanent:
                self._sent_parts.pop(delivery.id, None)
            raise failed from error

    async def _write(self, delivery: Delivery) -> str:
        parts = parts_of(delivery.reply.as_plain_text())
        keyboard = _keyboard(delivery.reply, delivery.seq)
        message_id = ""
        for index in range(self._sent_parts.get(delivery.id, 0), len(parts)):
            await self._paces.wait(delivery.peer)
            is_last = index + 1 == len(parts)
            method = SendText(
                chat_id=int(delivery.peer),
                text=parts[index],
                reply_markup=keyboard if is_last else None,
            )
            message_id = _id_in(await self._bot(method, request_timeout=_SECONDS))
            self._sent_parts[delivery.id] = index + 1
        if delivery.reply.file:
            message_id = await self._send_copy(delivery) or message_id
        self._sent_parts.pop(delivery.id, None)
        return message_id

    async def _send_copy(self, delivery: Delivery) -> str:
        """The person's own data, made now; empty when there is none any more."""
        data = await self._copies(delivery.conversation_id)
        if data is None:
            return ""
        await self._paces.wait(delivery.peer)
        document = BufferedInputFile(data, say("copy_name"))
        method = SendFile(chat_id=int(delivery.peer), document=document)
        return _id_in(await self._bot(method, request_timeout=3 * _SECONDS))

    async def _speak(self, delivery: Delivery) -> str:
        reply = delivery.reply
        audio = await self._voice.say(
            reply.as_plain_text(), rate=reply.rate, private=reply.private
        )
        if audio is None:
            raise DeliveryFailed("not_spoken", permanent=True)
        await self._paces.wait(delivery.peer)
        method = SendSound(
            chat_id=int(delivery.peer),
            voice=BufferedInputFile(audio.data, "reply.ogg"),
            caption=sentence("voice_caption"),
            duration=max(1, round(audio.seconds)),
        )
        return _id_in(await self._bot(method, request_timeout=3 * _SECONDS))


async def _no_copies(_conversation_id: str) -> bytes | None:
    return None


def _id_in(result: Json) -> str:
    return str(result.get("message_id", ""))


def _keyboard(reply: Reply, seq: int) -> InlineKeyboardMarkup | None:
    """One button a row: wide enough for a shaking hand, and read in the order of the numbers."""
    rows = [
        [InlineKeyboardButton(text=choice.label, callback_data=pack(reply, seq, index))]
        for index, choice in enumerate(reply.choices[:_MOST_BUTTONS])
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _failure(error: AiogramError) -> DeliveryFailed:
    """Whether trying again can help. Everything not clearly the message's or the chat's fault is tried again."""
    match error:
        case TelegramRetryAfter():
            return DeliveryFailed("flood", retry_after=float(error.retry_after))
        case TelegramForbiddenError():
            return DeliveryFailed("blocked", permanent=True)
        case TelegramBadRequest() if "chat not found" in error.message.lower():
            return DeliveryFailed("chat_not_found", permanent=True)
        case TelegramBadRequest() | TelegramEntityTooLarge() | TelegramMigrateToChat():
            return DeliveryFailed("rejected", permanent=True)
        case TelegramNetworkError():
            return DeliveryFailed("unreachable")
        case TelegramServerError():
            return DeliveryFailed("server_error")
        case _:
            log.error("unexpected answer of Telegram: %s", type(error).__name__)
            return DeliveryFailed("unexpected")
