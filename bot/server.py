"""The service: web chat, console, webhook, delivery and health in one process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from actions.desk import Desk
from bot.assembly import House, open_house
from bot.channels import webchat
from bot.channels.telegram import TelegramDoor
from bot.error_pages import add_error_pages
from bot.first_start import announce
from bot.safety import add_safety
from bot.settings import Settings
from bot.voice import fixed_texts, open_voice
from console import routes as console
from speech import SpeechProcess

log = logging.getLogger("zhucan.server")


def create_app(house: House, voice: SpeechProcess) -> FastAPI:
    """The whole service over an open house; closing the app closes what it started, not the house."""
    telegram = TelegramDoor.open(house, voice)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        jobs = telegram.jobs() if telegram else ()
        tasks = [asyncio.create_task(_kept_alive(job)) for job in jobs]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if telegram:
            await telegram.close()

    app = FastAPI(title="zhucan", docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    add_error_pages(app)
    add_safety(app, is_secure=house.settings.is_secure)
    app.include_router(webchat.router(house, voice))
    desk = Desk(
        database=house.database,
        catalog=house.mind.catalog,
        papers=house.papers,
        is_secure=house.settings.is_secure,
    )
    app.include_router(console.router(desk), prefix="/console")
    if telegram:
        app.include_router(telegram.router())
    _add_health(app, house, voice)
    return app


def _add_health(app: FastAPI, house: House, voice: SpeechProcess) -> None:
    @app.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"alive": True})

    @app.get("/readyz")
    async def readyz() -> Response:
        is_ready = await house.database.run_reading(house.database.is_ready)
        state = {"database": is_ready, "voice_running": voice.health().running}
        return JSONResponse(state, status_code=200 if is_ready else 503)


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


def run(settings: Settings) -> None:
    """Serve until stopped; running requests are finished first."""
    house = open_house(settings)
    voice = open_voice(settings)
    try:
        announce(house)
        voice.prerender(fixed_texts(house.mind.catalog))
        config = uvicorn.Config(
            create_app(house, voice),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # an address told by a header is not believed
            timeout_graceful_shutdown=20,
        )
        uvicorn.Server(config).run()
    finally:
        voice.close()
        house.close()
