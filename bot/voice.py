"""The speech process as the settings want it."""

from __future__ import annotations

from bot.settings import Settings
from catalog.models import Catalog
from dialogue.wording import all_choices, all_sentences
from speech import SpeechOptions, SpeechProcess
from speech.voices import EngineName

_ENGINES: dict[str, EngineName] = {"kokoro": "kokoro", "gtts": "gtts"}


def open_voice(settings: Settings) -> SpeechProcess:
    """The one speech process of this machine; it starts with the first text and loads its models then."""
    return SpeechProcess(
        SpeechOptions(
            engines=tuple(_ENGINES[name] for name in settings.voice_names),
            cache_directory=settings.data_dir / "audio",
        )
    )


def fixed_texts(catalog: Catalog) -> tuple[str, ...]:
    """Sentences that hold nothing of a person: rendered ahead in idle time, most often said first."""
    said = [text for text in all_sentences().values() if "{" not in text and len(text) > 1]
    labels = [choice["label"] for choice in all_choices().values()]
    questions = [spec.question for spec in catalog.fields.values() if "{" not in spec.question]
    services = [text for s in catalog.services for text in (s.summary, s.who)]
    events = [text for e in catalog.life_events for text in (e.summary, e.caution) if text]
    return tuple(dict.fromkeys((*said, *labels, *questions, *services, *events)))
