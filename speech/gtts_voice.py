"""Google's voice through gTTS: an optional cloud voice, never for private text.

The words leave the machine, and inside the mainland firewall packets vanish without an answer,
so every connection and every read has a limit.
"""

from typing import Any

from speech.audio import Sound, decode, joined
from speech.errors import (
    UnreadableAudio,
    UnspeakableText,
    VoiceNotInstalled,
    VoiceTimedOut,
    VoiceUnavailable,
)
from speech.segments import segments

LONGEST_CHUNK = 100
"""Longer text gTTS cuts itself, at every comma, which breaks the phrasing."""


class GoogleVoice:
    """Mandarin by Google Translate. It has one speaker; the name asked for is ignored."""

    name = "gtts"
    is_remote = True

    def __init__(
        self, *, top_level_domain: str = "com", timeouts: tuple[float, float] = (3.0, 6.0)
    ) -> None:
        """`timeouts`: seconds to connect, and seconds of silence while reading."""
        self._top_level_domain = top_level_domain
        self._timeouts = timeouts

    def synthesize(self, sentence: str, speaker: str) -> Sound:
        """Raises UnspeakableText, VoiceNotInstalled, VoiceTimedOut or VoiceUnavailable."""
        del speaker
        chunks = (sentence,) if len(sentence) <= LONGEST_CHUNK else segments(sentence)
        if not any(char.isalnum() for char in sentence):
            raise UnspeakableText("nothing to say")
        return joined(self._say(chunk) for chunk in chunks)

    def _say(self, chunk: str) -> Sound:
        gtts = _gtts()
        try:
            request = gtts.gTTS(
                chunk,
                lang="zh-CN",
                tld=self._top_level_domain,
                timeout=self._timeouts,
                lang_check=False,
            )
            return decode(b"".join(request.stream()))
        except AssertionError as error:
            raise UnspeakableText("nothing to say") from error
        except UnreadableAudio as error:
            raise VoiceUnavailable("no audio in the answer") from error
        except Exception as error:  # gTTS lets several libraries' errors through
            if _timed_out(error):
                raise VoiceTimedOut("gtts") from error
            raise VoiceUnavailable(type(error).__name__) from error


def _gtts() -> Any:
    try:
        import gtts  # noqa: PLC0415  (an optional voice)
    except ImportError as error:
        raise VoiceNotInstalled("gtts") from error
    return gtts


def _timed_out(error: BaseException | None) -> bool:
    while error is not None:
        if "Timeout" in type(error).__name__:
            return True
        error = error.__cause__ or error.__context__
    return False
