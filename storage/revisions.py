"""Revisions of the tables: brings a database to the newest one, and tells whether it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x7A687563
"""Advisory lock of PostgreSQL: of several processes starting at once, one migrates."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to a revision, in one transaction."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the tables down to a revision ("base": none are left), in one transaction."""
    _run(engine, command.downgrade, revision)


def current(connection: Connection) -> str:
    """The revision the tables are at; empty when there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def is_known(revision: str) -> bool:
    """Whether there is such a revision in this program."""
    return revision in {
        script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()
    }


def is_newest(connection: Connection) -> bool:
    """The database is at the newest revision this program knows."""
    return MigrationContext.configure(connection).get_current_revision() == _newest()


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


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()
