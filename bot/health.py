"""Is it alive, is it ready, and what does it count: three addresses for machines, no word about anybody.

`/metrics` answers only who sits on this machine and comes straight to us, or who knows the token.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from actions.measure_queues import Queues, measure_queues
from bot.assembly import House
from bot.metrics import World
from speech import SpeechProcess

log = logging.getLogger("zhucan.health")

T = TypeVar("T")

_SECONDS = 3.0
"""An answer after that comes too late for whoever asks."""
_COUNTING_SECONDS = 8.0
"""Who asks for figures waits ten."""
_FRESH_SECONDS = 10.0
"""So long figures of the database are told again: several may ask."""
_SHARE = 50
"""And so many times as long as it took to count them: a huge register is not counted all the time."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOOPBACK = ("127.0.0.1", "::1")
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class EngineHealth:
    """The durable engine as it is now; without one there is nothing to be ready for."""

    is_running: bool = True
    jobs: dict[str, int] = field(default_factory=dict)


AskEngine = Callable[[], EngineHealth]


class Opening(Protocol):
    """A door that opens later than the others; nobody at the others waits for it."""

    @property
    def state(self) -> str:
        """In one word."""


@dataclass(slots=True)
class _Figures:
    """The last look at the queues."""

    queues: Queues | None = None
    until: float = 0.0


def add_health(
    app: FastAPI,
    house: House,
    voice: SpeechProcess,
    engine: AskEngine = EngineHealth,
    telegram: Opening | None = None,
) -> None:
    """The three routes; `engine` may block, it is asked in a thread."""
    figures = _Figures()

    @app.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"alive": True})

    @app.get("/readyz")
    async def readyz() -> Response:
        database = house.database
        is_newest = await _in_time(database.run_reading(database.is_ready))
        health = await _in_time(asyncio.to_thread(engine))
        is_running = health is not None and health.is_running
        parts: dict[str, bool | str]
        parts = {"database": bool(is_newest), "engine": is_running, "voice": _state(house, voice)}
        if telegram is not None:
            parts["telegram"] = telegram.state
        return JSONResponse(parts, status_code=200 if is_newest and is_running else 503)

    @app.get("/metrics")
    async def counted(request: Request) -> Response:
        if not _may_ask(request, house.settings.metrics_token.get_secret_value()):
            return JSONResponse({"status": 404}, status_code=404)
        health = await _in_time(asyncio.to_thread(engine))
        world = World(
            queues=await _queues(house, figures),
            voice=voice.health(),
            jobs=health.jobs if health else {},
        )
        return Response(house.metrics.text(world), media_type=_TEXT)


async def _queues(house: House, figures: _Figures) -> Queues | None:
    clock = asyncio.get_running_loop().time
    if figures.queues is None or clock() >= figures.until:
        database, catalog = house.database, house.mind.catalog
        at, began = datetime.now(UTC), clock()
        counting = database.run_reading(measure_queues, database, catalog, at)
        figures.queues = await _in_time(counting, _COUNTING_SECONDS)
        figures.until = clock() + max(_FRESH_SECONDS, _SHARE * (clock() - began))
    return figures.queues


async def _in_time(answer: Awaitable[T], seconds: float = _SECONDS) -> T | None:
    """The answer, or None when it failed or did not come in time."""
    try:
        return await asyncio.wait_for(answer, seconds)
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        log.warning("no answer", extra={"error": type(error).__name__})
        return None


def _state(house: House, voice: SpeechProcess) -> str:
    """The voice in one word; it starts with the first text, and nobody waits for it to be ready."""
    health = voice.health()
    if not house.settings.voice_names:
        return "off"
    if health.resting:
        return "failing"
    return "running" if health.running else "asleep"


def _may_ask(request: Request, token: str) -> bool:
    """By token from anywhere; without one only from this machine, and not through a proxy on it."""
    given = request.headers.get("authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    is_here = request.client is not None and request.client.host in _LOOPBACK
    return is_here and not any(name in request.headers for name in _FORWARDED)
