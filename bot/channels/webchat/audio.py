"""A reply as sound: made when the person asks for it, bound to her own conversation, kept nowhere but here for a moment."""

from __future__ import annotations

import re
import time
from collections import OrderedDict

from fastapi import Response

from dialogue.messages import Reply
from speech import Audio, AudioFormat, SpeechProcess

MEDIA_TYPES: dict[AudioFormat, str] = {"ogg": "audio/ogg", "mp3": "audio/mpeg"}
_KEPT = 16
_KEPT_SECONDS = 300.0
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")

Key = tuple[str, int, AudioFormat]
"""Browser, line, format."""


class Sounds:
    """Speaks replies. Some players fetch a sound in several parts, so the last few stay in memory."""

    def __init__(self, voice: SpeechProcess) -> None:
        self._voice = voice
        self._kept: OrderedDict[Key, tuple[float, bytes]] = OrderedDict()

    async def of(self, reply: Reply, key: Key) -> bytes | None:
        """The reply as sound, or None when no voice works now: the text is always there."""
        now = time.monotonic()
        while self._kept and next(iter(self._kept.values()))[0] < now - _KEPT_SECONDS:
            self._kept.popitem(last=False)
        if key in self._kept:
            return self._kept[key][1]
        audio: Audio | None = await self._voice.say(
            reply.as_plain_text(), rate=reply.rate, audio_format=key[2], private=reply.private
        )
        if audio is None:
            return None
        self._kept[key] = (now, audio.data)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return audio.data


def sound_response(data: bytes, media_type: str, wanted: str) -> Response:
    """The sound, or the part of it that a `Range` header wants: some players refuse a server without."""
    headers = {"Accept-Ranges": "bytes"}
    match = _RANGE.fullmatch(wanted.strip()) if wanted else None
    if match is None or not (match[1] or match[2]):
        return Response(data, media_type=media_type, headers=headers)
    start = int(match[1]) if match[1] else max(0, len(data) - int(match[2]))
    end = min(int(match[2]), len(data) - 1) if match[1] and match[2] else len(data) - 1
    if start > end:
        headers["Content-Range"] = f"bytes */{len(data)}"
        return Response(status_code=416, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return Response(data[start : end + 1], 206, media_type=media_type, headers=headers)
