"""Small words that answer a question by themselves: yes, no, unknown, nothing more, later, leave it."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from intents.writing import bare

WORDS = json.loads(files("intents").joinpath("slot_words.json").read_text("utf-8"))
"""Word lists and patterns of `slot_words.json`, shared by the readers of this room."""


_SETS = {key: frozenset(said) for key, said in WORDS.items() if isinstance(said, list)}
"""The lists once more, for asking whether a text is in one of them."""
_LATER = _SETS["later"] | _SETS["none"] | _SETS["unknown"]
_ASKING, _SAME, _LACKING, _WRONG = (
    re.compile(WORDS[key]) for key in ("asking", "same", "lacking", "wrong")
)
_DIGIT = re.compile(r"\d")
_SHORT = 40


def is_yes(text: str) -> bool | None:
    """True, False, or None when the text is neither a plain yes nor a plain no."""
    return said_yes(bare(text))


def said_yes(said: str) -> bool | None:
    """The same of a text already made bare."""
    if said in _SETS["no"]:
        return False
    return True if said in _SETS["yes"] else None


def is_unknown(text: str) -> bool:
    """Whether the person says that she does not know."""
    return bare(text) in _SETS["unknown"]


def is_done(text: str) -> bool:
    """Whether the person says that there is nothing more to add."""
    return bare(text) in _SETS["done"]


def is_later(text: str) -> bool:
    """Whether the person says that she will hand a paper in later."""
    return bare(text) in _LATER


def is_asking(text: str) -> bool:
    """Whether the text is put as a question, or is a bare word of one: 要带什么, 材料."""
    return _ASKING.search(text) is not None or len(bare(text)) <= 4


def is_same(text: str) -> bool:
    """Whether the person says that it is the same as before: 一样, 同上."""
    return _SAME.search(bare(text)) is not None


def is_lacking(text: str) -> bool:
    """Whether the person says that she has no such thing: 还没有办."""
    return _DIGIT.search(text) is None and _LACKING.search(bare(text)) is not None


def says_wrong(text: str) -> bool:
    """Whether a short text says that something is wrong: 手机号不对."""
    return len(text) <= _SHORT and _WRONG.search(bare(text)) is not None


def is_keep(text: str) -> bool:
    """Whether the person says that the answer there is stays as it is."""
    return bare(text) in _SETS["keep"]


def begins_with_yes(said: str) -> bool | None:
    """Yes in 有的，前年做的, no in 没做过; None for a question or anything else."""
    if said in _SETS["unknown"] or _ASKING.search(said):
        return None
    words = [(len(w), True) for w in WORDS["yes"] if len(w) > 1 and said.startswith(w)]
    words += [(len(w), False) for w in WORDS["no"] if len(w) > 1 and said.startswith(w)]
    if words:
        return max(words)[1]
    if re.match(WORDS["begins_no"], said):
        return False
    return True if re.match(WORDS["begins_yes"], said) else None


def strip_lead(text: str, leads: list[str]) -> str:
    """The text without the first of these beginnings: 我的名字叫, 号码是."""
    for lead in leads:
        if text.startswith(lead) and len(text) > len(lead):
            return text[len(lead) :].lstrip("：: ，,")
    return text
