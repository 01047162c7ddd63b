"""Learns everything the cache keeps from the phrases: the weights, and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from intents.cache import Stored
from intents.calibrating import Examples, calibrate
from intents.calibration import Layout
from intents.cues import Cues
from intents.cutter import Cutter
from intents.danger import DangerWatch
from intents.features import Sounds
from intents.meanings import Meanings
from intents.normalizer import Normalizer
from intents.training import FEATURES, MEANING, learn, read_phrases, small


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known before anything is learned."""

    normalizer: Normalizer
    cutter: Cutter
    sounds: Sounds
    meanings: Meanings
    cues: Cues
    danger: DangerWatch
    layout: Layout


def learn_all(
    texts: Sequence[str],
    labels: Sequence[int],
    named: Sequence[bool],
    ground: Ground,
    words: NDArray[np.uint8],
) -> Stored:
    """The model of these phrases as it is stored; `words` is stored with it."""
    normalized = [ground.normalizer.normalize(text) for text in texts]
    cutter = ground.cutter
    rows = [cutter.rows(cutter.cut(text)) for text in normalized]
    phrases = read_phrases(normalized, rows, ground.sounds, ground.meanings)
    numbers = np.array(labels, dtype=np.int64)
    class_count = int(numbers.max()) + 1
    weights = learn(phrases, numbers, class_count, np.arange(phrases.count))
    plain = [ground.normalizer.plain(text) for text in texts]
    heard = [ground.danger.cues(text) for text in plain]
    examples = Examples(
        labels=numbers,
        lengths=[len(text.strip()) for text in texts],
        ours=[ground.cues.ours.found(text) for text in normalized],
        named=np.array(named),
        plain_lengths=[len(text) for text in plain],
        danger=[bool(group) for group, _ in heard],
        told=[told for _, told in heard],
    )
    calibration = calibrate(phrases, examples, ground.layout, class_count)
    share = np.float32(FEATURES**0.5)
    rounded, scale = small(weights.features * (phrases.importance * share)[:, None])
    return Stored(
        values={"unknown": phrases.unknown, "calibration": asdict(calibration)},
        arrays={
            "words": words,
            "sounds": ground.sounds.table,
            "vectors": ground.meanings.vectors,
            "vector_scale": ground.meanings.scale,
            "vocabulary": phrases.vocabulary,
            "importance": phrases.importance,
            "weights": rounded,
            "scale": scale,
            "by_meaning": weights.meaning * np.float32(MEANING**0.5),
        },
    )
