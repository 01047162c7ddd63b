"""Durable jobs: done once asked for, only if committed, in order, and by another process if one dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from databases import TENANT
from sqlalchemy import inspect, text

from storage.database import Database
from storage.ids import new_id
from storage.jobs import Jobs, Schedule
from storage.tables import metadata

Made = Callable[..., Jobs]


@pytest.fixture
def launched(database_url: str) -> Iterator[Made]:
    """Engines over the test's database, each as a process of its own would have it."""
    made: list[Jobs] = []

    def launch(**more: Any) -> Jobs:
        for one in made:
            one.close()
        jobs = Jobs(url=database_url, tenant=TENANT, worker_id=new_id(), **more)
        made.append(jobs)
        assert jobs.launch()
        return jobs

    yield launch
    for one in made:
        one.close()


def until(is_so: Callable[[], Any], within: float = 15.0) -> None:
    end = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def ask(database: Database, jobs: Jobs, job: str, about: str, **more: Any) -> str:
    with database.write() as work:
        job_id = jobs.enqueue(work, job, about, **more)
        work.commit()
    return job_id


def test_a_job_is_done_only_if_the_transaction_that_asked_for_it_was_committed(
    database: Database, launched: Made
) -> None:
    done: list[str] = []
    jobs = launched(handlers={"note": done.append})
    with suppress(ZeroDivisionError), database.write() as work:
        jobs.enqueue(work, "note", "never")
        raise ZeroDivisionError
    ask(database, jobs, "note", "once")
    ask(database, jobs, "note", "once")
    until(lambda: done)
    time.sleep(1.2)

    assert done == ["once"]
    assert jobs.counts()["enqueued"] == 0


def test_jobs_of_one_key_go_in_order_and_one_that_fails_is_tried_again(
    database: Database, launched: Made
) -> None:
    done: list[str] = []
    failures = iter(range(1))

    def note(about: str) -> None:
        if next(failures, None) is not None:
            raise ConnectionError
        done.append(about)

    jobs = launched(handlers={"note": note})
    ids = [new_id() for _ in range(4)]
    for about in ids:
        ask(database, jobs, "note", about, key="one")
    until(lambda: len(done) == 4)

    assert done == ids


def test_a_delayed_job_can_be_cancelled_and_put_off(database: Database, launched: Made) -> None:
    done: list[str] = []
    jobs = launched(handlers={"note": done.append})
    late = timedelta(hours=1)
    cancelled = ask(database, jobs, "note", "cancelled", delay=timedelta(seconds=0.5))
    hastened = ask(database, jobs, "note", "hastened", delay=late)
    ask(database, jobs, "note", "late", delay=late)
    jobs.cancel(cancelled)
    jobs.postpone(hastened, timedelta(0))
    until(lambda: done)
    time.sleep(1)

    assert done == ["hastened"]
    assert jobs.counts()["delayed"] == 1


def test_another_worker_takes_over_what_a_dead_one_was_doing(
    database: Database, launched: Made
) -> None:
    first = launched(handlers={"note": lambda _: None})
    job_id = ask(database, first, "note", "begun", delay=timedelta(hours=1))
    first.close()
    _as_if_begun(database, job_id, first.worker_id)
    done: list[str] = []
    second = launched(handlers={"note": done.append})
    time.sleep(1)

    assert done == []
    assert second.take_over(first.worker_id) == 1
    until(lambda: done == ["begun"])


def _as_if_begun(database: Database, job_id: str, worker_id: str) -> None:
    """What a kill leaves behind: a job that its worker was doing."""
    with database.write() as work:
        schema = "dbos." if work.session.get_bind().dialect.name == "postgresql" else ""
        work.session.connection().execute(
            text(
                f"UPDATE {schema}workflow_status SET status = 'PENDING', executor_id = :worker,"
                " delay_until_epoch_ms = NULL WHERE workflow_uuid = :job"
            ),
            {"worker": worker_id, "job": job_id},
        )
        work.commit()


def test_a_schedule_comes_round_and_what_ended_is_forgotten(
    database: Database, launched: Made
) -> None:
    times: list[datetime] = []
    every = Schedule(name="tick", cron="* * * * * *", run=lambda: times.append(datetime.now(UTC)))
    jobs = launched(schedules=(every,))
    until(lambda: len(times) >= 2)
    jobs = launched()
    before = len(times)
    time.sleep(1.5)

    assert len(times) == before
    assert jobs.forget_finished(datetime.now(UTC) - timedelta(days=1)) == 0
    assert jobs.forget_finished(datetime.now(UTC) + timedelta(seconds=1)) >= 2


def test_the_engine_knows_names_and_ids_only(database: Database, launched: Made) -> None:
    jobs = launched(handlers={"note": lambda _: None})
    ask(database, jobs, "note", "0199-id")
    with database.read() as work:
        schema = "dbos." if work.session.get_bind().dialect.name == "postgresql" else ""
        rows = work.session.connection().execute(
            text(f"SELECT inputs FROM {schema}workflow_input")
        )
        inputs = [row[0] for row in rows]

    assert inputs == ['{"args": ["note", "0199-id"], "kwargs": {}}']


def test_of_a_job_that_failed_the_engine_keeps_no_word_of_the_error(
    database: Database, launched: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error may quote what somebody said; of it the kind is kept, in whatever table."""
    monkeypatch.setattr("storage.jobs._RETRIES", {"retries_allowed": False})

    def fails(_about: str) -> None:
        raise ValueError("王秀英 13912345678")

    jobs = launched(handlers={"note": fails})
    ask(database, jobs, "note", "0199-id")
    until(lambda: jobs.counts()["error"] == 1)

    kept = _tables_of_the_engine(database)
    assert "ValueError" in kept
    assert "13912345678" not in kept
    assert "王秀英" not in kept.encode().decode("unicode_escape", "ignore") + kept


def _tables_of_the_engine(database: Database) -> str:
    """Everything it keeps, as text."""
    with database.read() as work:
        connection = work.session.connection()
        schema = "dbos" if connection.dialect.name == "postgresql" else None
        found = inspect(connection)
        own = set(found.get_table_names()) if schema is None else set()
        names = set(found.get_table_names(schema=schema)) - (own & set(metadata.tables))
        quoted = [f"{schema}.{name}" if schema else name for name in sorted(names)]
        rows = [connection.execute(text(f"SELECT * FROM {name}")).all() for name in quoted]
    assert len(rows) > 5
    return str(rows)


def test_a_database_in_memory_has_no_jobs() -> None:
    assert not Jobs(url="sqlite://", tenant=TENANT, worker_id=new_id()).is_possible


def test_a_turn_asks_for_a_job_where_an_engine_runs_and_does_without_where_none_does(
    database: Database, launched: Made
) -> None:
    done: list[str] = []
    with database.write() as work:
        assert not work.enqueue("delete_files", "nobody")
        work.commit()
    database.jobs = launched(handlers={"delete_files": done.append})
    with database.write() as work:
        assert work.enqueue("delete_files", "a person")
        work.commit()
    until(lambda: done)
    database.jobs.close()
    with database.write() as work:
        assert not work.enqueue("delete_files", "another person")

    assert done == ["a person"]
