"""What every repository works in: one open transaction of one tenant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, Table
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import ReturnsRows
from sqlmodel import Session

from storage.crypto import Keyring
from storage.prepared import Done, Statements
from storage.repositories.statements import inserting, inserting_new, table_of
from storage.tables import Row

if TYPE_CHECKING:
    from storage.jobs import Jobs


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One transaction, whose data it may touch, and whether it may write."""

    connection: Connection
    """In the transaction from its first moment to the commit; closed after that."""
    statements: Statements
    tenant: str
    keyring: Keyring
    is_writing: bool
    ring: Callable[[], None] = lambda: None
    """Tells those who deliver that there is something to deliver."""
    jobs: Jobs | None = None
    """The engine of this process, once it runs."""
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def session(self) -> Session:
        """For what is asked through the ORM, in the same transaction; an ordinary turn never needs it."""
        # populate_existing: what an UPDATE changed is read from the database, never from memory.
        options = {"populate_existing": True}
        session = Session(self.connection, autobegin=False, execution_options=options)
        session.begin()
        return session


class Repository:
    """Base of the repositories."""

    def __init__(self, scope: Scope) -> None:
        """Work inside this scope."""
        self._tenant = scope.tenant
        self._scope = scope

    @property
    def _session(self) -> Session:
        return self._scope.session

    def _blind(self, name: str, normalized: str) -> bytes:
        return self._scope.keyring.blind_index(self._tenant, name, normalized)

    def _insert(self, *rows: Row) -> None:
        """Write rows now, one after the other, so that parents are there before their children."""
        for row in rows:
            table = table_of(type(row))
            self._run(inserting(table), **_values(table, row))

    def _insert_new(self, row: Row) -> bool:
        """Write a row unless one with its key exists; False if there was one."""
        table = table_of(type(row))
        found = self._run(inserting_new(table, self._dialect), **_values(table, row))
        return found.first is not None

    @property
    def _dialect(self) -> str:
        return self._scope.connection.dialect.name

    def _run(self, statement: ReturnsRows, **values: Any) -> Done:
        """Run a statement that was built once, past the ORM and prepared for the driver."""
        return self._scope.statements.run(self._scope.connection, statement, values)

    def _change(self, statement: UpdateBase) -> int:
        """Run an UPDATE, INSERT or DELETE; the number of rows it touched."""
        return self._session.exec(statement, execution_options=_NO_SYNC).rowcount

    def _value(self, statement: UpdateBase) -> Any:
        """Run a statement RETURNING one value; None if it touched no row."""
        return self._session.exec(statement, execution_options=_NO_SYNC).scalar_one_or_none()


_NO_SYNC = {"synchronize_session": False}


def _values(table: Table, row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in table.columns.keys()}  # noqa: SIM118 - no mapping


def text_or_none(key: UUID | None) -> str | None:
    """An id as text."""
    return None if key is None else str(key)
