"""What was understood, as values: candidates with reasons, and the band they fall in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal


class Decision(StrEnum):
    """The three bands: act on it, ask which one, or say that it was not understood."""

    ACCEPT = "accept"
    CLARIFY = "clarify"
    REJECT = "reject"


Kind = Literal["service", "life_event", "act"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One possible meaning of a message."""

    id: str
    kind: Kind
    score: float
    """0..1, comparable within one recognition."""
    why: Sequence[str] = ()
    """The words heard that speak for it, as the person may be shown: 助听器, 听不见."""


class Awaiting(StrEnum):
    """What the bot has just asked for; it changes what a reply means."""

    NOTHING = "nothing"
    CHOICE = "choice"
    CONFIRMATION = "confirmation"
    SHORT_ANSWER = "short_answer"
    LONG_ANSWER = "long_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """How one message is understood, and why."""

    text: str
    decision: Decision
    candidates: tuple[Candidate, ...] = ()
    """Best first, at most five; empty when nothing at all was recognized."""
    needs: tuple[str, ...] = ()
    """Ids of the separate services found in the message, in order of mention."""
    question: str = ""
    """A question about a service (papers fee time where who why amount), or empty."""
    outside: str = ""
    """Sub-class of a message we cannot serve (government_other chat noise improper), or empty."""
    danger: str = ""
    """Group of danger words present now (fire medical violence self_harm …), or empty."""
    beneficiary: str = ""
    """Whom it is for, in the writer's own word (我爸, 小囡), or empty."""

    @property
    def best(self) -> Candidate | None:
        """The first candidate, if any."""
        return self.candidates[0] if self.candidates else None

    def accepted(self, kind: Kind) -> Candidate | None:
        """The best candidate when it was accepted outright and is of this kind."""
        if self.decision is Decision.ACCEPT and self.best and self.best.kind == kind:
            return self.best
        return None


def explain(recognition: Recognition) -> dict[str, Any]:
    """The recognition as plain values, one JSON object for `zhucan understand --jsonl`."""
    return {
        "text": recognition.text,
        "decision": recognition.decision.value,
        "candidates": [
            {"id": c.id, "kind": c.kind, "score": c.score, "why": list(c.why)}
            for c in recognition.candidates
        ],
        "needs": list(recognition.needs),
        "question": recognition.question,
        "outside": recognition.outside,
        "danger": recognition.danger,
        "beneficiary": recognition.beneficiary,
    }
