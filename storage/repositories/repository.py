"""What every repository works in: one open transaction of one tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session

from storage.crypto import Keyring
from storage.tables import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One transaction, whose data it may touch, and whether it may write."""

    session: Session
    tenant: str
    keyring: Keyring
    is_writing: bool


class Repository:
    """Base of the repositories."""

    def __init__(self, scope: Scope) -> None:
        """Work inside this scope."""
        self._session = scope.session
        self._tenant = scope.tenant
        self._scope = scope

    def _blind(self, name: str, normalized: str) -> bytes:
        return self._scope.keyring.blind_index(self._tenant, name, normalized)

    def _insert(self, *rows: Row) -> None:
        """Write rows now, one after the other, so that parents are there before their children."""
        for row in rows:
            self._session.exec(insert(_table(row)), params=_values(row))

    def _insert_new(self, row: Row) -> bool:
        """Write a row unless one with its key exists; False if there was one."""
        table = _table(row)
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).on_conflict_do_nothing().returning(table.c.tenant)
        return self._session.exec(statement, params=_values(row)).first() is not None

    def _change(self, statement: UpdateBase) -> int:
        """Run an UPDATE, INSERT or DELETE; the number of rows it touched."""
        return self._session.exec(statement, execution_options=_NO_SYNC).rowcount

    def _value(self, statement: UpdateBase) -> Any:
        """Run a statement RETURNING one value; None if it touched no row."""
        return self._session.exec(statement, execution_options=_NO_SYNC).scalar_one_or_none()


_NO_SYNC = {"synchronize_session": False}


def _table(row: Row) -> Table:
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


def _values(row: Row) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in _table(row).columns}


def text_or_none(key: UUID | None) -> str | None:
    """An id as text."""
    return None if key is None else str(key)
