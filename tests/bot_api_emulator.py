"""A Bot API server for tests: real HTTP on loopback, Telegram's rules, and users who write and listen.

`async with BotApiEmulator() as telegram: user = telegram.user(); user.says("你好"); await user.hears()`.
By itself: `python -m tests.bot_api_emulator --port N`; then POST /control/says, /control/presses
(`{"user": 1, "text": …}`) and GET /control/hears?user=1&timeout=5.
Rules from core.telegram.org/bots/api and tdlib/telegram-bot-api; what no test needs is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.bot_api_rules import (
    ApiError,
    check_markup,
    checked_keyboard,
    error_answer,
    parameters_of,
    units,
)
from tests.telegram_user import User

TOKEN = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcE"
LARGEST_FILE = 20 * 1024 * 1024
Json = dict[str, Any]


@dataclass
class Fault:
    """What goes wrong with the next calls of a method."""

    code: int
    """HTTP status; 200: it only takes long."""
    description: str = "Internal Server Error"
    retry_after: int = 0
    times: int = 1
    hangs: float = 0.0
    after: bool = False
    """The call is carried out and only its answer is lost."""


@dataclass
class BotApiEmulator:
    """The server. All state may be looked at and changed by a test in the same event loop."""

    token: str = TOKEN
    port: int = 0
    per_second: float = 0.0
    """Flood limit of one chat; 0: none."""
    longest_pause: float = 0.4
    """Between two tries of a webhook; Telegram's own grows to two minutes."""

    chats: dict[int, list[Json]] = field(default_factory=dict)
    """What the bot said, by chat."""
    calls: list[tuple[str, Json]] = field(default_factory=list)
    hooks: list[tuple[int, int]] = field(default_factory=list)
    """Each try of the webhook: update id and HTTP status (0: no answer)."""
    refused: int = 0
    """Calls answered with 429 because of `per_second`."""
    blocked: set[int] = field(default_factory=set)
    commands: list[Json] = field(default_factory=list)
    pending: list[Json] = field(default_factory=list)
    webhook: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._files: dict[str, tuple[bytes, int]] = {}
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._queries: set[str] = set()
        self._ids, self._update_ids = count(1), count(700_000_001)
        self._last_sent: dict[int, float] = {}
        self._news = asyncio.Event()
        self._polls = 0
        self._lanes: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._methods = {
            name.removeprefix("_do_").replace("_", ""): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }
        for kind in ("voice", "audio", "photo", "document"):
            self._methods[f"send{kind}"] = partial(self._send_file, kind)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/control/{verb}", self._control)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._client = ClientSession(timeout=ClientTimeout(total=60))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._lanes.values():
            task.cancel()
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)
        self._tell()
        await self._client.close()
        await self._runner.cleanup()

    @property
    def base(self) -> str:
        """What ZHUCAN_TELEGRAM_API_BASE must be."""
        return f"http://127.0.0.1:{self.port}"

    def user(self, chat_id: int = 1001) -> User:
        """Somebody; not known to the bot before her first message."""
        return User(self, chat_id)

    def push(self, update: Json) -> Json:
        """Bring an update to the bot; one with an id comes again."""
        update = {"update_id": next(self._update_ids), **update}
        self.pending.append(update)
        if self.webhook.get("url"):
            self._start_lane(update)
        self._tell()
        return update

    def fail(self, method: str, code: int, **how: Any) -> None:
        """Let the next call(s) of a method fail."""
        self._faults[method.lower()].append(Fault(code, **how))

    def keep(self, data: bytes, size: int | None = None) -> Json:
        """Keep a file; how a message names it."""
        file_id = f"file{next(self._ids)}"
        self._files[file_id] = (data, len(data) if size is None else size)
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": self._files[file_id][1],
        }

    def next_message_id(self) -> int:
        return next(self._ids)

    def new_query(self) -> str:
        query = f"q{next(self._ids)}"
        self._queries.add(query)
        return query

    async def wait_for_news(self) -> None:
        """Until anything happened."""
        await self._news.wait()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    # -- what the bot calls ---------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.Response:
        try:
            return web.json_response({"ok": True, "result": await self._carried_out(request)})
        except ApiError as error:
            return error_answer(error)

    async def _carried_out(self, request: web.Request) -> Any:
        if request.match_info["token"] != self.token:
            raise ApiError(401, "Unauthorized")
        name = request.match_info["method"].lower()
        given, files = await parameters_of(request)
        self.calls.append((name, given))
        late = await self._faulty(name)
        if name not in self._methods:
            raise ApiError(404, "Not Found")
        result = await self._methods[name](given, files)
        self._tell()
        if late is not None:
            raise ApiError(late.code, late.description, late.retry_after)
        return result

    async def _faulty(self, name: str) -> Fault | None:
        waiting = self._faults[name]
        if not waiting:
            return None
        fault = waiting[0]
        fault.times -= 1
        if fault.times <= 0:
            waiting.pop(0)
        await asyncio.sleep(fault.hangs)
        if fault.code == 200:
            return None
        if fault.after:
            return fault
        raise ApiError(fault.code, fault.description, fault.retry_after)

    async def _do_get_me(self, _: Json, __: Json) -> Json:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "助残", "username": "zhucan_bot"}

    async def _do_get_updates(self, given: Json, _: Json) -> list[Json]:
        if self.webhook.get("url"):
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        mine = self._polls
        self._tell()
        offset = int(given.get("offset", 0))
        self.pending = [u for u in self.pending if u["update_id"] >= offset]
        until = time.monotonic() + float(given.get("timeout", 0))
        while not self.pending and (left := until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wait_for_news(), left)
            if mine != self._polls:
                raise ApiError(409, "Conflict: terminated by other getUpdates request")
        return self.pending[: int(given.get("limit", 100))]

    async def _do_set_webhook(self, given: Json, _: Json) -> bool:
        secret = given.get("secret_token", "")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = dict(given)
        for update in self.pending:
            self._start_lane(update)
        return True

    async def _do_delete_webhook(self, given: Json, _: Json) -> bool:
        self.webhook = {}
        if given.get("drop_pending_updates") in ("true", True):
            self.pending.clear()
        return True

    async def _do_set_my_commands(self, given: Json, _: Json) -> bool:
        commands = json.loads(given["commands"])
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands = commands
        return True

    async def _do_send_message(self, given: Json, _: Json) -> Json:
        text = given.get("text", "").strip()
        if not text:
            raise ApiError(400, "Bad Request: message text is empty")
        if units(text) > 4096:
            raise ApiError(400, "Bad Request: message is too long")
        check_markup(text, given.get("parse_mode"))
        return self._said(given, {"text": text})

    async def _do_answer_callback_query(self, given: Json, _: Json) -> bool:
        if given.get("callback_query_id") not in self._queries:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired")
        self._queries.discard(given["callback_query_id"])
        return True

    async def _do_edit_message_reply_markup(self, given: Json, _: Json) -> Json:
        for message in self.chats.get(int(given["chat_id"]), ()):
            if message["message_id"] == int(given["message_id"]):
                markup = checked_keyboard(given.get("reply_markup"))
                if markup == message.get("reply_markup"):
                    raise ApiError(400, "Bad Request: message is not modified")
                message["reply_markup"] = markup
                return message
        raise ApiError(400, "Bad Request: message to edit not found")

    async def _do_send_chat_action(self, given: Json, _: Json) -> bool:
        self._chat(given)
        return True

    async def _do_get_file(self, given: Json, _: Json) -> Json:
        if given.get("file_id") not in self._files:
            raise ApiError(400, "Bad Request: invalid file_id")
        file_id = given["file_id"]
        size = self._files[file_id][1]
        if size > LARGEST_FILE:
            raise ApiError(400, "Bad Request: file is too big")
        path = f"documents/{file_id}"
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": size,
            "file_path": path,
        }

    async def _download(self, request: web.Request) -> web.Response:
        file_id = request.match_info["path"].rpartition("/")[2]
        if request.match_info["token"] != self.token or file_id not in self._files:
            return web.Response(status=404)
        try:
            await self._faulty("download")
        except ApiError as error:
            return web.Response(status=error.code)
        return web.Response(body=self._files[file_id][0])

    def _chat(self, given: Json) -> list[Json]:
        chat_id = int(given["chat_id"])
        if chat_id in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if chat_id not in self.chats:
            raise ApiError(400, "Bad Request: chat not found")
        return self.chats[chat_id]

    def _said(self, given: Json, content: Json) -> Json:
        """Take a message in, unless too many come to this chat."""
        chat, chat_id, now = self._chat(given), int(given["chat_id"]), time.monotonic()
        keyboard = checked_keyboard(given.get("reply_markup"))
        if self.per_second and now - self._last_sent.get(chat_id, 0.0) < 1 / self.per_second:
            self.refused += 1
            raise ApiError(429, "Too Many Requests: retry after 1", 1)
        self._last_sent[chat_id] = now
        message: Json = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": {"id": chat_id, "type": "private", "first_name": "人"},
            **content,
        }
        if keyboard:
            message["reply_markup"] = keyboard
        chat.append(message)
        return message

    async def _send_file(self, kind: str, given: Json, files: dict[str, bytes]) -> Json:
        reference = str(given.get(kind, ""))
        data = files.get(reference.removeprefix("attach://"), files.get(kind, b""))
        if not data:
            raise ApiError(400, "Bad Request: file must be non-empty")
        if units(given.get("caption", "")) > 1024:
            raise ApiError(400, "Bad Request: message caption is too long")
        shown = "document" if kind == "voice" and not data.startswith(b"OggS") else kind
        kept: Any = {**self.keep(data), "duration": int(given.get("duration", 0) or 0)}
        if shown == "photo":
            kept = [{**kept, "width": 1, "height": 1}]
        return self._said(given, {shown: kept, "caption": given.get("caption", "")})

    # -- webhook: one queue a chat, button presses in their own, again until 2xx ------------

    def _start_lane(self, update: Json) -> None:
        lane = _lane(update)
        running = self._lanes.get(lane)
        if running is None or running.done():
            self._lanes[lane] = asyncio.create_task(self._drive(lane))

    async def _drive(self, lane: tuple[int, str]) -> None:
        while self.webhook.get("url"):
            update = next((u for u in self.pending if _lane(u) == lane), None)
            if update is None:
                return
            pause = 0.05
            while (wanted := await self._post(update)) is not None:
                await asyncio.sleep(min(max(wanted, pause), self.longest_pause))
                pause *= 2
            self.pending = [u for u in self.pending if u is not update]
            self._tell()

    async def _post(self, update: Json) -> float | None:
        """None when it was taken, else how long the bot asks us to wait."""
        headers = {}
        if secret := self.webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        url = self.webhook.get("url", "")
        status, wanted = 0, 0.0
        with suppress(ClientError, TimeoutError):
            async with self._client.post(url, json=update, headers=headers) as answer:
                status = answer.status
                wanted = float(answer.headers.get("Retry-After", 0))
        self.hooks.append((update["update_id"], status))
        self._tell()
        return None if 200 <= status < 300 else wanted

    # -- standing alone ------------------------------------------------------------------

    async def _control(self, request: web.Request) -> web.Response:
        given = await request.json() if request.method == "POST" else dict(request.query)
        key = int(given.get("user", 1001))
        user = self._users.setdefault(key, self.user(key))
        match request.match_info["verb"]:
            case "says":
                return web.json_response(user.says(given["text"]))
            case "presses":
                return web.json_response(user.presses(given["label"]))
            case "hears":
                with suppress(AssertionError):
                    return web.json_response(await user.hears(1, float(given.get("timeout", 5))))
                return web.json_response([])
            case _:
                return web.Response(status=404)

    _users: dict[int, User] = field(default_factory=dict)


def _lane(update: Json) -> tuple[int, str]:
    if "callback_query" in update:
        return update["callback_query"]["from"]["id"], "press"
    content = next(v for k, v in update.items() if k != "update_id")
    return content.get("chat", content.get("from", {})).get("id", 0), "message"


async def _stand_alone(port: int) -> None:
    async with BotApiEmulator(port=port) as telegram:
        print(f"{telegram.base} token {telegram.token}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Bot API server for tests")
    parser.add_argument("--port", type=int, default=8081)
    with suppress(KeyboardInterrupt):
        asyncio.run(_stand_alone(parser.parse_args().port))
