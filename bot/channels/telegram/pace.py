"""How fast we may write: about one message a second to one chat, about 25 a second to all."""

from __future__ import annotations

import asyncio
import time

_MANY = 1000


class Pace:
    """A rate with a small burst for each key; whoever comes gets the next free moment, in order.

    The generic cell rate algorithm: one number a key, the moment at which its burst is whole again.
    """

    def __init__(self, per_second: float, burst: int) -> None:
        """`burst` messages may go at once after a quiet while."""
        self._interval = 1 / per_second
        self._slack = (burst - 1) * self._interval
        self._whole_at: dict[str, float] = {}

    def reserve(self, key: str, now: float) -> float:
        """Take the next moment; how many seconds it lies ahead."""
        if len(self._whole_at) > _MANY:
            self._whole_at = {k: at for k, at in self._whole_at.items() if at > now}
        at = max(self._whole_at.get(key, now), now)
        self._whole_at[key] = at + self._interval
        return max(0.0, at - self._slack - now)


class Paces:
    """The pace of each chat and that of the whole bot, together."""

    def __init__(
        self,
        per_chat: float = 1.0,
        chat_burst: int = 4,
        overall: float = 25.0,
        overall_burst: int = 25,
    ) -> None:
        """Telegram's own limits are unpublished; these keep below what is known of them."""
        self._chats = Pace(per_chat, chat_burst)
        self._overall, self._overall_burst = overall, overall_burst
        self._bot = Pace(overall, overall_burst)
        self._among = 1

    def share(self, workers: int) -> None:
        """So many processes write as this bot: each takes its part of what all together may."""
        if workers != self._among and workers > 0:
            self._among = workers
            burst = max(1, self._overall_burst // workers)
            self._bot = Pace(self._overall / workers, burst)

    async def wait(self, chat: str) -> None:
        """Wait until one more message may go to this chat."""
        await asyncio.sleep(self._chats.reserve(chat, time.monotonic()))
        await asyncio.sleep(self._bot.reserve("", time.monotonic()))
