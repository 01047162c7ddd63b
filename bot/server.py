"""The service: web chat, console, webhook, delivery and health in one process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from actions.desk import Desk
from bot import security_txt
from bot.assembly import House, open_house
from bot.channels import webchat
from bot.channels.telegram.late_door import LateDoor
from bot.error_pages import add_error_pages
from bot.first_start import announce
from bot.health import add_health
from bot.jobs import Engine
from bot.keeping import kept_alive
from bot.safety import add_safety
from bot.settings import Settings
from bot.voice import fixed_texts, open_voice
from console import routes as console
from speech import SpeechProcess


def create_app(house: House, voice: SpeechProcess) -> FastAPI:
    """The whole service over an open house; closing the app closes what it started, not the house."""
    has_telegram = bool(house.settings.telegram_token.get_secret_value())
    telegram = LateDoor(house, voice) if has_telegram else None
    engine = Engine(house, *([telegram] if telegram else []))

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        async with engine.running():
            talking = asyncio.create_task(kept_alive(telegram.stay_open)) if telegram else None
            yield
            if talking:
                talking.cancel()
                await asyncio.gather(talking, return_exceptions=True)
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
    add_health(app, house, voice, engine.health, telegram)
    return app


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
