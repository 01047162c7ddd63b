"""Authorizations: who may act for whom; one for each pair, given again when it had ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as SqlRow
from sqlmodel import col, select, update

from casework.authorizations import Authorization, Evidence, Scope
from storage.ids import id_or_nil
from storage.repositories.repository import Repository
from storage.repositories.statements import AUTHORIZATIONS
from storage.tables import AuthorizationRow


class AuthorizationRepository(Repository):
    """Authorizations by id and by either of the two persons."""

    def of_person(self, person_id: str) -> tuple[Authorization, ...]:
        """Those in which she is the helper or the principal, oldest first, ended ones too."""
        found = self._run(AUTHORIZATIONS, tenant=self._tenant, person=id_or_nil(person_id))
        return tuple(_authorization(row) for row in found.rows)

    def get(self, authorization_id: str) -> Authorization | None:
        """One, or None."""
        query = select(AuthorizationRow).where(
            AuthorizationRow.tenant == self._tenant,
            AuthorizationRow.id == id_or_nil(authorization_id),
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _authorization(row)

    def between(self, principal_id: str, helper_id: str) -> Authorization | None:
        """The one of this pair, or None."""
        query = select(AuthorizationRow).where(
            AuthorizationRow.tenant == self._tenant,
            AuthorizationRow.principal_id == id_or_nil(principal_id),
            AuthorizationRow.helper_id == id_or_nil(helper_id),
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else _authorization(row)

    def add(self, given: Authorization, now: datetime) -> None:
        """A new one; the pair has none yet."""
        row = AuthorizationRow(
            tenant=self._tenant,
            id=UUID(given.id),
            principal_id=UUID(given.principal_id),
            helper_id=UUID(given.helper_id),
            created_at=now,
            **_values(given),
        )
        self._insert(row)

    def save(self, given: Authorization, checked_by: str | None = None) -> None:
        """Keep it as it is now; `checked_by` is the caseworker who looked at its paper."""
        values = _values(given)
        if checked_by is not None:
            values["checked_by"] = UUID(checked_by)
        self._change(
            update(AuthorizationRow)
            .where(
                col(AuthorizationRow.tenant) == self._tenant,
                col(AuthorizationRow.id) == UUID(given.id),
            )
            .values(**values)
        )


def _values(given: Authorization) -> dict[str, Any]:
    return {
        "role": given.role,
        "relation": given.relation,
        "helper_called": given.helper_called,
        "scopes": [scope.value for scope in given.scopes],
        "evidence": given.evidence.value,
        "until": given.until,
        "ended_at": given.ended_at,
    }


def _authorization(row: AuthorizationRow | SqlRow[Any]) -> Authorization:
    return Authorization(
        id=str(row.id),
        principal_id=str(row.principal_id),
        helper_id=str(row.helper_id),
        role=row.role,
        relation=row.relation,
        helper_called=row.helper_called,
        scopes=tuple(Scope(scope) for scope in row.scopes),
        evidence=Evidence(row.evidence),
        until=row.until,
        ended_at=row.ended_at,
    )
