"""The statements of every turn, made ready for the driver once: SQLAlchemy writes them, the driver runs them.

SQLAlchemy's own way from a finished statement to its rows takes 75–95 µs, of which SQLite needs 3–8. Kept here
are the text it compiled and the converters of its column types; the connection, its transaction, the listeners to
statements and the errors stay SQLAlchemy's, so that nobody outside notices (docs/decisions/0204).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Converter = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a statement."""

    rows: tuple[Any, ...] = ()
    """Rows found, or given back by RETURNING; their columns are attributes."""
    count: int
    """Rows touched."""

    @property
    def first(self) -> Any:
        """The first row; None when there is none."""
        return self.rows[0] if self.rows else None


class Prepared:
    """One statement as one engine runs it."""

    def __init__(self, statement: ReturnsRows, dialect: Dialect) -> None:
        """Every value of the statement has a name or is fixed; a list of changing length has no place in it."""
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler) or compiled.post_compile_params:
            raise ValueError("a list of changing length: name each of its values")
        self._dialect = dialect
        self._sql = compiled.string
        self._is_positional = compiled.positional
        names = compiled.positiontup or dict.fromkeys(compiled.bind_names.values())
        binds = compiled.binds
        self._wanted = tuple((name, _writer(binds[name].type, dialect)) for name in names)
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        columns = tuple(statement.exported_columns)
        self._row = _row_of([column.name for column in columns])
        self._readers = tuple(_reader(column.type, dialect) for column in columns)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Done:
        """Run it in the transaction of this connection. Raises what SQLAlchemy raises."""
        parameters = self._parameters(values)
        cursor = connection.connection.cursor()
        try:
            for told in connection.dispatch.before_cursor_execute:
                told(connection, cursor, self._sql, parameters, None, False)
            cursor.execute(self._sql, parameters)
            if not self._readers:
                return Done(count=cursor.rowcount)
            found = tuple(self._read(row) for row in cursor.fetchall())
            return Done(rows=found, count=cursor.rowcount)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._told(error, connection, cursor) from error
        finally:
            cursor.close()

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        given = {**self._fixed, **values} if self._fixed else values
        try:
            if self._is_positional:
                return [
                    write(given[name]) if write else given[name] for name, write in self._wanted
                ]
            return {
                name: write(given[name]) if write else given[name] for name, write in self._wanted
            }
        except Exception as error:
            raise StatementError(
                str(error), self._sql, None, error, hide_parameters=True
            ) from error

    def _read(self, row: Iterable[Any]) -> Any:
        pairs = zip(self._readers, row, strict=True)
        return self._row(*[read(value) if read else value for read, value in pairs])

    def _told(self, error: Exception, connection: Connection, cursor: Any) -> BaseException:
        """The driver's error as SQLAlchemy's, without values; a connection that is gone is not used again."""
        dialect = self._dialect
        is_gone = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]
        if is_gone:
            connection.invalidate(error)
        return DBAPIError.instance(
            self._sql, None, error, dialect.loaded_dbapi.Error,
            hide_parameters=True, connection_invalidated=is_gone, dialect=dialect,
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Statements:
    """The prepared statements of one engine: made at their first run, for its dialect holds its keys."""

    dialect: Dialect
    _known: dict[ReturnsRows, Prepared] = field(default_factory=dict)

    def run(
        self, connection: Connection, statement: ReturnsRows, values: Mapping[str, Any]
    ) -> Done:
        """Run a statement that was built once, at import or behind a `cache`: each is kept for good."""
        prepared = self._known.get(statement)
        if prepared is None:
            prepared = self._known[statement] = Prepared(statement, self.dialect)
        return prepared.run(connection, values)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Converter:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Converter:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _row_of(names: list[str]) -> Any:
    return namedtuple("Row", names)  # noqa: PYI024 - its columns are known only now
