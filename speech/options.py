"""How an operator sets up this room; plain values that travel to the speech process."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from speech.voices import EngineName


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechOptions:
    """Everything has a default: the offline voice, no cache, no network."""

    engines: Sequence[EngineName] = ("kokoro",)
    """Voices, the best first. `gtts` sends text that is not private to Google."""

    cache_directory: Path | None = None
    """Where sound is kept; None keeps none. Also holds jieba's prepared dictionary."""

    cache_bytes: int = 1_000_000_000

    threads: int = 2
    """Processor cores one synthesis may take."""

    model_file: Path | None = None
    """The Kokoro model from a local file instead of the four packages; the same content."""

    gtts_domain: str = "com"
    gtts_timeouts: tuple[float, float] = (3.0, 6.0)
    """Seconds to connect and to wait for an answer."""

    deadline_seconds: float = 60.0
    """Longest wait for one text, queue included; after it the answer is text alone."""

    queue_length: int = 16
    """Texts that may wait; a further one is answered in text alone."""

    idle_seconds: float = 2.0
    """Quiet time before fixed texts are rendered ahead."""

    def as_json(self) -> dict[str, Any]:
        """Plain values for `from_json`."""
        return {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "SpeechOptions":
        paths = {
            name: Path(values[name]) if values[name] is not None else None
            for name in ("cache_directory", "model_file")
        }
        tuples = {name: tuple(values[name]) for name in ("engines", "gtts_timeouts")}
        return cls(**{**values, **paths, **tuples})
