"""Slows down whoever guesses: failures are counted in growing windows, so that a wait grows and always ends."""

from __future__ import annotations

import ipaddress
import logging
from datetime import datetime, timedelta

from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.sign_in")

Limits = tuple[tuple[int, int], ...]
"""(minutes, failures within them from which one has to wait)."""


class TooManyTries(Exception):
    """Too many failures lately; `minutes` is the longest one has to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


def refuse_if_too_many(work: UnitOfWork, subject: str, limits: Limits, now: datetime) -> None:
    """Raises `TooManyTries` when this subject failed too often."""
    waits = [
        minutes
        for minutes, most in limits
        if work.sign_ins.failures_since(subject, "", now - timedelta(minutes=minutes)).by_login
        >= most
    ]
    if waits:
        log.warning("guessing throttled")
        raise TooManyTries(max(waits))


def network_of(address: str) -> str:
    """What counts as one address: with IPv6 the whole /64, of which one household may use any."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
