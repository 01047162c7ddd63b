"""Checks a file a resident sent and keeps it outside the database.

The type is told by the bytes, not by the name: a name can claim anything. The name is kept for people to
read and never used as a path.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from actions.file_dangers import MOST_PIXELS, is_safe_package, pixels_of
from dialogue.messages import Attachment
from storage.papers import PaperStore

MAX_BYTES = 10 * 1024 * 1024

_SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypheic", 4, "image/heic"),
    (b"ftypheix", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heic"),
    (b"%PDF-", 0, "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/msword"),
)
_ZIP = b"PK\x03\x04"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def keep_paper(
    store: PaperStore, data: bytes, name: str, kind: Literal["photo", "document"]
) -> Attachment:
    """The file as an attachment: kept under a key, or with the reason why not."""
    safe = clean_name(name)
    if not data:
        return Attachment(kind=kind, name=safe, problem="unreadable")
    if len(data) > MAX_BYTES:
        return Attachment(kind=kind, name=safe, size=len(data), problem="too_big")
    media_type = media_type_of(data)
    if media_type is None or _is_dangerous(data, media_type):
        problem = "unreadable" if kind == "photo" else "wrong_type"
        return Attachment(kind=kind, name=safe, size=len(data), problem=problem)
    return Attachment(
        kind=kind, name=safe, media_type=media_type, size=len(data), key=store.put(data)
    )


def media_type_of(data: bytes) -> str | None:
    """The media type told by the first bytes, or None for a kind we do not take."""
    for magic, offset, media_type in _SIGNATURES:
        if data[offset : offset + len(magic)] == magic:
            return media_type
    if data.startswith(_ZIP) and b"word/" in data[:4096]:
        return _DOCX
    return None


def _is_dangerous(data: bytes, media_type: str) -> bool:
    """Whether it would burst or run where a caseworker opens it."""
    if media_type == _DOCX:
        return not is_safe_package(data)
    return pixels_of(data, media_type) > MOST_PIXELS


def clean_name(name: str) -> str:
    """A file name fit to be shown: no path, no control or direction marks, at most 80 characters."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    return kept.strip(" .")[:80]
