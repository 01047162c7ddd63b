"""The database: one door to its transactions, and the threads they run in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from storage import engines, revisions
from storage.bell import Bell
from storage.crypto import Keyring, equip
from storage.errors import Conflict, Unreachable
from storage.prepared import Statements
from storage.repositories.installations import InstallationRepository, fingerprint_of
from storage.repositories.repository import Scope
from storage.repositories.sealed_logs import SealedLogRepository
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from storage.jobs import Jobs

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_TRY_AGAIN = frozenset({"40001", "40P01"})
"""PostgreSQL's serialization failure and deadlock: the other one won, ours was undone."""


class Database:
    """Everything we remember of one tenant, in one SQLite file or one PostgreSQL database."""

    def __init__(self, url: str, tenant: str, keyring: Keyring) -> None:
        """Connects to nothing yet. `tenant` is the district; it is part of every key."""
        self.tenant = tenant
        self.bell = Bell()
        """Rings when something was committed that a channel must be told."""
        self.jobs: Jobs | None = None
        """The engine of this process, once it runs; what turns ask for is handed to it."""
        self._keyring = keyring
        self._url = engines.parse(url)
        self._writer, self._reader = engines.open_engines(self._url)
        for engine in (self._writer, self._reader):
            equip(engine, keyring)
        self._statements = {
            engine: Statements(dialect=engine.dialect) for engine in (self._writer, self._reader)
        }
        is_sqlite = self._url.get_backend_name() == "sqlite"
        writers = 1 if is_sqlite else engines.POSTGRESQL_WRITERS
        self._write_threads = ThreadPoolExecutor(writers, thread_name_prefix="zhucan-write")
        self._read_threads = ThreadPoolExecutor(engines.READERS, thread_name_prefix="zhucan-read")

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """One transaction that ends with `commit()`; leaving without it undoes everything.

        Do not open a second one inside it, and do nothing slow inside it: on SQLite all others wait.
        Raises `Conflict` when PostgreSQL undid it in favor of another one: begin again once.
        """
        try:
            with self._transaction(self._writer, is_writing=True) as scope:
                yield UnitOfWork(scope)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") in _TRY_AGAIN:
                raise Conflict("transaction") from error
            raise

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """One unchanging picture of the database; nothing can be written in it."""
        with self._transaction(self._reader, is_writing=False) as scope:
            yield UnitOfWork(scope)

    async def run(self, function: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run a synchronous function that writes in a thread for that: one on SQLite, eight on PostgreSQL."""
        return await _in_thread(self._write_threads, function, *args)

    async def run_reading(self, function: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run a synchronous function that only reads, without waiting behind those that write."""
        return await _in_thread(self._read_threads, function, *args)

    def migrate(self) -> None:
        """Bring the tables to the newest revision; nothing to do is fine, so do it at every start.

        Raises `Unreachable` when it cannot be opened, `KeyringMismatch` when the secrets are not those it
        was filled under.
        """
        try:
            engines.make_file(self._url)
            revisions.upgrade(self._writer)
        except (OSError, OperationalError) as error:
            raise Unreachable(self._url.render_as_string(hide_password=True)) from error
        with self._transaction(self._writer, is_writing=True) as scope:
            InstallationRepository(scope).check_index_key()
            sealed_logs = SealedLogRepository(scope)
            if not sealed_logs.is_sealed():
                sealed_logs.seal_all()
            scope.connection.commit()

    @property
    def keyring(self) -> Keyring:
        """The keys this database is encrypted under."""
        return self._keyring

    @property
    def index_fingerprint(self) -> str:
        """What tells one index key from another."""
        return fingerprint_of(self._keyring, self.tenant).hex()

    def revision(self) -> str:
        """The revision its tables are at; empty when there are none."""
        engines.make_file(self._url)
        with self._reader.connect() as connection:
            return revisions.current(connection)

    def move_to(self, revision: str) -> None:
        """Bring the tables to this revision, up or down; rows in tables that go are lost."""
        engines.make_file(self._url)
        with self._writer.connect() as connection:
            now = revisions.current(connection)
        if now > revision:
            revisions.downgrade(self._writer, revision)
        elif now < revision:
            revisions.upgrade(self._writer, revision)

    def is_ready(self) -> bool:
        """It can be reached and its tables are at the newest revision."""
        try:
            with self._reader.connect() as connection:
                return revisions.is_newest(connection)
        except SQLAlchemyError:
            return False

    def close(self) -> None:
        """Wait for what is running, then let go of threads and connections."""
        self._write_threads.shutdown()
        self._read_threads.shutdown()
        self._writer.dispose()
        self._reader.dispose()

    @contextmanager
    def _transaction(self, engine: Engine, *, is_writing: bool) -> Iterator[Scope]:
        with engine.connect() as connection:
            connection.begin()
            yield Scope(
                connection=connection,
                statements=self._statements[engine],
                tenant=self.tenant,
                keyring=self._keyring,
                is_writing=is_writing,
                ring=self.bell.ring,
                jobs=self.jobs,
            )


async def _in_thread(threads: Executor, function: Callable[[*Ts], T], *args: *Ts) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, function, *args)
