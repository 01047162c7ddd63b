"""What is noted of hand-overs, as values: who read a conversation, and what was done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

HandoverAct = Literal["read", "unmasked", "taken", "answered", "passed", "closed", "opened_again"]
"""What is noted of a hand-over; `unmasked`: what is covered was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverEvent:
    """What a caseworker did with a hand-over."""

    at: datetime
    what: str
    staff_name: str
    outcome: str
    """What was done when it was closed, or the office it was passed to."""
    words: str
    """A note for colleagues; never shown to the resident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkLook:
    """Somebody read a person's conversation in a hand-over."""

    at: datetime
    office_id: str
    what: str
    """read | unmasked"""
