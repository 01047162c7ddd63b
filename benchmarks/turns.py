"""Whole turns per second, and each as a ratio to a bare commit measured in the same run.

A turn is what a resident causes with one message: inbox, load, understand, respond, save, outbox, one
commit with `synchronous=FULL`. The bare commit is one small INSERT in the same kind of SQLite file.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

from actions.receive_message import receive_message
from bot.assembly import House, open_house
from bot.settings import Settings
from dialogue.messages import Message

WORDS = (
    "我妈听不见了，想配助听器",
    "要带什么",
    "现在开始办",
    "王秀英",
    "可以",
    "跳过",
    "返回",
    "查进度",
    "谢谢",
)
TURNS = 450
COMMITS = 1000


def main() -> None:
    """Measure, print a table, write `benchmarks/turns.json`."""
    with tempfile.TemporaryDirectory() as folder:
        bare = _timed(_bare_commit(Path(folder) / "bare.sqlite3"), COMMITS)
        house = open_house(Settings(data_dir=Path(folder) / "data", voices="off"))
        try:
            one = _timed(_turns(house, conversations=1), TURNS)
            many = _timed(_turns(house, conversations=16), TURNS)
        finally:
            house.close()
    rows = {"bare commit": bare, "turn, 1 conversation": one, "turn, 16 conversations": many}
    for name, row in rows.items():
        row["ratio to bare commit"] = round(row["per second"] / bare["per second"], 3)
        print(
            f"{name:24} {row['per second']:8.1f}/s  p50 {row['p50 ms']:.2f} ms  p99 {row['p99 ms']:.2f} ms"
            f"  ratio {row['ratio to bare commit']}"
        )
    result = Path(__file__).with_name("turns.json")
    result.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


def _timed(step: Callable[[int], None], count: int) -> dict[str, float]:
    for number in range(20):
        step(-1 - number)
    times = []
    for number in range(count):
        started = time.perf_counter()
        step(number)
        times.append(time.perf_counter() - started)
    cuts = quantiles(times, n=100)
    return {
        "per second": round(count / sum(times), 1),
        "p50 ms": round(cuts[49] * 1000, 3),
        "p99 ms": round(cuts[98] * 1000, 3),
    }


def _bare_commit(path: Path) -> Callable[[int], None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (id TEXT PRIMARY KEY, words TEXT)")

    def step(_number: int) -> None:
        connection.execute("INSERT INTO t VALUES (?, ?)", (uuid4().hex, WORDS[0]))

    return step


def _turns(house: House, *, conversations: int) -> Callable[[int], None]:
    run = uuid4().hex

    def step(number: int) -> None:
        message = Message(
            channel="web",
            event_id=uuid4().hex,
            peer=f"{run}-{number % conversations}",
            at=datetime.now(UTC),
            text=WORDS[number // conversations % len(WORDS)],
        )
        receive_message(house.database, house.mind, message)

    return step


if __name__ == "__main__":
    main()
