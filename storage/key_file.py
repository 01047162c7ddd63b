"""The file that holds the master secrets: one a line, newest first; `index …` for the one that does not rotate.

Only its owner may read it. It is changed by writing aside and renaming, so a process that reads it meanwhile
sees the old keys or the new ones, never half.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from storage.crypto import Secrets, key_id_of

_INDEX = "index "
_COMMENT = "#"


class KeyFileOpen(Exception):
    """Others than its owner may read the file."""


class KeyFile:
    """A key file at one path."""

    def __init__(self, path: Path) -> None:
        """Touches nothing yet."""
        self.path = path

    def make_once(self) -> None:
        """Make it with one strong secret unless it is there already; two processes at once make one."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{fresh_secret()}\n")

    def read(self) -> Secrets:
        """The secrets in it; raises `KeyFileOpen` when others may read it, FileNotFoundError without it."""
        if os.name != "nt" and stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            raise KeyFileOpen(str(self.path))
        lines = [line.strip() for line in self.path.read_text("ascii").splitlines()]
        lines = [line for line in lines if line and not line.startswith(_COMMENT)]
        index = [line.removeprefix(_INDEX).strip() for line in lines if line.startswith(_INDEX)]
        return Secrets(
            newest_first=tuple(line for line in lines if not line.startswith(_INDEX)),
            index=index[-1] if index else "",
        )

    def add_newest(self, secret: str) -> None:
        """Put a secret in front; the one of the blind indexes is named from now on, so that it stays."""
        now = self.read()
        index = now.index or now.newest_first[-1]
        self._write(Secrets(newest_first=(secret, *now.newest_first), index=index))

    def set_index(self, secret: str) -> None:
        """Another secret for blind indexes and seals; everything they made must be made anew."""
        self._write(Secrets(newest_first=self.read().newest_first, index=secret))

    def keep_only(self, key_ids: frozenset[bytes]) -> int:
        """Take out the secrets nothing is encrypted under any more; how many. The newest always stays."""
        now = self.read()
        first, *others = now.newest_first
        kept = tuple(s for s in others if key_id_of(s) in key_ids)
        if len(kept) < len(others):
            index = now.index or now.newest_first[-1]
            self._write(Secrets(newest_first=(first, *kept), index=index))
        return len(others) - len(kept)

    def _write(self, content: Secrets) -> None:
        aside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("\n".join((*content.newest_first, f"{_INDEX}{content.index}", "")))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.path)


def fresh_secret() -> str:
    """A secret nobody can guess: 384 random bits."""
    return secrets.token_urlsafe(48)
