"""Learns the model from phrases, in seconds and with numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.cutter import Cutter
from intents.features import Sounds, runs
from intents.meanings import Meanings
from intents.model import Block, Label, Model
from intents.softmax import Problem, solve

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

CHARACTERS, SOUNDS, MEANING = 0.35, 0.35, 0.30
"""Shares of the similarity of two phrases; flat around here (docs/decisions)."""
PENALTY = 0.02
FREQUENT = 40
"""Features in more phrases than this are multiplied densely, the others pair by pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Phrases as sparse rows: entry k says that phrase `rows[k]` has feature `columns[k]`."""

    rows: Ints
    columns: Ints
    values: Floats
    count: int
    vocabulary: tuple[str, ...]
    importance: Floats
    """Inverse document frequency of each feature."""


def train(
    texts: Sequence[str],
    labels: Sequence[Label],
    sounds: Sounds,
    meanings: Meanings,
    cutter: Cutter,
) -> Model:
    """The model of these normalized phrases."""
    classes = tuple(dict.fromkeys(labels))
    number = {label: i for i, label in enumerate(classes)}
    shapes = read_phrases(texts)
    heard = read_phrases([sounds.of(text) for text in texts])
    meant = np.array([meanings.of(cutter.cut(text)) for text in texts], dtype=np.float32)
    similarity = np.float32(MEANING) * (meant @ meant.T)
    similarity += np.float32(CHARACTERS) * similarities(shapes)
    similarity += np.float32(SOUNDS) * similarities(heard)
    coefficients = solve(
        Problem(
            similarity=similarity,
            labels=np.array([number[label] for label in labels]),
            class_count=len(classes),
            penalty=PENALTY,
        )
    )
    return Model(
        labels=classes,
        sounds=sounds,
        meanings=meanings,
        by_characters=make_block(shapes, coefficients, CHARACTERS),
        by_sounds=make_block(heard, coefficients, SOUNDS),
        by_meaning=np.float32(MEANING) * (meant.T @ coefficients),
    )


def read_phrases(texts: Sequence[str]) -> Phrases:
    """The features of normalized texts, each row of unit length."""
    found = [sorted(runs(text)) for text in texts]
    vocabulary = tuple(sorted({run for row in found for run in row}))
    number = {run: i for i, run in enumerate(vocabulary)}
    columns = np.array([number[run] for row in found for run in row], dtype=np.int64)
    sizes = np.array([len(row) for row in found], dtype=np.int64)
    rows = np.repeat(np.arange(len(texts)), sizes)
    seen = np.bincount(columns, minlength=len(vocabulary))
    importance = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
    values = importance[columns]
    lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(texts)))
    return Phrases(
        rows=rows,
        columns=columns,
        values=(values / np.maximum(lengths, 1e-9)[rows]).astype(np.float32),
        count=len(texts),
        vocabulary=vocabulary,
        importance=importance,
    )


def similarities(phrases: Phrases) -> Floats:
    """The inner product of every phrase with every other."""
    order = np.argsort(phrases.columns, kind="stable")
    rows, values = phrases.rows[order], phrases.values[order]
    ends = np.cumsum(np.bincount(phrases.columns, minlength=len(phrases.vocabulary)))
    result = np.zeros((phrases.count, phrases.count), dtype=np.float32)
    dense: list[Floats] = []
    start = 0
    for end in ends:
        members, weights = rows[start:end], values[start:end]
        start = int(end)
        if len(members) > FREQUENT:
            column = np.zeros(phrases.count, dtype=np.float32)
            column[members] = weights
            dense.append(column)
        else:
            result[np.ix_(members, members)] += np.outer(weights, weights)
    if dense:
        block = np.array(dense)
        result += block.T @ block
    return result


def make_block(phrases: Phrases, coefficients: Floats, share: float) -> Block:
    """Class weights of every feature, with importance and share folded in, as small integers."""
    order = np.argsort(phrases.columns, kind="stable")
    starts = np.searchsorted(phrases.columns[order], np.arange(len(phrases.vocabulary)))
    parts = []
    for first in range(0, len(starts), 2048):
        chosen = order[starts[first] : (*starts, len(order))[min(first + 2048, len(starts))]]
        rows = phrases.values[chosen, None] * coefficients[phrases.rows[chosen]]
        parts.append(np.add.reduceat(rows, starts[first : first + 2048] - starts[first], axis=0))
    weights = np.concatenate(parts) * (phrases.importance * np.float32(share))[:, None]
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127
    return Block(
        vocabulary={run: i for i, run in enumerate(phrases.vocabulary)},
        importance=phrases.importance,
        weights=np.rint(weights / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        unknown=float(np.log(1 + phrases.count) + 1),
    )
