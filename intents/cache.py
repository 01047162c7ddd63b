"""Keeps a learned model on disk, so that a start costs a read instead of a lesson.

One file a model, named by a digest of everything it was learned from: a stale one is never read.
"""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.features import Sounds
from intents.meanings import Meanings
from intents.model import Block, Label, Model


def read_model(path: Path, sounds: Sounds, meanings: Meanings) -> Model | None:
    """The model in this file; None when there is none, or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            labels = json.loads(bytes(arrays["labels"]))
            return Model(
                labels=tuple(Label(kind=kind, id=key) for kind, key in labels),
                sounds=sounds,
                meanings=meanings,
                by_characters=_read_block(arrays, "characters"),
                by_sounds=_read_block(arrays, "sounds"),
                by_meaning=arrays["meaning"],
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def write_model(path: Path, model: Model) -> None:
    """Writes the model whole or not at all; two processes may do it at once."""
    labels = [(label.kind, label.id) for label in model.labels]
    arrays: dict[str, Any] = {"labels": _bytes(json.dumps(labels)), "meaning": model.by_meaning}
    for name, block in (("characters", model.by_characters), ("sounds", model.by_sounds)):
        arrays[f"{name}_vocabulary"] = _bytes("\n".join(block.vocabulary))
        arrays[f"{name}_importance"] = block.importance
        arrays[f"{name}_weights"] = block.weights
        arrays[f"{name}_scale"] = block.scale
        arrays[f"{name}_unknown"] = np.array(block.unknown)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        np.savez(file, **arrays)
    unfinished.replace(path)


def _read_block(arrays: Any, name: str) -> Block:
    runs = bytes(arrays[f"{name}_vocabulary"]).decode("utf-8").split("\n")
    return Block(
        vocabulary=dict(zip(runs, range(len(runs)), strict=True)),
        importance=arrays[f"{name}_importance"],
        weights=arrays[f"{name}_weights"],
        scale=arrays[f"{name}_scale"],
        unknown=float(arrays[f"{name}_unknown"]),
    )


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
