"""Messages on the pipes between the conversation's process and the speech process.

A frame is two lengths (4 bytes each, big-endian), a JSON header and raw bytes.
"""

import json
import struct
from typing import Any, BinaryIO

_LENGTHS = struct.Struct(">II")


def write_frame(stream: BinaryIO, header: dict[str, Any], data: bytes = b"") -> None:
    """Send one message whole. Raises OSError when nobody reads any more."""
    text = json.dumps(header, ensure_ascii=False).encode()
    try:
        stream.write(_LENGTHS.pack(len(text), len(data)) + text + data)
        stream.flush()
    except ValueError as closed:  # by another thread, between two of our steps
        raise BrokenPipeError from closed


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None when the other side is gone."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_length, data_length = _LENGTHS.unpack(lengths)
    content = stream.read(header_length + data_length)
    if len(content) < header_length + data_length:
        return None
    header: dict[str, Any] = json.loads(content[:header_length])
    return header, content[header_length:]
