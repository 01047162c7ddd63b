"""The log of hand-overs: who read which conversation, and what was done with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func
from sqlmodel import col, select

from storage.handover_log import HandoverAct, HandoverEvent, TalkLook
from storage.ids import id_or_nil, new_id
from storage.models import Handover
from storage.repositories.repository import Repository
from storage.tables import ConversationRow, HandoverEventRow, StaffRow

READING = ("read", "unmasked")
_OF_STAFF = and_(
    col(StaffRow.tenant) == col(HandoverEventRow.tenant),
    col(StaffRow.id) == col(HandoverEventRow.staff_id),
)


class HandoverEventRepository(Repository):
    """What caseworkers did with hand-overs; it only grows."""

    def add(
        self,
        handover: Handover,
        staff_id: str,
        what: HandoverAct,
        now: datetime,
        *,
        outcome: str = "",
        words: str = "",
    ) -> None:
        """Note it."""
        row = HandoverEventRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            handover_id=UUID(handover.id),
            conversation_id=UUID(handover.conversation_id),
            staff_id=UUID(staff_id),
            what=what,
            outcome=outcome,
            words=words,
            at=now,
        )
        self._insert(row)

    def of_handover(self, handover_id: str, limit: int) -> tuple[HandoverEvent, ...]:
        """What was done with a hand-over beside reading it, newest first."""
        query = (
            select(HandoverEventRow, StaffRow.name)
            .join(StaffRow, _OF_STAFF)
            .where(
                HandoverEventRow.tenant == self._tenant,
                HandoverEventRow.handover_id == id_or_nil(handover_id),
                col(HandoverEventRow.what).not_in(READING),
            )
            .order_by(col(HandoverEventRow.at).desc(), col(HandoverEventRow.id).desc())
            .limit(limit)
        )
        return tuple(
            HandoverEvent(
                at=row.at, what=row.what, staff_name=name, outcome=row.outcome, words=row.words
            )
            for row, name in self._session.exec(query)
        )

    def was_answered(self, handover: Handover) -> bool:
        """Whether the resident was written to since this hand-over was opened."""
        query = select(HandoverEventRow.id).where(
            HandoverEventRow.tenant == self._tenant,
            HandoverEventRow.handover_id == id_or_nil(handover.id),
            HandoverEventRow.what == "answered",
        )
        return self._session.exec(query.limit(1)).first() is not None

    def seen_at(self, handover_ids: Collection[str]) -> dict[str, datetime]:
        """When anybody last looked at each of these hand-overs; those nobody looked at are missing."""
        keys = [id_or_nil(one) for one in handover_ids]
        query = (
            select(HandoverEventRow.handover_id, func.max(HandoverEventRow.at))
            .where(
                HandoverEventRow.tenant == self._tenant,
                col(HandoverEventRow.handover_id).in_(keys),
            )
            .group_by(col(HandoverEventRow.handover_id))
        )
        return {str(key): at for key, at in self._session.exec(query)}

    def looks_at(self, person_id: str) -> tuple[TalkLook, ...]:
        """Who read this person's conversations in a hand-over, and from which office, newest first."""
        hers = and_(
            col(ConversationRow.tenant) == col(HandoverEventRow.tenant),
            col(ConversationRow.id) == col(HandoverEventRow.conversation_id),
        )
        query = (
            select(HandoverEventRow.at, StaffRow.office_id, HandoverEventRow.what)
            .join(StaffRow, _OF_STAFF)
            .join(ConversationRow, hers)
            .where(
                HandoverEventRow.tenant == self._tenant,
                ConversationRow.person_id == id_or_nil(person_id),
                col(HandoverEventRow.what).in_(READING),
            )
            .order_by(col(HandoverEventRow.at).desc(), col(HandoverEventRow.id).desc())
        )
        return tuple(
            TalkLook(at=at, office_id=office, what=what)
            for at, office, what in self._session.exec(query)
        )
