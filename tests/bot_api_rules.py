"""What the Bot API accepts and how it answers: the emulator's rules, without its state.

From core.telegram.org/bots/api and tdlib/telegram-bot-api.
"""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class ApiError(Exception):
    """An answer with ok = false."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


async def parameters_of(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    """Members and files of a call, sent as JSON, form or multipart."""
    if request.content_type == "application/json":
        return await request.json(), {}
    members: Json = dict(request.query)
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
        else:
            members[name] = value
    return members, files


def error_answer(error: ApiError) -> web.Response:
    """How a refusal looks on the wire."""
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after:
        body["parameters"] = {"retry_after": error.retry_after}
    return web.json_response(body, status=error.code)


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def check_markup(text: str, mode: str | None) -> None:
    """Refuse what the asked parse mode could not read."""
    if not mode:
        return
    if mode not in ("HTML", "Markdown", "MarkdownV2"):
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    if mode == "HTML" and re.search(r"<(?!/?(b|i|u|s|a|code|pre)\b)", text):
        raise ApiError(400, "Bad Request: can't parse entities")


def checked_keyboard(markup: str | Json | None) -> Json | None:
    """An inline keyboard whose buttons are well formed."""
    if not markup:
        return None
    keyboard: Json = json.loads(markup) if isinstance(markup, str) else markup
    rows = keyboard.get("inline_keyboard")
    if not isinstance(rows, list):
        raise ApiError(400, "Bad Request: object expected as reply markup")
    for button in (button for row in rows for button in row):
        data = button.get("callback_data")
        if not button.get("text") or not (data or button.get("url")):
            raise ApiError(400, "Bad Request: can't parse inline keyboard button")
        if data is not None and not 1 <= len(data.encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return keyboard
