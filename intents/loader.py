"""Makes a recognizer from the catalog and this room's word lists; the only file here that opens files."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from catalog.models import Catalog
from intents.cache import Stored, as_bytes, read_stored, write_stored
from intents.calibration import Calibration, Layout
from intents.clauses import make_splitter
from intents.common import CommonIntents, read_common_intents
from intents.cues import make_cues
from intents.cutter import make_cutter, read_counts
from intents.danger import Dangers, make_danger_watch
from intents.features import Sounds, make_sounds
from intents.meanings import Meanings
from intents.model import Label, Model
from intents.nearness import CLASS_END, Taught
from intents.normalizer import Normalizer, make_normalizer
from intents.phrases import Phrase, names, read_phrases
from intents.recognizer import AGREEMENT, Recognizer
from intents.spelling import Spellings, make_speller

HERE = Path(__file__).parent
MEANINGS = HERE / "meanings.npz"
_TAIL = 4096
"""The end of a zip file holds the checksums of all it contains."""
LEARNED_FROM = (
    "cache.py",
    "calibrating.py",
    "calibration.py",
    "characters.json",
    "common.py",
    "cues.py",
    "cutter.py",
    "danger.py",
    "features.py",
    "learning.py",
    "lexicon.json",
    "loader.py",
    "meanings.npz",
    "model.py",
    "nearness.py",
    "normalizer.py",
    "phrases.py",
    "pinyin.py",
    "spelling.py",
    "terms.py",
    "training.py",
    "words.txt",
)
"""Files that change what is learned from the same phrases."""
_LONG_ENOUGH = 2
_LONGEST_WORD = 4
"""A longer name stays cut into its words, which say more together than a word that stands alone."""
KINDS = ("service", "life_event", "act", "outside", "calm")
"""Classes of the model lie in this order."""


def load_recognizer(catalog: Catalog, cache_dir: Path | None) -> Recognizer:
    """A recognizer of everything in the catalog, learned anew when a phrase or this code changed."""
    lexicon = _read_json("lexicon.json")
    common = read_common_intents(_read_json("common_intents.json"))
    labels, layout, stored = _learned(catalog, common, lexicon, cache_dir)
    words = bytes(stored.arrays["words"]).decode("utf-8").split("\n")
    before, after = bytes(stored.arrays["variants"]).decode("utf-8").split("\n")
    characters = dict(zip(map(ord, before), after, strict=True))
    normalizer = make_normalizer(characters, lexicon["dialect"], lexicon["fillers"])
    model = _model(stored, labels)
    return Recognizer(
        normalizer=normalizer,
        splitter=make_splitter(lexicon["clauses"]),
        speller=make_speller(
            make_cutter(words, stored.arrays["word_counts"].data, stored.values["known_words"]),
            Spellings(**stored.values["spellings"]),
            model.sounds,
            stored.values["syllables"],
        ),
        model=model,
        taught=Taught(
            phrases=bytes(stored.arrays["phrases"]).decode("utf-8").split(CLASS_END),
            names=stored.values["names"],
        ),
        layout=layout,
        cues=make_cues(common, lexicon, normalizer),
        danger=make_danger_watch(common.danger_words, common.hotlines, lexicon, normalizer),
        agreement=tuple(
            i for i, label in enumerate(labels) if label.kind == "act" and label.id in AGREEMENT
        ),
    )


def _learned(
    catalog: Catalog, common: CommonIntents, lexicon: Mapping[str, Any], cache_dir: Path | None
) -> tuple[tuple[Label, ...], Layout, Stored]:
    """The classes, how they lie, and what is learned of them; the phrases themselves are let go."""
    phrases = sorted(
        read_phrases(catalog, common), key=lambda phrase: KINDS.index(phrase.label.kind)
    )
    labels = tuple(dict.fromkeys(phrase.label for phrase in phrases))
    layout = _layout(labels, catalog)
    spelled = tuple(dict.fromkeys(names(catalog)))
    stored = _stored(
        phrases, labels, layout, spelled, common=common, lexicon=lexicon, cache_dir=cache_dir
    )
    return labels, layout, stored


def load_normalizer() -> Normalizer:
    """The normalizer alone, for who compares words without recognizing them."""
    lexicon = _read_json("lexicon.json")
    characters = _variants(_read_json("characters.json"), lexicon)
    return make_normalizer(characters, lexicon["dialect"], lexicon["fillers"])


def _variants(characters: Mapping[str, Any], lexicon: Mapping[str, Any]) -> dict[int, str]:
    """Each traditional or variant character and what it becomes."""
    return {
        ord(variant): target
        for table in (characters["simplified"], lexicon["variants"])
        for target, variants in table.items()
        for variant in variants
    }


def _layout(labels: Sequence[Label], catalog: Catalog) -> Layout:
    """Where each kind ends, and which life events and services go well together."""
    kinds = [label.kind for label in labels]
    ends = np.cumsum([kinds.count(kind) for kind in KINDS]).tolist()
    number = {label.id: i for i, label in enumerate(labels) if label.kind in KINDS[:2]}
    allied: dict[int, set[int]] = defaultdict(set)
    for event in catalog.life_events:
        for step in event.steps:
            allied[number[event.id]].add(number[step.service])
            allied[number[step.service]].add(number[event.id])
    return Layout(
        services=ends[0],
        topics=ends[1],
        inside=ends[2],
        outside=ends[3],
        emergency=next(
            (i for i, label in enumerate(labels) if label == Label(kind="act", id="emergency")), -1
        ),
        allied={key: frozenset(others) for key, others in allied.items()},
    )


def _stored(
    phrases: Sequence[Phrase],
    labels: tuple[Label, ...],
    layout: Layout,
    terms: Sequence[str],
    *,
    common: CommonIntents,
    lexicon: Mapping[str, Any],
    cache_dir: Path | None,
) -> Stored:
    """What is learned of these phrases: read when it was learned before, else learned and kept."""
    path = (
        cache_dir / f"understanding-{_digest(phrases, layout, terms, common.danger_words)}.bin"
        if cache_dir
        else None
    )
    known = read_stored(path) if path else None
    if known:
        return known
    from intents.learning import Ground, learn_all  # noqa: PLC0415 - a start with a cache needs none of it

    raw = _read_json("characters.json")
    characters = _variants(raw, lexicon)
    normalizer = make_normalizer(characters, lexicon["dialect"], lexicon["fillers"])
    normalized = [name for name in map(normalizer.normalize, terms) if len(name) >= _LONG_ENOUGH]
    words, counts, known_words = read_counts(
        (HERE / "words.txt").read_text("utf-8").splitlines(),
        [*lexicon["terms"], *(name for name in normalized if len(name) <= _LONGEST_WORD)],
    )
    ground = Ground(
        normalizer=normalizer,
        cutter=make_cutter(words, counts, known_words),
        names=normalized,
        listed=lexicon["terms"],
        syllables=list(raw["syllables"]),
        sounds=make_sounds(raw["syllables"]),
        meanings=_meanings(known_words),
        cues=make_cues(common, lexicon, normalizer),
        danger=make_danger_watch(
            common.danger_words,
            common.hotlines,
            lexicon,
            normalizer,
        ),
        layout=layout,
    )
    number = {label: i for i, label in enumerate(labels)}
    learned = learn_all(
        [phrase.text for phrase in phrases],
        [number[phrase.label] for phrase in phrases],
        [phrase.named for phrase in phrases],
        [phrase.danger for phrase in phrases],
        ground,
    )
    stored = Stored(
        values={**learned.values, "known_words": known_words},
        arrays={
            **learned.arrays,
            "words": as_bytes("\n".join(words)),
            "word_counts": np.array(counts),
            "variants": as_bytes(
                "".join(map(chr, characters)) + "\n" + "".join(characters.values())
            ),
        },
    )
    if path:
        write_stored(path, stored)
    return stored


def _meanings(known_words: int) -> Meanings:
    """The table whose rows are in the order of `words.txt`, a term having none; without it no word has."""
    if not MEANINGS.exists():
        nothing = np.zeros((0, 1), dtype=np.int8)
        return Meanings(vectors=nothing, scale=np.zeros(0, dtype=np.float32))
    with np.load(MEANINGS, allow_pickle=False) as table:
        vectors, scale = table["vectors"], table["scale"]
    more = known_words - len(vectors)
    return Meanings(vectors=np.pad(vectors, ((0, more), (0, 0))), scale=np.pad(scale, (0, more)))


def _model(stored: Stored, labels: tuple[Label, ...]) -> Model:
    arrays, values = stored.arrays, stored.values
    by_meaning = arrays["by_meaning"]
    if "strongest" not in arrays:
        by_meaning = np.asfortranarray(by_meaning)  # many parts are weighed in half the time
    return Model(
        labels=labels,
        sounds=Sounds(table=arrays["sounds"]),
        meanings=Meanings(vectors=arrays["vectors"], scale=arrays["vector_scale"]),
        vocabulary=arrays["vocabulary"],
        squares=np.append(arrays["importance"], np.float32(values["unknown"])) ** 2,
        unknown=values["unknown"] ** 2,
        weights=arrays["weights"],
        scale=np.append(arrays["scale"], np.float32(0)),
        by_meaning=by_meaning,
        dangers=Dangers(weights=arrays["danger_weights"], by_meaning=arrays["danger_meanings"]),
        calibration=Calibration(**values["calibration"]),
        strongest=arrays.get("strongest"),
    )


def _digest(
    phrases: Sequence[Phrase],
    layout: Layout,
    terms: Sequence[str],
    danger_words: Mapping[str, Sequence[str]],
) -> str:
    """Names everything a model depends on: the phrases, the word lists and the code."""
    digest = hashlib.sha256(
        "\n".join(phrase.text for phrase in phrases).encode("utf-8", "replace")
    )
    digest.update(
        "\n".join(f"{p.label.kind}.{p.label.id}.{p.named:d}.{p.danger}" for p in phrases).encode()
    )
    digest.update(repr((terms, danger_words)).encode("utf-8", "replace"))
    digest.update(
        repr(sorted((key, sorted(found)) for key, found in layout.allied.items())).encode()
    )
    for name in LEARNED_FROM:
        path = HERE / name
        if path.exists():
            with path.open("rb") as file:
                if name.endswith(".npz"):
                    file.seek(-_TAIL, 2)
                digest.update(file.read())
        else:
            digest.update(name.encode())
    return digest.hexdigest()[:24]


def _read_json(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))
