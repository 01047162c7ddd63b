"""Consents: what a person agreed to be asked, in which words, when, and until when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select, update

from storage.ids import id_or_nil, new_id
from storage.models import Consent
from storage.repositories.repository import Repository
from storage.serialization import TEXTS, to_json
from storage.tables import ConsentRow


class ConsentRepository(Repository):
    """Consents by person."""

    def give(self, person_id: str, topic: str, words: tuple[str, ...], now: datetime) -> None:
        """She agreed to these sentences."""
        row = ConsentRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            person_id=UUID(person_id),
            topic=topic,
            words=to_json(TEXTS, words),
            given_at=now,
        )
        self._insert(row)

    def end(self, person_id: str, topic: str, now: datetime) -> int:
        """She takes back what she agreed to about this topic; how many consents that ends."""
        return self._change(
            update(ConsentRow)
            .where(
                col(ConsentRow.tenant) == self._tenant,
                col(ConsentRow.person_id) == id_or_nil(person_id),
                col(ConsentRow.topic) == topic,
                col(ConsentRow.ended_at).is_(None),
            )
            .values(ended_at=now)
        )

    def of_person(self, person_id: str) -> tuple[Consent, ...]:
        """All she ever agreed to, oldest first."""
        query = (
            select(ConsentRow)
            .where(ConsentRow.tenant == self._tenant, ConsentRow.person_id == id_or_nil(person_id))
            .order_by(col(ConsentRow.id))
        )
        return tuple(
            Consent(
                topic=row.topic,
                words=TEXTS.validate_json(row.words),
                given_at=row.given_at,
                ended_at=row.ended_at,
            )
            for row in self._session.exec(query)
        )
