"""The program as an operator starts it: how soon it is ready, what memory it takes, how fast it answers and delivers."""

from __future__ import annotations

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

from benchmarks.fake_bot_api import TOKEN, fake_bot_api
from benchmarks.measuring import Report, Row, percentiles
from benchmarks.turns import WORDS, turns
from bot.assembly import open_house
from bot.settings import Settings

_STARTS = 5
_WITHIN = 60.0
_PAUSE = 0.005
_HIDDEN = re.compile(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"')


def measure(model: Path, *, count: int) -> Report:
    """Each figure from a process of its own; `count` turns over HTTP and as many deliveries."""
    with tempfile.TemporaryDirectory() as folder:
        data = _data(Path(folder), model)
        cold = [_start(data) for _ in range(_STARTS)]
        with _running(data) as (url, process):
            before, page = _rss(process), _page(url)
            first, later = _answers(url, count)
            after = _rss(process)
    with tempfile.TemporaryDirectory() as folder:
        delivered = _deliver(_data(Path(folder), model), count)
    ready = {"seconds": round(median(seconds for seconds, _ in cold), 2)}
    rows = (
        Row(name="start to ready, warm", figures=ready | {"CPU s": median(c for _, c in cold)}),
        Row(name="memory after the start, MB", figures={"value": before}),
        Row(name=f"memory after {count} turns, MB", figures={"value": after}),
        Row(name="first answer over HTTP", figures={"seconds": first}),
        Row(name="page, sentence, answer over HTTP", figures=later),
        Row(name="web chat page, kB", figures=page),
        Row(name="delivery, outbox to Bot API", figures=delivered),
    )
    return Report(
        title="Process",
        about=(
            "`zhucan serve` in a process of its own, voices off, the recognizer learned before. First answer: a "
            "new browser gets the page, sends a sentence, and has the page with the answer."
        ),
        rows=rows,
        plotted="seconds",
        goals=(
            f"ready in ≤ 1.5 s: {ready['seconds']} s",
            f"worker ≤ 200 MB: {after} MB after {count} turns",
            f"page ≤ 60 kB without fonts: {page['compressed']} kB on the way, {page['plain']} kB unpacked",
        ),
    )


def _data(folder: Path, model: Path) -> Path:
    (folder / "model").symlink_to(model.resolve())
    return folder


def _start(data: Path) -> tuple[float, float]:
    """Seconds from the process's start to its first yes at /readyz, and its CPU until then."""
    started = time.perf_counter()
    with _running(data) as (_, process):
        return time.perf_counter() - started, _cpu(process)


@contextmanager
def _running(data: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = _free_port()
    chosen = {"ZHUCAN_DATA_DIR": str(data), "ZHUCAN_PORT": str(port), "ZHUCAN_VOICES": "off"}
    chosen |= {"ZHUCAN_LOG_LEVEL": "WARNING", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        env={**os.environ, **chosen},
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _until_ready(url, process)
        yield url, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.perf_counter() + _WITHIN
    with httpx.Client() as client:
        while time.perf_counter() < until and process.poll() is None:
            try:
                if client.get(f"{url}/readyz").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(_PAUSE)
    raise RuntimeError("the server did not start")


def _answers(url: str, count: int) -> tuple[float, dict[str, float]]:
    """The first answer of a new browser in seconds, and the pace of many browsers' first sentences."""
    times = []
    with httpx.Client(base_url=url, follow_redirects=True) as client:
        for number in range(count):
            client.cookies.clear()  # another browser
            started = time.perf_counter()
            hidden = dict(_HIDDEN.findall(client.get("/").text))
            answer = client.post("/", data={**hidden, "text": WORDS[number % len(WORDS)]})
            times.append(time.perf_counter() - started)
            answer.raise_for_status()
    pace = {"per second": round(count / sum(times), 1), **percentiles(times)}
    return round(times[0], 3), pace


def _page(url: str) -> dict[str, float]:
    """The page with its style and scripts, without fonts and sounds."""
    with httpx.Client(base_url=url) as client:
        html = client.get("/").content
        linked = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', html.decode())
        parts = [html, *(client.get(address).content for address in linked)]
    plain, packed = sum(map(len, parts)), sum(len(gzip.compress(part)) for part in parts)
    return {
        "plain": round(plain / 1000, 1),
        "compressed": round(packed / 1000, 1),
        "files": len(parts),
    }


def _deliver(data: Path, count: int) -> dict[str, float]:
    """So many replies wait in the outbox, each of another person; how fast they leave once the program runs."""
    house = open_house(Settings(data_dir=data, voices="off"))
    try:
        step = turns(house, conversations=count, channel="telegram")
        for number in range(count):
            step(number)
    finally:
        house.close()
    with (
        fake_bot_api() as api,
        _running(data, ZHUCAN_TELEGRAM_TOKEN=TOKEN, ZHUCAN_TELEGRAM_API_BASE=api) as (_, process),
    ):
        cpu, until = _cpu(process), time.perf_counter() + _WITHIN
        times: list[float] = []
        while len(times) < count and time.perf_counter() < until:
            time.sleep(0.2)
            times = httpx.get(f"{api}/counted").json()
        spent = _cpu(process) - cpu
    seconds = max(times) - min(times) if len(times) > 1 else 0.0
    return {
        "delivered": len(times),
        "per second": round(len(times) / seconds, 1) if seconds else 0.0,
        "CPU ms": round(spent / max(1, len(times)) * 1000, 2),
    }


def _rss(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    return round(int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1000, 1)


def _cpu(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
