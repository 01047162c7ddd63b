"""`zhucan serve` as a process of its own, as an operator runs it: started, asked, told to stop."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 90.0
"""Seconds; far more than it takes, for a machine others use too."""


@dataclass
class ServerProcess:
    """A running server and what it wrote."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def asked_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self, within: float = 25.0) -> int:
        return self.process.wait(within)


@contextmanager
def running_server(folder: Path, model: Path, **settings: str) -> Iterator[ServerProcess]:
    """A server over an empty folder but for the learned recognizer; gone when the block ends."""
    shutil.copytree(model, folder / "model", dirs_exist_ok=True)
    port = _free_port()
    chosen = {"ZHUCAN_DATA_DIR": str(folder), "ZHUCAN_PORT": str(port), "ZHUCAN_VOICES": "off"}
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=ROOT,
        env={**os.environ, **chosen, **settings},
        stdout=log,
        stderr=log,
    )
    server = ServerProcess(url=f"http://127.0.0.1:{port}", folder=folder, process=process)
    try:
        _until_ready(server)
        yield server
    finally:
        process.kill()
        process.wait()
        log.close()


def _until_ready(server: ServerProcess) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert server.process.poll() is None, server.log
        try:
            if httpx.get(f"{server.url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(server.log)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
