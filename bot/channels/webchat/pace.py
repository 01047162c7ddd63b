"""How much one browser may do at once: gentle, and never a lock-out."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass

BURST = 20
"""Forms in quick succession; nobody types that fast."""
PER_SECOND = 0.7
MOST_BROWSERS = 10_000
"""Remembered at a time; the one not seen for longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Pace:
    """One bucket of tokens per key, in memory: a second process counts for itself."""

    def __init__(self, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, key: str, now: float | None = None) -> bool:
        """Whether one more is fine; counts it if so. `now` in seconds of a steady clock."""
        at = time.monotonic() if now is None else now
        bucket = self._buckets.pop(key, None) or _Bucket(left=self._burst, at=at)
        bucket.left = min(self._burst, bucket.left + (at - bucket.at) * self._per_second)
        bucket.at = at
        self._buckets[key] = bucket
        if len(self._buckets) > MOST_BROWSERS:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    def wait(self, key: str) -> int:
        """Whole seconds until one more is fine for a key that was just refused, at least 1."""
        bucket = self._buckets.get(key)
        missing = 1 - bucket.left if bucket else 0.0
        return max(1, math.ceil(missing / self._per_second))
