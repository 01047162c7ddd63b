"""How a step is timed, and the values the reports are made of."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

Step = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a report: a name, and figures by column."""

    name: str
    figures: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one part of the benchmarks found."""

    title: str
    about: str
    rows: tuple[Row, ...]
    plotted: str
    """The column the plot shows."""
    goals: tuple[str, ...] = field(default=())
    """Each: what was wanted, what was found."""


def timed(step: Step, count: int, *, at_once: int = 1, warm_up: int = 20) -> dict[str, float]:
    """Run a step so often, by so many threads; per second, milliseconds at p50 and p99, CPU of this process."""
    for number in range(warm_up):
        step(-1 - number)
    times: list[float] = []

    def one(number: int) -> None:
        started = time.perf_counter()
        step(number)
        times.append(time.perf_counter() - started)

    cpu, started = time.process_time(), time.perf_counter()
    if at_once == 1:
        for number in range(count):
            one(number)
    else:
        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(one, range(count)))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "per second": round(count / seconds, 1),
        **percentiles(times),
        "CPU ms": round(cpu / count * 1000, 3),
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    cuts = quantiles(seconds, n=100)
    return {"p50 ms": round(cuts[49] * 1000, 3), "p99 ms": round(cuts[98] * 1000, 3)}


def machine() -> dict[str, str]:
    """Where it was measured; figures of two machines do not compare."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "processor": f"{os.cpu_count()} × {model}",
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
    }
