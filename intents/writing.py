"""One writing for the same words: full-width, traditional and invisible characters made plain.

Answers are compared and read in this form; what a person wrote is kept as written.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

_MARKS = re.compile(r"[\s，。！？!?.,~～…、：:；;“”\"'‘’（）()]+")


@cache
def _simplified() -> dict[int, str]:
    data = json.loads(files("intents").joinpath("characters.json").read_text("utf-8"))
    return {ord(c): plain for plain, variants in data["simplified"].items() for c in variants}


def half_width(text: str) -> str:
    """The text with full-width letters and digits made half-width: １３９ → 139."""
    return unicodedata.normalize("NFKC", text)


def plain(text: str) -> str:
    """Half-width, simplified, lower case: what two spellings of one word have in common.

    Nothing a person wrote is kept here: whoever asks again and again keeps the answer for as long as a turn.
    """
    return half_width(text).translate(_simplified()).lower()


def bare(text: str) -> str:
    """The plain text without blanks and marks."""
    return _MARKS.sub("", plain(text))


@cache
def bare_word(word: str) -> str:
    """The bare form of a word of our own data, worked out once; never for what a person wrote."""
    return bare(word)


def visible(text: str) -> str:
    """The text without direction marks, zero-width and control characters; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
