"""From a commit to the sending of what it left: our outbox beside a DBOS job a message, on both databases.

`python -m benchmarks.deliveries [--polling SECONDS]` repeats the figures of decision 0202; each line is measured
in a process of its own, since DBOS keeps its engine in globals.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from actions.deliver_messages import keep_delivering
from actions.deliver_one import Courier
from benchmarks.databases import postgresql, sqlite
from benchmarks.measuring import percentiles
from dialogue.messages import Reply
from storage.crypto import Keyring
from storage.database import Database
from storage.ids import new_id
from storage.unit_of_work import UnitOfWork

WAYS = ("outbox", "dbos")
ENGINES = ("sqlite", "postgresql")
_PEERS = 40
_SINGLE = 120
_AT_ONCE = 600
_WITHIN_SECONDS = 60.0

Enqueue = Callable[[UnitOfWork, str, str], None]


class _Channel:
    """Takes everything at once, and remembers when."""

    name = "telegram"

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}

    async def deliver(self, delivery: Any) -> str:
        self.take(delivery.id)
        return "1"

    def take(self, delivery_id: str) -> None:
        self.sent.setdefault(delivery_id, time.perf_counter())


def main() -> None:
    """All four, or the one that was named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deliveries")
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--polling", type=float, default=0.1, help="seconds, of DBOS")
    options = parser.parse_args()
    if options.engine and options.way:
        _one(options.engine, options.way, options.polling)
        return
    for engine in ENGINES:
        for way in WAYS:
            chosen = ("--engine", engine, "--way", way, "--polling", str(options.polling))
            subprocess.run([sys.executable, "-m", "benchmarks.deliveries", *chosen], check=True)


def _one(engine: str, way: str, polling: float) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        opened = stack.enter_context(sqlite(folder) if engine == "sqlite" else postgresql())
        database = Database(opened.url, "pudong", Keyring.from_secrets(("x" * 40,)))
        stack.callback(database.close)
        database.migrate()
        channel = _Channel()
        enqueue = None
        if way == "dbos":
            enqueue, stop = _dbos(opened.url, database, channel, polling)
            stack.callback(stop)
        print(f"{engine:>10} {way:>6}", asyncio.run(_measured(database, channel, enqueue)))


async def _measured(
    database: Database, channel: _Channel, enqueue: Enqueue | None
) -> dict[str, float]:
    courier = Courier(
        database=database,
        catalog=cast("Any", SimpleNamespace()),
        channel=cast("Any", channel),
        worker_id=new_id(),
    )
    task = None if enqueue else asyncio.create_task(keep_delivering(courier, "text"))
    put = partial(database.run, _put, database, enqueue)
    for peer in range(_PEERS):  # every conversation is opened before anything is measured
        await put(peer)
    await asyncio.sleep(2)
    committed = {}
    for number in range(_SINGLE):
        delivery = await put(number % _PEERS)
        committed[delivery] = time.perf_counter()
        await asyncio.sleep(0.07 + 0.03 * (number % 3))
    await _until_sent(channel, committed)
    waits = [max(0.0, channel.sent[one] - at) for one, at in committed.items()]
    cpu, began = time.process_time(), time.perf_counter()
    await _until_sent(channel, [await put(number % _PEERS) for number in range(_AT_ONCE)])
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    if task:
        task.cancel()
    p95 = sorted(waits)[int(len(waits) * 0.95)] * 1000
    return {
        "commit → send p50 ms": percentiles(waits)["p50 ms"],
        "p95 ms": round(p95, 1),
        f"{_AT_ONCE} put and sent, s": round(seconds, 1),
        "CPU ms a message": round(spent / _AT_ONCE * 1000, 1),
    }


async def _until_sent(channel: _Channel, deliveries: Any) -> None:
    until = time.perf_counter() + _WITHIN_SECONDS
    while not all(one in channel.sent for one in deliveries):
        if time.perf_counter() > until:
            raise TimeoutError
        await asyncio.sleep(0.02)


def _put(database: Database, enqueue: Enqueue | None, peer: int) -> str:
    """What the end of a turn does: a message and its delivery in one transaction."""
    now = datetime.now(UTC)
    with database.write() as work:
        talk = work.conversations.for_peer("telegram", str(peer), now).conversation.id
        said = work.messages.add_reply(talk, Reply(paragraphs=("好消息。",)), now)
        delivery = work.outbox.put(said, "telegram", str(peer), now)
        if enqueue:
            enqueue(work, delivery, talk)
        work.commit()
    return delivery


def _dbos(
    url: str, database: Database, channel: _Channel, polling: float
) -> tuple[Enqueue, Callable[[], None]]:
    """A workflow a message: send, then mark; one at a time in a conversation."""
    from dbos import DBOS, DBOSClient  # noqa: PLC0415 - only in the process that measures it

    DBOS(
        config={
            "name": "bench",
            "system_database_url": url,
            "application_version": "1",
            "use_listen_notify": False,
            "log_level": "ERROR",
        }
    )

    @DBOS.step(name="send")
    async def send(delivery: str) -> str:
        channel.take(delivery)
        return "1"

    @DBOS.step(name="mark")
    async def mark(delivery: str, said: str) -> None:
        def write() -> None:
            with database.write() as work:
                work.outbox.sent(delivery, datetime.now(UTC), said)
                work.commit()

        await asyncio.to_thread(write)

    @DBOS.workflow(name="deliver")
    async def deliver(delivery: str) -> None:
        await mark(delivery, await send(delivery))

    DBOS.launch()
    DBOS.register_queue(
        "deliver", partition_concurrency=1, worker_concurrency=20, polling_interval_sec=polling
    )
    client = DBOSClient(system_database_url=url)

    def enqueue(work: UnitOfWork, delivery: str, talk: str) -> None:
        chosen: Any = {
            "workflow_name": "deliver",
            "queue_name": "deliver",
            "workflow_id": delivery,
            "queue_partition_key": talk,
            "app_version": "1",
        }
        client.enqueue_in_transaction(work.session, chosen, delivery)

    return enqueue, DBOS.destroy


if __name__ == "__main__":
    main()
