"""What is said whatever the service: acts, kinds of question, dangers, and what lies outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """The phrases of one act, kind of question or outside sub-class."""

    id: str
    examples: tuple[str, ...]
    exact: tuple[str, ...] = ()
    """Very short forms that always mean this, also in the middle of a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonIntents:
    """`common_intents.json` as values."""

    acts: tuple[Sayings, ...]
    questions: tuple[Sayings, ...]
    outside: tuple[Sayings, ...]
    danger_words: Mapping[str, tuple[str, ...]]
    """Words of each danger group."""
    danger_examples: Mapping[str, tuple[str, ...]]
    """What people in each of these dangers write, mostly without those words."""
    hotlines: Mapping[str, str]
    """The number that each danger group calls."""
    not_danger: tuple[str, ...]
    """Phrases with those words in which nobody is in danger now."""


def read_common_intents(data: Mapping[str, Any]) -> CommonIntents:
    """Common intents from the parsed file."""
    return CommonIntents(
        acts=_sayings(data["acts"]),
        questions=_sayings(data["questions"]),
        outside=_sayings(data["out_of_scope"]),
        danger_words={
            group: tuple(entry["words"]) for group, entry in data["danger"]["groups"].items()
        },
        danger_examples={
            group: tuple(entry["examples"]) for group, entry in data["danger"]["groups"].items()
        },
        hotlines={g: entry["hotline"] for g, entry in data["danger"]["groups"].items()},
        not_danger=tuple(data["danger"]["not_danger"]),
    )


def _sayings(entries: Mapping[str, Any]) -> tuple[Sayings, ...]:
    return tuple(
        Sayings(id=key, examples=tuple(entry["examples"]), exact=tuple(entry.get("exact", ())))
        for key, entry in entries.items()
    )
