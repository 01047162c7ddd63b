"""Copies of their data that people asked for: each may be fetched once, from the conversation it was asked in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select, update

from storage.ids import id_or_nil, new_id
from storage.repositories.repository import Repository
from storage.tables import DataCopyRow


class DataCopyRepository(Repository):
    """Copies asked for."""

    def offer(self, person_id: str, conversation_id: str, now: datetime) -> None:
        """She asked for a copy."""
        row = DataCopyRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            person_id=UUID(person_id),
            conversation_id=UUID(conversation_id),
            asked_at=now,
        )
        self._insert(row)

    def is_waiting(self, conversation_id: str) -> bool:
        """A copy asked for in this conversation was not fetched yet."""
        query = select(DataCopyRow.id).where(
            DataCopyRow.tenant == self._tenant,
            DataCopyRow.conversation_id == id_or_nil(conversation_id),
            col(DataCopyRow.taken_at).is_(None),
        )
        return self._session.exec(query.limit(1)).first() is not None

    def take(self, conversation_id: str, now: datetime) -> str | None:
        """Fetch what was asked for in this conversation: whose it is, or None when nothing waits."""
        query = select(DataCopyRow.person_id).where(
            DataCopyRow.tenant == self._tenant,
            DataCopyRow.conversation_id == id_or_nil(conversation_id),
            col(DataCopyRow.taken_at).is_(None),
        )
        person_id = self._session.exec(query.limit(1)).first()
        if person_id is None:
            return None
        taken = self._change(
            update(DataCopyRow)
            .where(
                col(DataCopyRow.tenant) == self._tenant,
                col(DataCopyRow.conversation_id) == id_or_nil(conversation_id),
                col(DataCopyRow.taken_at).is_(None),
            )
            .values(taken_at=now)
        )
        return str(person_id) if taken else None
