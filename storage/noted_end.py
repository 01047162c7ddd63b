"""All sealed logs as they stood at one moment, in one line an operator notes down outside the machine.

Each line of a log has an id that tells when it was written, and the chain up to it. So the same sum can be made
again at any later time, whatever was added since; it comes out otherwise if anything from before is gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SETTLED = timedelta(minutes=2)
"""Lines younger than this may still be joined by some whose transaction began before them."""
_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/(\d{1,12})/(\d{1,12})/([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedEnd:
    """How many logs and lines there were, and one seal over all their ends."""

    at: datetime
    """Of lines written before this."""
    logs: int
    lines: int
    sum: str

    def __str__(self) -> str:
        """As it is printed and given back: no word of anybody, and no use without the key."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{at}/{self.logs}/{self.lines}/{self.sum}"


def read_noted(text: str) -> NotedEnd | None:
    """What was noted down, or None if this is no such line."""
    found = _LINE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    return NotedEnd(at=at, logs=int(found[2]), lines=int(found[3]), sum=found[4])
