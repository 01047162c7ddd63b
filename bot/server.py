"""The service: web chat, console, webhook, delivery and health in one process."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI

from actions.desk import Desk
from bot import security_txt
from bot.assembly import House, open_house
from bot.channels import webchat
from bot.error_pages import add_error_pages
from bot.first_start import announce
from bot.health import add_health
from bot.jobs import Engine
from bot.safety import add_safety
from bot.settings import Settings
from bot.voice import fixed_texts, open_voice
from console import routes as console
from speech import SpeechProcess

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramDoor

log = logging.getLogger("zhucan.server")


def create_app(house: House, voice: SpeechProcess) -> FastAPI:
    """The whole service over an open house; closing the app closes what it started, not the house."""
    telegram = _telegram(house, voice)
    engine = Engine(house, *([telegram] if telegram else []))

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        jobs = telegram.jobs() if telegram else ()
        async with engine.running():
            tasks = [asyncio.create_task(_kept_alive(job)) for job in jobs]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if telegram:
            await telegram.close()

    app = FastAPI(
        title="zhucan",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=life,
        # It would send people to whatever host the request claims to be for.
        redirect_slashes=False,
    )
    add_error_pages(app, is_secure=house.settings.is_secure)
    add_safety(app, is_secure=house.settings.is_secure)
    app.include_router(webchat.router(house, voice))
    desk = Desk(
        database=house.database,
        catalog=house.mind.catalog,
        papers=house.papers,
        is_secure=house.settings.is_secure,
        second_factor=house.settings.second_factor_policy,
    )
    app.include_router(console.router(desk), prefix="/console")
    if telegram:
        app.include_router(telegram.router())
    app.include_router(security_txt.router(house.settings))
    add_health(app, house, voice, engine.health)
    return app


def _telegram(house: House, voice: SpeechProcess) -> TelegramDoor | None:
    """The door when a token is set; without one its library, two seconds of loading, stays away."""
    if not house.settings.telegram_token.get_secret_value():
        return None
    from bot.channels.telegram import TelegramDoor  # noqa: PLC0415

    return TelegramDoor.open(house, voice)


async def _kept_alive(job: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """A job that fails is begun again a little later; what it had not done is still in the database."""
    while True:
        try:
            await job()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("job %s failed", job.__qualname__)
        await asyncio.sleep(2)


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the app is served: it believes nobody's headers but those of our own proxies."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Of the addresses a header names the last one no proxy of ours added is taken.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=20,
    )


def run(settings: Settings) -> None:
    """Serve until stopped; running requests are finished first."""
    house = open_house(settings)
    voice = open_voice(settings)
    try:
        announce(house)
        if settings.voice_names:
            voice.prerender(fixed_texts(house.mind.catalog))
        with _signals_ending_well():
            uvicorn.Server(server_config(create_app(house, voice), settings)).run()
    finally:
        voice.close()
        house.close()


@contextmanager
def _signals_ending_well() -> Iterator[None]:
    """Being asked to stop is no failure: uvicorn raises the signal once more after all is finished."""
    asked = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: None) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
