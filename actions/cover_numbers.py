"""Covers what identifies a person in free text: long numbers, addresses of letters and machines.

Names cannot be told from other words reliably; whoever reads covered text is a caseworker all the same.
"""

from __future__ import annotations

import re

_SAID = "零〇一二三四五六七八九幺两"
_NUMBER = re.compile(rf"[0-9０-９{_SAID}](?:[\s\-－—.·]?[0-9０-９Xx{_SAID}]){{5,}}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_KEPT = 2


def cover_numbers(text: str) -> str:
    """The text with all but the last two digits of long numbers covered."""
    return _NUMBER.sub(_covered, _ADDRESS.sub("＊＊@＊＊", text))


def _covered(match: re.Match[str]) -> str:
    number = match[0]
    return "＊" * min(len(number) - _KEPT, 6) + number[-_KEPT:]
