"""The few words only Telegram needs, and what each /command says in the dialogue."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s.*)?", re.DOTALL)


@cache
def _data() -> Mapping[str, Any]:
    source = files("bot.channels.telegram").joinpath("wording.json")
    data: Mapping[str, Any] = json.loads(source.read_text("utf-8"))
    return data


def sentence(key: str) -> str:
    """The sentence of this key."""
    found: str = _data()[key]
    return found


def commands() -> Mapping[str, str]:
    """Each command with its description, for the menu beside the text field."""
    return {name: entry["description"] for name, entry in _data()["commands"].items()}


def without_command(text: str) -> str:
    """What a /command says in the dialogue; any other text as it is, an unknown command without its slash."""
    match = _COMMAND.fullmatch(text.strip())
    if match is None:
        return text
    entry = _data()["commands"].get(match[1].lower())
    return entry["words"] if entry else text.strip().removeprefix("/")
