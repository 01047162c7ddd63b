"""Fetches a file a resident sent, outside any transaction."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiohttp import ClientError

from actions.keep_paper import MAX_BYTES, clean_name, keep_paper
from bot.channels.telegram.updates import FileToFetch
from dialogue.messages import Attachment
from storage.papers import PaperStore

log = logging.getLogger("zhucan.telegram")

_TRIES = 2
_PAUSE_SECONDS = 0.5
_SECONDS = 30


async def fetch(bot: Bot, papers: PaperStore, file: FileToFetch) -> Attachment:
    """The file, checked and kept; or an attachment that says why not."""
    for attempt in range(_TRIES):
        try:
            data = await _download(bot, file.file_id)
        except (AiogramError, ClientError, TimeoutError, OSError) as error:
            log.warning("file not received: %s", type(error).__name__)
            if attempt + 1 < _TRIES:
                await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return await asyncio.to_thread(keep_paper, papers, data, file.name, file.kind)
    return Attachment(kind=file.kind, name=clean_name(file.name), problem="not_received")


async def _download(bot: Bot, file_id: str) -> bytes:
    """The bytes; a little more than may be kept if there are too many."""
    found = await bot.get_file(file_id, request_timeout=_SECONDS)
    url = bot.session.api.file_url(bot.token, found.file_path or "")
    data = bytearray()
    async with aclosing(bot.session.stream_content(url, timeout=_SECONDS)) as chunks:
        async for chunk in chunks:
            data += chunk
            if len(data) > MAX_BYTES:
                break
    return bytes(data)
