"""What can go wrong between a text and its sound."""


class SpeechError(Exception):
    """No sound could be made. The caller goes on in text."""


class VoiceNotInstalled(SpeechError):
    """A package, file or model of the voice is missing or is not the one that was pinned."""


class VoiceUnavailable(SpeechError):
    """The voice cannot be reached or failed; another try later may work."""


class VoiceTimedOut(VoiceUnavailable):
    """The voice took longer than it was given."""


class UnspeakableText(SpeechError):
    """The text holds nothing the voice can say. Trying again is useless."""


class UnreadableAudio(SpeechError):
    """Bytes that should be audio cannot be decoded."""


class DeadlinePassed(SpeechError):
    """The time for the whole request is over."""
