"""What a person may read about herself besides what she told: who looked at it, and what she agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looked at a case of hers."""

    at: datetime
    office: str
    """Name of the office the caseworker belongs to."""
    service: str
    what: str
    """What was looked at, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """Read only when she asks for it; an ordinary turn does without."""

    looks: tuple[Look, ...] = ()
    """Newest first."""
    topics: tuple[str, ...] = ()
    """What she agreed to be asked about and has not taken back."""
