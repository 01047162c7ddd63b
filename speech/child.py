"""The handle on the one speech process: start it, ask it, kill it. For one thread at a time."""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speech.frames import read_frame, write_frame
from speech.options import SpeechOptions

COMMAND = (sys.executable, "-P", "-m", "speech.worker")


class ChildDied(Exception):
    """The process ended before it answered."""


class ChildTimedOut(Exception):
    """No answer in time; the process was killed."""


class Child:
    """Starts the process when first asked, and anew when it has died."""

    def __init__(self, options: SpeechOptions, *, command: Sequence[str] = COMMAND) -> None:
        self._options = options
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None]
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """The process id while it lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ask(self, header: dict[str, Any], *, timeout: float) -> tuple[dict[str, Any], bytes]:
        """One answer to one request. Raises ChildDied or ChildTimedOut."""
        process = self._process
        if process is None or process.poll() is not None:
            process = self._start()
        try:
            write_frame(_stream(process.stdin), header)
            answer = self._answers.get(timeout=timeout)
        except OSError as error:
            self.kill()
            raise ChildDied from error
        except queue.Empty as error:
            self.kill()
            raise ChildTimedOut from error
        if answer is None:
            self.kill()
            raise ChildDied
        return answer

    def kill(self) -> None:
        """End the process, whatever it is doing, and take its last breath."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            _stream(process.stdin).close()

    def _start(self) -> "subprocess.Popen[bytes]":
        self.kill()
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(  # noqa: S603  (our own command)
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._process = process
        self.starts += 1
        # A new queue for each process, so that a late answer of the last one is never taken.
        self._answers = queue.SimpleQueue()
        reader = threading.Thread(
            target=_read, args=(_stream(process.stdout), self._answers), daemon=True
        )
        reader.start()
        write_frame(_stream(process.stdin), self._options.as_json())
        return process


def _read(stream: Any, answers: "queue.SimpleQueue[Any]") -> None:
    with stream:
        while (frame := read_frame(stream)) is not None:
            answers.put(frame)
    answers.put(None)


def _stream(stream: Any) -> Any:
    if stream is None:  # pragma: no cover  (both are pipes)
        raise ChildDied
    return stream
