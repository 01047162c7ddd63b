"""How much may come from one network address: so much that forty people behind one never meet it.

A browser's own pace (`pace.py`) is nothing to whoever draws a fresh token for every form; an address is. It is
kept as a hash under a key of this process, in memory, and forgotten with the process.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets

from fastapi import Request

from actions.tries import network_of
from bot.channels.webchat.pace import BURST, PER_SECOND, Pace

PEOPLE = 40
"""A care home, a school for the blind, the machines of a hall: all of them behind one address, all at once."""
FORMS = (PEOPLE * BURST, PEOPLE * PER_SECOND)
"""Forms at once and a second: what that many people may send who all are as quick as a browser may be."""
NEWCOMERS = (PEOPLE * 3, 1 / 30)
"""Conversations begun at once and a second: three each, then two a minute."""


class Networks:
    """The buckets of all addresses, in memory: a second process counts for itself."""

    def __init__(
        self,
        forms: tuple[float, float] = FORMS,
        newcomers: tuple[float, float] = NEWCOMERS,
    ) -> None:
        self._key = secrets.token_bytes(32)
        self._forms = Pace(*forms)
        self._newcomers = Pace(*newcomers)

    def wait_to_send(self, request: Request) -> int:
        """Seconds to wait before another form; 0 when it is fine, which counts it."""
        return self._wait(self._forms, request)

    def wait_to_begin(self, request: Request) -> int:
        """Seconds to wait before another conversation may begin; 0 when it is fine, which counts it."""
        return self._wait(self._newcomers, request)

    def _wait(self, pace: Pace, request: Request) -> int:
        address = request.client.host if request.client else ""
        if not address or _is_this_machine(address):
            return 0
        key = hashlib.blake2b(network_of(address).encode(), key=self._key, digest_size=16)
        return 0 if pace.allows(key.hexdigest()) else pace.wait(key.hexdigest())


def _is_this_machine(address: str) -> bool:
    """Ourselves, or a proxy of this machine nobody told us of: then everybody would share one bucket."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
