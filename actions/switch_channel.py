"""A channel is switched off or on by an operator; who did it and when is kept for good."""

from __future__ import annotations

import logging
from datetime import datetime

from storage.database import Database
from storage.models import ChannelSwitch

log = logging.getLogger("zhucan.channels")


def switch_channel(
    database: Database, channel: str, *, is_off: bool, by: str, now: datetime
) -> None:
    """Off: its messages wait, nothing is lost. On: they go out."""
    with database.write() as work:
        work.channel_switches.flip(channel, is_off=is_off, by=by, now=now)
        work.commit()
    log.warning("channel switched", extra={"channel": channel, "off": is_off})


def channels_off(database: Database) -> frozenset[str]:
    """Channels that were switched off."""
    with database.read() as work:
        return work.channel_switches.off()


def channel_switches(database: Database) -> tuple[ChannelSwitch, ...]:
    """Everything that was ever switched, oldest first."""
    with database.read() as work:
        return work.channel_switches.history()
