"""Connections: how each engine is opened so that nothing committed is lost and nothing is read half-done."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url

POSTGRESQL_WRITERS = 8
READERS = 4
_BUSY_MS = 30_000
_CONNECT_SECONDS = 10


def parse(url: str) -> URL:
    """The URL with the drivers this house uses: psycopg 3, and the standard library's SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return parsed.set(drivername="sqlite+pysqlite")
    raise ValueError("the database must be sqlite:// or postgresql://")


def is_in_memory(url: URL) -> bool:
    """The database lives only as long as its one connection."""
    return url.database in (None, "", ":memory:")


def make_file(url: URL) -> None:
    """Make the file of SQLite where it is to lie, readable by its owner only; its WAL inherits that."""
    if url.get_backend_name() != "sqlite" or is_in_memory(url):
        return
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


def open_engines(url: URL) -> tuple[Engine, Engine]:
    """The engine that writes and the one that reads; in-memory SQLite has one for both.

    Both hide parameters: an error that shows them would carry people's words into the log.
    """
    if url.get_backend_name() == "postgresql":
        writer = _postgresql(url)
        # What SQLite gives a reader by itself: one unchanging picture, and no writing by mistake.
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        return writer, writer.execution_options(**options)
    writer = _sqlite(url, 1, "BEGIN IMMEDIATE")
    if is_in_memory(url):
        return writer, writer
    return writer, _sqlite(url, READERS, "BEGIN", "query_only=ON")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=POSTGRESQL_WRITERS + READERS,
        max_overflow=2,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )


def _sqlite(url: URL, connections: int, begin: str, *pragmas: str) -> Engine:
    """One writing connection makes writers queue up fairly; SQLite's own waiting is unfair (p99 in seconds).

    pysqlite leaves a SELECT outside its transaction (lost updates), and a plain BEGIN that writes after
    reading fails at once when another wrote: so we begin ourselves, and writers with BEGIN IMMEDIATE.
    """
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_BUSY_MS / 1000,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )
    settings = (f"busy_timeout={_BUSY_MS}", "foreign_keys=ON", *pragmas)
    is_writing = begin == "BEGIN IMMEDIATE"
    if is_writing:
        settings = (*settings, "synchronous=FULL")

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
        if is_writing:
            _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(connection: Any) -> None:
    """Have the file written ahead.

    Of several first connections to a new file SQLite refuses all but one at once, whatever the timeout,
    because they might wait for each other: so we ask again.
    """
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
