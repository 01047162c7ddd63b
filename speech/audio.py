"""Sound as numbers and as files: encode, decode, stretch in time, join, measure.

Everything goes through PyAV; nothing here knows about voices or text.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.filter import Graph
from numpy.typing import NDArray

from speech.errors import UnreadableAudio
from speech.request import AudioFormat

Samples: TypeAlias = NDArray[np.int16]

SAMPLE_RATE = 24_000
"""Samples a second inside this room; what Kokoro gives."""

_QUIET = 250
"""Samples below this (1 % of the loudest) count as silence at the ends of a sentence."""
_LEAD, _TAIL = round(0.03 * SAMPLE_RATE), round(0.08 * SAMPLE_RATE)
_SPEECH_LEVEL, _PEAK = 4500.0, 31_000.0

_CODECS = {"ogg": ("libopus", 48_000), "mp3": ("libmp3lame", SAMPLE_RATE)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Mono 16-bit sound at SAMPLE_RATE."""

    samples: Samples

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def from_floats(values: NDArray[np.float32]) -> Sound:
    """Sound from samples in -1..1; louder ones are clipped."""
    return Sound(samples=(np.clip(values, -1.0, 1.0) * 32767).astype(np.int16))


def silence(seconds: float) -> Sound:
    return Sound(samples=np.zeros(round(seconds * SAMPLE_RATE), dtype=np.int16))


def joined(sounds: Iterable[Sound]) -> Sound:
    """The sounds one after another."""
    parts = [sound.samples for sound in sounds]
    return Sound(samples=np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16))


def trimmed(sound: Sound) -> Sound:
    """Without the silence at both ends, of which voices add up to a second a sentence."""
    loud = np.flatnonzero(np.abs(sound.samples.astype(np.int32)) > _QUIET)
    if not len(loud):
        return sound
    start, end = max(0, int(loud[0]) - _LEAD), int(loud[-1]) + _TAIL
    return Sound(samples=sound.samples[start:end])


def levelled(sound: Sound) -> Sound:
    """At the loudness all our voices share, about -17 dB of full scale, never clipped."""
    values = np.abs(sound.samples.astype(np.float64))
    loud = values[values > _QUIET]
    if not len(loud):
        return sound
    gain = min(_SPEECH_LEVEL / float(np.sqrt((loud**2).mean())), _PEAK / float(values.max()))
    return Sound(samples=(sound.samples * gain).astype(np.int16))


def encode(sound: Sound, audio_format: AudioFormat, *, bit_rate: int | None = None) -> bytes:
    """A finished file: OGG/Opus (24 kbit/s unless told) or MP3 (48 kbit/s), mono."""
    codec, rate = _CODECS[audio_format]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=audio_format) as container:
        stream = cast("AudioStream", container.add_stream(codec, rate=rate, layout="mono"))
        stream.bit_rate = bit_rate or (24_000 if audio_format == "ogg" else 48_000)
        if audio_format == "ogg":
            stream.codec_context.options = {"application": "voip", "vbr": "on"}
        for packet in (*stream.encode(_frame(sound)), *stream.encode(None)):
            container.mux(packet)
    return buffer.getvalue()


def decode(data: bytes) -> Sound:
    """Sound of any file PyAV reads; raises UnreadableAudio for anything else."""
    resampler = AudioResampler("s16", "mono", SAMPLE_RATE)
    parts: list[Samples] = []
    try:
        with av.open(io.BytesIO(data), "r") as container:
            for frame in container.decode(audio=0):
                parts.extend(_samples(piece) for piece in resampler.resample(frame))
            parts.extend(_samples(piece) for piece in resampler.resample(None))
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise UnreadableAudio(type(error).__name__) from error
    if not parts:
        raise UnreadableAudio("no sound in it")
    return Sound(samples=np.concatenate(parts))


def stretched(sound: Sound, rate: float) -> Sound:
    """The same voice faster (rate above 1) or slower, at the same pitch."""
    if rate == 1.0 or not len(sound.samples):
        return sound
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=SAMPLE_RATE, format="s16", layout="mono", time_base=Fraction(1, SAMPLE_RATE)
    )
    tempo = graph.add("atempo", str(rate))
    sink = graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    graph.push(_frame(sound))
    graph.push(None)
    parts: list[Samples] = []
    while True:
        try:
            pulled = graph.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            break
        if isinstance(pulled, AudioFrame):
            parts.append(_samples(pulled))
    return Sound(samples=np.concatenate(parts)) if parts else sound


def duration(data: bytes) -> float:
    """Seconds of sound in a file; raises UnreadableAudio."""
    return decode(data).seconds


def _frame(sound: Sound) -> AudioFrame:
    samples = np.ascontiguousarray(sound.samples).reshape(1, -1)
    frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    frame.pts = 0
    return frame


def _samples(frame: AudioFrame) -> Samples:
    return frame.to_ndarray().ravel().astype(np.int16, copy=False)
