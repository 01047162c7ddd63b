"""Keeps a learned model on disk as one file that is mapped, not read: a start costs a few milliseconds.

One file a model, named by a digest of everything it was learned from: a stale one is never read. Layout: the
length of a JSON head, the head (values, and place, type and shape of each array), then the arrays.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"zhucan1\n"
_START = len(_MAGIC) + 8
_ALIGNED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What one file holds."""

    values: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def read_stored(path: Path) -> Stored | None:
    """The content of this file; None when there is none, or it is damaged."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if mapped[: len(_MAGIC)] != _MAGIC:
            return None
        size = int.from_bytes(mapped[len(_MAGIC) : _START], "little")
        head = json.loads(mapped[_START : _START + size])
        start = _aligned(_START + size)
        if len(mapped) != start + head["length"]:
            return None
        arrays = {
            name: np.ndarray(shape, dtype=kind, buffer=mapped, offset=start + place)
            for name, (place, kind, shape) in head["arrays"].items()
        }
        return Stored(values=head["values"], arrays=arrays)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_stored(path: Path, stored: Stored) -> None:
    """Writes the file whole or not at all; two processes may do it at once."""
    blocks = {name: np.ascontiguousarray(array) for name, array in stored.arrays.items()}
    places: dict[str, tuple[int, str, list[int]]] = {}
    end = 0
    for name, block in blocks.items():
        places[name] = (end, block.dtype.str, list(block.shape))
        end = _aligned(end + block.nbytes)
    text = json.dumps({"values": stored.values, "arrays": places, "length": end})
    head = text.encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(_MAGIC + len(head).to_bytes(8, "little") + head)
        start = _aligned(file.tell())
        for (place, _, _), block in zip(places.values(), blocks.values(), strict=True):
            file.seek(start + place)
            file.write(block.tobytes())
        file.truncate(start + end)
    unfinished.replace(path)


def as_bytes(text: str) -> NDArray[np.uint8]:
    """A text as an array, to be stored beside the others."""
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)


def _aligned(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED
