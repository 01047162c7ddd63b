"""Each process counts on in the database; whoever stops has died, and another one takes its work over.

A worker is judged by how long its count stood still on the judge's own clock, never by the time it wrote:
clocks of machines differ. Whoever could not count himself for a while judges nobody.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from storage.database import Database

log = logging.getLogger("zhucan.workers")

BEAT_SECONDS = 2.5
DEAD_SECONDS = 10.0
"""A process frozen for so long may find that a message it was sending was sent once more by another one."""
_LATE_SECONDS = 2 * BEAT_SECONDS


@dataclass(slots=True)
class Watch:
    """One process's view of itself and the others."""

    database: Database
    worker_id: str
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    """How far each had counted, and since when by our clock."""
    _last: float = 0.0
    """When we counted last."""

    def begin(self) -> int:
        """Count for the first time; how many workers there are now."""
        return self._count(time.monotonic())

    def beat(self) -> tuple[int, tuple[str, ...]]:
        """Count on; how many live, and who has died since and is ours to take over."""
        at = time.monotonic()
        was_late = at - self._last > _LATE_SECONDS
        total = self._count(at)
        if was_late:
            # Perhaps the database was away from all of us: everybody gets the time to count again.
            self._seen = {one: (beats, at) for one, (beats, _) in self._seen.items()}
        still = [one for one, (_, since) in self._seen.items() if at - since > DEAD_SECONDS]
        return total, tuple(one for one in still if self._claim(one))

    def _count(self, at: float) -> int:
        with self.database.write() as work:
            if not work.workers.beat(self.worker_id, datetime.now(UTC)) and self._last:
                log.warning("taken for dead", extra={"worker": self.worker_id})
            beats = work.workers.beats()
            work.commit()
        self._last = at
        known = {one: self._seen.get(one) for one in beats if one != self.worker_id}
        self._seen = {
            one: seen if seen and seen[0] == beats[one] else (beats[one], at)
            for one, seen in known.items()
        }
        return len(beats)

    def _claim(self, dead: str) -> bool:
        """Take over what it was sending; if we die before the rest is done, another one begins again."""
        with self.database.write() as work:
            if not work.workers.claim(dead, self._seen[dead][0]):
                return False
            released = work.outbox.release(dead, datetime.now(UTC))
            work.commit()
        log.warning("worker died", extra={"worker": dead, "deliveries": released})
        return True

    def bury(self, dead: str) -> None:
        """All it left has been taken over."""
        with self.database.write() as work:
            work.workers.leave(dead)
            work.commit()
        self._seen.pop(dead, None)

    def leave(self) -> None:
        """We go; what we alone did is free at once."""
        with self.database.write() as work:
            work.outbox.release(self.worker_id, datetime.now(UTC))
            work.workers.leave(self.worker_id)
            work.commit()


async def keep_watching(
    watch: Watch, take_over: Callable[[str], object], share: Callable[[int], None]
) -> None:
    """Count for ever. `take_over` may block; `share` is told how many live whenever that was counted."""
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        total, dead = await watch.database.run(watch.beat)
        share(max(1, total - len(dead)))
        for one in dead:
            await asyncio.to_thread(take_over, one)
            await watch.database.run(watch.bury, one)
        if dead:
            watch.database.bell.ring()
