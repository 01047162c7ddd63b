"""What is counted: turns, steps, understanding, what waits; in numbers, with few labels, about nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console_room import the_catalog
from tester import Clock, Tester
from webchat_house import HummingVoice

from actions import receive_message as door
from actions.measure_queues import measure_queues
from actions.mind import Mind
from actions.turn_watch import TurnClock, TurnSeen
from bot.metrics import Metrics, World
from casework.models import Action

DOCUMENT = Path(__file__).parent.parent / "docs" / "operations.md"
MOST_SERIES = 400
"""Lines of one scrape: a label that took ids or words would soon pass that."""


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def resident(small_database, mind: Mind, clock: Clock, metrics: Metrics) -> Tester:
    return Tester(small_database, replace(mind, watch=metrics.turn), clock=clock)


def told(metrics: Metrics, queues=None, **jobs: int) -> dict[str, float]:
    text = metrics.text(World(queues=queues, voice=HummingVoice().health(), jobs=jobs)).decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_a_turn_is_counted_with_its_steps_and_its_band(resident, metrics):
    resident.says("我妈听不见了想配助听器")

    found = told(metrics)
    assert found['zhucan_turns_total{channel="webchat",outcome="answered"}'] == 1
    assert found['zhucan_turn_seconds_count{channel="webchat"}'] == 1
    assert sum(v for k, v in found.items() if k.startswith("zhucan_understood_total")) == 1
    assert found['zhucan_understood_total{awaited="nothing",band="accept"}'] == 1
    for step in ("inbox", "load", "recognize", "respond", "effects", "save", "commit"):
        assert found[f'zhucan_turn_step_seconds_count{{step="{step}"}}'] == 1


def test_what_we_cannot_serve_and_danger_have_their_own_counts(resident, metrics):
    resident.says("今天天气怎么样")
    resident.says("着火了快来人")

    found = told(metrics)
    assert found['zhucan_understood_total{awaited="nothing",band="outside"}'] == 1
    assert sum(v for k, v in found.items() if k.startswith("zhucan_danger_total")) == 1


def test_the_same_event_twice_counts_as_a_duplicate(resident, metrics):
    message = resident.message(text="你好")
    resident.sends_message(message)
    resident.sends_message(message)

    found = told(metrics)
    assert found['zhucan_turns_total{channel="webchat",outcome="answered"}'] == 1
    assert found['zhucan_turns_total{channel="webchat",outcome="duplicate"}'] == 1


def test_our_own_fault_is_counted(resident, metrics, monkeypatch):
    monkeypatch.setattr(door, "respond", lambda _: 1 / 0)
    resident.says("你好")

    assert told(metrics)['zhucan_turns_total{channel="webchat",outcome="trouble"}'] == 1


def test_what_waits_is_told_by_kind_of_office_and_by_age(resident, metrics, small_database):
    resident.says("盲道上停满共享单车，走不过去", "1").fills({"applicant_role": "给我自己办"})
    resident.says("都对", "同意，交上去")
    resident.clerk(Action.ACCEPT)
    resident.says("叫个真人来")

    now = datetime.now(UTC) + timedelta(days=90)  # ids tell the real time
    found = told(metrics, measure_queues(small_database, the_catalog(), now))
    kind = next(k for k in found if k.startswith("zhucan_cases_open"))
    assert found[kind] == 1
    assert found[kind.replace("cases_open", "case_oldest_seconds")] > 89 * 86400
    assert found['zhucan_handovers{taken="no"}'] == 1
    assert found['zhucan_handovers{taken="yes"}'] == 0
    assert found["zhucan_database_up"] == 1


def test_an_empty_house_has_figures_too(small_database, metrics):
    found = told(metrics, measure_queues(small_database, the_catalog(), datetime.now(UTC)))

    assert found['zhucan_handovers{taken="no"}'] == 0


def test_deliveries_and_jobs_are_counted(metrics):
    metrics.delivery("telegram", "text", "sent", 0.2)
    metrics.delivery("telegram", "text", "retried")

    found = told(metrics, PENDING=3)
    assert found['zhucan_deliveries_total{channel="telegram",form="text",outcome="sent"}'] == 1
    assert found['zhucan_delivery_seconds_count{channel="telegram",form="text"}'] == 1
    assert found['zhucan_jobs{state="PENDING"}'] == 3


def test_the_metrics_are_those_the_documents_name(resident, metrics, small_database):
    """Turns, latency by step, bands, ages of queues, delivery, voice, jobs: each exists, and is explained."""
    resident.says("你好")
    resident.says("着火了快来人")
    resident.says("叫个真人来")
    metrics.delivery("telegram", "text", "sent", 0.2)
    tell = Tester(
        small_database, resident.mind, clock=resident.clock, channel="telegram", peer="7"
    )
    tell.says("你好")
    queues = measure_queues(small_database, the_catalog(), datetime.now(UTC))
    world = World(queues=queues, voice=HummingVoice().health(), jobs={"enqueued": 1})
    text = metrics.text(world).decode()
    told = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE zhucan_")}
    table = re.findall(r"^\| (`zhucan_.*?) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    named = {name for cell in table for name in re.findall(r"zhucan_\w+", cell)}

    is_voice = "zhucan_voice_".__eq__
    plain = {n for n in told if not n.startswith("zhucan_voice_") and not n.endswith("_created")}
    assert plain == {n for n in named if not is_voice(n)}
    voice = {n.removeprefix("zhucan_voice_").removesuffix("_total") for n in told - plain}
    explained = next(
        cell for cell in DOCUMENT.read_text("utf-8").splitlines() if "zhucan_voice_*" in cell
    )
    assert {n for n in voice if f"`{n}`" not in explained and not n.endswith("_created")} == set()
    assert voice >= {"running", "waiting", "failures", "rendered"}


def test_no_label_can_grow_without_end(resident, metrics, small_database):
    for number in range(12):
        resident.says(f"我叫王秀英{number}", "要带什么", "人工", "返回")

    queues = measure_queues(small_database, the_catalog(), datetime.now(UTC))
    found = told(metrics, queues)
    labels = {match for name in found for match in re.findall(r'(\w+)="', name)}
    assert len(found) < MOST_SERIES
    assert not any("王秀英" in name for name in found)
    assert labels <= {
        "channel", "outcome", "step", "band", "awaited", "group", "form", "state", "taken",
        "office_kind", "le", "implementation", "major", "minor", "patchlevel", "version",
        "generation",
    }  # fmt: skip


def test_two_processes_of_a_test_count_apart():
    one, other = Metrics(), Metrics()
    one.turn(TurnSeen(channel="webchat", outcome="answered", seconds=0.1))

    assert 'zhucan_turns_total{channel="webchat",outcome="answered"}' not in told(other)


def test_the_clock_gives_each_step_its_own_time():
    times = iter([0.0, 1.0, 3.0, 4.0, 9.0])
    clock = TurnClock(lambda: next(times))
    clock.ended("load")
    clock.ended("recognize")
    clock.ended("load")

    assert clock.steps == {"load": 2.0, "recognize": 2.0}
    assert clock.seconds == 9.0
