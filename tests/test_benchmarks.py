"""The benchmarks: they measure what they say, on small numbers, and their page can be read by everybody."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from databases import open_database

from benchmarks import growth
from benchmarks.bare_rows import same_rows
from benchmarks.databases import Engine, sqlite
from benchmarks.echo import echo
from benchmarks.measuring import Report, Row, machine, percentiles, timed
from benchmarks.page import page
from benchmarks.register import NOW, fill
from benchmarks.turns import turns
from bot.assembly import House
from storage.papers import PaperStore

REPORT = Report(
    title="Turns <of> talk",
    about="How fast.",
    rows=(
        Row(name="bare commit", figures={"per second": 4000.0, "p50 ms": 0.2}),
        Row(name="turn & reply", figures={"per second": 300.0}),
    ),
    plotted="per second",
    goals=("≥ 300: 300",),
)


def test_a_step_is_timed_and_its_cpu_is_that_of_this_process():
    found = timed(lambda _: time.sleep(0.002), 20, warm_up=1)

    assert found["p50 ms"] >= 2
    assert found["CPU ms"] < found["p50 ms"]
    assert found["per second"] < 500


def test_several_threads_do_several_steps_at_once():
    found = timed(lambda _: time.sleep(0.01), 32, at_once=8, warm_up=1)

    assert found["per second"] > 150


def test_percentiles_are_in_milliseconds():
    assert percentiles([0.001] * 99 + [1.0])["p50 ms"] == 1.0


def test_the_machine_is_named():
    assert {"processor", "load before", "python", "system"} <= set(machine())


def test_the_page_needs_nothing_else_and_holds_each_plot_as_a_table_too():
    html = page([REPORT, REPORT], {"processor": "2 × <cpu>"})

    assert html.count("<svg") == html.count("<table") == 2
    assert "<script" not in html
    assert not re.search(r'(src|href)="(?!http://www\.w3\.org|#)', html)
    assert "Turns &lt;of&gt; talk" in html
    assert "2 × &lt;cpu&gt;" in html
    assert html.count('role="img" aria-label=') == 2
    assert '<th scope="row">turn &amp; reply</th><td>300.0</td><td></td>' in html


def test_a_register_is_filled_and_looked_up(tmp_path: Path, catalog, monkeypatch):
    monkeypatch.setattr(growth, "_FEW", 3)
    with sqlite(tmp_path) as engine:
        rows = growth._grow(engine, tmp_path, catalog, (200, 400), 3)

    assert {row.name for row in rows} >= {"SQLite: queue page", "SQLite: search by number"}
    for row in rows:
        assert {"200 cases, ms", "400 cases, ms", "growth"} == set(row.figures)


def test_a_tenth_of_the_register_is_open(small_database, catalog):
    fill(small_database, catalog, 0, 200)

    with small_database.read() as work:
        found = work.figures.open_cases(NOW)
    assert sum(waiting.total for waiting, _ in found.values()) == 20


def test_a_bot_that_echoes_is_measured_over_http():
    assert echo(5)["per second"] > 0


@pytest.mark.parametrize("channel", ["webchat", "telegram"])
def test_turns_are_turns(tmp_path: Path, mind, channel):
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    database.migrate()
    papers = PaperStore(tmp_path / "papers", growth._keyring())
    house = House(settings=None, mind=mind, database=database, papers=papers)
    step = turns(house, conversations=2, channel=channel)
    for number in range(4):
        step(number)

    with database.read() as work:
        waiting = work.figures.outbox()
    database.close()
    assert sum(w.total for w in waiting.values()) == (4 if channel == "telegram" else 0)


def test_the_rows_of_a_turn_are_stored_bare_and_turns_go_on_after_them(
    database_url: str, tmp_path: Path, mind
):
    database = open_database(database_url)
    house = House(
        settings=None,
        mind=mind,
        database=database,
        papers=PaperStore(tmp_path / "papers", growth._keyring()),
    )
    turn = turns(house, conversations=1)
    turn(0)
    name = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    bare = same_rows(Engine(name=name, url=database_url, bare_commit=lambda: turn))
    for number in range(3):
        bare(number)
    turn(1)

    with database.read() as work:
        stored = work.whole.rows("message")
        numbers = sorted(row["seq"] for row in stored)
        inbox = len(list(work.whole.rows("inbox")))
    database.close()
    assert numbers == list(range(1, 11))
    assert inbox == 5
