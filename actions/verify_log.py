"""Looks whether any line of the sealed histories was changed, removed or added without us."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.database import Database
from storage.noted_end import SETTLED, NotedEnd
from storage.repositories.sealed_logs import Verified


def verify_log(database: Database, expected: NotedEnd | None = None) -> Verified:
    """Every line of every case's history and of the log of who read it; nothing is changed.

    With a line `expected` that was noted down earlier, `noted` tells the same as of its time: another one, if
    a whole case is gone since, or if all was set back to before.
    """
    at = expected.at if expected else datetime.now(UTC).replace(microsecond=0) - SETTLED
    with database.read() as work:
        return work.sealed_logs.verify(at)
