"""Learns everything the cache keeps from the phrases: the weights, and what they are worth."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.cache import Stored, as_bytes
from intents.calibrating import Examples, calibrate
from intents.calibration import Layout
from intents.cues import Cues
from intents.cutter import Cutter
from intents.danger import DangerWatch
from intents.features import Sounds
from intents.meanings import Meanings
from intents.model import MANY, strongest
from intents.nearness import CLASS_END
from intents.normalizer import Normalizer
from intents.spelling import learn_spellings, make_speller
from intents.training import FEATURES, FEW, MEANING, Phrases, Weights, learn, read_phrases, small

_THREADS = "scipy_openblas_set_num_threads64_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known before anything is learned."""

    normalizer: Normalizer
    cutter: Cutter
    names: Sequence[str]
    """Normalized names of the catalog."""
    listed: Sequence[str]
    """Terms listed by hand."""
    syllables: Sequence[str]
    sounds: Sounds
    meanings: Meanings
    cues: Cues
    danger: DangerWatch
    layout: Layout


def learn_all(
    texts: Sequence[str],
    labels: Sequence[int],
    named: Sequence[bool],
    dangers: Sequence[str],
    ground: Ground,
) -> Stored:
    """The model of these phrases as it is stored; `dangers` names the group of those that tell of danger."""
    use_one_core()
    normalized = [ground.normalizer.normalize(text) for text in texts]
    spellings = learn_spellings(normalized, ground.cutter, ground.names, ground.listed)
    speller = make_speller(ground.cutter, spellings, ground.sounds, ground.syllables)
    written = [speller.write(text) for text in normalized]
    normalized = [one.text for one in written]
    numbers = np.array(labels, dtype=np.int64)
    class_count = int(numbers.max()) + 1
    few = np.bincount(numbers) < FEW
    phrases = read_phrases(
        normalized,
        [one.rows for one in written],
        ground.sounds,
        ground.meanings,
        few[numbers] | np.array(named),
    )
    plain = [ground.normalizer.plain(text) for text in texts]
    examples = Examples(
        labels=numbers,
        lengths=[len(text.strip()) for text in texts],
        signs=list(map(ground.cues.signs, normalized, plain)),
        named=np.array(named),
        plain_lengths=[len(text) for text in plain],
        alarming=[ground.danger.alarming(text, ground.danger.groups_in(text)) for text in plain],
    )
    calibration = calibrate(phrases, examples, ground.layout, class_count)
    weights = learn(phrases, numbers, class_count, np.arange(phrases.count))
    apart = _dangers_apart(phrases, numbers, plain, dangers, ground)
    share = np.float32(FEATURES**0.5)
    rounded, scale = small(weights.features, phrases.importance * share)
    kept: dict[str, NDArray[Any]] = {"weights": rounded}
    if class_count > MANY:
        kept["weights"], kept["strongest"] = strongest(rounded)
    return Stored(
        values={
            "unknown": phrases.unknown,
            "calibration": asdict(calibration),
            "spellings": asdict(spellings),
            "syllables": ground.syllables,
            "names": np.bincount(numbers, examples.named, class_count).astype(int).tolist(),
        },
        arrays={
            "sounds": ground.sounds.table,
            "phrases": as_bytes(CLASS_END.join(map("\n".join, _by_class(normalized, labels)))),
            "vectors": ground.meanings.vectors,
            "vector_scale": ground.meanings.scale,
            "vocabulary": phrases.vocabulary,
            "importance": phrases.importance,
            **kept,
            "scale": scale,
            "by_meaning": weights.meaning.T * np.float32(MEANING**0.5),
            "danger_weights": (apart.features * (phrases.importance * share)[:, None]).astype(
                np.float16
            ),
            "danger_meanings": apart.meaning.T * np.float32(MEANING**0.5),
        },
    )


def _dangers_apart(
    phrases: Phrases,
    labels: NDArray[np.int64],
    plain: Sequence[str],
    dangers: Sequence[str],
    ground: Ground,
) -> Weights:
    """What tells one danger from another; a phrase without a group is of the one whose words alone it has."""
    ranking = ground.danger.ranking
    groups = np.full(len(labels), len(ranking))
    for i in np.flatnonzero(labels == ground.layout.emergency).tolist():
        found = {dangers[i]} if dangers[i] else ground.danger.groups_in(plain[i])
        if len(found) == 1:
            groups[i] = ranking.index(next(iter(found)))
    told = np.flatnonzero(groups < len(ranking))
    return learn(phrases, groups, len(ranking), told)


def _by_class(texts: Sequence[str], labels: Sequence[int]) -> list[list[str]]:
    """The texts of each class; those of one class stand together."""
    pairs = zip(labels, texts, strict=True)
    return [[text for _, text in group] for _, group in groupby(pairs, key=itemgetter(0))]


def use_one_core() -> None:
    """Keeps numpy's own threads out; where numpy is built otherwise, nothing happens.

    The products are small, and on a busy machine threads wait for each other five times longer than they work.
    """
    library = importlib.import_module("numpy._core._multiarray_umath").__file__
    with contextlib.suppress(AttributeError):
        getattr(ctypes.CDLL(library), _THREADS)(1)
