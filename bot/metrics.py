"""What this process counts, as Prometheus asks for it. Every value is a number; no label can name a person.

Counters belong to one process and begin with it: N processes are N targets. What waits in the database is
the same for all of them and is looked up when asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from actions.measure_queues import Queues
from actions.turn_watch import TurnSeen
from speech.process import SpeechHealth

_STEP_SECONDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)
_TURN_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3, 10, 30)
_SEND_SECONDS = (0.05, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is looked up when somebody asks, and not counted as it happens."""

    queues: Queues | None
    """None when the database did not answer."""
    voice: SpeechHealth
    jobs: dict[str, int] = field(default_factory=dict)
    """Durable jobs by state."""


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        """A registry of its own: nothing is counted twice when a test makes a second one."""
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._turns = Counter(
            "zhucan_turns", "Messages taken, by how that ended.", ["channel", "outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._turn_seconds = Histogram(
            "zhucan_turn_seconds", "A whole turn, without waiting for its thread.", ["channel"],
            buckets=_TURN_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._step_seconds = Histogram(
            "zhucan_turn_step_seconds", "One step of a turn.", ["step"],
            buckets=_STEP_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._understood = Counter(
            "zhucan_understood", "Messages by band of understanding and by what was awaited.",
            ["band", "awaited"], registry=self._registry,
        )  # fmt: skip
        self._danger = Counter(
            "zhucan_danger", "Messages that told of danger, by its group.", ["group"],
            registry=self._registry,
        )  # fmt: skip
        self._deliveries = Counter(
            "zhucan_deliveries", "Tries to deliver: sent, retried, failed.",
            ["channel", "form", "outcome"], registry=self._registry,
        )  # fmt: skip
        self._send_seconds = Histogram(
            "zhucan_delivery_seconds", "From the commit to the channel's yes.", ["channel", "form"],
            buckets=_SEND_SECONDS, registry=self._registry,
        )  # fmt: skip

    def turn(self, seen: TurnSeen) -> None:
        """Count a turn; given to the `Mind` as its watch."""
        self._turns.labels(seen.channel, seen.outcome).inc()
        if seen.outcome != "answered":
            return
        self._turn_seconds.labels(seen.channel).observe(seen.seconds)
        for step, seconds in seen.steps.items():
            self._step_seconds.labels(step).observe(seconds)
        if seen.decision:
            self._understood.labels(seen.decision, seen.awaited).inc()
        if seen.danger:
            self._danger.labels(seen.danger).inc()

    def delivery(
        self, channel: str, form: str, outcome: str, seconds: float | None = None
    ) -> None:
        """Count a try to deliver; `seconds` since the commit when it was sent."""
        self._deliveries.labels(channel, form, outcome).inc()
        if seconds is not None:
            self._send_seconds.labels(channel, form).observe(seconds)

    def text(self, world: World) -> bytes:
        """Everything in Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(_Looked(world))
        return generate_latest(self._registry) + generate_latest(registry)


class _Looked(Collector):
    """The world of one moment as metrics."""

    def __init__(self, world: World) -> None:
        self._world = world

    def collect(self) -> Iterator[Metric]:
        """One family after the other."""
        up = GaugeMetricFamily("zhucan_database_up", "The database answered just now.")
        up.add_metric([], self._world.queues is not None)
        yield up
        if self._world.queues is not None:
            yield from _queues(self._world.queues)
        yield from _voice(self._world.voice)
        jobs = GaugeMetricFamily("zhucan_jobs", "Durable jobs, by state.", labels=["state"])
        for state, total in sorted(self._world.jobs.items()):
            jobs.add_metric([state], total)
        yield jobs


def _queues(queues: Queues) -> Iterator[Metric]:
    cases = GaugeMetricFamily("zhucan_cases_open", "Cases not yet closed.", labels=["office_kind"])
    oldest = GaugeMetricFamily(
        "zhucan_case_oldest_seconds",
        "Since the oldest open case was filed.",
        labels=["office_kind"],
    )
    overdue = GaugeMetricFamily(
        "zhucan_cases_overdue", "Open cases past their deadline.", labels=["office_kind"]
    )
    for kind, waiting in queues.cases.items():
        cases.add_metric([kind], waiting.total)
        oldest.add_metric([kind], queues.age(waiting))
        overdue.add_metric([kind], queues.overdue.get(kind, 0))
    yield from (cases, oldest, overdue)
    asked = GaugeMetricFamily(
        "zhucan_handovers", "Conversations that want a person.", labels=["taken"]
    )
    asked_oldest = GaugeMetricFamily(
        "zhucan_handover_oldest_seconds", "Since the first of them did.", labels=["taken"]
    )
    for is_taken in (False, True):
        label = ["yes" if is_taken else "no"]
        wait = queues.handovers.get(is_taken)
        asked.add_metric(label, wait.total if wait else 0)
        asked_oldest.add_metric(label, queues.age(wait) if wait else 0)
    yield from (asked, asked_oldest)
    out = GaugeMetricFamily("zhucan_outbox", "Messages on their way.", labels=["channel", "form"])
    out_oldest = GaugeMetricFamily(
        "zhucan_outbox_oldest_seconds", "Since the oldest of them was said.",
        labels=["channel", "form"],
    )  # fmt: skip
    for (channel, form), wait in queues.outbox.items():
        out.add_metric([channel, form], wait.total)
        out_oldest.add_metric([channel, form], queues.age(wait))
    yield from (out, out_oldest)


def _voice(voice: SpeechHealth) -> Iterator[Metric]:
    gauges = {
        "running": ("The speech process lives.", voice.running),
        "waiting": ("Texts waiting to be spoken.", voice.waiting),
        "to_prerender": ("Fixed texts still to be rendered ahead.", voice.to_prerender),
        "resting": ("It failed so often that nothing is tried for a while.", voice.resting),
    }
    for name, (about, value) in gauges.items():
        gauge = GaugeMetricFamily(f"zhucan_voice_{name}", about)
        gauge.add_metric([], value)
        yield gauge
    counters = {
        "starts": ("Times the speech process was started.", voice.starts),
        "failures": ("Texts that were not spoken.", voice.failures),
        "rendered": ("Texts spoken anew.", voice.rendered),
        "cached": ("Texts whose sound was at hand.", voice.cached),
        "seconds": ("Seconds of work spent on speaking anew.", voice.seconds),
    }
    for name, (about, total) in counters.items():
        counter = CounterMetricFamily(f"zhucan_voice_{name}", about)
        counter.add_metric([], total)
        yield counter
