"""Finds the separate needs of a message that has several, in the order they are mentioned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Layout, Reading
from intents.model import Model, Parts, Scored

Floats = NDArray[np.float32]

CONTEXT = 0.8
"""A part is heard with so much of the whole message's scores: 坐车的钱 alone names no subsidy."""
CLAUSE_SURE = 0.40
"""A part names a need of its own from this probability on …"""
WHOLE_PLAUSIBLE = 0.04
"""… if the whole message gives it at least this much …"""
CLAUSE_CERTAIN = 0.90
"""… or, whatever the whole message says, from this probability on."""
CLEARLY = 4.0
"""A part names another need than the best when it speaks so many times louder for it."""
_CLEARLY = log(CLEARLY) - 1e-3
"""The same as a lead in temperatures, and a little less, for who only wants to know if it is worth a look."""
EVENT_CERTAIN = 0.985
"""A part that tells a life event, as 我自己失业了, names the service of it that it speaks for most."""
_CERTAINLY = log(EVENT_CERTAIN / (1 - EVENT_CERTAIN))
"""A life event that leads by less cannot be that sure."""
BEST_BESIDE = 0.15
"""The best service of the whole message is a need even if no part alone says so."""
ALONE = 0.97
"""Above this the whole message means one thing."""
SHORTEST = 3
MOST_PARTS = 24
"""A longer list than anybody files at once; keeps the time of one message bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message made ready for scoring."""

    normalized: str
    words: Sequence[str]
    """Its words: together they are the normalized text."""
    rows: Sequence[int]
    """The row of each word, -1 where it has none."""
    terms: Sequence[str]
    """Terms that were put right in it."""
    scored: Scored
    """Its scores before anything ruled out is held down."""
    signs: Sequence[float]
    """Whether it has a word of this field, or one that speaks against it."""


def may_be_several(reading: Reading, layout: Layout) -> bool:
    """Whether it is worth looking at the clauses at all."""
    return reading.first < ALONE or any(
        i < layout.services and reading.chances.get(i, 0.0) >= WHOLE_PLAUSIBLE
        for i in reading.order[1:]
    )


def needs(
    parts: Parts, heard: Heard, reading: Reading, model: Model, layout: Layout
) -> tuple[str, ...]:
    """Ids of the services that parts of a text ask for; at least the best service of the whole."""
    chances = reading.chances
    if not layout.services:
        return ()
    best = next((i for i in reading.order if i < layout.services), -1)
    if best < 0:
        best = int(reading.scores[: layout.services].argmax())
    found = []
    if parts.count:
        scores = model.score_parts(parts, heard.scored)
        found = list(dict.fromkeys(_named(scores, best, reading, model, layout)))
    if best not in found and (not found or chances.get(best, 0.0) >= BEST_BESIDE):
        found.insert(0, best)
    return tuple(model.labels[i].id for i in found)


def parts_of(spans: Iterable[tuple[int, int]], heard: Heard) -> Parts:
    """The parts long enough to name a need: which of them each character is of, and each word if it lies in it whole."""
    characters, count = bytearray(len(heard.normalized)), 0
    for start, end in spans:
        if end - start >= SHORTEST and count < MOST_PARTS:
            count += 1
            characters[start:end] = count.to_bytes() * (end - start)
    owners, start = bytearray(), 0
    for word, row in zip(heard.words if count else (), heard.rows, strict=False):
        end = start + len(word)
        if row >= 0:
            owner = characters[start]
            owners.append(owner if owner == characters[end - 1] else 0)
        start = end
    return Parts(count=count, characters=bytes(characters), words=bytes(owners))


def _named(
    scored: Floats, best: int, reading: Reading, model: Model, layout: Layout
) -> Iterator[int]:
    """The service that each part alone is sure of."""
    end = layout.outside
    scores = scored[:, :end] + np.float32(CONTEXT) * reading.scores[:end]
    first = scores.argmax(axis=1).tolist()
    tops = np.maximum.reduce(scores, axis=1)
    least = model.calibration.temperature * _CLEARLY
    least_of_event = model.calibration.temperature * _CERTAINLY
    leads = (tops - scores[:, best]).tolist()
    if not any(
        i != best and lead >= (least if i < layout.services else least_of_event)
        for i, lead in zip(first, leads, strict=True)
        if i < layout.topics
    ):
        return  # the best service is a need in any case
    scores -= tops[:, None]
    scores *= np.float32(1 / model.calibration.temperature)
    powers = np.exp(scores, out=scores)
    shares = 1 / np.add.reduce(powers, axis=1)  # the power of the first is 1
    rests = powers[:, best] * shares
    for number, (i, sure, rest) in enumerate(
        zip(first, shares.tolist(), rests.tolist(), strict=True)
    ):
        if layout.services <= i < layout.topics and sure >= EVENT_CERTAIN:
            yield max(layout.allied.get(i, ()), key=powers[number].__getitem__, default=best)
            continue
        if i >= layout.services or (i != best and sure < CLEARLY * rest):
            continue  # nothing we file, or the best service explains this part as well
        whole = reading.chances.get(i, 0.0)
        if sure >= CLAUSE_CERTAIN or (sure >= CLAUSE_SURE and whole >= WHOLE_PLAUSIBLE):
            yield i
