"""Logs: one event a line, as `key=value` for people or as JSON for machines, ours and other libraries' alike.

Nothing a resident told us may come out here. Our own events carry ids, codes and numbers only; of an error
its kind and its places in the code are written, never its message, which may quote what somebody said.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeAlias

LogFormat: TypeAlias = Literal["text", "json"]

_NOISY = (
    "httpx", "httpcore", "aiogram.event", "aiosqlite", "jieba", "sse_starlette", "alembic",
    "multipart", "python_multipart", "sqlalchemy",
)  # fmt: skip
"""Libraries that would tell every statement, request or part of a form at a finer level."""
_OWN_HANDLERS = ("dbos", "uvicorn", "uvicorn.error", "uvicorn.access")
"""Loggers of libraries that print by themselves unless told not to."""
_PLAIN = re.compile(r"[^\s\"'=\\\x00-\x1f\x7f]+")
_FRAMES = 8
_TRACE = "Traceback (most recent call last):"
_KIND = re.compile(
    r"^([\w.]*(?:Error|Exception|Conflict|Failed|Mismatch|Unreachable))(?::|$)", re.MULTILINE
)
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; all else of a record was told with `extra`."""
_DROPPED = frozenset({"applicationID", "applicationVersion", "executorID", "color_message"})
"""What libraries add and nobody needs on every line."""


class EventFormatter(logging.Formatter):
    """A record as one line."""

    def __init__(self, form: LogFormat) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """At, level, logger, event, then what else was told."""
        values = _values(record)
        if self._form == "json":
            return json.dumps(values, ensure_ascii=False, default=str)
        return " ".join(f"{name}={_written(value)}" for name, value in values.items())


def set_up_logging(level: str, form: LogFormat = "text") -> None:
    """Send everything anybody logs, also of errors nobody caught, through one formatter to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(EventFormatter(form))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    # A record that cannot be formatted would be printed with all its values.
    logging.raiseExceptions = False
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _OWN_HANDLERS:
        pass_on(name)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def pass_on(name: str) -> None:
    """Take a library's own handlers away, so that what it logs comes to ours."""
    logger = logging.getLogger(name)
    # One that does nothing stays: some libraries add theirs again where there is none.
    logger.handlers[:] = [logging.NullHandler()]
    logger.propagate = True


def _values(record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    values: dict[str, Any] = {
        "at": at.replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "event": _without_trace(record.getMessage()),
    }
    values |= {
        name: value
        for name, value in vars(record).items()
        if name not in _KNOWN and name not in _DROPPED
    }
    if record.exc_info and record.exc_info[1] is not None:
        values |= _error(record.exc_info[1])
    return values


def _without_trace(event: str) -> str:
    """Some libraries write a whole trace, with the errors' messages, into their text: the last kind is left."""
    before, mark, trace = event.partition(_TRACE)
    if not mark:
        return event
    kinds = _KIND.findall(trace)
    return " ".join(filter(None, (before.strip(), kinds[-1] if kinds else "failed")))


def _error(error: BaseException) -> dict[str, str]:
    """Its kind, where it came from, and what it came of; the deepest place first."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)]
    told = {"error": type(error).__name__, "where": " < ".join(places)}
    if isinstance(error, ImportError | SyntaxError):
        # The program itself is broken; such a message names parts of it and nothing else.
        told["why"] = str(error)
    origin = error.__cause__ or error.__context__
    return told if origin is None else {**told, "because": type(origin).__name__}


def _written(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("zhucan").critical("uncaught", exc_info=(kind, error, trace))


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is None:
        return
    name = arguments.thread.name if arguments.thread else ""
    about = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    logging.getLogger("zhucan").critical("uncaught", exc_info=about, extra={"in": name})
