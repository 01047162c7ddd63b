"""Turns raw scores into probabilities, and probabilities into one of the three bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.models import Decision

Floats = NDArray[np.float32]

TEMPERATURE = 1.0
"""Makes the probabilities true to the facts on phrases held out (see decision on understanding)."""

ACCEPTED = 0.60
"""Least probability, and least lead over the second, to act without asking."""
LEAD = 0.35
HEARD = 0.12
"""Below this the best meaning is not worth a question."""
OUTSIDE = 0.50
"""Share of all outside classes above which a message is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The numbers that turn scores into decisions."""

    temperature: float = TEMPERATURE
    accepted: float = ACCEPTED
    lead: float = LEAD
    heard: float = HEARD
    outside: float = OUTSIDE

    def probabilities(self, scores: Floats) -> Floats:
        """A probability for each class."""
        powers = np.exp((scores - scores.max()) / np.float32(self.temperature))
        result: Floats = powers / powers.sum()
        return result

    def decide(self, first: float, second: float, outside: float) -> Decision:
        """The band of a message by its two best meanings and its share outside."""
        if first < self.heard or outside > self.outside:
            return Decision.REJECT
        if first >= self.accepted and first - second >= self.lead:
            return Decision.ACCEPT
        return Decision.CLARIFY
