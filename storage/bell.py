"""Rings in this process as soon as something was committed that must go out; nobody need look for it."""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[], None]


class Bell:
    """Listeners are called in whatever thread committed, and must not raise or wait."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call it at every ring; what is returned ends that."""
        self._listeners = (*self._listeners, listener)

        def stop() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return stop

    def ring(self) -> None:
        """Something waits to be delivered."""
        for listener in self._listeners:
            listener()
