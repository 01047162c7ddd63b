"""The three bands: act on it, ask which one, or say that it was not understood."""

from __future__ import annotations

from intents.calibration import Calibration, Layout, Reading
from intents.models import Decision


def decide(calibration: Calibration, reading: Reading, layout: Layout) -> Decision:
    """The band of a message."""
    confidence = calibration.confidence(reading)
    if confidence < calibration.refused_below:
        return Decision.REJECT
    is_act = layout.topics <= reading.order[0] < layout.inside
    least = calibration.act_accepted_from if is_act else calibration.accepted_from
    if calibration.sureness(reading, confidence) >= least:
        return Decision.ACCEPT
    return Decision.CLARIFY
