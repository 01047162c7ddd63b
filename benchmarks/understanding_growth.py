"""How a larger catalog tells: the time of a message, and the time and memory to learn it.

The larger catalogs are made up: each service is copied in words of its own, character by character, so that
the copies have as many phrases and features as real ones, and none means what another means.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from catalog.models import Catalog, Service
from intents.model import strongest
from intents.recognizer import Recognizer

FACTORS = (1, 10, 50)
LEARNED_FACTOR = 10
EXAMPLES = 10
"""Phrases of each service in a catalog that is learned."""
FIRST_COMMON, LAST_COMMON = 0x4E00, 0x9FA5
KEPT = 0.5
"""Share of the characters that a copy keeps: 的, 怎么 and others are in every phrase."""
LEARN = """
import pickle, sys, time
from pathlib import Path
from intents.loader import load_recognizer
catalog = pickle.loads(Path(sys.argv[1]).read_bytes())
start = time.process_time()
load_recognizer(catalog, Path(sys.argv[2]))
learned = time.process_time() - start
peak = int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024
print(learned, peak)
"""


def grown(recognizer: Recognizer, factor: int) -> Recognizer:
    """The same recognizer with so many times its services, each like a real one; weights are drawn."""
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
    return replace(
        recognizer,
        taught=replace(
            taught,
            phrases=[taught.phrases[i] for i in order],
            names=[taught.names[i] for i in order],
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
    """Services and microseconds of processor time a message (median of the best of five) for each size."""
    found = []
    for factor in FACTORS:
        larger = grown(recognizer, factor) if factor > 1 else recognizer
        times = [min(_time(larger, text) for _ in range(5)) for text in texts]
        found.append((larger.layout.services, float(np.median(times)) * 1e6))
    return found


def learning(
    catalog: Catalog, factors: Sequence[int] = (1, LEARNED_FACTOR)
) -> list[dict[str, float]]:
    """Services, phrases, seconds of processor time and peak megabytes to learn a catalog in a fresh process."""
    found = []
    for factor in factors:
        larger = catalog if factor == 1 else multiplied(catalog, factor)
        with tempfile.TemporaryDirectory() as place:
            path = Path(place, "catalog.pickle")
            path.write_bytes(pickle.dumps(larger))
            done = subprocess.run(
                [sys.executable, "-c", LEARN, str(path), place],
                cwd=Path(__file__).parents[1],
                capture_output=True,
                check=True,
                text=True,
            )
        seconds, peak = map(float, done.stdout.split())
        phrases = sum(len(service.examples) for service in larger.services)
        found.append(
            {
                "services": len(larger.services),
                "examples": phrases,
                "seconds": seconds,
                "peak_mb": peak,
            }
        )
    return found


def multiplied(catalog: Catalog, factor: int) -> Catalog:
    """A catalog with so many times the services: the real ones shortened, and copies in words of their own."""
    services = [
        _copied(service, number, Random(f"{number} {service.id}"))
        for number in range(factor)
        for service in catalog.services
    ]
    return catalog.model_copy(update={"services": tuple(services)})


def _copied(service: Service, number: int, chance: Random) -> Service:
    examples = tuple(chance.sample(service.examples, min(EXAMPLES, len(service.examples))))
    if not number:
        return service.model_copy(update={"examples": examples})
    table = {
        code: chance.randint(FIRST_COMMON, LAST_COMMON)
        for code in sorted({ord(c) for text in (service.name, *examples) for c in text})
        if FIRST_COMMON <= code <= LAST_COMMON and chance.random() > KEPT
    }
    return service.model_copy(
        update={
            "id": f"{service.id}_{number}",
            "name": service.name.translate(table),
            "short": f"{service.short.translate(table)}{number}",
            "aliases": (),
            "examples": tuple(text.translate(table) for text in examples),
            "checks": (),
        }
    )


def _time(recognizer: Recognizer, text: str) -> float:
    start = time.process_time()
    recognizer.recognize(text)
    return time.process_time() - start
