"""Papers received, before and after they belong to a case; their bytes lie in the `PaperStore`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from casework.models import PaperOnFile
from storage.ids import id_or_nil
from storage.repositories.repository import Repository
from storage.tables import PaperRow


class PaperRepository(Repository):
    """Papers by id and by the conversation they came in."""

    def add(self, paper: PaperOnFile, person_id: str, conversation_id: str, now: datetime) -> None:
        """Note that a paper was received."""
        row = PaperRow(
            tenant=self._tenant,
            id=UUID(paper.id),
            person_id=UUID(person_id),
            conversation_id=UUID(conversation_id),
            key=paper.key,
            field=paper.field,
            name=paper.name,
            media_type=paper.media_type,
            size=paper.size,
            created_at=now,
        )
        self._insert(row)

    def get(self, paper_id: str) -> PaperOnFile | None:
        """A paper, or None; whoever asks checks first that the case is his to see."""
        query = select(PaperRow).where(
            PaperRow.tenant == self._tenant, PaperRow.id == id_or_nil(paper_id)
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _paper(row)

    def of_person(self, person_id: str) -> tuple[tuple[PaperOnFile, datetime], ...]:
        """A person's papers with the time they came, oldest first."""
        query = (
            select(PaperRow)
            .where(PaperRow.tenant == self._tenant, PaperRow.person_id == id_or_nil(person_id))
            .order_by(col(PaperRow.id))
        )
        return tuple((_paper(row), row.created_at) for row in self._session.exec(query))

    def of_conversation(self, conversation_id: str) -> tuple[PaperOnFile, ...]:
        """The papers of a conversation, oldest first."""
        query = (
            select(PaperRow)
            .where(
                PaperRow.tenant == self._tenant,
                PaperRow.conversation_id == id_or_nil(conversation_id),
            )
            .order_by(col(PaperRow.id))
        )
        return tuple(_paper(row) for row in self._session.exec(query))


def _paper(row: PaperRow) -> PaperOnFile:
    return PaperOnFile(
        id=str(row.id),
        key=row.key,
        field=row.field,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
    )
