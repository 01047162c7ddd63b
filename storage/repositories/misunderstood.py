"""Messages nobody understood, for whoever improves the catalog."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from storage.ids import new_id
from storage.models import Misunderstood
from storage.repositories.repository import Repository
from storage.tables import CaseRow, ConversationRow, HandoverRow, MisunderstoodRow


class MisunderstoodRepository(Repository):
    """What was not understood, newest first."""

    def add(self, conversation_id: str, text: str, now: datetime) -> None:
        """Keep the words of a message."""
        row = MisunderstoodRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            conversation_id=UUID(conversation_id),
            words=text,
            at=now,
        )
        self._insert(row)

    def latest(self, limit: int, office_id: str | None = None) -> tuple[Misunderstood, ...]:
        """The newest ones; of an office those whose speaker has a case there or waits for a person of it."""
        query = (
            select(MisunderstoodRow)
            .where(MisunderstoodRow.tenant == self._tenant)
            .where(*([] if office_id is None else [self._is_of(office_id)]))
            .order_by(col(MisunderstoodRow.at).desc(), col(MisunderstoodRow.id).desc())
            .limit(limit)
        )
        return tuple(_misunderstood(row) for row in self._session.exec(query))

    def _is_of(self, office_id: str) -> ColumnElement[bool]:
        told_in = col(MisunderstoodRow.conversation_id)
        waiting = select(HandoverRow.conversation_id).where(
            HandoverRow.tenant == self._tenant,
            HandoverRow.office_id == office_id,
            col(HandoverRow.closed_at).is_(None),
        )
        has_case = (
            select(CaseRow.id)
            .join(
                ConversationRow,
                and_(
                    col(ConversationRow.tenant) == col(CaseRow.tenant),
                    col(ConversationRow.person_id) == col(CaseRow.person_id),
                ),
            )
            .where(
                CaseRow.tenant == self._tenant,
                CaseRow.office_id == office_id,
                col(ConversationRow.id) == told_in,
            )
        )
        return or_(told_in.in_(waiting), has_case.exists())


def _misunderstood(row: MisunderstoodRow) -> Misunderstood:
    return Misunderstood(
        id=str(row.id), conversation_id=str(row.conversation_id), text=row.words, at=row.at
    )
