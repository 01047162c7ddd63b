"""Pushes what the outbox holds to a channel: claims it, has it sent, looks for more.

Text and voice are delivered apart, so that words never wait for a voice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from actions.deliver_one import LEASES, Courier, Round, deliver_one
from storage.bell import Bell
from storage.models import Delivery, Form

log = logging.getLogger("zhucan.delivery")

AT_ONCE = 20
"""Deliveries under way at the same time, each of another conversation."""
_LOOK_EVERY_SECONDS = 1.0
"""For what fell due, and for what a process that does not deliver put there; our own rings the bell."""
_LEAVE_SECONDS = 10


async def deliver_due(courier: Courier, form: Form, now: datetime) -> int:
    """Try once what is due now in this form, up to `AT_ONCE`; how many there were."""
    this = Round(courier=courier, claimed_at=now)
    claimed = await courier.database.run(_claim, this, form, AT_ONCE)
    await asyncio.gather(*(deliver_one(this, delivery) for delivery in claimed))
    return len(claimed)


async def keep_delivering(courier: Courier, form: Form) -> None:
    """Deliver one form for ever: at once when something was committed here, else looking every second.

    A slow delivery holds up nobody else's. When cancelled, what is being sent is sent to its end.
    """
    running: set[asyncio.Task[None]] = set()
    with _rung(courier.database.bell) as rung:
        try:
            while True:
                rung.clear()
                this = Round(courier=courier, claimed_at=datetime.now(UTC))
                running |= await _begun(this, form, running)
                running = await _next_reason(running, rung)
        finally:
            if running:
                _, late = await asyncio.wait(running, timeout=_LEAVE_SECONDS)
                for task in late:
                    task.cancel()


async def _begun(
    this: Round, form: Form, running: set[asyncio.Task[None]]
) -> set[asyncio.Task[None]]:
    """What is due and begins now; nothing while the database is away, for what is under way must be marked."""
    if len(running) >= AT_ONCE:
        return set()
    try:
        claimed = await this.courier.database.run(_claim, this, form, AT_ONCE - len(running))
    except Exception as error:  # noqa: BLE001 - looked again in a second
        log.warning("outbox not read", extra={"error": type(error).__name__})
        return set()
    # Its lease ran out while the database was away: it was sent, and is being marked.
    under_way = {task.get_name() for task in running}
    return {
        asyncio.create_task(deliver_one(this, one), name=one.id)
        for one in claimed
        if one.id not in under_way
    }


@contextmanager
def _rung(bell: Bell) -> Iterator[asyncio.Event]:
    """Set whenever the bell rings, in whatever thread that is."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()

    def ring() -> None:
        # A loop that has ended delivers no more; another process or the next start will.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(event.set)

    stop = bell.listen(ring)
    try:
        yield event
    finally:
        stop()


async def _next_reason(
    running: set[asyncio.Task[None]], rung: asyncio.Event
) -> set[asyncio.Task[None]]:
    """Wait for a delivery to end, the bell, or a second to pass; what is still running."""
    ring = asyncio.create_task(rung.wait())
    try:
        _, waiting = await asyncio.wait(
            {*running, ring}, timeout=_LOOK_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        ring.cancel()
    return {task for task in running if task in waiting}


def _claim(this: Round, form: Form, limit: int) -> tuple[Delivery, ...]:
    """What is due; nothing while the channel is switched off: its messages wait."""
    courier = this.courier
    name = courier.channel.name
    with courier.database.write() as work:
        if name in work.channel_switches.off():
            return ()
        claimed = work.outbox.due(
            name, this.claimed_at, limit, LEASES[form], form=form, worker_id=courier.worker_id
        )
        if claimed:
            work.commit()
    return claimed
