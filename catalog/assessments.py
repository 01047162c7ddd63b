"""What may be said of a service for a person: how each condition stands, and what to ask next.

Values only; `catalog/eligibility.py` makes them. The words for people live in `eligibility_words.json`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from importlib.resources import files
from typing import Literal

from catalog.facts import Facts

FACTS = tuple(field.name for field in fields(Facts))
"""The names of the facts, in the order in which they are asked when it does not matter."""

Kind = Literal[
    "residency", "certificate", "age", "category", "level", "income", "other", "excludes"
]

_WORDS = json.loads(files("catalog").joinpath("eligibility_words.json").read_text("utf-8"))


class State(StrEnum):
    """How a condition stands."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Some fact would decide it."""
    WINDOW = "window"
    """Only people can decide it; it is told, and neither hinders nor helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One condition, how it stands, and what decides it."""

    kind: Kind
    state: State
    wanted: tuple[str, ...]
    """Codes of what is asked for: the residency, papers that count instead of a certificate, `min` and `max`
    age, categories, levels; or the catalog's text."""
    told: tuple[tuple[str, str], ...] = ()
    """The known facts it looked at, with their values."""
    missing: tuple[str, ...] = ()
    """The facts that would decide it, the best first; empty unless unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What may be said of one service for one person."""

    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> Literal["yes", "no", "unknown"]:
        """One failed condition is a no; yes only when every condition that can be decided is met."""
        states = {reason.state for reason in self.reasons}
        if State.NO in states:
            return "no"
        return "unknown" if State.UNKNOWN in states else "yes"

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would decide; empty once the verdict is a no."""
        if self.verdict != "unknown":
            return ()
        return tuple(dict.fromkeys(name for reason in self.reasons for name in reason.missing))

    def in_state(self, state: State) -> tuple[Reason, ...]:
        """The conditions that stand so: what failed, what is open, what the window checks."""
        return tuple(reason for reason in self.reasons if reason.state is state)


def next_question(assessments: Iterable[Assessment], skip: Collection[str] = ()) -> str:
    """The fact that decides most of these services, or an empty string when none would.

    Each open service has one vote, shared by the facts it waits for; `skip` are those the person was
    already asked. The order of the services makes no difference.
    """
    votes: dict[str, Fraction] = {}
    for assessment in assessments:
        if assessment.verdict != "unknown":
            continue
        open_facts = [[n for n in r.missing if n not in skip] for r in assessment.reasons]
        names = {names[0] for names in open_facts if names}
        for name in names:
            votes[name] = votes.get(name, Fraction(0)) + Fraction(1, len(names))
    return max(votes, key=lambda name: (votes[name], -FACTS.index(name)), default="")


def in_words(reason: Reason) -> str:
    """One plain Chinese sentence: what is asked for, and how it stands. It promises nothing."""
    states = _WORDS["excluded" if reason.kind == "excludes" else "states"]
    return str(states[reason.state].format(what=requirement(reason)))


def requirement(reason: Reason) -> str:
    """What the condition asks for, or excludes, in plain words and without a full stop."""
    match reason.kind:
        case "residency":
            return str(_WORDS["wanted"]["residency"][reason.wanted[0]])
        case "certificate":
            papers = _WORDS["equivalents"]
            return str(_WORDS["wanted"]["certificate"]) + "".join(
                str(_WORDS["wanted"]["or"]).format(paper=papers[code]) for code in reason.wanted
            )
        case "age":
            return _age_in_words(dict(bound.split("=") for bound in reason.wanted))
        case "category":
            listed = "、".join(_WORDS["categories"].get(code, code) for code in reason.wanted)
            return str(_WORDS["wanted"]["category"].format(list=listed))
        case "level":
            return _level_in_words(reason.wanted)
        case _:
            return _plain(reason.wanted[0])


def _age_in_words(bounds: dict[str, str]) -> str:
    """Ages are said as 满 and 没满: the upper bound of the catalog is the last year that counts."""
    over = str(int(bounds["max"]) + 1) if "max" in bounds else ""
    low = bounds.get("min", "0")
    key = "min" if not over else "max" if low == "0" else "both"
    return str(_WORDS["wanted"]["age"][key].format(min=low, over=over))


def _level_in_words(wanted: tuple[str, ...]) -> str:
    words, levels = _WORDS["wanted"], _WORDS["wanted"]["levels"]
    listed = "、".join(levels[code] for code in wanted if code in levels)
    pairs = [code.split("=") for code in wanted if "=" in code]
    more = "、".join(
        levels[level] + _WORDS["categories"].get(category, category) for category, level in pairs
    )
    eased = "".join("；" + _plain(code) for code in wanted if code in _WORDS["texts"])
    exceptions = words["level_exceptions"].format(more=more) if more else ""
    return str(words["level"].format(list=listed)) + exceptions + eased


def _plain(text: str) -> str:
    """The catalog's text, or a plainer sentence for it."""
    return str(_WORDS["texts"].get(text, {}).get("plain", text))
