"""Stops asking something that keeps failing, for a while."""

import time
from collections.abc import Callable


class CircuitBreaker:
    """Closed until `failures` in a row; then open for `pause_seconds`, then one more try."""

    def __init__(
        self,
        *,
        failures: int = 3,
        pause_seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._pause = pause_seconds
        self._clock = clock
        self._failures = 0
        self._open_until = float("-inf")

    @property
    def is_open(self) -> bool:
        return self._clock() < self._open_until

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        """After a pause one more failure is enough to open it again."""
        self._failures += 1
        if self._failures >= self._limit:
            self._open_until = self._clock() + self._pause
