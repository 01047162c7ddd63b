"""Cases: a person's own, an office's queue, and the history that only grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, tuple_
from sqlalchemy.orm import defer
from sqlmodel import col, select, update

from casework.models import Case, CaseState
from storage.errors import Conflict
from storage.ids import id_or_nil
from storage.models import QueuePlace, QueueRow, StoredCase
from storage.repositories.case_rows import NEVER, case_from, event_row, queue_row, row_values
from storage.repositories.repository import Repository
from storage.repositories.sealed_logs import SealedLogRepository
from storage.repositories.statements import cases_of, listed
from storage.tables import ApplicationRow, CaseEventRow, CaseRow

_UNREAD = tuple(defer(getattr(CaseRow, name)) for name in ("questions", "papers", "wanted_reason"))
"""What a queue has no business with is neither fetched nor decrypted."""


class CaseRepository(Repository):
    """Cases; asked with an office, it gives nothing of another one's."""

    def of_person(self, person_id: str) -> tuple[Case, ...]:
        """A person's own cases, newest first."""
        return self.of_people((person_id,))

    def of_people(self, person_ids: Collection[str]) -> tuple[Case, ...]:
        """The cases of these persons, newest first."""
        keys = [id_or_nil(person_id) for person_id in person_ids]
        rows = self._run(cases_of(len(keys)), tenant=self._tenant, **listed(keys)).rows
        events = self._events([row.id for row in rows])
        return tuple(case_from(row, events[row.id]) for row in rows)

    def get(self, case_id: str, office_id: str | None = None) -> StoredCase | None:
        """A case with its history; None if there is none, or if it is another office's."""
        query = (
            select(CaseRow, ApplicationRow.beneficiary)
            .join(
                ApplicationRow,
                and_(
                    col(ApplicationRow.tenant) == col(CaseRow.tenant),
                    col(ApplicationRow.id) == col(CaseRow.application_id),
                ),
            )
            .where(CaseRow.tenant == self._tenant, CaseRow.id == id_or_nil(case_id))
        )
        if office_id is not None:
            query = query.where(CaseRow.office_id == office_id)
        found = self._session.exec(query).one_or_none()
        if found is None:
            return None
        row, beneficiary = found
        return StoredCase(
            case=case_from(row, self._events([row.id])[row.id]),
            person_id=str(row.person_id),
            conversation_id=str(row.conversation_id),
            created_at=row.created_at,
            beneficiary=beneficiary,
        )

    def save(self, case: Case, now: datetime) -> None:
        """Store a case one version on; raises `Conflict` unless the stored one is the version before.

        Only lines of history that are not stored yet are written.
        """
        touched = self._change(
            update(CaseRow)
            .where(
                col(CaseRow.tenant) == self._tenant,
                col(CaseRow.id) == UUID(case.id),
                col(CaseRow.version) == case.version - 1,
            )
            .values(updated_at=now, **row_values(case))
        )
        if touched != 1:
            raise Conflict("case")
        known = self._session.exec(
            select(func.count())
            .select_from(CaseEventRow)
            .where(CaseEventRow.tenant == self._tenant, CaseEventRow.case_id == UUID(case.id))
        ).one()
        new = list(enumerate(case.events, 1))[known:]
        lines = (event_row(self._tenant, case.id, seq, event) for seq, event in new)
        SealedLogRepository(self._scope).append("case_event", UUID(case.id), *lines)

    def queue(
        self,
        office_id: str | None,
        *,
        states: Collection[CaseState] | None = None,
        service_id: str | None = None,
        after: QueuePlace | tuple[datetime | None, str] | None = None,
        limit: int = 50,
    ) -> tuple[QueueRow, ...]:
        """A page of an office's cases, the most urgent first, those without deadline last.

        None as the office stands for all of them: the district's own view. Without `states` all open ones. `after` is the `place` of the last line of the page before; a page
        is found by it, not by counting, so that deep pages cost no more than the first.
        """
        query = select(CaseRow).where(*self._in_queue(office_id, states, service_id))
        if after is not None:
            due_at, case_id = after
            place = tuple_(col(CaseRow.due_at), col(CaseRow.id))
            query = query.where(place > tuple_(due_at or NEVER, UUID(case_id)))
        query = query.order_by(col(CaseRow.due_at), col(CaseRow.id)).limit(limit)
        return tuple(queue_row(row) for row in self._session.exec(query.options(*_UNREAD)))

    def count_queue(
        self,
        office_id: str | None,
        *,
        states: Collection[CaseState] | None = None,
        service_id: str | None = None,
        due_before: tuple[datetime, ...],
        limit: int,
    ) -> tuple[int, ...]:
        """How many lines the queue has, and how many of them are due before each of these times.

        Only the `limit` most urgent are looked at, in the index alone.
        """
        some = (
            select(CaseRow.due_at)
            .where(*self._in_queue(office_id, states, service_id))
            .order_by(col(CaseRow.due_at), col(CaseRow.id))
            .limit(limit)
            .subquery()
        )
        early = [func.count().filter(some.c.due_at < time) for time in due_before]
        row = self._session.execute(select(func.count(), *early).select_from(some)).one()
        return tuple(int(count) for count in row)

    def _in_queue(
        self,
        office_id: str | None,
        states: Collection[CaseState] | None,
        service_id: str | None,
    ) -> list[ColumnElement[bool] | bool]:
        """What lies in a queue; without `states` all open cases."""
        found: list[ColumnElement[bool] | bool] = [CaseRow.tenant == self._tenant]
        if office_id is not None:
            found.append(col(CaseRow.office_id) == office_id)
        if states is None or not any(state.is_closed for state in states):
            found.append(CaseRow.is_open)
        if states is not None:
            found.append(col(CaseRow.state).in_([state.value for state in states]))
        if service_id is not None:
            found.append(col(CaseRow.service_id) == service_id)
        return found

    def count_open(self, office_id: str, limit: int = 1001) -> int:
        """How many open cases an office has, counted no further than `limit`."""
        # Asked in the order of the queue, or SQLite takes another index and reads the closed ones too.
        some = (
            select(CaseRow.id)
            .where(
                CaseRow.tenant == self._tenant,
                CaseRow.office_id == office_id,
                col(CaseRow.is_open),
            )
            .order_by(col(CaseRow.due_at))
            .limit(limit)
            .subquery()
        )
        return self._session.exec(select(func.count()).select_from(some)).one()

    def by_number(self, number: str, office_id: str | None = None) -> tuple[QueueRow, ...]:
        """The cases filed under an application number, in the order of filing."""
        query = select(CaseRow).where(CaseRow.tenant == self._tenant, CaseRow.number == number)
        if office_id is not None:
            query = query.where(CaseRow.office_id == office_id)
        query = query.order_by(col(CaseRow.id)).options(*_UNREAD)
        return tuple(queue_row(row) for row in self._session.exec(query))

    def _events(self, case_ids: Sequence[UUID]) -> dict[UUID, list[CaseEventRow]]:
        """Histories by case, each oldest first."""
        events: dict[UUID, list[CaseEventRow]] = defaultdict(list)
        if not case_ids:
            return events
        query = (
            select(CaseEventRow)
            .where(CaseEventRow.tenant == self._tenant, col(CaseEventRow.case_id).in_(case_ids))
            .order_by(col(CaseEventRow.case_id), col(CaseEventRow.seq))
        )
        for event in self._session.exec(query):
            events[event.case_id].append(event)
        return events
