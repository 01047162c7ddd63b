"""Revisions of the tables: brings a database to the newest one, and tells whether it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_TABLE = "alembic_version"
_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x7A687563
"""Advisory lock of PostgreSQL: of several processes starting at once, one migrates."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to a revision, in one transaction."""
    if revision == "head":
        # What changes tables is loaded only when there is something to change: a start is sooner ready.
        with engine.connect() as connection:
            if is_newest(connection):
                return
    from alembic import command  # noqa: PLC0415

    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the tables down to a revision ("base": none are left), in one transaction."""
    from alembic import command  # noqa: PLC0415

    _run(engine, command.downgrade, revision)


def current(connection: Connection) -> str:
    """The revision the tables are at; empty when there are none."""
    if not inspect(connection).has_table(_TABLE):
        return ""
    found = connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608
    return "" if found is None else str(found)


def is_known(revision: str) -> bool:
    """Whether there is such a revision in this program."""
    return revision in _known()


def is_newest(connection: Connection) -> bool:
    """The database is at the newest revision this program knows."""
    return current(connection) == _known()[-1]


def _run(engine: Engine, action: object, revision: str) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _set_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    lock = text("SELECT pg_advisory_xact_lock(:key)")
                    connection.execute(lock, {"key": _LOCK})
                action(_config(connection), revision)  # type: ignore[operator]
        finally:
            if engine.dialect.name == "sqlite":
                _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, state: str) -> None:
    """Off while SQLite rebuilds tables, or dropping a parent would empty its children.

    The pragma does nothing inside a transaction, so it goes to the driver before ours begins.
    """
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={state}")


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _known() -> tuple[str, ...]:
    """All revisions, oldest first: each file is named by its own, and a test checks it against Alembic."""
    return tuple(
        sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*_*.py"))
    )
