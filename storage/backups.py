"""Backup files: everything of one tenant in one encrypted file that either engine can be filled from.

A file is a short clear head and encrypted portions; inside lies a compressed text of JSON lines: what it is,
every row of every table, every paper, and at the end the counts and the digest of all before. Portions are
numbered and the last one is marked, so that none can be left out, exchanged or cut off.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import secrets
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from storage.crypto import Keyring
from storage.errors import NotReadable

_MAGIC = b"zhucan backup 1\n"
_ID = 16
_PORTION = 1024 * 1024
_LENGTH = struct.Struct(">BI")
"""Whether it is the last portion, and its bytes."""

Line = dict[str, Any]


class BackupBroken(Exception):
    """The file is not a whole backup of ours, or its key is not in the ring; the code says which."""

    def __init__(self, code: str) -> None:
        """`code`: not_a_backup, not_readable, cut_off, wrong_digest."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says about itself."""

    tenant: str
    revision: str
    made_at: datetime
    index_key: str
    """The fingerprint of the index key: under another one nobody would be found again."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows by table."""
    papers: int = 0


class BackupWriter:
    """Writes lines into a file that appears under its name only when it is whole."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        """Writes beside the path until `finish`."""
        self._path = path
        self._aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._sealed = _SealedStream(self._file, keyring)
        self._text = gzip.GzipFile(fileobj=self._sealed, mode="wb", mtime=0)
        self._digest = hashlib.sha256()
        self._counts: Counter[str] = Counter()
        self._papers = 0

    def begin(self, manifest: Manifest) -> None:
        """Say what this is a backup of."""
        made_at = manifest.made_at.isoformat()
        about = {"tenant": manifest.tenant, "revision": manifest.revision, "made_at": made_at}
        self._put({**about, "index_key": manifest.index_key})

    def row(self, table: str, values: Line) -> None:
        """One row of a table."""
        self._counts[table] += 1
        self._put({"table": table, "row": values})

    def paper(self, key: str, content: bytes) -> None:
        """One paper, decrypted: a restored one is encrypted under the key of its new home."""
        self._papers += 1
        self._put({"paper": key, "data": base64.b64encode(content).decode()})

    def finish(self) -> None:
        """Write the counts and the digest, and put the file in its place, whole and on the disk."""
        end = {
            "rows": dict(self._counts),
            "papers": self._papers,
            "digest": self._digest.hexdigest(),
        }
        self._text.write(_packed({"end": end}))
        self._text.close()
        self._sealed.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._aside.replace(self._path)

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._aside.unlink(missing_ok=True)

    def _put(self, line: Line) -> None:
        packed = _packed(line)
        self._digest.update(packed)
        self._text.write(packed)


@contextmanager
def writing(path: Path, keyring: Keyring) -> Iterator[BackupWriter]:
    """A backup file that is finished when all went well, and gone when it did not."""
    writer = BackupWriter(path, keyring)
    try:
        yield writer
        writer.finish()
    except BaseException:
        writer.give_up()
        raise


def verify(path: Path, keyring: Keyring) -> Manifest:
    """Read the whole file; raises `BackupBroken` unless every byte is as it was written."""
    first, last = None, None
    digest = hashlib.sha256()
    counts: Counter[str] = Counter()
    papers = 0
    for packed in _lines(path, keyring):
        line = json.loads(packed)
        if "end" in line:
            last = line["end"]
            break
        digest.update(packed)
        first = first or line
        counts[line.get("table", "")] += "table" in line
        papers += "paper" in line
    if first is None or last is None:
        raise BackupBroken("cut_off")
    rows = {table: count for table, count in counts.items() if count}
    if (digest.hexdigest(), rows, papers) != (last["digest"], last["rows"], last["papers"]):
        raise BackupBroken("wrong_digest")
    return Manifest(
        tenant=first["tenant"],
        revision=first["revision"],
        made_at=datetime.fromisoformat(first["made_at"]),
        index_key=first["index_key"],
        rows=rows,
        papers=papers,
    )


def rows_in(path: Path, keyring: Keyring) -> Iterator[tuple[str, Line]]:
    """The rows with their tables, in the order they were written."""
    for line in map(json.loads, _lines(path, keyring)):
        if "table" in line:
            yield line["table"], line["row"]


def papers_in(path: Path, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    """The papers with their keys."""
    for line in map(json.loads, _lines(path, keyring)):
        if "paper" in line:
            yield line["paper"], base64.b64decode(line["data"])


def _lines(path: Path, keyring: Keyring) -> Iterator[bytes]:
    with path.open("rb") as file:
        try:
            yield from gzip.GzipFile(fileobj=io.BufferedReader(_OpenedStream(file, keyring)))
        except (EOFError, gzip.BadGzipFile) as error:
            raise BackupBroken("cut_off") from error


def _packed(line: Line) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _label(backup_id: bytes, number: int, is_last: int) -> str:
    return f"backup.{backup_id.hex()}.{number}.{is_last}"


class _SealedStream(io.RawIOBase):
    """Takes bytes, writes encrypted portions."""

    def __init__(self, file: IO[bytes], keyring: Keyring) -> None:
        super().__init__()
        self._out, self._keyring = file, keyring
        self._id = secrets.token_bytes(_ID)
        self._number = 0
        self._waiting = bytearray()
        file.write(_MAGIC + self._id)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > _PORTION:
            self._portion(bytes(self._waiting[:_PORTION]), is_last=0)
            del self._waiting[:_PORTION]
        return len(data)

    def finish(self) -> None:
        """Write what is left, marked as the last."""
        self._portion(bytes(self._waiting), is_last=1)

    def _portion(self, clear: bytes, *, is_last: int) -> None:
        sealed = self._keyring.encrypt(clear, _label(self._id, self._number, is_last))
        self._out.write(_LENGTH.pack(is_last, len(sealed)) + sealed)
        self._number += 1


class _OpenedStream(io.RawIOBase):
    """Reads encrypted portions, gives bytes."""

    def __init__(self, file: IO[bytes], keyring: Keyring) -> None:
        super().__init__()
        self._in, self._keyring = file, keyring
        head = file.read(len(_MAGIC) + _ID)
        if len(head) != len(_MAGIC) + _ID or not head.startswith(_MAGIC):
            raise BackupBroken("not_a_backup")
        self._id = head[len(_MAGIC) :]
        self._number = 0
        self._waiting = b""
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._waiting and not self._is_over:
            self._waiting = self._portion()
        count = min(len(target), len(self._waiting))
        target[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    def _portion(self) -> bytes:
        head = self._in.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            raise BackupBroken("cut_off")
        is_last, length = _LENGTH.unpack(head)
        if length > 2 * _PORTION:
            raise BackupBroken("not_readable")
        sealed = self._in.read(length)
        if len(sealed) < length:
            raise BackupBroken("cut_off")
        try:
            clear = self._keyring.decrypt(sealed, _label(self._id, self._number, is_last))
        except NotReadable as error:
            raise BackupBroken("not_readable") from error
        self._number += 1
        self._is_over = bool(is_last)
        return clear
