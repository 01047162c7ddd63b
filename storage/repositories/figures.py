"""Figures for operators: how much waits and for how long; no content, no names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, cast, func
from sqlmodel import col, select

from storage.ids import time_of
from storage.models import Waiting
from storage.repositories.repository import Repository
from storage.tables import CaseRow, HandoverRow, OutboxRow


class FigureRepository(Repository):
    """Counts and ages over the whole tenant; each question goes by an index of what is still open."""

    def open_cases(self, now: datetime) -> dict[str, tuple[Waiting, int]]:
        """Open cases by office, and how many of them are past their deadline.

        Since when the oldest waits is read from its id, which tells the time: so the index alone is read.
        """
        query = (
            select(
                CaseRow.office_id,
                func.count(),
                func.count().filter(col(CaseRow.due_at) < now),
                func.min(cast(CaseRow.id, String)),
            )
            .where(CaseRow.tenant == self._tenant, CaseRow.is_open)
            .group_by(col(CaseRow.office_id))
        )
        return {
            office: (Waiting(total=total, since=time_of(oldest)), overdue)
            for office, total, overdue, oldest in self._session.execute(query)
        }

    def handovers(self) -> dict[bool, Waiting]:
        """Conversations that want a person: those a caseworker has taken (True), and those nobody has."""
        is_taken = col(HandoverRow.taken_by).is_not(None)
        query = (
            select(is_taken, func.count(), func.min(HandoverRow.opened_at))
            .where(HandoverRow.tenant == self._tenant, col(HandoverRow.closed_at).is_(None))
            .group_by(is_taken)
        )
        return {
            bool(taken): Waiting(total=count, since=since)
            for taken, count, since in self._session.exec(query)
        }

    def outbox(self) -> dict[tuple[str, str], Waiting]:
        """Messages not yet delivered, by channel and form."""
        query = (
            select(OutboxRow.channel, OutboxRow.form, func.count(), func.min(OutboxRow.created_at))
            .where(OutboxRow.tenant == self._tenant, col(OutboxRow.is_open))
            .group_by(col(OutboxRow.channel), col(OutboxRow.form))
        )
        return {
            (channel, form): Waiting(total=count, since=since)
            for channel, form, count, since in self._session.exec(query)
        }
