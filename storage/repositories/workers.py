"""Running processes: each counts on while it lives, and does alone what one at a time may do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, delete, select, update

from storage.repositories.repository import Repository
from storage.tables import LeaseRow, WorkerRow


class WorkerRepository(Repository):
    """The processes of this tenant. Ids are those the processes gave themselves at start."""

    def beat(self, worker_id: str, now: datetime) -> bool:
        """Count one on; False if the worker was not there, at its start or after others gave it up."""
        known = (col(WorkerRow.tenant) == self._tenant, col(WorkerRow.id) == UUID(worker_id))
        counted = update(WorkerRow).where(*known)
        if self._change(counted.values(beats=WorkerRow.beats + 1, beat_at=now)):
            return True
        self._insert_new(
            WorkerRow(
                tenant=self._tenant, id=UUID(worker_id), beats=1, started_at=now, beat_at=now
            )
        )
        return False

    def beats(self) -> dict[str, int]:
        """How far each worker has counted."""
        query = select(WorkerRow.id, WorkerRow.beats).where(WorkerRow.tenant == self._tenant)
        return {str(worker): count for worker, count in self._session.exec(query)}

    def claim(self, worker_id: str, beats: int) -> bool:
        """Take a dead worker's work over; False if it counted on after all, or another one took it over."""
        return (
            self._change(
                update(WorkerRow)
                .where(
                    col(WorkerRow.tenant) == self._tenant,
                    col(WorkerRow.id) == UUID(worker_id),
                    col(WorkerRow.beats) == beats,
                )
                .values(beats=beats + 1)
            )
            == 1
        )

    def leave(self, worker_id: str) -> None:
        """It works no more; what it alone did is free for another one."""
        mine = (col(LeaseRow.tenant) == self._tenant, col(LeaseRow.worker_id) == UUID(worker_id))
        self._change(delete(LeaseRow).where(*mine))
        self._change(
            delete(WorkerRow).where(
                col(WorkerRow.tenant) == self._tenant, col(WorkerRow.id) == UUID(worker_id)
            )
        )

    def hold(self, name: str, worker_id: str) -> bool:
        """Whether this worker is the one that does it; it becomes that if nobody alive is."""
        row = LeaseRow(tenant=self._tenant, name=name, worker_id=UUID(worker_id))
        if self._insert_new(row):
            return True
        alive = select(WorkerRow.id).where(WorkerRow.tenant == self._tenant)
        return (
            self._change(
                update(LeaseRow)
                .where(
                    col(LeaseRow.tenant) == self._tenant,
                    col(LeaseRow.name) == name,
                    (col(LeaseRow.worker_id) == UUID(worker_id))
                    | col(LeaseRow.worker_id).not_in(alive),
                )
                .values(worker_id=UUID(worker_id))
            )
            == 1
        )
