"""What can be asked of this room, what comes back, and under which key it is kept."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from speech.cache import AudioCache
from speech.numerals import DIGITS, SPELLED
from speech.segments import segments
from speech.spoken_form import RULES_VERSION, names_a_person, to_spoken
from speech.voices import DEFAULT_SPEAKER, fingerprint

AudioFormat: TypeAlias = Literal["ogg", "mp3"]

MEDIA_TYPES: dict[str, str] = {"ogg": "audio/ogg", "mp3": "audio/mpeg"}

SLOWEST, FASTEST = 0.5, 3.0
"""Rates of speech that are offered; what is asked beyond them is brought back to them."""

LONGEST_TEXT = 1500
"""Characters, five minutes of sound. A longer text is for the eye only."""

FASTEST_NUMBER = 1.3
"""Numbers that are written down while listening are never said faster."""

_MASTERS_VERSION = "1"  # raised when trimming, loudness or pauses change
_DICTATED = re.compile(f"[{''.join({*DIGITS, *SPELLED})}]{{4}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRequest:
    """A text to be spoken."""

    text: str
    """As written for the eye; it is turned into its spoken form here."""

    voice: str = DEFAULT_SPEAKER
    rate: float = 1.0
    audio_format: AudioFormat = "ogg"

    private: bool = False
    """Holds personal data: never cached, never sent to a remote voice."""

    @property
    def is_private(self) -> bool:
        """As the caller said, or because a full identity, card or mobile number is in it."""
        return self.private or names_a_person(self.text)

    @property
    def speed(self) -> float:
        return round(min(max(self.rate, SLOWEST), FASTEST), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """A finished sound file."""

    data: bytes

    media_type: str
    """`audio/ogg` (Opus, fit for a Telegram voice message) or `audio/mpeg`."""

    seconds: float

    engine: str
    """The voice that spoke: `kokoro` or `gtts`."""

    cached: bool


def pieces_of(request: SpeechRequest) -> tuple[str, ...]:
    """The sentences to say for a request; none when nothing in it sounds or it is far too long."""
    if len(request.text) > LONGEST_TEXT:
        return ()
    return segments(to_spoken(request.text))


def speed_of(piece: str, request: SpeechRequest) -> float:
    """The rate for one sentence: the one asked for, but slower where digits are dictated."""
    return min(request.speed, FASTEST_NUMBER) if _DICTATED.search(piece) else request.speed


def segment_key(piece: str, engine: str, speaker: str) -> str:
    """The name of one sentence said at rate 1.0."""
    return _key("segment", fingerprint(engine, speaker), _MASTERS_VERSION, RULES_VERSION, piece)


def file_key(pieces: Sequence[str], engine: str, request: SpeechRequest) -> str:
    """The name of a finished file."""
    keys = [segment_key(piece, engine, request.voice) for piece in pieces]
    return _key("file", *keys, str(request.speed), request.audio_format)


def find_finished(
    pieces: Sequence[str], engine: str, request: SpeechRequest, cache: AudioCache
) -> Audio | None:
    """A file that was made before; takes well under a millisecond and loads no voice."""
    entry = cache.get(file_key(pieces, engine, request))
    if entry is None:
        return None
    return Audio(
        data=entry.data,
        media_type=MEDIA_TYPES[request.audio_format],
        seconds=entry.seconds,
        engine=engine,
        cached=True,
    )


def _key(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
