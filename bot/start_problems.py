"""Why the program cannot start, for the person at the terminal: what is wrong and what to do, never a trace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from pydantic import ValidationError

from catalog.loader import CatalogBroken
from storage.errors import StorageError


def told(problem: CatalogBroken | StorageError | ValidationError) -> str:
    """All that is wrong, a line each."""
    if isinstance(problem, CatalogBroken):
        count = len(problem.mistakes)
        lines = [_say("catalog", count=str(count)), *map(str, problem.mistakes)]
    elif isinstance(problem, ValidationError):
        lines = [_say("settings"), *_settings(problem)]
    else:
        lines = [_say(problem.code, about=str(problem))]
    return "\n".join(lines)


def _settings(problem: ValidationError) -> list[str]:
    """The names and what is wrong with them; never the values, which may be secrets."""
    lines = []
    for error in problem.errors(include_input=False, include_context=False, include_url=False):
        name = "_".join(str(part) for part in error["loc"]).upper()
        lines.append(f"ZHUCAN_{name}: {error['msg']}" if name else error["msg"])
    return lines


def _say(key: str, **values: str) -> str:
    sentences: Mapping[str, str] = json.loads(
        files("bot").joinpath("start_problems.json").read_text("utf-8")
    )
    return sentences.get(key, key).format(**values)
