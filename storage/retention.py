"""The rules for how long each kind of data is kept, read from `retention.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Does = Literal["delete", "delete_unused", "tell", "drop_drafts", "reduce", "sweep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of data: how long, why, and what happens then."""

    kind: str
    table: str
    since: str
    """Column whose time counts; empty where it is no column."""
    days: int
    does: Does
    basis: str

    @property
    def age(self) -> timedelta:
        """How old it may grow."""
        return timedelta(days=self.days)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        files("storage").joinpath("retention.json").read_text("utf-8")
    )
    return data


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they are applied: children before their parents."""
    return tuple(Rule(**entry) for entry in _data()["kinds"])


def rule_of(kind: str) -> Rule:
    """The rule of one kind; raises LookupError for a kind that is not in the file."""
    found = [rule for rule in rules() if rule.kind == kind]
    if not found:
        raise LookupError(kind)
    return found[0]


def kept_as_long_as_needed() -> dict[str, str]:
    """Tables without a number of days, and why."""
    kept: dict[str, str] = _data()["kept"]
    return kept
