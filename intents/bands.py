"""Turns raw scores into probabilities, and probabilities into one of the three bands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.models import Decision

Floats = NDArray[np.float32]


TINY = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The numbers that turn scores into decisions.

    Fitted on phrases held out of training, by other hands than the development set's (see
    docs/decisions/0301-understanding-a-message.md).
    """

    temperature: float = 0.6
    accepted: float = 0.75
    """Least probability to act without asking."""
    lead: float = 0.35
    """Least lead over the first unrelated meaning to act without asking."""
    surely_inside: float = 0.60
    """Least confidence to act without asking."""
    inside: float = 0.50
    """Least confidence that a message is about anything we serve; below it is refused."""

    def probabilities(self, scores: Floats) -> Floats:
        """A probability for each class."""
        powers = np.exp((scores - scores.max()) * np.float32(1 / self.temperature))
        result: Floats = powers / powers.sum()
        return result

    def confidence(self, first: float, outside: float, length: int, *, ours: bool) -> float:
        """How likely a message is ours, by its best meaning, its share outside, and its length.

        Length matters because need takes words: idle and misdirected messages are short.
        `ours` says that it has a word of this field (残疾, 轮椅) and no ill intent.
        """
        doubt = (
            5.23
            - ours
            + 0.63 * math.log(outside + TINY)
            - 0.51 * math.log(max(first, 0.0) + TINY)
            - 1.73 * math.log(length + 1)
        )
        return 1 / (1 + math.exp(doubt))

    def decide(self, first: float, kin: float, rival: float, confidence: float) -> Decision:
        """The band of a message.

        By its best meaning, the best that goes well with that (a life event and one of its
        services), the best that excludes it, and the confidence that it is ours.
        """
        if confidence < self.inside:
            return Decision.REJECT
        sure = confidence >= self.surely_inside and first - rival >= self.lead
        return Decision.ACCEPT if sure and first + kin >= self.accepted else Decision.CLARIFY
