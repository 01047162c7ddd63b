"""Calls with just the members we use, whose answers are taken as plain JSON.

aiogram's own return types refuse an answer with a member they do not expect. For a message that was sent
this would mean sending it again, for updates that one odd update stops all others.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, InputFile, LinkPreviewOptions

Json: TypeAlias = dict[str, Any]


class GetPlainUpdates(TelegramMethod[list[Json]]):
    """Long polling: waits up to `timeout` seconds; `offset` confirms all updates before it."""

    __returning__ = list[Json]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str]


class SendText(TelegramMethod[Json]):
    """A text. There is no parse mode, so that no text can be malformed."""

    __returning__ = Json
    __api_method__ = "sendMessage"

    chat_id: int
    text: str
    link_preview_options: LinkPreviewOptions = LinkPreviewOptions(is_disabled=True)
    reply_markup: InlineKeyboardMarkup | None = None


class SendFile(TelegramMethod[Json]):
    """A document."""

    __returning__ = Json
    __api_method__ = "sendDocument"

    chat_id: int
    document: InputFile


class SendSound(TelegramMethod[Json]):
    """A voice note; anything but OGG/Opus would arrive as a document."""

    __returning__ = Json
    __api_method__ = "sendVoice"

    chat_id: int
    voice: InputFile
    caption: str
    duration: int
