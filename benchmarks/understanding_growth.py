"""How the time of a message grows with the number of services: copies of the real ones in made-up words.

Learning thousands of services is not what is measured, so the weights of a larger catalog are drawn, with as
many classes and as many features as it would have.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from intents.model import strongest
from intents.recognizer import Recognizer

FACTORS = (1, 10, 50)


def grown(recognizer: Recognizer, factor: int) -> Recognizer:
    """The same recognizer with so many times its services, each like a real one."""
    layout, model = recognizer.layout, recognizer.model
    services = layout.services
    order = np.concatenate(
        (np.tile(np.arange(services), factor), np.arange(services, len(model.labels)))
    )
    added = services * (factor - 1)
    chance = np.random.default_rng(1)
    noise = chance.integers(-9, 10, size=(len(model.vocabulary), len(order)), dtype=np.int8)
    noise //= 2
    weights, classes = strongest(model.weights[:, order] // 2 + noise)
    taught = recognizer.taught
    groups = [
        taught.phrases[start:end]
        for start, end in zip((0, *taught.ends), taught.ends, strict=False)
    ]
    names = np.diff(np.array((0, *taught.ends))) - (
        np.array(taught.ends) - np.array(taught.name_ends)
    )
    ends = np.cumsum([len(groups[i]) for i in order])
    starts = np.array((0, *ends[:-1]))
    return replace(
        recognizer,
        taught=replace(
            taught,
            phrases=[phrase for i in order for phrase in groups[i]],
            ends=ends.tolist(),
            name_ends=(starts + names[order]).tolist(),
        ),
        model=replace(
            model,
            labels=tuple(model.labels[i] for i in order),
            weights=weights,
            by_meaning=model.by_meaning[order],
            strongest=classes,
        ),
        layout=replace(
            layout,
            services=services + added,
            topics=layout.topics + added,
            inside=layout.inside + added,
            outside=layout.outside + added,
            emergency=layout.emergency + added,
            allied={},
        ),
        agreement=tuple(i + added for i in recognizer.agreement),
    )


def growth(recognizer: Recognizer, texts: Sequence[str]) -> list[tuple[int, float]]:
    """Services and microseconds a message (median of the best of three) for each size."""
    found = []
    for factor in FACTORS:
        larger = grown(recognizer, factor) if factor > 1 else recognizer
        times = [min(_time(larger, text) for _ in range(3)) for text in texts]
        found.append((larger.layout.services, float(np.median(times)) * 1e6))
    return found


def _time(recognizer: Recognizer, text: str) -> float:
    start = time.perf_counter()
    recognizer.recognize(text)
    return time.perf_counter() - start
