"""What is seen of a turn from outside: how it ended, what it was taken for, how long each step took.

Nothing a person said is in it. Whoever counts is handed in with the `Mind`, so that no action knows how.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from intents.models import Recognition

Step: TypeAlias = Literal["inbox", "load", "recognize", "respond", "effects", "save", "commit"]
Outcome: TypeAlias = Literal["answered", "duplicate", "overtaken", "trouble"]
"""`overtaken`: another turn of the conversation came first and this one began again; it is seen once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSeen:
    """One turn, or one try of it."""

    channel: str
    outcome: Outcome
    seconds: float
    steps: Mapping[Step, float] = field(default_factory=dict)
    """Seconds by step, those that were begun."""
    awaited: str = ""
    """What the bot had asked for; a name told in a form is no sentence anybody should have understood."""
    decision: str = ""
    """accept, clarify, reject; `outside` for what we know that we cannot serve; empty: never read."""
    danger: str = ""
    """Group of danger words, or empty."""


Watch: TypeAlias = Callable[[TurnSeen], None]


def unwatched(_seen: TurnSeen) -> None:
    """Nobody counts."""


class TurnClock:
    """Tells the time of one try to its steps, one after the other."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        """`now` gives seconds of a steady clock."""
        self._now = now
        self._started = self._last = now()
        self.steps: dict[Step, float] = {}

    def ended(self, step: Step) -> None:
        """All since the step before was this one."""
        now = self._now()
        self.steps[step] = self.steps.get(step, 0.0) + now - self._last
        self._last = now

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return self._now() - self._started


def band_of(recognition: Recognition | None) -> str:
    """The one word a recognition is counted under."""
    if recognition is None:
        return ""
    return "outside" if recognition.outside else recognition.decision.value
