"""The speech process as the settings want it."""

from __future__ import annotations

from bot.settings import Settings
from speech import SpeechOptions, SpeechProcess


def open_voice(settings: Settings) -> SpeechProcess:
    """The one speech process of this machine; it starts with the first text and loads its models then."""
    names = tuple(name.strip() for name in settings.voices.split(",") if name.strip())
    return SpeechProcess(
        SpeechOptions(
            engines=() if names == ("off",) else names,
            cache_directory=settings.data_dir / "audio",
        )
    )
