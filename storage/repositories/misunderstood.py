"""Messages nobody understood, for whoever improves the catalog."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from storage.ids import new_id
from storage.models import Misunderstood
from storage.repositories.repository import Repository
from storage.tables import MisunderstoodRow


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

    def latest(self, limit: int) -> tuple[Misunderstood, ...]:
        """The newest ones."""
        query = (
            select(MisunderstoodRow)
            .where(MisunderstoodRow.tenant == self._tenant)
            .order_by(col(MisunderstoodRow.at).desc(), col(MisunderstoodRow.id).desc())
            .limit(limit)
        )
        return tuple(_misunderstood(row) for row in self._session.exec(query))


def _misunderstood(row: MisunderstoodRow) -> Misunderstood:
    return Misunderstood(
        id=str(row.id), conversation_id=str(row.conversation_id), text=row.words, at=row.at
    )
