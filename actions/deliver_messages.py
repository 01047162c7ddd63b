"""Pushes what the outbox holds to a channel: claim it, send it outside any transaction, mark the outcome.

At least once: only a crash, or a lost answer, between the channel's yes and our mark repeats a message.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVarTuple

from actions.carry_out import EXCERPT
from catalog.models import Catalog
from storage.database import Database
from storage.models import Delivery, Form
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.delivery")

Ts = TypeVarTuple("Ts")

AT_ONCE = 20
"""Deliveries under way at the same time, each of another conversation."""
LEASES: dict[Form, timedelta] = {"text": timedelta(seconds=40), "voice": timedelta(seconds=150)}
"""After a crash a claimed message waits so long; within it sending must end, or another one sends it too."""
_MARGIN_SECONDS = 10
_LOOK_EVERY_SECONDS = 1.0
_LEAVE_SECONDS = 10
_MARK_AGAIN_SECONDS = (0.2, 1, 3)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 300.0
MOST_ATTEMPTS = 300
"""About a day of trying; then a person is told."""


class DeliveryFailed(Exception):
    """It could not be delivered; `permanent` when trying again cannot help."""

    def __init__(
        self, code: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        """`retry_after`: seconds the channel asks us to wait."""
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after


class Channel(Protocol):
    """A channel that must be written to."""

    name: str

    async def deliver(self, delivery: Delivery) -> str:
        """Send it and say what the channel calls it; raises `DeliveryFailed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Where deliveries come from, where they go, and when they were claimed."""

    database: Database
    catalog: Catalog
    channel: Channel
    claimed_at: datetime
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The time of the claim and what passed since."""
        return self.claimed_at + timedelta(seconds=time.monotonic() - self.started)


async def deliver_due(
    database: Database, catalog: Catalog, channel: Channel, form: Form, now: datetime
) -> int:
    """Try once what is due now in this form, up to `AT_ONCE`; how many there were."""
    this = _Round(database=database, catalog=catalog, channel=channel, claimed_at=now)
    claimed = await database.run(_claim, this, form, AT_ONCE)
    await asyncio.gather(*(_deliver(this, delivery) for delivery in claimed))
    return len(claimed)


async def keep_delivering(
    database: Database, catalog: Catalog, channel: Channel, form: Form, bell: asyncio.Event
) -> None:
    """Deliver one form for ever: at once when the bell rings, else looking every second.

    A slow delivery holds up nobody else's. When cancelled, what is being sent is sent to its end.
    """
    running: set[asyncio.Task[None]] = set()
    try:
        while True:
            bell.clear()
            now = datetime.now(UTC)
            this = _Round(database=database, catalog=catalog, channel=channel, claimed_at=now)
            room = AT_ONCE - len(running)
            claimed = await database.run(_claim, this, form, room) if room else ()
            running |= {asyncio.create_task(_deliver(this, delivery)) for delivery in claimed}
            running = await _next_reason(running, bell)
    finally:
        if running:
            _, late = await asyncio.wait(running, timeout=_LEAVE_SECONDS)
            for task in late:
                task.cancel()


async def _next_reason(
    running: set[asyncio.Task[None]], bell: asyncio.Event
) -> set[asyncio.Task[None]]:
    """Wait for a delivery to end, the bell, or a second to pass; what is still running."""
    ring = asyncio.create_task(bell.wait())
    try:
        _, waiting = await asyncio.wait(
            {*running, ring}, timeout=_LOOK_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        ring.cancel()
    return {task for task in running if task in waiting}


def _claim(this: _Round, form: Form, limit: int) -> tuple[Delivery, ...]:
    with this.database.write() as work:
        claimed = work.outbox.due(this.channel.name, this.claimed_at, limit, LEASES[form], form)
        if claimed:
            work.commit()
    return claimed


async def _deliver(this: _Round, delivery: Delivery) -> None:
    """Send one and mark the outcome; whatever goes wrong, it stays in the outbox or a person is told."""
    try:
        async with asyncio.timeout(LEASES[delivery.form].total_seconds() - _MARGIN_SECONDS):
            external_id = await this.channel.deliver(delivery)
    except DeliveryFailed as failed:
        await _surely(this, _mark_failed, this, delivery, failed)
    except Exception as error:  # noqa: BLE001 - one delivery must not end the loop for all
        # Without the error's text, which may quote the message.
        log.error("delivery %s: %s", delivery.id, type(error).__name__)  # noqa: TRY400
        await _surely(this, _mark_failed, this, delivery, DeliveryFailed("trouble"))
    else:
        await _surely(this, _mark_sent, this, delivery, external_id)


async def _surely(this: _Round, mark: Callable[[*Ts], None], *values: *Ts) -> None:
    """Mark it even if the database is away for a moment: an unmarked message is sent twice."""
    for pause in _MARK_AGAIN_SECONDS:
        try:
            return await this.database.run(mark, *values)
        except Exception as error:  # noqa: BLE001 - tried again; after that the lease ends
            log.warning("outcome not marked: %s", type(error).__name__)
            await asyncio.sleep(pause)
    return None


def _mark_sent(this: _Round, delivery: Delivery, external_id: str) -> None:
    with this.database.write() as work:
        work.outbox.sent(delivery.id, this.now(), external_id or None)
        work.commit()


def _mark_failed(this: _Round, delivery: Delivery, failed: DeliveryFailed) -> None:
    log.info(
        "delivery %s form=%s attempt=%d failed=%s",
        delivery.id,
        delivery.form,
        delivery.attempts,
        failed.code,
    )
    if failed.permanent or delivery.attempts >= MOST_ATTEMPTS:
        _give_up(this, delivery, failed.code)
    else:
        _try_again(this, delivery, failed)


def _try_again(this: _Round, delivery: Delivery, failed: DeliveryFailed) -> None:
    pause = failed.retry_after
    if pause is None:
        pause = min(_FIRST_PAUSE * 2.0 ** (delivery.attempts - 1), _LONGEST_PAUSE)
    with this.database.write() as work:
        work.outbox.retry(delivery.id, this.now() + timedelta(seconds=pause), failed.code)
        work.commit()


def _give_up(this: _Round, delivery: Delivery, code: str) -> None:
    """Later messages may go; for a lost text a person is told, a voice only doubled one."""
    now = this.now()
    with this.database.write() as work:
        work.outbox.give_up(delivery.id, now, code)
        if delivery.form == "text":
            office = _office_of(work, delivery.conversation_id) or this.catalog.district_office.id
            lost = delivery.reply.text[:EXCERPT]
            work.handovers.open(delivery.conversation_id, office, "undeliverable", now, lost)
        work.commit()


def _office_of(work: UnitOfWork, conversation_id: str) -> str:
    """The office that already knows this person, or empty."""
    stored = work.conversations.get(conversation_id)
    cases = work.cases.of_person(stored.person_id) if stored else ()
    return cases[0].office_id if cases else ""
