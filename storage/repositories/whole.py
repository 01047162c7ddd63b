"""All rows of a tenant as plain values, for backups: out of one engine and into another."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy import select as select_core

from storage.repositories.repository import Repository
from storage.tables import metadata

_AT_ONCE = 500
_MADE_AT_START = frozenset({"installation"})
"""Tables that hold a row in a database nobody has used yet."""

Plain = dict[str, Any]


class WholeRepository(Repository):
    """Everything of this tenant, table by table, parents before children."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of all tables in an order in which their rows can be put back."""
        return tuple(table.name for table in metadata.sorted_tables)

    def rows(self, name: str) -> Iterator[Plain]:
        """The rows of a table: decrypted, each value as JSON holds it."""
        table = metadata.tables[name]
        query = (
            select_core(*table.columns)
            .where(table.c.tenant == self._tenant)
            .order_by(*table.primary_key.columns)
            .execution_options(yield_per=_AT_ONCE)
        )
        for row in self._session.connection().execute(query):
            yield {key: _to_plain(value) for key, value in row._asdict().items()}

    def put(self, name: str, rows: Iterable[Plain]) -> int:
        """Put rows back, encrypted under the newest key; how many. Unknown columns are left out."""
        table = metadata.tables[name]
        count = 0
        for some in _portions(rows):
            values = [self._values(table, row) for row in some]
            self._session.connection().execute(insert(table), values)
            count += len(values)
        return count

    def is_empty(self, names: Iterable[str]) -> bool:
        """Nobody has used these tables for this tenant yet."""
        for name in names:
            if name in _MADE_AT_START:
                continue
            table = metadata.tables[name]
            some = select_core(table.c.tenant).where(table.c.tenant == self._tenant).limit(1)
            if self._session.connection().execute(some).first() is not None:
                return False
        return True

    def forget_start(self) -> None:
        """Take out what the first start put in, so that the backup's own can be put back."""
        for name in _MADE_AT_START:
            table = metadata.tables[name]
            self._change(table.delete().where(table.c.tenant == self._tenant))

    def _values(self, table: Table, row: Plain) -> dict[str, Any]:
        known = {key: _from_plain(value) for key, value in row.items() if key in table.c}
        return {**known, "tenant": self._tenant}


def _portions(rows: Iterable[Plain]) -> Iterator[Sequence[Plain]]:
    some: list[Plain] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _to_plain(value: Any) -> Any:
    """A value as JSON; what JSON has no word for is an object with one key that names it."""
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, UUID):
        return {"id": str(value)}
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    return value


def _from_plain(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    match kind:
        case "time":
            return datetime.fromisoformat(text)
        case "id":
            return UUID(text)
        case "bytes":
            return base64.b64decode(text)
        case _:
            raise ValueError(kind)
