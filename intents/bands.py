"""Turns raw scores into probabilities, and probabilities into one of the three bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.models import Decision

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The numbers that turn scores into decisions (measured in docs/decisions, on held-out phrases)."""

    temperature: float = 0.6
    accepted: float = 0.60
    """Least probability to act without asking."""
    lead: float = 0.35
    """Least lead over the first unrelated meaning to act without asking."""
    heard: float = 0.10
    """Below this the best meaning is not worth a question."""
    outside: float = 0.50
    """Share of all outside classes from which on a message is refused."""

    def probabilities(self, scores: Floats) -> Floats:
        """A probability for each class."""
        powers = np.exp((scores - scores.max()) * np.float32(1 / self.temperature))
        result: Floats = powers / powers.sum()
        return result

    def decide(self, first: float, kin: float, rival: float, outside: float) -> Decision:
        """The band of a message.

        By its best meaning, the best that goes well with that (a life event and one of its
        services), the best that excludes it, and the share of all that is outside.
        """
        if first < self.heard or outside >= self.outside:
            return Decision.REJECT
        if first + kin >= self.accepted and first - rival >= self.lead:
            return Decision.ACCEPT
        return Decision.CLARIFY
