"""Looks whether any line of the sealed histories was changed, removed or added without us."""

from __future__ import annotations

from storage.database import Database
from storage.repositories.sealed_logs import Verified


def verify_log(database: Database) -> Verified:
    """Every line of every case's history and of the log of who read it; nothing is changed."""
    with database.read() as work:
        return work.sealed_logs.verify()
