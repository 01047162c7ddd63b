"""Makes a recognizer from the catalog and this room's word lists; the only file here that opens files."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from catalog.models import Catalog
from intents.bands import Bands
from intents.cache import read_model, write_model
from intents.clauses import make_splitter
from intents.common import CommonIntents, read_common_intents
from intents.cues import make_cues
from intents.cutter import Cutter, make_cutter, read_counts
from intents.danger import make_danger_watch
from intents.features import Sounds, make_sounds
from intents.meanings import Meanings
from intents.model import Label, Model
from intents.normalizer import Normalizer, make_normalizer
from intents.recognizer import AGREEMENT, Recognizer
from intents.training import train

HERE = Path(__file__).parent
MEANINGS = HERE / "meanings.npz"
LEARNED_FROM = (
    "cache.py",
    "characters.json",
    "cutter.py",
    "features.py",
    "lexicon.json",
    "meanings.npz",
    "model.py",
    "normalizer.py",
    "softmax.py",
    "training.py",
    "words.txt",
)
"""Files that change what is learned from the same phrases."""


def load_recognizer(catalog: Catalog, cache_dir: Path | None) -> Recognizer:
    """A recognizer of everything in the catalog, learned anew when a phrase or this code changed."""
    lexicon = _read_json("lexicon.json")
    characters = _read_json("characters.json")
    common = read_common_intents(_read_json("common_intents.json"))
    normalizer = _normalizer(lexicon, characters)
    sounds = make_sounds(characters["syllables"])
    phrases = tuple(_phrases(catalog, common))
    counts = read_counts((HERE / "words.txt").read_text("utf-8").splitlines())
    meanings = _meanings(counts)
    cutter = make_cutter(counts, ())
    model = _model(
        phrases,
        normalizer=normalizer,
        sounds=sounds,
        meanings=meanings,
        cutter=cutter,
        cache_dir=cache_dir,
    )
    return Recognizer(
        normalizer=normalizer,
        splitter=make_splitter(lexicon["clauses"]),
        cutter=cutter,
        model=model,
        bands=Bands(),
        cues=make_cues(common, lexicon, normalizer),
        danger=make_danger_watch(common.danger_words, lexicon["not_now"], normalizer, sounds),
        kinds=np.array([label.kind for label in model.labels]),
        agreement=np.array(
            [label.kind == "act" and label.id in AGREEMENT for label in model.labels]
        ),
        related=_related(catalog),
    )


def load_normalizer() -> Normalizer:
    """The normalizer alone, for who compares words without recognizing them."""
    return _normalizer(_read_json("lexicon.json"), _read_json("characters.json"))


def _normalizer(lexicon: dict[str, Any], characters: dict[str, Any]) -> Normalizer:
    simplified = dict(characters["simplified"])
    for target, variants in lexicon["variants"].items():
        simplified[target] = simplified.get(target, "") + variants
    return make_normalizer(simplified, lexicon["dialect"], lexicon["fillers"])


def _meanings(counts: dict[str, int]) -> Meanings:
    """The table whose rows are in the order of `words.txt`; without it no word has a meaning."""
    if not MEANINGS.exists():
        nothing = np.zeros((0, 1), dtype=np.int8)
        return Meanings(rows={}, vectors=nothing, scale=np.zeros(0, dtype=np.float32))
    with np.load(MEANINGS, allow_pickle=False) as table:
        return Meanings(
            rows=dict(zip(counts, range(len(counts)), strict=True)),
            vectors=table["vectors"],
            scale=table["scale"],
        )


def _phrases(catalog: Catalog, common: CommonIntents) -> Iterator[tuple[str, Label]]:
    """Every phrase that is taught, with what it stands for."""
    for service in catalog.services:
        label = Label(kind="service", id=service.id)
        for text in (service.name, service.short, *service.aliases, *service.examples):
            yield text, label
    for event in catalog.life_events:
        label = Label(kind="life_event", id=event.id)
        for text in (event.name, event.short, *event.examples):
            yield text, label
    for kind, group in (("act", common.acts), ("outside", common.outside)):
        for sayings in group:
            for text in (*sayings.exact, *sayings.examples):
                yield text, Label(kind=kind, id=sayings.id)
    for text in common.not_danger:
        yield text, Label(kind="calm", id="not_danger")


def _model(
    phrases: tuple[tuple[str, Label], ...],
    *,
    normalizer: Normalizer,
    sounds: Sounds,
    meanings: Meanings,
    cutter: Cutter,
    cache_dir: Path | None,
) -> Model:
    """The model of these phrases: read when it was learned before, else learned and kept."""
    path = cache_dir / f"understanding-{_digest(phrases)}.npz" if cache_dir else None
    known = read_model(path, sounds, meanings) if path else None
    if known:
        return known
    texts = [normalizer.normalize(text) for text, _ in phrases]
    model = train(texts, [label for _, label in phrases], sounds, meanings, cutter)
    if path:
        write_model(path, model)
    return model


def _digest(phrases: tuple[tuple[str, Label], ...]) -> str:
    """Names everything a model depends on: the phrases, the word lists and the code."""
    digest = hashlib.sha256(repr(phrases).encode())
    for name in LEARNED_FROM:
        path = HERE / name
        digest.update(path.read_bytes() if path.exists() else name.encode())
    return digest.hexdigest()[:24]


def _related(catalog: Catalog) -> dict[str, frozenset[str]]:
    """Which services belong to which life event, both ways."""
    related: dict[str, set[str]] = defaultdict(set)
    for event in catalog.life_events:
        for step in event.steps:
            related[event.id].add(step.service)
            related[step.service].add(event.id)
    return {key: frozenset(others) for key, others in related.items()}


def _read_json(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))
