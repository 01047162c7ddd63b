"""The list of everybody who was forgotten, outside the database: so that a restored backup forgets them again.

It lies beside the papers, which all machines share, and holds ids that lead nowhere any more.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

NAME = "forgotten.txt"


def note(folder: Path, person_ids: Collection[str]) -> None:
    """Add ids that are not in the list yet; on the disk when it returns."""
    new = sorted(set(person_ids) - read(folder / NAME))
    if not new:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("".join(f"{person_id}\n" for person_id in new))
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> frozenset[str]:
    """The ids in a list; none when there is no such file."""
    return given(path) if path.exists() else frozenset()


def given(path: Path) -> frozenset[str]:
    """The ids in a list somebody named; OSError when it is not there, lest the forgotten come back."""
    return frozenset(path.read_text("ascii").split())
