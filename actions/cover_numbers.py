"""Covers what identifies a person in free text: long numbers, mail addresses, and answers known to be sensitive.

Names cannot be told from other words reliably; whoever reads covered text is a caseworker all the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from casework.numbers import is_valid

_SAID = "零〇一二三四五六七八九幺两"
_NUMBER = re.compile(rf"[0-9０-９{_SAID}](?:[\s\-－—.·]?[0-9０-９Xx{_SAID}]){{5,}}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_APPLICATION = re.compile(r"\d{4}-\d{4}")
_KEPT = 2
_COVER = "＊" * 4


def cover_numbers(text: str, secrets: Collection[str] = ()) -> str:
    """The text without the secrets, and with all but the last two digits of long numbers covered.

    An application's own number stays: it identifies nobody, and the caseworker needs it.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _COVER)
    return _NUMBER.sub(_covered, _ADDRESS.sub(f"{_COVER}@{_COVER}", text))


def long_numbers(text: str) -> tuple[str, ...]:
    """The long numbers standing in a text, however they are grouped, without applications' own numbers."""
    return tuple(m[0] for m in _NUMBER.finditer(text) if "＊" in _covered(m))


def _covered(match: re.Match[str]) -> str:
    number = match[0]
    if _APPLICATION.fullmatch(number) and is_valid(number.replace("-", "")):
        return number
    return "＊" * min(len(number) - _KEPT, 6) + number[-_KEPT:]
