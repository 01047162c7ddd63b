"""The speech process itself: reads requests on standard input, answers on standard output.

Started by `process`. It ends with the process that started it, however that one ends: the
pipe closes, and a thread of its own notices even in the middle of a sentence.
"""

import logging
import os
import queue
import signal
import sys
import threading
import time
from typing import Any, BinaryIO

from speech.cache import AudioCache
from speech.errors import DeadlinePassed
from speech.frames import read_frame, write_frame
from speech.gtts_voice import GoogleVoice
from speech.kokoro import KokoroVoice
from speech.options import SpeechOptions
from speech.request import Audio, SpeechRequest
from speech.synthesizer import Synthesizer
from speech.voices import EngineName, Voice

log = logging.getLogger(__name__)

_NICENESS = 5
"""The conversation comes before its sound."""


def build_synthesizer(options: SpeechOptions) -> Synthesizer:
    """The voices and the cache an operator configured. Loads no model yet."""
    cache = None
    if options.cache_directory is not None:
        cache = AudioCache(options.cache_directory / "sound", most_bytes=options.cache_bytes)
    return Synthesizer([_voice(name, options) for name in options.engines], cache=cache)


def serve(synthesizer: Synthesizer, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests one at a time, for as long as the process lives."""
    inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, inbox), daemon=True).start()
    while True:
        header = inbox.get()
        audio, facts = _answer(synthesizer, header)
        if audio is not None:
            facts |= {
                "media_type": audio.media_type,
                "seconds": audio.seconds,
                "engine": audio.engine,
                "cached": audio.cached,
            }
        write_frame(answers, facts, audio.data if audio else b"")


def main() -> None:
    """Run as a process of its own: `python -m speech.worker`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes us
    os.nice(_NICENESS)
    # Whatever a library prints goes to the error output, never between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    first = read_frame(sys.stdin.buffer)
    if first is None:
        return
    serve(build_synthesizer(SpeechOptions.from_json(first[0])), sys.stdin.buffer, answers)


def _listen(requests: BinaryIO, inbox: "queue.SimpleQueue[dict[str, Any]]") -> None:
    while (frame := read_frame(requests)) is not None:
        inbox.put(frame[0])
    os._exit(0)


def _answer(
    synthesizer: Synthesizer, header: dict[str, Any]
) -> tuple[Audio | None, dict[str, Any]]:
    """The audio if there is any, and what else to tell. Never raises."""
    deadline = time.monotonic() + header["seconds"]
    try:
        request = SpeechRequest(**header["request"])
        if header["ahead"]:
            return None, {"more": synthesizer.prerender(request)}
        return synthesizer.say(request, deadline=deadline), {}
    except DeadlinePassed as error:
        log.warning("deadline passed: %s", error)
    except Exception as error:  # noqa: BLE001  (one bad text must not end the process)
        log.error("speech failed: %s", type(error).__name__)  # noqa: TRY400  (no text in logs)
    return None, {}


def _voice(name: EngineName, options: SpeechOptions) -> Voice:
    match name:
        case "kokoro":
            return KokoroVoice(
                threads=options.threads,
                model_file=options.model_file,
                dictionary_directory=options.cache_directory,
            )
        case "gtts":
            return GoogleVoice(
                top_level_domain=options.gtts_domain, timeouts=options.gtts_timeouts
            )


if __name__ == "__main__":
    main()
