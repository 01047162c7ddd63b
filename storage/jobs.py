"""Durable jobs: DBOS Transact behind a port, its tables in our own database. Nothing else imports it.

A job is a name and the id of what it is about, never data of anybody. It runs at least once; what it does
must bear that. Deliveries have their own queue, the outbox: docs/decisions/0202 says why.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from storage import engines

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

    from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.jobs")

VERSION = "1"
"""Raised by hand when running jobs could not go on under new code; the engine's own guess changes with each deploy."""
_QUEUE = {"partition_concurrency": 1, "worker_concurrency": 4, "polling_interval_sec": 0.5}
_RETRIES = {"retries_allowed": True, "max_attempts": 8}
"""With pauses of 1, 2, 4 … seconds: about two minutes."""
_OPEN = ("ENQUEUED", "DELAYED", "PENDING")
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_CONNECTIONS = 4
_MANY = 1000
_CLOSE_SECONDS = 15.0
_ONE = threading.Lock()
"""The library keeps its engine in globals: one can run at a time in a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Something done again and again; across all processes once each time."""

    name: str
    cron: str
    """Minute, hour, day, month, weekday in Shanghai; with six fields the first one is seconds."""
    run: Callable[[], object]


@dataclass(slots=True)
class Jobs:
    """The engine of one process."""

    url: str
    tenant: str
    worker_id: str
    handlers: Mapping[str, Callable[[str], object]] = field(default_factory=dict)
    """What is done for a job of this name; given the id it is about."""
    schedules: tuple[Schedule, ...] = ()
    _engine: Any = None
    _client: DBOSClient | None = None
    _under_way: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_running(self) -> bool:
        """It was launched and not closed."""
        return self._client is not None

    @property
    def is_possible(self) -> bool:
        """A database in memory is gone with its connection, and jobs with it."""
        return not engines.is_in_memory(engines.parse(self.url))

    def launch(self) -> bool:
        """Make or bring up to date the engine's tables, take up what is left, begin. Blocks a second or two.

        False when another engine runs in this process.
        """
        if not _ONE.acquire(blocking=False):
            return False
        try:
            self._launch()
        except BaseException:
            self._destroy()
            raise
        return True

    def enqueue(
        self,
        work: UnitOfWork,
        job: str,
        about: str,
        *,
        key: str = "",
        delay: timedelta | None = None,
    ) -> str:
        """Have a job done once the caller's transaction is committed; the job's id. Jobs of one key go in order.

        The same job about the same thing is one job. On SQLite order within a second is that of `about`:
        let it be a UUIDv7. Raises RuntimeError before `launch`.
        """
        if self._client is None:
            raise RuntimeError("the engine is not running")
        job_id = f"{self.tenant}.{job}.{about}"
        options: EnqueueOptions = {
            "workflow_name": "zhucan.job",
            "queue_name": f"jobs-{self.tenant}",
            "workflow_id": job_id,
            "app_version": VERSION,
            "queue_partition_key": key or job_id,
            "application_name": self._application,
        }
        if delay is not None:
            options["delay_seconds"] = delay.total_seconds()
        self._client.enqueue_in_transaction(work.session, options, job, about)
        return job_id

    def cancel(self, job_id: str) -> None:
        """Do not begin it; one that is running ends by itself."""
        self._engine.cancel_workflow(job_id)

    def postpone(self, job_id: str, delay: timedelta) -> None:
        """Begin a delayed job later or sooner, so long from now."""
        self._engine.set_workflow_delay(job_id, delay_seconds=delay.total_seconds())

    def take_over(self, worker_id: str) -> int:
        """Have what a dead worker was doing done from where it stopped; how many jobs that were."""
        left = self._list(status="PENDING", executor_id=worker_id)
        for one in left:
            # Without its queue it would run under no limit and in no order.
            self._engine.resume_workflows([one.workflow_id], queue_name=one.queue_name)
        return len(left)

    def forget_finished(self, before: datetime) -> int:
        """Delete what ended before then; how many jobs that were."""
        until, total = before.astimezone(UTC).isoformat(), 0
        while old := self._list(status=_ENDED, completed_before=until, limit=_MANY):
            self._engine.delete_workflows([one.workflow_id for one in old])
            total += len(old)
        return total

    def counts(self) -> dict[str, int]:
        """Jobs by state, those not done yet and those given up; no further than a thousand."""
        if not self.is_running:
            return {}
        wanted = [*_OPEN, "ERROR"]
        counted = Counter(one.status for one in self._list(status=wanted, limit=_MANY))
        return {state.lower(): counted[state] for state in wanted}

    def close(self) -> None:
        """Let what is running end, then stop; whatever was not begun stays for the next one."""
        if self._client is None:
            return
        client, self._client = self._client, None
        until = time.monotonic() + _CLOSE_SECONDS
        while self._under_way and time.monotonic() < until:
            time.sleep(0.05)
        client.destroy()
        self._destroy()

    def _launch(self) -> None:
        from dbos import DBOS, DBOSClient  # noqa: PLC0415 - a fifth of a second nobody waits for

        self._engine = DBOS
        plain = engines.parse(self.url)
        url = plain.set(drivername=plain.get_backend_name()).render_as_string(hide_password=False)
        serializer: Any = Json()
        DBOS(config={
            "name": self._application,
            "system_database_url": url,
            "sys_db_pool_size": _CONNECTIONS,
            "application_version": VERSION,
            "executor_id": self.worker_id,
            "serializer": serializer,
            "use_listen_notify": False,
            "enable_otlp": False,
            "log_level": "WARNING",
        })  # fmt: skip
        scheduled = self._registered()
        DBOS.launch()
        self._engine.register_queue(f"jobs-{self.tenant}", on_conflict="always_update", **_QUEUE)
        self._apply_schedules(scheduled)
        self._client = DBOSClient(system_database_url=url, serializer=serializer, lazy=True)

    def _destroy(self) -> None:
        try:
            if self._engine is not None:
                self._engine.destroy(destroy_registry=True)
        finally:
            _ONE.release()

    @property
    def _application(self) -> str:
        return f"zhucan-{self.tenant}"[:30]

    def _list(self, **wanted: Any) -> list[Any]:
        found: list[Any] = self._engine.list_workflows(
            application_name=self._application, load_input=False, load_output=False, **wanted
        )
        return found

    def _registered(self) -> Any:
        """Two workflows for everything, so that processes of two versions know each other's; the scheduled one."""

        def doing(kind: str, name: str, about: str) -> None:
            self._do(kind, name, about)

        def job(name: str, about: str) -> None:
            done("job", name, about)

        def scheduled(_at: datetime, name: str) -> None:
            done("schedule", name, "")

        done = self._engine.step(name="zhucan.done", **_RETRIES)(doing)
        self._engine.workflow(name="zhucan.job")(job)
        return self._engine.workflow(name="zhucan.scheduled")(scheduled)

    def _do(self, kind: str, name: str, about: str) -> None:
        """Do it, and count it while it is done."""
        with self._counting:
            self._under_way += 1
        try:
            if kind == "job":
                self.handlers[name](about)
            # A schedule this process does not know belongs to a newer one beside it, and comes again.
            for one in self.schedules if kind == "schedule" else ():
                if one.name == name:
                    one.run()
        except Exception as error:
            log.warning("job failed", extra={"job": name, "error": type(error).__name__})
            raise
        finally:
            with self._counting:
                self._under_way -= 1

    def _apply_schedules(self, workflow: Any) -> None:
        wanted = {f"{self.tenant}.{one.name}": one for one in self.schedules}
        for known in self._engine.list_schedules():
            if known["schedule_name"] not in wanted:
                self._engine.delete_schedule(known["schedule_name"])
        self._engine.apply_schedules([
            {
                "schedule_name": name,
                "workflow_fn": workflow,
                "schedule": one.cron,
                "context": one.name,
                "cron_timezone": "Asia/Shanghai",
            }
            for name, one in wanted.items()
        ])  # fmt: skip


class Json:
    """How the engine writes names, ids and times, which is all it is given; its own way would be pickle."""

    def serialize(self, data: Any) -> str:
        """A value as text."""
        return json.dumps(data, default=_plain)

    def deserialize(self, serialized_data: str) -> Any:
        """The value again; times stay text."""
        return json.loads(serialized_data)

    def name(self) -> str:
        """How rows say that they were written so."""
        return "zhucan_json"


def _plain(value: Any) -> str:
    """A time as text; of an error its kind only, since its message may quote somebody."""
    return value.isoformat() if isinstance(value, datetime) else type(value).__name__
