"""What one process at a time may do: asked again and again while doing it."""

from __future__ import annotations

from storage.database import Database


def hold_alone(database: Database, name: str, worker_id: str) -> bool:
    """Whether this process is the one; it becomes that when the one before has gone."""
    with database.write() as work:
        is_mine = work.workers.hold(name, worker_id)
        work.commit()
    return is_mine
