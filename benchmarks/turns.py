"""Whole durable turns: inbox, load, recognize, respond, save, outbox, one commit that survives a power failure.

Beside them, in the same run: a bare commit of the same database, the rows of a turn stored bare, and a bare
aiogram bot that echoes.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from actions.receive_message import receive_message
from benchmarks.bare_rows import same_rows
from benchmarks.databases import Engine, postgresql, sqlite
from benchmarks.echo import echo
from benchmarks.measuring import Report, Row, Step, timed
from bot.assembly import House, open_house
from bot.settings import Settings
from dialogue.messages import Message

WORDS = (
    "我妈听不见了，想配助听器", "要带什么", "现在开始办", "王秀英", "可以", "跳过", "返回", "查进度", "谢谢",
)  # fmt: skip
MANY = 16


def measure(model: Path, *, count: int) -> Report:
    """Turns on both databases; `model` holds the learned recognizer, `count` is how many of each."""
    rows = [Row(name="bare aiogram echo", figures=echo(count))]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for engine in (
            stack.enter_context(sqlite(folder)),
            stack.enter_context(postgresql()),
        ):
            rows += _on(engine, folder / engine.name, model, count)
    echoed = rows[0].figures["per second"]
    for row in rows:
        row.figures["of echo"] = round(row.figures["per second"] / echoed, 3)
    one = next(row for row in rows if row.name == "SQLite: turn, 1 conversation").figures
    return Report(
        title="Turns",
        about=(
            "One message from the door to the commit. CPU is that of our process alone. The bare commit is one "
            "small INSERT; the same rows, bare, are what a turn stores (its inbox entry, two messages, the "
            "conversation), written by plain driver statements in one commit with no program around: what a turn "
            "takes beyond them is the program's. The echo is aiogram's feed_update and sendMessage to a Bot API "
            "on loopback."
        ),
        rows=tuple(rows),
        plotted="per second",
        goals=(
            f"≥ 60 % of the bare commit: {one['of commit']:.0%} (SQLite, 1 conversation)",
            f"≥ 300 turns/s on one core: {one['per second']:.0f}/s, by CPU alone {1000 / one['CPU ms']:.0f}/s",
        ),
    )


def _on(engine: Engine, folder: Path, model: Path, count: int) -> list[Row]:
    bare = timed(engine.bare_commit(), count * 2)
    folder.mkdir()
    (folder / "model").symlink_to(model.resolve())
    house = open_house(Settings(data_dir=folder, database_url=engine.url, voices="off"))
    try:
        one = timed(turns(house, conversations=1), count)
        many = timed(turns(house, conversations=MANY), count, at_once=_threads(engine))
        pushed = timed(turns(house, conversations=1, channel="telegram"), count)
        rows = timed(same_rows(engine), count)
    finally:
        house.close()
    found = {
        "bare commit": bare,
        "same rows, bare": rows,
        "turn, 1 conversation": one,
        f"turn, {MANY} conversations": many,
        "turn with delivery enqueued": pushed,
    }
    for figures in found.values():
        figures["of commit"] = round(figures["per second"] / bare["per second"], 3)
        figures["of same rows"] = round(figures["per second"] / rows["per second"], 3)
    return [Row(name=f"{engine.name}: {name}", figures=f) for name, f in found.items()]


def _threads(engine: Engine) -> int:
    """As many turns at once as the program runs: SQLite has one writer, PostgreSQL eight."""
    return 1 if engine.name == "SQLite" else 8


def turns(house: House, *, conversations: int, channel: str = "webchat") -> Step:
    """A step is the next message of one of so many conversations."""
    run = digits_of_run()

    def step(number: int) -> None:
        message = Message(
            channel=channel,
            event_id=uuid4().hex,
            peer=f"{run}{number % conversations}",
            at=datetime.now(UTC),
            text=WORDS[number // conversations % len(WORDS)],
        )
        receive_message(house.database, house.mind, message)

    return step


def digits_of_run() -> str:
    """Digits no other run begins its addresses with."""
    return str(uuid4().int)[:12]
