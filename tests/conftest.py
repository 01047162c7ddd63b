"""What every test may ask for; and no test reaches beyond this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser import browser, open_page
from databases import (
    blank_url,
    database,
    database_url,
    open_again,
    open_database,
    postgresql_server,
    postgresql_template,
    sqlite_template,
)
from hypothesis import settings
from tester import Clock, FakeRecognizer, Talk, Tester

from actions.mind import Mind
from catalog.loader import load_catalog
from catalog.models import Catalog
from intents.loader import load_recognizer
from storage.database import Database

__all__ = [
    "blank_url",
    "browser",
    "database",
    "database_url",
    "open_again",
    "open_page",
    "postgresql_server",
    "postgresql_template",
    "sqlite_template",
]

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")


def pytest_configure(config: pytest.Config) -> None:
    """A warning is a failure, but for those of other people's code we cannot mend.

    Hypothesis tries the same examples each time: a red run is a change of ours, never luck.
    """
    settings.register_profile("house", derandomize=True, deadline=None, database=None)
    settings.load_profile("house")
    config.addinivalue_line("filterwarnings", "error")
    for known in (
        "ignore:.*pkg_resources.*:DeprecationWarning",
        "ignore::DeprecationWarning:jieba.*",
        "ignore:invalid escape sequence:DeprecationWarning",
        "ignore:invalid escape sequence:SyntaxWarning",
        "ignore::pytest.PytestUnraisableExceptionWarning",
        "ignore:.*httpx.*:Warning",
        "ignore:Do not use the `random` module inside strategies.*",
    ):
        config.addinivalue_line("filterwarnings", known)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Any attempt to reach another machine fails at once, and names it."""
    connect = socket.socket.connect
    connect_ex = socket.socket.connect_ex

    def check(address: Any) -> None:
        is_inet = isinstance(address, tuple)
        if is_inet and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {address}")

    def connect_here(self: socket.socket, address: Any) -> None:
        check(address)
        return connect(self, address)

    def connect_ex_here(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    socket.socket.connect = connect_here
    socket.socket.connect_ex = connect_ex_here
    yield
    socket.socket.connect = connect
    socket.socket.connect_ex = connect_ex


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The real catalog."""
    return load_catalog()


@pytest.fixture(scope="session")
def mind(catalog: Catalog, pytestconfig: pytest.Config) -> Mind:
    """The real recognizer, learned once and kept between runs."""
    cache = Path(pytestconfig.cache.mkdir("understanding"))
    return Mind(catalog=catalog, recognizer=load_recognizer(catalog, cache))


@pytest.fixture(scope="session")
def fake_recognizer() -> FakeRecognizer:
    """Exact words only, and what a test adds."""
    return FakeRecognizer()


@pytest.fixture
def clock() -> Clock:
    """A Wednesday morning in Shanghai."""
    return Clock(datetime(2026, 11, 25, 1, 30, tzinfo=UTC))


@pytest.fixture
def small_database() -> Iterator[Database]:
    """An empty, migrated database in memory: for tests that are not about storage."""
    opened = open_database("sqlite://")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def tester(small_database: Database, mind: Mind, clock: Clock) -> Tester:
    """王奶奶 in the web chat, understood by the real recognizer."""
    return Tester(small_database, mind, clock=clock)


@pytest.fixture
def talk(catalog: Catalog, fake_recognizer: FakeRecognizer, clock: Clock) -> Talk:
    """A conversation without storage; the recognizer knows exact words only."""
    return Talk(catalog, FakeRecognizer(table=dict(fake_recognizer.table)), clock=clock)
