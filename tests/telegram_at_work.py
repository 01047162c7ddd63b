"""The Telegram door at work for tests: a house in a temporary folder, its jobs, and its route over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from actions.mind import Mind
from bot.assembly import House
from bot.channels.telegram.door import TelegramDoor
from bot.channels.telegram.pace import Paces
from bot.channels.telegram.webhook import PATH
from bot.settings import Settings
from catalog.loader import load_catalog
from intents.loader import load_recognizer
from speech import Audio
from storage.crypto import Keyring
from storage.database import Database
from storage.papers import PaperStore
from tests.bot_api_emulator import BotApiEmulator

SECRET = "a-secret-of-the-tests"
UNLIMITED = {"per_chat": 10_000.0, "overall": 10_000.0}


def model_folder() -> Path:
    """Where the learned recognizer is kept between runs, for all tests."""
    return Path(__file__).resolve().parent.parent / ".pytest_cache" / "d" / "understanding"


@cache
def shared_mind() -> Mind:
    """The catalog and the recognizer, once for all tests."""
    catalog = load_catalog()
    model_folder().mkdir(parents=True, exist_ok=True)
    return Mind(catalog=catalog, recognizer=load_recognizer(catalog, model_folder()))


class FakeVoice:
    """Says whatever it is given as a few bytes of OGG, or nothing."""

    def __init__(self, data: bytes | None = b"OggS sound") -> None:
        self.data = data
        self.said: list[tuple[str, dict[str, Any]]] = []

    async def say(self, text: str, **how: Any) -> Audio | None:
        self.said.append((text, how))
        if self.data is None:
            return None
        return Audio(
            data=self.data, media_type="audio/ogg", seconds=1.4, engine="kokoro", cached=False
        )


@contextmanager
def a_house(folder: Path, telegram: BotApiEmulator, **settings: Any) -> Iterator[House]:
    """A house with an empty database, its Telegram at the emulator."""
    chosen = Settings(
        data_dir=folder,
        voices="off",
        secret_key="a master secret of the tests that is long enough",
        telegram_token=telegram.token,
        telegram_api_base=telegram.base,
        **settings,
    )
    folder.mkdir(exist_ok=True)
    keyring = Keyring.from_secrets(chosen.master_secrets())
    database = Database(chosen.url, chosen.tenant, keyring)
    database.migrate()
    house = House(
        settings=chosen,
        mind=shared_mind(),
        database=database,
        papers=PaperStore(folder / "papers", keyring),
    )
    try:
        yield house
    finally:
        house.close()


@dataclass
class AtWork:
    """A running door."""

    house: House
    door: TelegramDoor
    telegram: BotApiEmulator
    address: str


@asynccontextmanager
async def at_work(
    house: House,
    telegram: BotApiEmulator,
    *,
    is_webhook: bool = False,
    voice: Any = None,
    paces: Paces | None = None,
) -> AsyncIterator[AtWork]:
    """Run the door's jobs and serve its route until the block ends."""
    app = FastAPI()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    if is_webhook:
        chosen = {"telegram_webhook_url": address, "telegram_webhook_secret": SECRET}
        settings = Settings(**{**house.settings.model_dump(), **chosen})
        house = House(
            settings=settings, mind=house.mind, database=house.database, papers=house.papers
        )
    door = TelegramDoor(house, voice or FakeVoice(None), paces or Paces(**UNLIMITED))
    app.include_router(door.router())
    jobs = [asyncio.create_task(_again(job)) for job in door.jobs()]
    try:
        yield AtWork(house=house, door=door, telegram=telegram, address=address + PATH)
    finally:
        telegram.webhook = {}
        server.should_exit = True
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, serving, return_exceptions=True)
        if (connections := door._bot.session._session) is not None:
            await (
                connections.close()
            )  # aiogram would wait a quarter of a second for TLS, here there is none
        await door.close()


async def _again(job: Any) -> None:
    """As the service does it: a job that ended is begun again."""
    while True:
        with suppress(Exception):
            await job()
        await asyncio.sleep(0.2)


async def until(is_so: Callable[[], Any], within: float = 30.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110 - there is no event for everything a test looks at
            await asyncio.sleep(0.01)
