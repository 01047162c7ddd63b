"""Answers that are kept as they were written, and the words among them that are no answer.

等一下, 跟上次一样 or 不知道 must not stand in an application as the facts of a case.
"""

from __future__ import annotations

import re

from catalog.models import FieldSpec, FieldType
from intents.answers import Parsed, Problem, Surroundings
from intents.asked_dates import lies_behind
from intents.small_words import WORDS, is_unknown
from intents.writing import bare

MAX_TEXT = 200
MAX_LONG_TEXT = 2000
_SHORT = 20
"""Characters of a text that may be nothing but a word for waiting."""
_WAIT, _STUCK, _SAME, _CORRECTING = (
    re.compile(WORDS[key]) for key in ("text_wait", "text_stuck", "text_same", "text_correcting")
)


def read_text(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    """A text, short or long, if it is one."""
    limit = MAX_LONG_TEXT if spec.type is FieldType.LONG_TEXT else MAX_TEXT
    if len(text) > limit:
        return Problem(code="text_long", details={"limit": str(limit)})
    if not re.search(r"\w", text):
        return Problem(code="text_empty")
    said = bare(text)
    if len(said) <= _SHORT and (code := _no_answer(spec, said)):
        return Problem(code=code)
    if spec.when == "future" and lies_behind(text, around.today):
        return Problem(code="date_over")
    is_certain = WORDS["none"][0] in spec.hint or said not in WORDS["none"]
    return Parsed(
        value=text,
        shown=text,
        is_certain=is_certain or spec.type is not FieldType.TEXT,
    )


def _no_answer(spec: FieldSpec, said: str) -> str:
    """The code of words that answer nothing, or an empty string."""
    if is_unknown(said):
        return "text_unknown"
    if _WAIT.search(said):
        return "text_wait"
    if _STUCK.search(said):
        return "text_stuck"
    if _SAME.search(said):
        return "text_same"
    # 不对，学校是建平中学 is about another question; a story may begin so.
    if spec.type is not FieldType.LONG_TEXT and _CORRECTING.search(said):
        return "text_correcting"
    return ""
