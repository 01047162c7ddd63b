"""What has been kept long enough: found by the rules of `retention.json`, deleted in small portions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, exists, func, tuple_
from sqlalchemy import select as select_core
from sqlmodel import col, select, update

from casework.models import Question
from storage.ids import new_id
from storage.models import StoredConversation
from storage.ownership import encrypted_columns
from storage.repositories.erasures import PAPER_KEY
from storage.repositories.repository import Repository
from storage.retention import Rule
from storage.serialization import CONVERSATION, PAPERS, QUESTIONS, to_json
from storage.tables import (
    AddressRow,
    CaseRow,
    ConversationRow,
    PaperRow,
    PurgeRow,
    WebSessionRow,
    metadata,
)


class RetentionRepository(Repository):
    """Rows whose time is over."""

    def count(self, rule: Rule, now: datetime) -> int:
        """How many rows of a deleting rule are over their time."""
        table = metadata.tables[rule.table]
        query = select_core(func.count()).select_from(table).where(self._over(rule, now))
        return int(self._session.connection().execute(query).scalar_one())

    def delete(self, rule: Rule, now: datetime, limit: int) -> int:
        """Delete up to so many rows of a rule; how many it were."""
        table = metadata.tables[rule.table]
        keys = list(table.primary_key.columns)
        some = select_core(*keys).where(self._over(rule, now)).limit(limit)
        found = [tuple(row) for row in self._session.connection().execute(some)]
        if not found:
            return 0
        return self._change(delete(table).where(tuple_(*keys).in_(found)))

    def untouched(
        self, before: datetime, after: str, limit: int
    ) -> tuple[tuple[StoredConversation, ...], str]:
        """Conversations nobody wrote in since then, with unfinished forms or not; and where to go on."""
        query = (
            select(ConversationRow)
            .where(
                ConversationRow.tenant == self._tenant,
                ConversationRow.updated_at < before,
                ConversationRow.id > UUID(after),
            )
            .order_by(col(ConversationRow.id))
            .limit(limit)
        )
        rows = list(self._session.exec(query))
        found = tuple(
            StoredConversation(
                conversation=CONVERSATION.validate_json(row.state),
                person_id=str(row.person_id),
                channel="",
                peer="",
                version=row.version,
            )
            for row in rows
        )
        return found, str(rows[-1].id) if len(rows) == limit else ""

    def reducible(self, before: datetime, limit: int) -> tuple[str, ...]:
        """Cases closed before then that still hold their sensitive answers."""
        query = (
            select(CaseRow.id)
            .where(
                CaseRow.tenant == self._tenant,
                ~col(CaseRow.is_open),
                CaseRow.updated_at < before,
                col(CaseRow.reduced_at).is_(None),
            )
            .order_by(col(CaseRow.id))
            .limit(limit)
        )
        return tuple(str(key) for key in self._session.exec(query))

    def reduce(self, case_id: str, now: datetime) -> None:
        """Leave of a closed case what is on record: no sensitive answers, no papers."""
        mine = (col(CaseRow.tenant) == self._tenant, col(CaseRow.id) == UUID(case_id))
        row = self._session.exec(select(CaseRow).where(*mine)).one()
        kept: tuple[Question, ...] = tuple(
            q for q in QUESTIONS.validate_json(row.questions) if not q.sensitive
        )
        ids = [UUID(paper.id) for paper in PAPERS.validate_json(row.papers)]
        self._change(
            update(CaseRow)
            .where(*mine)
            .values(questions=to_json(QUESTIONS, kept), papers="[]", reduced_at=now)
        )
        self._change(
            delete(PaperRow).where(col(PaperRow.tenant) == self._tenant, col(PaperRow.id).in_(ids))
        )

    def papers_in_use(self, said_since: datetime) -> frozenset[str]:
        """Keys of papers any row, draft or recent message refers to."""
        keys: set[str] = set()
        for table in metadata.sorted_tables:
            columns = [table.c[name] for name in encrypted_columns(table)]
            columns += [table.c.key] if table is metadata.tables["paper"] else []
            if not columns or table.name == "outbox":
                continue
            query = select_core(*columns).where(table.c.tenant == self._tenant)
            if table.name == "message":
                query = query.where(table.c.at >= said_since)
            rows = self._session.connection().execute(query.execution_options(yield_per=500))
            for row in rows:
                keys.update(key for text in row if text for key in PAPER_KEY.findall(text))
        return frozenset(keys)

    def note(self, kind: str, days: int, count: int, now: datetime) -> None:
        """Keep that so many were deleted under a rule; nothing about whose they were."""
        row = PurgeRow(
            tenant=self._tenant, id=UUID(new_id()), at=now, kind=kind, days=days, count=count
        )
        self._insert(row)

    def noted(self, limit: int) -> tuple[tuple[datetime, str, int], ...]:
        """The newest notes: when, what kind, how many."""
        query = (
            select(PurgeRow)
            .where(PurgeRow.tenant == self._tenant)
            .order_by(col(PurgeRow.at).desc(), col(PurgeRow.id).desc())
            .limit(limit)
        )
        return tuple((row.at, row.kind, row.count) for row in self._session.exec(query))

    def _over(self, rule: Rule, now: datetime) -> ColumnElement[bool]:
        table = metadata.tables[rule.table]
        over: ColumnElement[bool] = (table.c.tenant == self._tenant) & (
            table.c[rule.since] < now - rule.age
        )
        if rule.does == "delete_unused":
            over &= ~self._is_used(now - rule.age)
        for use in _referring(table):
            over &= ~use
        return over

    def _is_used(self, since: datetime) -> ColumnElement[bool]:
        """A browser whose conversation went on since then."""
        return exists().where(
            col(AddressRow.tenant) == col(WebSessionRow.tenant),
            col(AddressRow.peer_bi) == col(WebSessionRow.peer_bi),
            col(AddressRow.used_at) >= since,
        )


def _referring(table: Table) -> list[Any]:
    """Whether any other row still refers to this one: then it stays a while longer."""
    found = []
    for other in metadata.sorted_tables:
        for key in other.foreign_key_constraints:
            if key.referred_table is table:
                column = next(e.parent for e in key.elements if e.parent.name != "tenant")
                found.append(
                    exists().where(other.c.tenant == table.c.tenant, column == table.c.id)
                )
    return found
