"""What a reading rule is: a pattern, and how its match is said."""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

Rule: TypeAlias = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
"""A value: 3, 3.5, 1,200.50."""

DASH = r"\s*[-–—−~～]+\s*"
"""What stands between the ends of a range."""


def rule(pattern: str, say: Callable[[re.Match[str]], str] | str) -> Rule:
    """A rule from its pattern and either a function of the match or a fixed reading."""
    if isinstance(say, str):
        fixed = say
        return re.compile(pattern), lambda _: fixed
    return re.compile(pattern), say


def any_of(*words: str) -> str:
    """A pattern for one of the words, the longest first."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word) for word in ordered) + ")"


def one_of(*characters: str) -> str:
    """A pattern for one of the characters, given in groups that are easy to read."""
    return f"[{''.join(map(re.escape, characters))}]"


@cache
def phrases() -> dict[str, Any]:
    """The fixed wordings and lists of `data/phrases.json`."""
    text = (files("speech") / "data" / "phrases.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
