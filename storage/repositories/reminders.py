"""Reminders: who is to be looked at now, and what each was told already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import col, select, update

from casework.reminders import Sent
from storage.ids import id_or_nil, new_id
from storage.repositories.repository import Repository
from storage.repositories.statements import looking_earlier
from storage.tables import ReminderPlanRow, ReminderRow


class ReminderRepository(Repository):
    """The plan of when to look, and the steps told."""

    def look_at(self, conversation_id: str, when: datetime) -> None:
        """Look at this conversation no later than then."""
        self._run(
            looking_earlier(self._dialect),
            tenant=self._tenant,
            conversation_id=UUID(conversation_id),
            look_at=when,
        )

    def plan(self, conversation_id: str, when: datetime | None) -> None:
        """Look at it then and not before; None when nothing waits."""
        if when is None:
            self._change(delete(ReminderPlanRow).where(*self._planned(conversation_id)))
            return
        self._change(
            update(ReminderPlanRow).where(*self._planned(conversation_id)).values(look_at=when)
        )

    def next_due(self, now: datetime) -> str | None:
        """The conversation that has waited longest to be looked at; nobody else gets the same one meanwhile."""
        found = self._session.exec(
            select(ReminderPlanRow.conversation_id)
            .where(ReminderPlanRow.tenant == self._tenant, col(ReminderPlanRow.look_at) <= now)
            .order_by(col(ReminderPlanRow.look_at), col(ReminderPlanRow.conversation_id))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        return None if found is None else str(found)

    def waiting(self, now: datetime) -> int:
        """How many are to be looked at by now."""
        query = select(func.count()).select_from(ReminderPlanRow)
        query = query.where(
            ReminderPlanRow.tenant == self._tenant, col(ReminderPlanRow.look_at) <= now
        )
        return self._session.exec(query).one()

    def sent(self, conversation_ids: Collection[str]) -> tuple[Sent, ...]:
        """What was told in these conversations, oldest first."""
        keys = [id_or_nil(conversation_id) for conversation_id in conversation_ids]
        rows = self._session.exec(
            select(ReminderRow)
            .where(ReminderRow.tenant == self._tenant, col(ReminderRow.conversation_id).in_(keys))
            .order_by(col(ReminderRow.at), col(ReminderRow.id))
        )
        return tuple(Sent(matter=row.matter, step=row.step, at=row.at) for row in rows)

    def add(self, conversation_id: str, sent: Sent) -> bool:
        """Note a step as told; False when it was noted before."""
        row = ReminderRow(
            tenant=self._tenant,
            id=UUID(new_id()),
            conversation_id=UUID(conversation_id),
            matter=sent.matter,
            step=sent.step,
            at=sent.at,
        )
        return self._insert_new(row)

    def _planned(self, conversation_id: str) -> tuple[ColumnElement[bool], ...]:
        return (
            col(ReminderPlanRow.tenant) == self._tenant,
            col(ReminderPlanRow.conversation_id) == id_or_nil(conversation_id),
        )
