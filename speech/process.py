"""What the conversation holds of this room: a queue in front of the one speech process.

Nothing here raises into the conversation or blocks its event loop. `say` may be awaited from
any event loop in any thread; a text that cannot be spoken in time is simply not spoken.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import asdict, dataclass, field
from typing import Any

from speech.breaker import CircuitBreaker
from speech.cache import AudioCache
from speech.child import COMMAND, Child, ChildDied, ChildTimedOut
from speech.options import SpeechOptions
from speech.request import Audio, AudioFormat, SpeechRequest, find_finished, pieces_of
from speech.voices import DEFAULT_SPEAKER

log = logging.getLogger(__name__)

_GRACE_SECONDS = 15.0
"""A sentence begun before the deadline may end after it; then the process counts as stuck."""

_ATTEMPTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechHealth:
    """The state of the room, for `/readyz` and `/metrics`."""

    running: bool
    pid: int | None
    waiting: int
    to_prerender: int

    starts: int
    """Times the process was started; more than one means that it died."""

    failures: int
    """Texts that were not spoken since the start."""

    resting: bool
    """Whether it failed so often that nothing is tried for a minute."""

    rendered: int = 0
    """Texts spoken anew since the start."""

    cached: int = 0
    """Texts whose sound was at hand."""

    seconds: float = 0.0
    """Time spent on those spoken anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    request: SpeechRequest
    deadline: float
    result: "Future[Audio | None]" = field(default_factory=Future)


class SpeechProcess:
    """Speaks texts in a process of its own, which starts with the first of them."""

    def __init__(self, options: SpeechOptions, *, command: Sequence[str] = COMMAND) -> None:
        self._options = options
        self._child = Child(options, command=command)
        self._breaker = CircuitBreaker()
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._ahead: deque[SpeechRequest] = deque()
        self._last_job = time.monotonic()
        self._failures = 0
        self._rendered = 0
        self._cached = 0
        self._seconds = 0.0
        self._closed = False
        self._thread: threading.Thread | None = None
        self._cache: AudioCache | None = None
        if options.cache_directory is not None:
            self._cache = AudioCache(options.cache_directory / "sound")

    async def say(
        self,
        text: str,
        *,
        voice: str = DEFAULT_SPEAKER,
        rate: float = 1.0,
        audio_format: AudioFormat = "ogg",
        private: bool = False,
    ) -> Audio | None:
        """The sound of a text, or None when it cannot be had within the deadline.

        What was said before comes from the cache without waiting for the process.
        """
        request = SpeechRequest(
            text=text, voice=voice, rate=rate, audio_format=audio_format, private=private
        )
        try:
            finished = await asyncio.to_thread(self._find, request)
            if finished is not None:
                self._cached += 1
                return finished
            job = self._enqueue(request)
            if job is None:
                return None
            waiting = asyncio.wrap_future(job.result)
            return await asyncio.wait_for(waiting, self._options.deadline_seconds)
        except TimeoutError:
            return None
        except Exception as error:  # noqa: BLE001  (speech failing is silence, never an error)
            log.error("speech failed: %s", type(error).__name__)  # noqa: TRY400  (no text in logs)
            return None

    def prerender(self, texts: Iterable[str], *, voice: str = DEFAULT_SPEAKER) -> None:
        """Have fixed texts ready, sentence by sentence, whenever nobody is waiting."""
        with self._changed:
            if self._closed or self._cache is None:
                return
            self._ahead.extend(SpeechRequest(text=text, voice=voice) for text in texts)
            self._wake()

    def health(self) -> SpeechHealth:
        """A snapshot; cheap."""
        pid = self._child.pid
        return SpeechHealth(
            running=pid is not None,
            pid=pid,
            waiting=len(self._jobs),
            to_prerender=len(self._ahead),
            starts=self._child.starts,
            failures=self._failures,
            resting=self._breaker.is_open,
            rendered=self._rendered,
            cached=self._cached,
            seconds=self._seconds,
        )

    def close(self) -> None:
        """End the process at once; whoever waits gets None. Safe to call twice."""
        with self._changed:
            self._closed = True
            waiting = list(self._jobs)
            self._jobs.clear()
            self._ahead.clear()
            self._changed.notify_all()
        for job in waiting:
            _settle(job, None)
        self._child.kill()
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._child.kill()  # should the thread have started it once more meanwhile

    def _find(self, request: SpeechRequest) -> Audio | None:
        pieces = pieces_of(request)
        if self._cache is None or not pieces or not self._options.engines or request.is_private:
            return None
        return find_finished(pieces, self._options.engines[0], request, self._cache)

    def _enqueue(self, request: SpeechRequest) -> _Job | None:
        deadline = time.monotonic() + self._options.deadline_seconds
        job = _Job(request=request, deadline=deadline)
        with self._changed:
            full = len(self._jobs) >= self._options.queue_length
            if self._closed or full or self._breaker.is_open or not self._options.engines:
                self._failures += 1
                return None
            self._jobs.append(job)
            self._wake()
        return job

    def _wake(self) -> None:
        """Tell the worker thread, which begins with the first thing to do."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="speech", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            if isinstance(task, _Job):
                self._speak(task)
            else:
                self._render_ahead(task)

    def _next(self) -> _Job | SpeechRequest | None:
        """What to do now: a waiting text first, else, after a quiet while, a fixed one."""
        with self._changed:
            while not self._closed:
                if self._jobs:
                    return self._jobs.popleft()
                if self._ahead and self._is_idle():
                    return self._ahead.popleft()
                self._changed.wait(self._options.idle_seconds if self._ahead else None)
        return None

    def _is_idle(self) -> bool:
        quiet = time.monotonic() - self._last_job
        return quiet >= self._options.idle_seconds and not self._breaker.is_open

    def _speak(self, job: _Job) -> None:
        if not job.result.set_running_or_notify_cancel():
            return  # nobody waits any more
        audio = None
        began = time.monotonic()
        for _ in range(_ATTEMPTS):
            left = job.deadline - time.monotonic()
            if left <= 0 or self._closed:
                break
            try:
                facts, data = self._ask(job.request, seconds=left, ahead=False)
            except ChildDied:
                continue  # a second try in a new process
            except ChildTimedOut:
                break
            audio = Audio(data=data, **facts) if data else None
            break
        self._last_job = time.monotonic()
        if audio is None:
            self._failures += 1
        else:
            self._rendered += 1
            self._seconds += self._last_job - began
        _settle(job, audio)

    def _render_ahead(self, request: SpeechRequest) -> None:
        try:
            facts, _ = self._ask(request, seconds=self._options.deadline_seconds, ahead=True)
        except (ChildDied, ChildTimedOut):
            self._last_job = time.monotonic()
            return
        if facts.get("more"):
            with self._changed:
                self._ahead.appendleft(request)

    def _ask(
        self, request: SpeechRequest, *, seconds: float, ahead: bool
    ) -> tuple[dict[str, Any], bytes]:
        message = {"request": asdict(request), "seconds": seconds, "ahead": ahead}
        try:
            answer = self._child.ask(message, timeout=seconds + _GRACE_SECONDS)
        except (ChildDied, ChildTimedOut) as error:
            if not self._closed:
                self._breaker.failed()
                log.warning("the speech process failed: %s", type(error).__name__)
            raise
        self._breaker.succeeded()
        return answer


def _settle(job: _Job, audio: Audio | None) -> None:
    with contextlib.suppress(InvalidStateError):  # given up in this very moment
        job.result.set_result(audio)
