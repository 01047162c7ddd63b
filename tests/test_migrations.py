"""The tables can be built, taken down and built again, and are what the code believes; on both engines."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import NOW, open_database
from sqlalchemy import ForeignKeyConstraint, inspect

import storage.migrations
from storage import revisions
from storage.database import Database
from storage.tables import metadata

FOLDER = Path(storage.migrations.__file__).parent
STRUCTURE = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1, 2",
    "postgresql": """
        SELECT 'table', table_name || '.' || column_name, data_type || is_nullable
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
        ORDER BY 1, 2
    """,
}


@pytest.fixture
def blank(blank_url):
    database = open_database(blank_url)
    yield database
    database.close()


def table_names(database: Database) -> set[str]:
    with database._writer.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def structure(database: Database) -> list[tuple[str, ...]]:
    """Everything the engine itself knows of our tables: columns, keys, indexes, triggers."""
    with database._writer.connect() as connection:
        query = STRUCTURE[connection.dialect.name]
        return [(*row[:-1], _lines(row[-1])) for row in connection.exec_driver_sql(query)]


def _lines(definition: str) -> str:
    """The lines of a definition in a fixed order: rebuilt, SQLite quotes and lists them anew."""
    return "\n".join(
        sorted(line.strip(" \t,)") for line in definition.replace('"', "").splitlines())
    )


def test_up_down_up_at_every_revision(blank):
    """A stairway: each revision up, down again, and up for good."""
    script = ScriptDirectory(str(FOLDER))
    for step in reversed(list(script.walk_revisions())):
        revisions.upgrade(blank._writer, step.revision)
        before = structure(blank)
        revisions.downgrade(blank._writer, step.down_revision or "base")
        revisions.upgrade(blank._writer, step.revision)

        assert structure(blank) == before


def test_down_to_the_ground_nothing_is_left(blank):
    blank.migrate()
    assert table_names(blank) == set(metadata.tables)

    revisions.downgrade(blank._writer, "base")

    assert table_names(blank) == set()


def test_the_tables_are_what_the_code_believes(blank):
    blank.migrate()
    with blank._writer.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, metadata) == []


def test_partial_indexes_are_what_the_code_believes(blank):
    """Alembic does not compare their conditions; the engine's own words for them do."""

    def indexes() -> set[tuple[str, ...]]:
        return {
            line for line in structure(blank) if line[0] == "index" and "alembic" not in line[1]
        }

    blank.migrate()
    migrated = indexes()
    revisions.downgrade(blank._writer, "base")
    metadata.create_all(blank._writer)

    assert indexes() == migrated
    assert sum("WHERE" in line[2] for line in migrated) == 7


def test_there_is_one_newest_revision():
    assert len(ScriptDirectory(str(FOLDER)).get_heads()) == 1


def test_the_names_of_the_files_are_the_revisions():
    """At a start that has nothing to change Alembic is not loaded: the files' names are believed."""
    script = ScriptDirectory(str(FOLDER))

    assert revisions._known() == tuple(s.revision for s in script.walk_revisions())[::-1]


def test_ready_means_reachable_and_at_the_newest_revision(blank):
    assert not blank.is_ready()
    blank.migrate()
    assert blank.is_ready()
    blank.migrate()
    assert blank.is_ready()
    revisions.downgrade(blank._writer, "base")
    assert not blank.is_ready()


def test_a_failed_migration_leaves_nothing(blank, monkeypatch):
    def stumble(*_: object) -> None:
        raise RuntimeError("power failed")

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", stumble)
    with pytest.raises(RuntimeError, match="power failed"):
        blank.migrate()

    assert table_names(blank) == set()


def test_processes_starting_at_once_migrate_once(blank_url):
    gate = threading.Barrier(3)

    def start(_: int) -> bool:
        database = open_database(blank_url)
        gate.wait()
        database.migrate()
        ready = database.is_ready()
        database.close()
        return ready

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(start, range(3))) == [True] * 3


def test_first_connections_to_a_new_file_at_once_are_all_let_in(tmp_path):
    """SQLite refuses a second one that wants write-ahead at that moment, without waiting; one in thirty fails."""

    def connect(where: tuple[str, threading.Barrier]) -> str:
        url, gate = where
        database = open_database(url)
        gate.wait()
        with database._writer.connect() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        database.close()
        return mode

    for number in range(60):
        url = f"sqlite:///{tmp_path / str(number)}"
        (tmp_path / str(number)).touch()
        gate = threading.Barrier(3)
        with ThreadPoolExecutor(3) as threads:
            assert list(threads.map(connect, [(url, gate)] * 3)) == ["wal"] * 3


def test_foreign_keys_hold_after_migrating(blank):
    blank.migrate()

    with pytest.raises(Exception, match=r"(?i)foreign key"), blank.write() as work:
        work.misunderstood.add("00000000-0000-0000-0000-000000000001", "x", NOW)


def test_every_key_index_and_reference_begins_with_the_tenant():
    for table in metadata.tables.values():
        keys = [table.primary_key, *table.indexes, *table.constraints]
        for key in keys:
            assert next(iter(key.columns)).name == "tenant", f"{table.name}: {key.name}"
            if isinstance(key, ForeignKeyConstraint):
                assert key.elements[0].target_fullname.endswith(".tenant")


def test_nothing_counts_up_by_itself():
    for table in metadata.tables.values():
        for column in table.primary_key.columns:
            assert str(column.type) != "INTEGER", f"{table.name}.{column.name}"


def test_revisions_do_not_import_the_code():
    """A revision describes the tables as they were then, whatever the code becomes."""
    for file in (FOLDER / "versions").glob("*.py"):
        assert "from storage" not in file.read_text("utf-8")
        assert "sqlmodel" not in file.read_text("utf-8")
