"""Tells files apart that look like a picture or a document and would burst or run on a caseworker's machine.

Only headers are read; nothing is unpacked or drawn.
"""

from __future__ import annotations

import io
import struct
import zipfile

MOST_PIXELS = 120_000_000
"""The largest telephone cameras make 108 million; drawing more takes half a gigabyte."""
MOST_UNPACKED = 100 * 1024 * 1024
_MOST_PARTS = 5000
_MACROS = "vbaproject.bin"
_SOF = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_STANDALONE = frozenset({0x00, 0x01, *range(0xD0, 0xD8)})
_HEIC_SIZE = b"ispe\x00\x00\x00\x00"
"""With its version and flags, so that no picture holds it by chance."""


def pixels_of(data: bytes, media_type: str) -> int:
    """Width times height as the header claims; 0 where it does not say or we do not read it."""
    match media_type:
        case "image/png" if len(data) >= 24:
            width = int.from_bytes(data[16:20], "big")
            height = int.from_bytes(data[20:24], "big")
        case "image/gif" if len(data) >= 10:
            width = int.from_bytes(data[6:8], "little")
            height = int.from_bytes(data[8:10], "little")
        case "image/webp" if len(data) >= 30:
            width, height = _webp_size(data)
        case "image/heic":
            width, height = _heic_size(data)
        case "image/jpeg":
            width, height = _jpeg_size(data)
        case _:
            return 0
    return width * height


def is_safe_package(data: bytes) -> bool:
    """Whether a zipped document is whole, holds no macros and unpacks to a reasonable size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return False
    has_macros = any(part.filename.lower().endswith(_MACROS) for part in parts)
    size = sum(part.file_size for part in parts)
    return not has_macros and size <= MOST_UNPACKED and len(parts) <= _MOST_PARTS


def _webp_size(data: bytes) -> tuple[int, int]:
    """Of the canvas, or of the one picture, with or without loss."""
    match data[12:16]:
        case b"VP8X":
            return (
                int.from_bytes(data[24:27], "little") + 1,
                int.from_bytes(data[27:30], "little") + 1,
            )
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _heic_size(data: bytes) -> tuple[int, int]:
    """The largest of all pictures in it: previews and tiles say their sizes too."""
    place, largest = -1, (0, 0)
    while 0 <= (place := data.find(_HEIC_SIZE, place + 1)) <= len(data) - 16:
        width, height = struct.unpack(">II", data[place + 8 : place + 16])
        largest = max(largest, (width, height), key=lambda size: size[0] * size[1])
    return largest


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """From the frame header; the largest one counts if there are several."""
    place, largest = 2, (0, 0)
    # As programs that draw do: what stands between two parts is passed over.
    while 0 <= (place := data.find(b"\xff", place)) <= len(data) - 9:
        marker = data[place + 1]
        if marker in _STANDALONE or marker == 0xFF:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _SOF:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            largest = max(largest, (width, height), key=lambda size: size[0] * size[1])
        if marker == 0xDA:
            break
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return largest
