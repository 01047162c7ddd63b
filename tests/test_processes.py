"""Servers over one PostgreSQL, killed in the middle or restarted one by one: everybody is answered once and in order."""

from __future__ import annotations

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from databases import fresh_postgresql, open_database
from server_process import ServerProcess, running_server
from webchat_house import Page

from actions.mind import Mind
from storage.database import Database
from tests.bot_api_emulator import BotApiEmulator

SECRET = "a master secret of three processes that is long enough"
HOOK = "a-secret-of-the-tests"
SAID = (
    "你好",
    "我妈八十二了想领补贴",
    "返回",
    "残疾证怎么办",
    "慢一点",
    "再说一遍",
    "返回",
    "帮助",
)
CHATS, BROWSERS = 5, 3


@pytest.fixture
def url(postgresql_server: Any, postgresql_template: str) -> Iterator[str]:
    with fresh_postgresql(postgresql_server, postgresql_template) as opened:
        yield opened


class Balancer:
    """What stands before the processes: asks one after the other, and says 502 for one that is gone."""

    def __init__(self) -> None:
        self.behind: list[str] = []
        self._turn = 0

    async def pass_on(self, request: web.Request) -> web.Response:
        self._turn += 1
        target = self.behind[self._turn % len(self.behind)] + request.raw_path
        headers = {k: v for k, v in request.headers.items() if k.lower() != "content-length"}
        body = await request.read()
        try:
            async with self.client.request(
                request.method, target, headers=headers, data=body, allow_redirects=False
            ) as answer:
                kept = {k: v for k, v in answer.headers.items() if k in ("Location", "Set-Cookie")}
                return web.Response(body=await answer.read(), status=answer.status, headers=kept)
        except (ClientError, TimeoutError, OSError):
            return web.Response(status=502)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_route("*", "/{path:.*}", self.pass_on)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession(timeout=ClientTimeout(total=10), auto_decompress=True) as client:
            self.client = client
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


async def started(
    stack: ExitStack, folder: Path, model: Path, **settings: str
) -> list[ServerProcess]:
    rooms = [running_server(folder / str(n), model, **settings) for n in range(3)]
    return await asyncio.gather(*(asyncio.to_thread(stack.enter_context, room) for room in rooms))


async def browse(address: str) -> str:
    """Somebody in the web chat who sends again whatever got no answer; her token."""
    async with httpx.AsyncClient(base_url=address, timeout=15) as client:
        page = Page(await _surely(client.get, "/"))
        for words in SAID:
            form = {**page.hidden, "text": words}
            parts = [(name, (None, value.encode())) for name, value in form.items()]
            await _surely(client.post, "/", files=parts)
            page = Page(await _surely(client.get, "/"))
            await asyncio.sleep(0.4)
        return str(client.cookies["chat"])


async def _surely(ask: Any, *args: Any, **more: Any) -> str:
    while True:
        answer: httpx.Response = await ask(*args, **more)
        if answer.status_code < 400:
            return answer.text
        assert answer.status_code in (502, 503), answer.text
        await asyncio.sleep(0.2)


async def talk(telegram: BotApiEmulator, chat_id: int) -> None:
    """Somebody on Telegram who does not wait for answers."""
    user = telegram.user(chat_id)
    for words in SAID:
        user.says(words)
        await asyncio.sleep(0.45)


def talks(
    database: Database, people: Iterable[int] = range(1001, 1001 + CHATS)
) -> dict[str, tuple[list[str], list[str]]]:
    """What was said and what was answered, in order, by address."""
    told: dict[str, tuple[list[str], list[str]]] = {}
    with database.read() as work:
        for peer in map(str, people):
            stored = work.conversations.find("telegram", peer)
            assert stored is not None
            lines = work.messages.after(stored.conversation.id, 0, 1000)
            told[peer] = _both(lines)
    return told


def _both(lines: Any) -> tuple[list[str], list[str]]:
    said = [line.message.text for line in lines if line.message]
    answers = [line.reply.as_plain_text() for line in lines if line.reply]
    assert [line.direction for line in lines] == ["in", "out"] * len(said)
    return said, answers


def repeats(heard: list[str], answers: list[str]) -> int:
    """How often something was heard once more; fails when anything is missing or out of order."""
    place = again = 0
    for text in heard:
        if place < len(answers) and text == answers[place]:
            place += 1
        else:
            assert text in answers[max(0, place - 1) : place], f"out of order: {text}"
            again += 1
    assert place == len(answers), f"never heard: {answers[place:]}"
    return again


async def test_everybody_is_answered_once_and_in_order_though_two_of_three_are_killed(
    url: str, tmp_path: Path, mind: Mind, pytestconfig: pytest.Config
) -> None:
    balancer = Balancer()
    with ExitStack() as stack:
        async with BotApiEmulator() as telegram, balancer.open() as address:
            servers = await started(
                stack,
                tmp_path,
                Path(pytestconfig.cache.mkdir("understanding")),
                ZHUCAN_DATABASE_URL=url,
                ZHUCAN_SECRET_KEY=SECRET,
                ZHUCAN_TELEGRAM_TOKEN=telegram.token,
                ZHUCAN_TELEGRAM_API_BASE=telegram.base,
                ZHUCAN_TELEGRAM_WEBHOOK_URL=address,
                ZHUCAN_TELEGRAM_WEBHOOK_SECRET=HOOK,
            )
            balancer.behind = [server.url for server in servers]
            everybody = [talk(telegram, 1001 + n) for n in range(CHATS)]
            web_people = [asyncio.create_task(browse(address)) for _ in range(BROWSERS)]
            talking = [asyncio.create_task(one) for one in everybody]
            await asyncio.sleep(1.8)
            for server in servers[:2]:
                server.process.send_signal(signal.SIGKILL)
            await asyncio.gather(*talking)
            tokens = await asyncio.gather(*web_people)
            total = len(SAID) * CHATS
            async with asyncio.timeout(30):
                while sum(map(len, telegram.chats.values())) < total or telegram.pending:
                    await telegram.wait_for_news()
            await asyncio.sleep(0.5)

    database = open_database(url, tenant="pudong", secrets=(SECRET,))
    again = 0
    for peer, (said, answers) in talks(database).items():
        heard = [message["text"] for message in telegram.chats[int(peer)]]

        assert said == list(SAID)
        again += repeats(heard, answers)
    assert again <= 2, "only what two killed processes had just sent may come twice"
    for token in tokens:
        with database.read() as work:
            peer = work.web_sessions.peer_of(hashlib.sha256(token.encode()).hexdigest())
            assert peer is not None
            stored = work.conversations.find("webchat", peer)
            assert stored is not None
            said, _ = _both(work.messages.after(stored.conversation.id, 0, 100))

        assert said == list(SAID)
    database.close()


async def keep_talking(telegram: BotApiEmulator, chat_id: int, over: asyncio.Event) -> list[str]:
    """Somebody who goes on writing until all is over; what she wrote."""
    user, said = telegram.user(chat_id), []
    for words in cycle(SAID):
        if over.is_set():
            return said
        user.says(words)
        said.append(words)
        await asyncio.sleep(0.5)
    raise AssertionError


async def test_a_new_version_is_put_in_one_process_after_the_other_while_people_talk(
    url: str, tmp_path: Path, mind: Mind, pytestconfig: pytest.Config
) -> None:
    """As docs/deploy.md says: stopped, started, ready, the next. Nobody waits for an answer in vain or hears one twice."""
    balancer, over = Balancer(), asyncio.Event()
    model = Path(pytestconfig.cache.mkdir("understanding"))
    with ExitStack() as stack:
        async with BotApiEmulator() as telegram, balancer.open() as address:
            settings = {
                "ZHUCAN_DATABASE_URL": url,
                "ZHUCAN_SECRET_KEY": SECRET,
                "ZHUCAN_TELEGRAM_TOKEN": telegram.token,
                "ZHUCAN_TELEGRAM_API_BASE": telegram.base,
                "ZHUCAN_TELEGRAM_WEBHOOK_URL": address,
                "ZHUCAN_TELEGRAM_WEBHOOK_SECRET": HOOK,
            }

            async def start(name: str) -> ServerProcess:
                room = running_server(tmp_path / name, model, **settings)
                return await asyncio.to_thread(stack.enter_context, room)

            servers = [await start("0"), await start("1")]
            balancer.behind = [server.url for server in servers]
            people = [1001 + n for n in range(3)]
            talking = [asyncio.create_task(keep_talking(telegram, one, over)) for one in people]
            web_people = [asyncio.create_task(browse(address)) for _ in range(2)]
            for place, server in enumerate(servers):
                await asyncio.sleep(1)
                server.asked_to_stop()
                assert await asyncio.to_thread(server.ended) == 0
                new = await start(f"new {place}")
                balancer.behind[place] = new.url
            over.set()
            said = dict(zip(people, await asyncio.gather(*talking), strict=True))
            await asyncio.gather(*web_people)
            total = sum(map(len, said.values()))
            async with asyncio.timeout(30):
                while sum(map(len, telegram.chats.values())) < total or telegram.pending:
                    await telegram.wait_for_news()
            await asyncio.sleep(0.5)
    database = open_database(url, tenant="pudong", secrets=(SECRET,))
    stored = talks(database, people)
    database.close()
    for one, words in said.items():
        heard = [message["text"] for message in telegram.chats[one]]

        assert stored[str(one)][0] == words
        assert repeats(heard, stored[str(one)][1]) == 0
