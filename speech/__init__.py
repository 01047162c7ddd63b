"""HEARING AND SPEAKING: text to sound, in a process of its own. Text is always first.

Knows nothing of conversations, cases or channels. Other modules than these names may change.
"""

from speech.errors import SpeechError
from speech.options import SpeechOptions
from speech.process import SpeechHealth, SpeechProcess
from speech.request import Audio, AudioFormat, SpeechRequest
from speech.segments import segments
from speech.spoken_form import RULES_VERSION, names_a_person, to_spoken
from speech.voices import DEFAULT_SPEAKER, SPEAKERS

__all__ = [
    "DEFAULT_SPEAKER",
    "RULES_VERSION",
    "SPEAKERS",
    "Audio",
    "AudioFormat",
    "SpeechError",
    "SpeechHealth",
    "SpeechOptions",
    "SpeechProcess",
    "SpeechRequest",
    "names_a_person",
    "segments",
    "to_spoken",
]
