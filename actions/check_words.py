"""What is doubtful in the words a caseworker types for a resident: numbers that identify, and calls she cannot take.

Nothing is forbidden: the caseworker is warned, may change her words, or says that they are meant so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from actions.cover_numbers import long_numbers
from intents.identity_numbers import passes_luhn

_DIGITS = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")
_CALL = re.compile(
    r"打(?:个|一个|我|我们|这个|一下|过来)*(?:的)?(?:电话|手机|座机)|打给|[来致回去]电|电联|电话(?:联系|里|告诉|告知|沟通|确认|回复)"
    r"|(?:接|拨打?|速打|通)(?:一下|个|听)*(?:电话|手机)|[速请]打(?![印开包勾钩听])|拨打|通电话|语音通话|视频通话"
)
_NEGATED = re.compile(
    r"(?:不|别|勿|无需|不用|不要|不会|不必|没法|不能|不方便|不便)[^，。；！？\s]{0,3}$"
)
CANNOT_CALL = frozenset({"no_calls", "sign_language"})
"""Needs of whoever is not to be asked to telephone."""


def doubts_in(text: str, needs: Collection[str]) -> tuple[str, ...]:
    """identity | certificate | bank | mobile | calls: what stands in the text and should be looked at again."""
    plain = unicodedata.normalize("NFKC", text)
    found = [_kind(number) for number in long_numbers(plain)]
    if CANNOT_CALL.intersection(needs) and _asks_to_call(plain):
        found.append("calls")
    return tuple(dict.fromkeys(kind for kind in found if kind))


def _kind(number: str) -> str:
    """What a long number looks like, also mistyped; empty for dates, application numbers and landlines."""
    digits = re.sub(r"[^0-9X]", "", number.upper().translate(_DIGITS))
    if len(digits) >= 20:
        return "certificate"
    if len(digits) in (16, 17, 19) and digits.isdigit() and passes_luhn(digits):
        return "bank"
    if len(digits) >= 15:
        return "identity"
    digits = digits.removeprefix("86")
    return "mobile" if re.fullmatch(r"1[3-9]\d{9}", digits) else ""


def _asks_to_call(text: str) -> bool:
    """Whether she is asked to telephone; 不用打电话 asks for nothing."""
    return any(not _NEGATED.search(text[: match.start()]) for match in _CALL.finditer(text))
