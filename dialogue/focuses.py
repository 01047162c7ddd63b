"""What a conversation is about right now: one value for each thing the bot may be waiting for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dialogue.progress import FormProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """Nothing in particular is being talked about."""

    kind: Literal["idle"] = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The person is asked which of several services or events she means."""

    options: tuple[str, ...]
    """service:… or life_event:… in order of likelihood."""
    page: int = 0
    question: str = ""
    beneficiary: str = ""
    kind: Literal["choosing"] = "choosing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """A service was explained; the person may begin, ask, or turn to something else."""

    service_id: str
    beneficiary: str = ""
    kind: Literal["introduced"] = "introduced"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventShown:
    """A life event was explained; the person picks where to begin."""

    life_event: str
    page: int = 0
    beneficiary: str = ""
    kind: Literal["event"] = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A form is being filled."""

    progress: FormProgress
    kind: Literal["filling"] = "filling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switching:
    """In the middle of a form another service was named: go on, or change over?"""

    progress: FormProgress
    to: str
    said: str
    """What she said, so that it can still be taken as the answer."""
    beneficiary: str = ""
    kind: Literal["switching"] = "switching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """The person wants to stop a form: keep it for later, throw it away, or go on?"""

    progress: FormProgress
    kind: Literal["stopping"] = "stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resuming:
    """There is an unfinished form: take it up or begin anew?"""

    service_id: str
    beneficiary: str = ""
    kind: Literal["resuming"] = "resuming"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """Which case to take back, and is she sure?"""

    numbers: tuple[str, ...]
    case_id: str = ""
    kind: Literal["withdrawing"] = "withdrawing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correcting:
    """A caseworker asked for corrections; they are answered one by one."""

    case_id: str
    number: str
    progress: FormProgress
    kind: Literal["correcting"] = "correcting"


Focus = (
    Idle | Choosing | Introduced | EventShown | Filling | Switching | Stopping | Resuming
    | Withdrawing | Correcting
)  # fmt: skip
