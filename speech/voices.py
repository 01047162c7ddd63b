"""The voices there are, told apart by fingerprints; loads none of them."""

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from speech.pronunciation import lexicon_version

if TYPE_CHECKING:
    from speech.audio import Sound

EngineName: TypeAlias = Literal["kokoro", "gtts"]

KOKORO_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"

SPEAKERS = {
    "xiaobei": (
        "zf_xiaobei.bin",
        "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640",
    ),
    "yunxi": (
        "zm_yunxi.bin",
        "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b",
    ),
}
"""Name: file and SHA-256 of Kokoro's style vectors. The first is a woman, the second a man."""

DEFAULT_SPEAKER = "xiaobei"

_KOKORO_VERSION = "1"  # raised when our phonemes for the same words change
_GTTS_VERSION = "1"


class Voice(Protocol):
    """Something that turns one sentence into sound."""

    name: str

    is_remote: bool
    """Whether the words leave this machine; such a voice never gets private text."""

    def synthesize(self, sentence: str, speaker: str) -> "Sound":
        """The sound of a sentence. Raises a SpeechError."""
        ...


def fingerprint(engine: str, speaker: str) -> str:
    """Equal fingerprints promise equal sound for equal words."""
    if engine != "kokoro":
        return f"{engine}/{_GTTS_VERSION}"
    _, style = SPEAKERS[known_speaker(speaker)]
    parts = (_KOKORO_VERSION, KOKORO_SHA256[:12], style[:12], lexicon_version())
    return "kokoro/" + "/".join(parts)


def known_speaker(name: str) -> str:
    """The speaker asked for, or the default one."""
    return name if name in SPEAKERS else DEFAULT_SPEAKER
