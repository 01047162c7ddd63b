"""The read log: which caseworker looked at which case; it only grows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, select

from storage.ids import id_or_nil, new_id
from storage.models import Look, ReadEntry
from storage.repositories.repository import Repository
from storage.repositories.sealed_logs import SealedLogRepository
from storage.tables import CaseRow, ReadLogRow, StaffRow


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
        SealedLogRepository(self._scope).append("read_log", row.case_id, row)

    def of_person(self, person_id: str) -> tuple[Look, ...]:
        """Who looked at this person's cases and from which office, newest first."""
        query = (
            select(ReadLogRow, StaffRow.office_id, CaseRow.service_name)
            .join(
                StaffRow,
                and_(
                    col(StaffRow.tenant) == col(ReadLogRow.tenant),
                    col(StaffRow.id) == col(ReadLogRow.staff_id),
                ),
            )
            .join(
                CaseRow,
                and_(
                    col(CaseRow.tenant) == col(ReadLogRow.tenant),
                    col(CaseRow.id) == col(ReadLogRow.case_id),
                ),
            )
            .where(ReadLogRow.tenant == self._tenant, CaseRow.person_id == id_or_nil(person_id))
            .order_by(col(ReadLogRow.at).desc(), col(ReadLogRow.id).desc())
        )
        return tuple(
            Look(at=row.at, office_id=office, service_name=name, what=row.what)
            for row, office, name in self._session.exec(query)
        )

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
