"""Spoken text to Kokoro phonemes: our lexicon first, then jieba words read by pypinyin."""

import hashlib
import json
import logging
import re
import warnings
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from speech.errors import UnspeakableText, VoiceNotInstalled
from speech.numerals import SPELLED
from speech.phonemes import letter_phonemes, syllable_phonemes

_PIECES = re.compile(r"[㐀-鿿]+|[A-Za-z]+|[^㐀-鿿A-Za-z]+")
_MARKS = str.maketrans(
    {"，": ",", "、": ",", "。": ".", "！": "!", "？": "?", "；": ";", "：": ":"}
)
_ORDINAL = frozenset({"第", "十", "百", *SPELLED})
_AUDIBLE_MARKS = re.compile(r"[^,.!?;:—]")


class Pronouncer:
    """Reads Mandarin with Latin letters; loads its dictionaries when first asked."""

    def __init__(self, *, dictionary_directory: Path | None = None) -> None:
        """`dictionary_directory` keeps jieba's prepared dictionary between starts."""
        self._dictionary_directory = dictionary_directory

    def phonemes(self, text: str) -> str:
        """Phonemes of a text, words apart by spaces; empty when nothing in it sounds."""
        read = []
        for piece in _PIECES.findall(text):
            if piece[0] >= "㐀":
                words = (self._word_phonemes(word) for word in self._readings(piece))
                read.append(" ".join(words))
            elif piece[0].isalpha():
                read.append(f" {self._latin(piece)} ")
            else:
                read.append(_AUDIBLE_MARKS.sub("", piece.translate(_MARKS)) + " ")
        return re.sub(r" +", " ", "".join(read)).strip()

    def readings(self, text: str) -> tuple[str, ...]:
        """The pinyin of the Chinese characters of a text, tones as spoken: `chang2`, `ning2`."""
        han = (piece for piece in _PIECES.findall(text) if piece[0] >= "㐀")
        return tuple(syllable for run in han for word in self._readings(run) for syllable in word)

    def _readings(self, run: str) -> list[list[str]]:
        """Words of a run of Chinese characters, each a list of syllables."""
        words: list[tuple[str, list[str]]] = []
        start = 0
        for match in self._lexicon_pattern.finditer(run):
            words.extend(self._guessed(run[start : match.start()]))
            words.append((match[0], self._lexicon["phrases"][match[0]].split()))
            start = match.end()
        words.extend(self._guessed(run[start:]))
        self._change_tones(words)
        return [syllables for _, syllables in words]

    def _guessed(self, run: str) -> list[tuple[str, list[str]]]:
        if not run:
            return []
        from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  (slow to import)

        return [
            (
                word,
                lazy_pinyin(
                    word,
                    style=Style.TONE3,
                    neutral_tone_with_five=True,
                    tone_sandhi=True,
                    v_to_u=False,
                    errors="ignore",
                ),
            )
            for word in self._jieba.cut(run)
        ]

    def _change_tones(self, words: list[tuple[str, list[str]]]) -> None:
        """一 and 不 take another tone before some words, also across jieba's word borders."""
        chars = "".join(word for word, _ in words)
        syllables = [syllable for _, read in words for syllable in read]
        if len(chars) != len(syllables):  # a character without a reading; not worth a guess
            return
        at = 0
        for word, read in words:
            following = syllables[at + 1] if at + 1 < len(chars) else ""
            falling = following.endswith(("4", "5"))
            if word[0] == "不" and falling and read[0] == "bu4":
                read[0] = "bu2"
            elif word[0] == "一" and read[0] == "yi1" and self._counts(chars, at):
                read[0] = "yi2" if falling else "yi4"
            at += len(word)

    def _counts(self, chars: str, at: int) -> bool:
        """Whether the 一 at this place counts something: 一张 does, 第一, 十一 and 一级 do not."""
        before, after = chars[at - 1 : at], chars[at + 1 : at + 2]
        return bool(after) and after in self._lexicon["one_before"] and before not in _ORDINAL

    def _word_phonemes(self, syllables: list[str]) -> str:
        sounds = []
        for syllable in syllables:
            try:
                sounds.append(syllable_phonemes(syllable))
            except UnspeakableText:  # a rare character; the rest of the sentence is worth saying
                continue
        return "".join(sounds)

    def _latin(self, word: str) -> str:
        known = self._lexicon["words"].get(word.lower())
        return known or " ".join(letter_phonemes(letter) for letter in word)

    @cached_property
    def _lexicon(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(_lexicon_bytes())
        return loaded

    @cached_property
    def _lexicon_pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._lexicon["phrases"], key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))

    @cached_property
    def _jieba(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba asks for pkg_resources, which warns
            try:
                import jieba  # noqa: PLC0415  (slow to import)
            except ImportError as error:
                raise VoiceNotInstalled("jieba") from error
            jieba.setLogLevel(logging.WARNING)
            tokenizer = jieba.Tokenizer()
            if self._dictionary_directory is not None:
                self._dictionary_directory.mkdir(parents=True, exist_ok=True)
                tokenizer.tmp_dir = str(self._dictionary_directory)
            tokenizer.initialize()
        return tokenizer


@cache
def lexicon_version() -> str:
    """Changes whenever the lexicon does."""
    return hashlib.sha256(_lexicon_bytes()).hexdigest()[:12]


def _lexicon_bytes() -> bytes:
    return (files("speech") / "data" / "lexicon.json").read_bytes()
