"""Text to a finished sound file: spoken form, sentences, voices in order, cache.

Synchronous, for one thread at a time. The conversation does not call it: `process` does.
"""

import logging
import time
from collections.abc import Sequence

from speech.audio import Sound, decode, encode, joined, levelled, silence, stretched, trimmed
from speech.breaker import CircuitBreaker
from speech.cache import AudioCache, CacheEntry
from speech.errors import DeadlinePassed, SpeechError, UnreadableAudio, UnspeakableText
from speech.request import (
    MEDIA_TYPES,
    Audio,
    SpeechRequest,
    file_key,
    find_finished,
    pieces_of,
    segment_key,
    speed_of,
)
from speech.voices import Voice

log = logging.getLogger(__name__)

_PAUSES = {"。": 0.4, "！": 0.4, "？": 0.4, "；": 0.3, "：": 0.25, "，": 0.15, "、": 0.1}
_PAUSE = 0.35
"""Seconds of silence after a sentence, at rate 1.0."""

_MASTER_BIT_RATE = 48_000
"""Sentences are encoded twice on their way, so the first time at a better quality."""


class Synthesizer:
    """Holds the voices, the best first; a voice that fails three times rests for a minute."""

    def __init__(self, voices: Sequence[Voice], *, cache: AudioCache | None = None) -> None:
        self._voices = tuple(voices)
        self._cache = cache
        self._breakers = {voice.name: CircuitBreaker() for voice in voices}

    def say(self, request: SpeechRequest, *, deadline: float = float("inf")) -> Audio | None:
        """The sound of a text, or None when no voice can say it.

        `deadline` is a `time.monotonic()` moment; raises DeadlinePassed after it, between two
        sentences. What was said until then is in the cache already.
        """
        pieces = pieces_of(request)
        if not pieces:
            return None
        for voice in self._voices:
            if (voice.is_remote and request.is_private) or self._breakers[voice.name].is_open:
                continue
            try:
                audio = self._say_with(voice, pieces, request, deadline)
            except DeadlinePassed:
                raise
            except UnspeakableText:
                continue
            except SpeechError as error:
                self._breakers[voice.name].failed()
                log.warning("voice %s failed: %s %s", voice.name, type(error).__name__, error)
                continue
            self._breakers[voice.name].succeeded()
            return audio
        return None

    def prerender(self, request: SpeechRequest) -> bool:
        """One small step towards having a fixed text ready: a sentence, or at last the file.

        Returns whether more steps are needed. Only a voice on this machine is used.
        """
        voice = next((voice for voice in self._voices if not voice.is_remote), None)
        pieces = pieces_of(request)
        if voice is None or self._cache is None or not pieces or request.is_private:
            return False
        if self._cache.has(file_key(pieces, voice.name, request)):
            return False
        for piece in pieces:
            if not self._cache.has(segment_key(piece, voice.name, request.voice)):
                self._sentence(voice, piece, request)
                return True
        self._say_with(voice, pieces, request, float("inf"))
        return False

    def _say_with(
        self, voice: Voice, pieces: Sequence[str], request: SpeechRequest, deadline: float
    ) -> Audio:
        cache = None if request.is_private else self._cache
        if cache and (finished := find_finished(pieces, voice.name, request, cache)):
            return finished
        sounds: list[Sound] = []
        for piece in pieces:
            if time.monotonic() > deadline:
                raise DeadlinePassed(f"{len(sounds)} of {len(pieces)} sentences")
            try:
                sound = self._sentence(voice, piece, request)
            except UnspeakableText:
                continue
            speed = speed_of(piece, request)
            pause = _PAUSES.get(piece[-1], _PAUSE) / speed
            sounds += [stretched(sound, speed), silence(pause)]
        if not sounds:
            raise UnspeakableText("no sentence of it sounds")
        whole = joined(sounds)
        data = encode(whole, request.audio_format)
        if cache:
            entry = CacheEntry(data=data, seconds=whole.seconds)
            cache.put(file_key(pieces, voice.name, request), entry)
        return Audio(
            data=data,
            media_type=MEDIA_TYPES[request.audio_format],
            seconds=round(whole.seconds, 3),
            engine=voice.name,
            cached=False,
        )

    def _sentence(self, voice: Voice, piece: str, request: SpeechRequest) -> Sound:
        """A sentence at rate 1.0. Private sentences are looked up but never kept."""
        key = segment_key(piece, voice.name, request.voice)
        if self._cache and (entry := self._cache.get(key)):
            try:
                return decode(entry.data)
            except UnreadableAudio:
                log.warning("a cached sentence is unreadable; it is said anew")
        sound = levelled(trimmed(voice.synthesize(piece, request.voice)))
        if self._cache and not request.is_private:
            data = encode(sound, "ogg", bit_rate=_MASTER_BIT_RATE)
            self._cache.put(key, CacheEntry(data=data, seconds=sound.seconds))
        return sound
