"""Sound kept on disk under the hash of everything that made it.

Sentences and finished files share one directory; the least recently used go first when it is
full. Several processes may use it at once: a file appears whole or not at all.
"""

import contextlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

_KEPT_SHARE = 0.9
"""How full the cache is left after a clean-up, so that not every write cleans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    data: bytes
    seconds: float


class AudioCache:
    """Get and put by key. A broken or vanished file is a miss, a full disk a lost entry."""

    def __init__(self, directory: Path, *, most_bytes: int = 1_000_000_000) -> None:
        """`most_bytes`: one gigabyte holds about 45 hours of sentences."""
        self.directory = directory
        self._most_bytes = most_bytes
        self._bytes: int | None = None

    def get(self, key: str) -> CacheEntry | None:
        """The entry, which then counts as just used; None when there is none."""
        path = self._path(key)
        try:
            entry = _unpacked(path.read_bytes())
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            entry = None
        if entry is None:
            with contextlib.suppress(OSError):
                path.unlink()
        return entry

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def put(self, key: str, entry: CacheEntry) -> None:
        """Keep an entry; quietly does nothing when the disk refuses."""
        content = _packed(entry)
        with contextlib.suppress(OSError):
            self._write(self._path(key), content)
            self._grown_by(len(content))

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _grown_by(self, added: int) -> None:
        if self._bytes is None:
            self._bytes = sum(size for _, size, _ in self._all())
        else:
            self._bytes += added
        if self._bytes > self._most_bytes:
            self._clean()

    def _clean(self) -> None:
        entries = sorted(self._all(), key=lambda entry: entry[0])
        total = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if total <= self._most_bytes * _KEPT_SHARE:
                break
            path.unlink(missing_ok=True)
            total -= size
        self._bytes = total

    def _all(self) -> list[tuple[int, int, Path]]:
        """Last use in nanoseconds, size and path of every file."""
        found = []
        for path in self.directory.glob("*/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        return found

    def _path(self, key: str) -> Path:
        return self.directory / key[:2] / key


def _packed(entry: CacheEntry) -> bytes:
    facts = {"bytes": len(entry.data), "seconds": round(entry.seconds, 3)}
    return json.dumps(facts).encode() + b"\n" + entry.data


def _unpacked(content: bytes) -> CacheEntry | None:
    """The entry of a file's content; None when the content was cut short."""
    header, _, data = content.partition(b"\n")
    facts = json.loads(header)
    if facts["bytes"] != len(data):
        return None
    return CacheEntry(data=data, seconds=float(facts["seconds"]))
