"""Papers as bytes: encrypted files beside the database, under names that say nothing."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from storage.crypto import Keyring, key_id_in

_KEY = re.compile(r"[0-9a-f]{32}")


class PaperStore:
    """A folder of encrypted files. Raises ValueError for a key it never gave."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        """Touches nothing yet."""
        self._folder = folder
        self._keyring = keyring

    @property
    def folder(self) -> Path:
        """Where they lie; all machines of an installation share it."""
        return self._folder

    def put(self, content: bytes) -> str:
        """Keep bytes; the key to get them back. When it returns they are on the disk, whole."""
        key = secrets.token_hex(16)
        self.put_back(key, content)
        return key

    def get(self, key: str) -> bytes:
        """The bytes kept under a key; raises FileNotFoundError once they were deleted."""
        return self._keyring.decrypt(self._path(key).read_bytes(), _label(key))

    def put_back(self, key: str, content: bytes) -> None:
        """Keep bytes under a key they had before: from a backup, or to put them under the newest key."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write(path, self._keyring.encrypt(content, _label(key)))

    def written(self) -> Iterator[tuple[str, datetime]]:
        """All keys, and when each file was written."""
        for path in sorted(self._folder.glob("??/*")):
            if _KEY.fullmatch(path.name):
                with suppress(FileNotFoundError):
                    yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def key_id_of(self, key: str) -> bytes:
        """The id of the key a file is encrypted under."""
        with self._path(key).open("rb") as file:
            return key_id_in(file.read(5))

    def delete(self, key: str) -> None:
        """Forget the bytes; twice is as good as once."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if _KEY.fullmatch(key) is None:
            raise ValueError("not a key of this store")
        return self._folder / key[:2] / key

    def _write(self, path: Path, content: bytes) -> None:
        """Write aside, then rename: a file under its name is always complete, even after power failed."""
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(aside).unlink()
            raise
        _sync_folder(path.parent)


def _label(key: str) -> str:
    """Bound to its name, so that one file cannot be put in another's place."""
    return f"paper.{key}"


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
