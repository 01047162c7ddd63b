"""Sends one claimed message to its channel, outside any transaction, and marks what came of it.

At least once: only a crash, or a lost answer, between the channel's yes and our mark repeats a message.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias, TypeVarTuple

from actions.give_up_delivery import give_up_delivery
from catalog.models import Catalog
from storage.database import Database
from storage.models import Delivery, Form

log = logging.getLogger("zhucan.delivery")

Ts = TypeVarTuple("Ts")

LEASES: dict[Form, timedelta] = {"text": timedelta(seconds=40), "voice": timedelta(seconds=150)}
"""Within it sending must end, or another one sends it too."""
_MARGIN_SECONDS = 10
_MARK_AGAIN_SECONDS = (0.2, *[1.0] * 120)
"""Two minutes: so long another database may take to stand in for one that is gone."""
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 300.0
MOST_ATTEMPTS: dict[Form, int] = {"text": 300, "voice": 12}
"""A text is tried for about a day, then a person is told; after half an hour nobody waits for the voice."""

Outcome: TypeAlias = Literal["sent", "retried", "failed"]


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


class Watch(Protocol):
    """Told of every try."""

    def __call__(
        self, channel: str, form: str, outcome: Outcome, seconds: float | None = None
    ) -> None:
        """`seconds` from the commit to the channel's yes."""


def unwatched(channel: str, form: str, outcome: Outcome, seconds: float | None = None) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Who delivers, from where and to which channel."""

    database: Database
    catalog: Catalog
    channel: Channel
    worker_id: str = ""
    """This process; what it had under way when it died is found by that."""
    watch: Watch = unwatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What was claimed together, and when."""

    courier: Courier
    claimed_at: datetime
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The time of the claim and what passed since."""
        return self.claimed_at + timedelta(seconds=time.monotonic() - self.started)


async def deliver_one(this: Round, delivery: Delivery) -> None:
    """Send it and mark the outcome; whatever goes wrong, it stays in the outbox or a person is told."""
    try:
        async with asyncio.timeout(LEASES[delivery.form].total_seconds() - _MARGIN_SECONDS):
            external_id = await this.courier.channel.deliver(delivery)
    except DeliveryFailed as failed:
        await _surely(this, _mark_failed, this, delivery, failed)
    except TimeoutError:
        await _surely(this, _mark_failed, this, delivery, DeliveryFailed("timeout"))
    except Exception as error:  # noqa: BLE001 - one delivery must not end the loop for all
        # Without the error's text, which may quote the message.
        about = {**_about(delivery), "error": type(error).__name__}
        log.error("delivery failed", extra=about)  # noqa: TRY400
        await _surely(this, _mark_failed, this, delivery, DeliveryFailed("trouble"))
    else:
        await _surely(this, _mark_sent, this, delivery, external_id)


async def _surely(this: Round, mark: Callable[[*Ts], None], *values: *Ts) -> None:
    """Mark it even if the database is away for a while: an unmarked message is sent twice."""
    for pause in _MARK_AGAIN_SECONDS:
        try:
            return await this.courier.database.run(mark, *values)
        except Exception as error:  # noqa: BLE001 - tried again; after that the lease ends
            log.warning("outcome not marked", extra={"error": type(error).__name__})
            await asyncio.sleep(pause)
    return None


def _about(delivery: Delivery) -> dict[str, str | int]:
    """What a log says of it; a reply's id is that of its turn."""
    return {
        "turn": delivery.message_id,
        "delivery": delivery.id,
        "form": delivery.form,
        "attempt": delivery.attempts,
    }


def _mark_sent(this: Round, delivery: Delivery, external_id: str) -> None:
    now = this.now()
    with this.courier.database.write() as work:
        work.outbox.sent(delivery.id, now, external_id or None)
        work.commit()
    seconds = max(0.0, (now - delivery.said_at).total_seconds())
    log.info("delivered", extra={**_about(delivery), "ms": round(seconds * 1000)})
    this.courier.watch(delivery.channel, delivery.form, "sent", seconds)


def _mark_failed(this: Round, delivery: Delivery, failed: DeliveryFailed) -> None:
    log.info("not delivered", extra={**_about(delivery), "code": failed.code})
    if failed.permanent or delivery.attempts >= MOST_ATTEMPTS[delivery.form]:
        give_up_delivery(
            this.courier.database, this.courier.catalog, delivery, failed.code, this.now()
        )
        this.courier.watch(delivery.channel, delivery.form, "failed")
    else:
        _try_again(this, delivery, failed)
        this.courier.watch(delivery.channel, delivery.form, "retried")


def _try_again(this: Round, delivery: Delivery, failed: DeliveryFailed) -> None:
    pause = failed.retry_after
    if pause is None:
        pause = min(_FIRST_PAUSE * 2.0 ** (delivery.attempts - 1), _LONGEST_PAUSE)
    at = this.now() + timedelta(seconds=pause)
    with this.courier.database.write() as work:
        work.outbox.retry(delivery.id, at, failed.code, delivery.worker_id)
        work.commit()
