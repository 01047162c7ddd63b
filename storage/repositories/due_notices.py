"""Which cases come due, and whether their office was told of this deadline."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, exists, select

from storage.models import DueCase
from storage.repositories.repository import Repository
from storage.tables import CaseRow, DueNoticeRow


class DueNoticeRepository(Repository):
    """Open cases by deadline. A case whose deadline was moved counts as not told."""

    def untold(self, stage: str, before: datetime, limit: int) -> tuple[DueCase, ...]:
        """Open cases due before then whose office was not told of this stage, the most urgent first."""
        told = exists().where(
            col(DueNoticeRow.tenant) == CaseRow.tenant,
            col(DueNoticeRow.case_id) == CaseRow.id,
            col(DueNoticeRow.stage) == stage,
            col(DueNoticeRow.due_at) == CaseRow.due_at,
        )
        query = (
            select(CaseRow.id, CaseRow.office_id, CaseRow.conversation_id, CaseRow.due_at)
            .where(
                CaseRow.tenant == self._tenant,
                col(CaseRow.is_open),
                CaseRow.due_at < before,
                ~told,
            )
            .order_by(col(CaseRow.due_at), col(CaseRow.id))
            .limit(limit)
        )
        return tuple(
            DueCase(
                case_id=str(case),
                office_id=office,
                conversation_id=str(conversation),
                due_at=due_at,
            )
            for case, office, conversation, due_at in self._session.exec(query)
        )

    def told(self, case: DueCase, stage: str, now: datetime) -> None:
        """Note that the office was told."""
        self._change(
            delete(DueNoticeRow).where(
                col(DueNoticeRow.tenant) == self._tenant,
                col(DueNoticeRow.case_id) == UUID(case.case_id),
                col(DueNoticeRow.stage) == stage,
            )
        )
        self._insert(
            DueNoticeRow(
                tenant=self._tenant,
                case_id=UUID(case.case_id),
                stage=stage,
                due_at=case.due_at,
                told_at=now,
            )
        )
