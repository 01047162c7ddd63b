"""Which jobs there are: what is done again and again, and what turns ask for. One line each."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

from actions.forget_person import delete_files
from actions.purge import purge
from actions.scan_deadlines import scan_deadlines
from actions.send_reminders import send_reminders
from actions.watch_workers import Watch, keep_watching
from bot.assembly import House
from bot.health import EngineHealth
from storage.jobs import Jobs, Schedule

log = logging.getLogger("zhucan.jobs")

_KEEP_FINISHED = timedelta(days=7)
_LAUNCH_AFTER_SECONDS = 1.0
"""The doors come first."""
_LAUNCH_AGAIN_SECONDS = 10.0
_FRESH_SECONDS = 10.0


class Sharing(Protocol):
    """A door that shares a limit with the other processes."""

    def share(self, workers: int) -> None:
        """So many processes there are, this one included."""


def build_jobs(house: House) -> Jobs:
    """The engine with all its jobs; nothing runs yet."""
    database, mind, papers = house.database, house.mind, house.papers

    def now() -> datetime:
        return datetime.now(UTC)

    settings = house.settings
    jobs = Jobs(url=settings.url, tenant=settings.tenant, worker_id=house.worker_id)
    jobs.handlers = {
        "delete_files": lambda _person: delete_files(database, papers),
    }
    jobs.schedules = (
        _every("* * * * *", "reminders", lambda: send_reminders(database, mind, now())),
        _every("*/5 * * * *", "deadlines", lambda: scan_deadlines(database, now())),
        _every("40 2 * * *", "purge", lambda: purge(database, papers, mind.catalog, now())),
        _every("10 3 * * *", "jobs", lambda: jobs.forget_finished(now() - _KEEP_FINISHED)),
    )
    return jobs


def _every(cron: str, name: str, run: Callable[[], object]) -> Schedule:
    """`cron` is minute, hour, day, month, weekday, in Shanghai."""
    return Schedule(name=name, cron=cron, run=run)


class EngineNotRunning(Exception):
    """What a dead worker left is taken over as soon as the engine runs."""


class Engine:
    """The life of the jobs of this process, beside its doors and never in their way."""

    def __init__(self, house: House, *doors: Sharing) -> None:
        """Nothing runs yet."""
        self._house = house
        self._doors = doors
        self._watch = Watch(house.database, house.worker_id)
        self._jobs = build_jobs(house)
        self._trouble = ""
        self._counting = threading.Lock()
        self._counts: dict[str, int] = {}
        self._until = 0.0

    def health(self) -> EngineHealth:
        """How it is; being about to begin is well enough.

        Without a database the engine answers only when that is back, so no more than one may ask it.
        """
        if time.monotonic() >= self._until and self._counting.acquire(blocking=False):
            try:
                self._counts = self._jobs.counts()
                self._until = time.monotonic() + _FRESH_SECONDS
            finally:
                self._counting.release()
        return EngineHealth(is_running=not self._trouble, jobs=self._counts)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Count as a worker from now on, and launch the engine while others are served already."""
        self._share(await self._house.database.run(self._watch.begin))
        tasks = [asyncio.create_task(self._launch()), asyncio.create_task(self._keep_watching())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self._jobs.close)
            with contextlib.suppress(Exception):
                await self._house.database.run(self._watch.leave)

    async def _launch(self) -> None:
        """Launch it; again and again when that fails, for the doors work without it."""
        pause = _LAUNCH_AFTER_SECONDS
        while self._jobs.is_possible and not self._jobs.is_running:
            await asyncio.sleep(pause)
            launching = asyncio.create_task(asyncio.to_thread(self._jobs.launch))
            try:
                await asyncio.shield(launching)
            except asyncio.CancelledError:
                # Half begun it could not be closed.
                await asyncio.wait((launching,))
                raise
            except Exception as error:
                self._trouble = type(error).__name__
                log.exception("engine not launched")
            else:
                self._trouble = ""
                self._house.database.jobs = self._jobs
            pause = _LAUNCH_AGAIN_SECONDS

    async def _keep_watching(self) -> None:
        while True:
            try:
                await keep_watching(self._watch, self._take_over, self._share)
            except Exception as error:  # noqa: BLE001 - the database is away: count on when it is back
                log.warning("not counted", extra={"error": type(error).__name__})
                await asyncio.sleep(1)

    def _take_over(self, worker_id: str) -> None:
        if not self._jobs.is_running:
            raise EngineNotRunning
        taken = self._jobs.take_over(worker_id)
        log.warning("work taken over", extra={"worker": worker_id, "jobs": taken})

    def _share(self, workers: int) -> None:
        for door in self._doors:
            door.share(workers)
