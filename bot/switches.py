"""Whether a channel is shut now: by configuration, or by a switch all processes see within a second or two."""

from __future__ import annotations

import time

from actions.switch_channel import channels_off
from bot.assembly import House

_FRESH_SECONDS = 1.0


class Switches:
    """The switches of this house, looked up no more than once a second."""

    def __init__(self, house: House) -> None:
        """Looks nothing up yet."""
        self._database = house.database
        self._shut = house.settings.shut_channels
        self._off: frozenset[str] = frozenset()
        self._until = 0.0

    async def off(self) -> frozenset[str]:
        """All channels that are shut."""
        if time.monotonic() >= self._until:
            self._off = await self._database.run_reading(channels_off, self._database)
            self._until = time.monotonic() + _FRESH_SECONDS
        return self._shut | self._off

    async def is_off(self, channel: str) -> bool:
        """Whether this one is."""
        return channel in self._shut or channel in await self.off()
