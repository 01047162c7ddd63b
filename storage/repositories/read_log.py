"""The read log: which caseworker looked at which case; it only grows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, select

from storage.ids import id_or_nil, new_id
from storage.models import ReadEntry
from storage.repositories.repository import Repository
from storage.tables import ReadLogRow, StaffRow


class ReadLogRepository(Repository):
    """Who opened what."""

    def add(self, staff_id: str, case_id: str, what: str, now: datetime) -> None:
        """A caseworker looked at `what` of a case (`case`, `id_number`, a paper id …)."""
        row = ReadLogRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            staff_id=UUID(staff_id),
            case_id=UUID(case_id),
            what=what,
            at=now,
        )
        self._insert(row)

    def of_case(self, case_id: str) -> tuple[ReadEntry, ...]:
        """Everyone who looked at a case, oldest first."""
        query = (
            select(ReadLogRow, StaffRow.name)
            .join(
                StaffRow,
                and_(
                    col(StaffRow.tenant) == col(ReadLogRow.tenant),
                    col(StaffRow.id) == col(ReadLogRow.staff_id),
                ),
            )
            .where(ReadLogRow.tenant == self._tenant, ReadLogRow.case_id == id_or_nil(case_id))
            .order_by(col(ReadLogRow.at), col(ReadLogRow.id))
        )
        return tuple(
            ReadEntry(
                staff_id=str(row.staff_id),
                staff_name=name,
                case_id=str(row.case_id),
                what=row.what,
                at=row.at,
            )
            for row, name in self._session.exec(query)
        )
