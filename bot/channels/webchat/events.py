"""New lines without a reload: Server-Sent Events over the stored messages.

The stored messages are the outbox, so nothing is lost: a browser says which line it saw last and gets
what follows. A message answered in this process rings at once; what another process or a caseworker
wrote is found by a slow look at the database.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from sse_starlette import ServerSentEvent

from bot.channels.webchat.transcript import Line, conversation_of, read_after
from storage.database import Database

LOOK_EVERY = 3.0
"""Seconds between looks at the database."""
MOST_STREAMS = 4
"""Open pages of one browser that are kept up to date; more of them show what is new when reloaded."""
MOST_IN_ALL = 2000
"""Streams of one process: each looks at the database now and then, and anybody may draw a token."""
RETRY = 3000
"""Milliseconds after which a browser comes back when the connection broke."""


class Bells:
    """Wakes the streams of one browser in this process."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def ring(self, token_hash: str) -> None:
        """Something new may be there."""
        for bell in self._bells.get(token_hash, ()):
            bell.set()

    def is_full(self, token_hash: str) -> bool:
        """The browser has as many streams as it may have, or all together have."""
        if sum(map(len, self._bells.values())) >= MOST_IN_ALL:
            return True
        return len(self._bells.get(token_hash, ())) >= MOST_STREAMS

    @contextmanager
    def listening(self, token_hash: str) -> Iterator[asyncio.Event]:
        """A bell for one stream."""
        bell = asyncio.Event()
        self._bells[token_hash].add(bell)
        try:
            yield bell
        finally:
            self._bells[token_hash].discard(bell)
            if not self._bells[token_hash]:
                del self._bells[token_hash]


async def stream(
    database: Database,
    bells: Bells,
    token_hash: str,
    after: int,
    render: Callable[[Line], str],
) -> AsyncIterator[ServerSentEvent]:
    """The lines after a number, then each new one; ends when the browser gave up the conversation."""
    known: str | None = None
    with bells.listening(token_hash) as bell:
        # Something to read at once, so that browsers and proxies see the connection stand.
        yield ServerSentEvent(comment="ok", retry=RETRY)
        while True:
            bell.clear()
            current = await database.run_reading(conversation_of, database, token_hash)
            if known is not None and current != known:
                return
            known = current
            lines = await database.run_reading(read_after, database, known, after) if known else ()
            for line in lines:
                after = line.seq
                yield ServerSentEvent(id=str(line.seq), event="message", data=render(line))
            await _until(bell)


async def _until(bell: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(bell.wait(), LOOK_EVERY)
    except TimeoutError:
        return
