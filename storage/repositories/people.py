"""Persons: what is known of them from their last filings, and the joining of two that are one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, delete, select, update

from dialogue.progress import Answer
from storage.ids import id_or_nil, new_id
from storage.repositories.repository import Repository
from storage.repositories.statements import AROUND, facts_of, listed
from storage.serialization import FACTS, to_json
from storage.tables import (
    ApplicationRow,
    AuthorizationRow,
    CaseRow,
    ConsentRow,
    ConversationRow,
    DataCopyRow,
    LinkCodeRow,
    PaperRow,
    PersonRow,
    Row,
)

_OWNED = (ConversationRow, ApplicationRow, CaseRow, PaperRow, ConsentRow, DataCopyRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of a person, and whether there is more to be read about her."""

    facts: dict[str, Answer] = field(default_factory=dict)
    has_cases: bool = False
    has_authorizations: bool = False
    """As a helper or as the one who is helped; ended ones count."""


class PersonRepository(Repository):
    """Persons by id."""

    def add(self, now: datetime) -> str:
        """Somebody who does not write to us herself: a helper applies for her. Her id."""
        row = PersonRow(tenant=self._tenant, id=UUID(new_id()), created_at=now, facts=None)
        self._insert(row)
        return str(row.id)

    def around(self, person_id: str) -> Around:
        """What is known of one, and whether she has cases or authorizations."""
        row = self._run(AROUND, tenant=self._tenant, id=id_or_nil(person_id)).first
        if row is None:
            return Around()
        return Around(
            facts=_facts(row),
            has_cases=row.has_cases,
            has_authorizations=row.has_authorizations,
        )

    def facts(self, person_ids: Collection[str]) -> dict[str, dict[str, Answer]]:
        """What is known of these persons, by id."""
        if not person_ids:
            return {}
        ids = [id_or_nil(person_id) for person_id in person_ids]
        found = self._run(facts_of(len(ids)), tenant=self._tenant, **listed(ids))
        return {str(row.id): _facts(row) for row in found.rows}

    def learn(self, person_id: str, facts: Mapping[str, Answer]) -> None:
        """Keep this as what is known of her, in place of what was known before."""
        self._change(
            update(PersonRow)
            .where(col(PersonRow.tenant) == self._tenant, col(PersonRow.id) == UUID(person_id))
            .values(facts=to_json(FACTS, dict(facts)) if facts else None)
        )

    def join(self, other_id: str, into_id: str) -> None:
        """Two persons turn out to be one: all that hangs on the other hangs on this one now."""
        other, into = UUID(other_id), UUID(into_id)
        for table in _OWNED:
            self._repoint(table, "person_id", other, into)
        for table in (ApplicationRow, CaseRow):
            self._repoint(table, "filed_by", other, into)
        self._join_authorizations(other, into)
        self._change(
            delete(PersonRow).where(
                col(PersonRow.tenant) == self._tenant, col(PersonRow.id) == other
            )
        )

    def _join_authorizations(self, other: UUID, into: UUID) -> None:
        """Each pair keeps one authorization; between the two, who are one now, none is needed."""
        rows = self._session.exec(
            select(AuthorizationRow).where(
                AuthorizationRow.tenant == self._tenant,
                col(AuthorizationRow.principal_id).in_([other, into])
                | col(AuthorizationRow.helper_id).in_([other, into]),
            )
        ).all()
        kept: set[tuple[UUID, UUID]] = set()
        # The ones that hold come first, so that an ended one never replaces them.
        for row in sorted(rows, key=lambda r: (r.ended_at is not None, r.created_at)):
            pair = tuple(
                into if key == other else key for key in (row.principal_id, row.helper_id)
            )
            if pair[0] == pair[1] or pair in kept:
                self._drop_authorization(row.id)
                continue
            kept.add((pair[0], pair[1]))
            self._change(
                update(AuthorizationRow)
                .where(
                    col(AuthorizationRow.tenant) == self._tenant,
                    col(AuthorizationRow.id) == row.id,
                )
                .values(principal_id=pair[0], helper_id=pair[1])
            )

    def _drop_authorization(self, key: UUID) -> None:
        self._change(
            update(LinkCodeRow)
            .where(
                col(LinkCodeRow.tenant) == self._tenant, col(LinkCodeRow.authorization_id) == key
            )
            .values(authorization_id=None)
        )
        self._change(
            delete(AuthorizationRow).where(
                col(AuthorizationRow.tenant) == self._tenant, col(AuthorizationRow.id) == key
            )
        )

    def _repoint(self, table: type[Row], column: str, other: UUID, into: UUID) -> None:
        self._change(
            update(table)
            .where(col(table.tenant) == self._tenant, getattr(table, column) == other)
            .values({column: into})
        )


def _facts(row: Any) -> dict[str, Answer]:
    return FACTS.validate_json(row.facts) if row.facts else {}
