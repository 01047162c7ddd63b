"""Hand-overs: conversations that ask for a person, at most one open for each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, tuple_
from sqlmodel import col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.errors import Conflict
from storage.ids import id_or_nil, new_id
from storage.models import Handover
from storage.repositories.repository import Repository, text_or_none
from storage.repositories.statements import ASKED_AGAIN, EMERGENCY
from storage.tables import HandoverRow


class HandoverRepository(Repository):
    """Hand-overs by office."""

    def open(
        self,
        conversation_id: str,
        office_id: str,
        reason: str,
        now: datetime,
        excerpt: str = "",
    ) -> str:
        """Ask for a person; the id of the hand-over, of the open one if there already is one.

        An open one then carries the latest words and reason, but an emergency stays an emergency.
        """
        row = HandoverRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            conversation_id=UUID(conversation_id),
            office_id=office_id,
            reason=reason,
            excerpt=excerpt,
            opened_at=now,
        )
        if self._insert_new(row):
            return str(row.id)
        asked = self._run(
            ASKED_AGAIN,
            its_tenant=self._tenant,
            its_conversation=UUID(conversation_id),
            reason=reason,
            excerpt=excerpt,
        )
        return str(asked.first.id)

    def remind(
        self,
        conversation_id: str,
        office_id: str,
        reason: str,
        now: datetime,
        over: Collection[str],
    ) -> bool:
        """Ask for a person unless one is asked for already for a reason that is not in `over`."""
        row = HandoverRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            conversation_id=UUID(conversation_id),
            office_id=office_id,
            reason=reason,
            excerpt="",
            opened_at=now,
        )
        if self._insert_new(row):
            return True
        same = update(HandoverRow).where(
            col(HandoverRow.tenant) == self._tenant,
            col(HandoverRow.conversation_id) == UUID(conversation_id),
            col(HandoverRow.closed_at).is_(None),
            col(HandoverRow.reason).in_(over),
        )
        return self._change(same.values(reason=reason)) == 1

    def waiting(self, office_id: str | None) -> tuple[Handover, ...]:
        """An office's hand-overs that are not closed, taken or not: emergencies, then the longest waiting."""
        query = self._of(office_id).where(col(HandoverRow.closed_at).is_(None))
        query = query.order_by(
            col(HandoverRow.reason) != EMERGENCY, col(HandoverRow.opened_at), col(HandoverRow.id)
        )
        return tuple(_handover(row) for row in self._session.exec(query))

    def closed(
        self, office_id: str | None, limit: int, before: tuple[datetime, str] | None = None
    ) -> tuple[Handover, ...]:
        """An office's closed hand-overs, the last closed first; `before` is time and id of a last line."""
        query = self._of(office_id).where(col(HandoverRow.closed_at).is_not(None))
        if before is not None:
            place = tuple_(col(HandoverRow.closed_at), col(HandoverRow.id))
            query = query.where(place < tuple_(before[0], id_or_nil(before[1])))
        query = query.order_by(col(HandoverRow.closed_at).desc(), col(HandoverRow.id).desc())
        return tuple(_handover(row) for row in self._session.exec(query.limit(limit)))

    def waiting_of(self, conversation_id: str) -> Handover | None:
        """The open hand-over of this conversation, or None."""
        query = self._of(None).where(
            HandoverRow.conversation_id == id_or_nil(conversation_id),
            col(HandoverRow.closed_at).is_(None),
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _handover(row)

    def count_waiting(self, office_id: str | None) -> int:
        """How many hand-overs of an office are not closed."""
        query = select(func.count()).select_from(
            self._of(office_id).where(col(HandoverRow.closed_at).is_(None)).subquery()
        )
        return self._session.exec(query).one()

    def get(self, handover_id: str, office_id: str | None) -> Handover | None:
        """A hand-over of this office (of any, for None), or None."""
        query = self._of(office_id).where(HandoverRow.id == id_or_nil(handover_id))
        row = self._session.exec(query).one_or_none()
        return None if row is None else _handover(row)

    def take(self, handover_id: str, staff_id: str, now: datetime) -> None:
        """A caseworker takes it; raises `Conflict` if it is closed or another one has it."""
        self._change_one(
            handover_id,
            col(HandoverRow.closed_at).is_(None),
            col(HandoverRow.taken_by).is_(None) | (col(HandoverRow.taken_by) == UUID(staff_id)),
            taken_by=UUID(staff_id),
            taken_at=now,
        )

    def take_over(self, handover_id: str, staff_id: str, now: datetime) -> None:
        """A caseworker takes it from whoever has it; raises `Conflict` if it is closed."""
        self._change_one(
            handover_id,
            col(HandoverRow.closed_at).is_(None),
            taken_by=UUID(staff_id),
            taken_at=now,
        )

    def close(self, handover_id: str, staff_id: str, now: datetime) -> None:
        """A caseworker is done with it; raises `Conflict` if it was closed before."""
        self._change_one(
            handover_id,
            col(HandoverRow.closed_at).is_(None),
            closed_by=UUID(staff_id),
            closed_at=now,
        )

    def open_again(self, handover_id: str, staff_id: str, now: datetime) -> None:
        """A caseworker takes up a closed one; raises `Conflict` if it is open, or a newer one is."""
        found = self.get(handover_id, None)
        if found is None or self.waiting_of(found.conversation_id) is not None:
            raise Conflict("handover")
        self._change_one(
            handover_id,
            col(HandoverRow.closed_at).is_not(None),
            closed_by=None,
            closed_at=None,
            taken_by=UUID(staff_id),
            taken_at=now,
        )

    def pass_on(self, handover_id: str, office_id: str) -> None:
        """It goes to another office, where nobody has it yet; raises `Conflict` if it is closed."""
        self._change_one(
            handover_id,
            col(HandoverRow.closed_at).is_(None),
            office_id=office_id,
            taken_by=None,
            taken_at=None,
        )

    def _change_one(self, handover_id: str, *when: ColumnElement[bool], **values: object) -> None:
        """Change one hand-over as long as this holds of it; raises `Conflict` when it no longer does."""
        touched = self._change(
            update(HandoverRow)
            .where(
                col(HandoverRow.tenant) == self._tenant,
                col(HandoverRow.id) == id_or_nil(handover_id),
                *when,
            )
            .values(**values)
        )
        if touched != 1:
            raise Conflict("handover")

    def _of(self, office_id: str | None) -> SelectOfScalar[HandoverRow]:
        """The hand-overs of an office; of all offices for None, the district's own view."""
        query = select(HandoverRow).where(HandoverRow.tenant == self._tenant)
        return query if office_id is None else query.where(HandoverRow.office_id == office_id)


def _handover(row: HandoverRow) -> Handover:
    return Handover(
        id=str(row.id),
        conversation_id=str(row.conversation_id),
        office_id=row.office_id,
        reason=row.reason,
        excerpt=row.excerpt,
        opened_at=row.opened_at,
        taken_by=text_or_none(row.taken_by),
        taken_at=row.taken_at,
        closed_by=text_or_none(row.closed_by),
        closed_at=row.closed_at,
    )
