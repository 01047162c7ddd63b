"""Pages of the console: templates, the words they use, and how moments and numbers are written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from actions.read_queue import Due
from casework.deadlines import SHANGHAI
from casework.numbers import shown

ROOT = "/console"
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@cache
def words() -> Mapping[str, Any]:
    """Everything the console says that is not in a template."""
    told: Mapping[str, Any] = json.loads(_read("wording.json"))
    return told


@cache
def stylesheet() -> bytes:
    """The one stylesheet."""
    return _read("static", "console.css")


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page; everything put into it is escaped."""
    html = _environment().get_template(template).render(**values)
    return HTMLResponse(html, status_code=status)


def problem_page(kind: str, status: int, code: str = "") -> HTMLResponse:
    """A page that says what went wrong and what to do; `code` finds the entry in the log."""
    return page("problem.html", status, kind=kind, code=code)


def go_to(path: str) -> Response:
    """See other: what was posted is done, and reloading does not repeat it."""
    return RedirectResponse(f"{ROOT}{path}", status_code=303)


def moment(at: datetime, form: str = "full") -> str:
    """A moment in Shanghai."""
    local = at.astimezone(SHANGHAI)
    told: str = words()["moments"][form]
    return told.format(
        year=local.year,
        month=local.month,
        day=local.day,
        hour=f"{local.hour:02d}",
        minute=f"{local.minute:02d}",
    )


def due_words(due: Due) -> str:
    """A deadline in words; color alone would tell nobody who cannot see it."""
    is_now = due.kind == "overdue" and due.days == 0
    told: str = words()["due"]["overdue_today" if is_now else due.kind]
    return told.format(days=due.days)


def size(count: int) -> str:
    """A size in bytes for people."""
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{-(-count // 1024)} KB"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_with_marks_shown,
    )
    environment.filters.update(
        moment=moment, due=due_words, size=size, number=shown, iso=datetime.isoformat
    )
    version = hashlib.sha256(stylesheet()).hexdigest()[:12]
    environment.globals.update(w=words(), root=ROOT, style_version=version, staff=None, here="")
    return environment


def _with_marks_shown(value: object) -> object:
    """Marks that turn text around are shown, not obeyed: `gpj.exe` must not look like `exe.jpg`."""
    if not isinstance(value, str) or not _DIRECTION.search(value):
        return value
    shown = _DIRECTION.sub(lambda mark: f"〔U+{ord(mark[0]):04X}〕", value)
    return Markup(shown) if isinstance(value, Markup) else shown  # noqa: S704 - it was safe before


def _read(*path: str) -> bytes:
    return files("console").joinpath(*path).read_bytes()
