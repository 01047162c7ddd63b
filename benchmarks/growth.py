"""What happens to look-ups while the register grows: a page of a queue, a number, a person's cases, the figures."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from actions.desk import Desk
from actions.measure_queues import measure_queues
from actions.read_queue import QueueWish, read_queue
from benchmarks.databases import Engine, postgresql, sqlite
from benchmarks.measuring import Report, Row, timed
from benchmarks.register import NOW, fill
from casework.numbers import number_from
from catalog.loader import load_catalog
from catalog.models import Catalog
from storage.crypto import Keyring
from storage.database import Database
from storage.papers import PaperStore

SIZES = (10_000, 100_000)
FULL = (10_000, 100_000, 1_000_000)
_COUNT = 200
_FEW = 10


def measure(*, is_full: bool, count: int = _COUNT) -> Report:
    """Both databases; the largest size, which takes minutes to fill, only in full."""
    catalog = load_catalog()
    sizes = FULL if is_full else SIZES
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, sqlite(Path(folder)) as engine:
        rows += _grow(engine, Path(folder), catalog, sizes, count)
    with tempfile.TemporaryDirectory() as folder, postgresql() as engine:
        rows += _grow(engine, Path(folder), catalog, sizes, count)
    pages = [row.figures["growth"] for row in rows if row.name.endswith(": queue page")]
    return Report(
        title="Growth",
        about="Milliseconds (p50) of a look-up, by the number of cases in the register; a tenth is open.",
        rows=tuple(rows),
        plotted="growth",
        goals=(
            f"queue page ≤ 1.5× from 10,000 to 1,000,000: {pages[0]}× and {pages[1]}× to {sizes[-1]:,}",
        ),
    )


def _grow(
    engine: Engine, folder: Path, catalog: Catalog, sizes: tuple[int, ...], count: int
) -> list[Row]:
    found: dict[str, dict[str, float]] = {}
    with _database(engine) as database:
        before = 0
        for size in sizes:
            started = time.perf_counter()
            fill(database, catalog, before, size)
            print(f"  {engine.name}: {size:,} cases in {time.perf_counter() - started:.0f} s")
            before = size
            desk = Desk(
                database=database,
                catalog=catalog,
                papers=PaperStore(folder / "papers", _keyring()),
                is_secure=False,
            )
            for name, step in _looks(desk, size).items():
                times = _FEW if name == "figures of /metrics" else count
                p50 = timed(step, times, warm_up=3)["p50 ms"]
                found.setdefault(name, {})[f"{size:,} cases, ms"] = p50
    for figures in found.values():
        values = list(figures.values())
        figures["growth"] = round(values[-1] / values[0], 2)
    return [Row(name=f"{engine.name}: {name}", figures=f) for name, f in found.items()]


def _looks(desk: Desk, size: int) -> dict[str, Callable[[int], object]]:
    database, office = desk.database, desk.catalog.offices[0].id
    after = read_queue(desk, QueueWish(office_id=office), NOW).next

    def one(number: int) -> int:
        return (number * 7919) % size

    def by_number(number: int) -> None:
        with database.read() as work:
            rows = work.cases.by_number(number_from(one(number)))
            assert len(rows) == 1
            work.cases.get(rows[0].case_id)

    def status(number: int) -> None:
        with database.read() as work:
            found = work.cases.by_number(number_from(one(number)))[0]
            stored = work.cases.get(found.case_id)
            assert stored is not None
            assert len(work.cases.of_person(stored.person_id)) == 1

    return {
        "queue page": lambda _: read_queue(desk, QueueWish(office_id=office), NOW),
        "queue page, the next": lambda _: read_queue(
            desk, QueueWish(office_id=office, after=after), NOW
        ),
        "queue of the district": lambda _: read_queue(desk, QueueWish(office_id=None), NOW),
        "search by number": by_number,
        "status of a person": status,
        "figures of /metrics": lambda _: measure_queues(database, desk.catalog, NOW),
    }


@contextmanager
def _database(engine: Engine) -> Iterator[Database]:
    database = Database(engine.url, "pudong", _keyring())
    database.migrate()
    try:
        yield database
    finally:
        database.close()


def _keyring() -> Keyring:
    return Keyring.from_secrets(("a secret for the benchmarks only",))
