"""Small words that answer a question by themselves: yes, no, unknown, nothing more, later, leave it."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from intents.writing import bare

WORDS = json.loads(files("intents").joinpath("slot_words.json").read_text("utf-8"))
"""Word lists and patterns of `slot_words.json`, shared by the readers of this room."""


_SHORT = 40


def is_yes(text: str) -> bool | None:
    """True, False, or None when the text is neither a plain yes nor a plain no."""
    said = bare(text)
    if said in WORDS["no"]:
        return False
    return True if said in WORDS["yes"] else None


def is_unknown(text: str) -> bool:
    """Whether the person says that she does not know."""
    return bare(text) in WORDS["unknown"]


def is_done(text: str) -> bool:
    """Whether the person says that there is nothing more to add."""
    return bare(text) in WORDS["done"]


def is_later(text: str) -> bool:
    """Whether the person says that she will hand a paper in later."""
    said = bare(text)
    return any(said in WORDS[key] for key in ("later", "none", "unknown"))


def is_asking(text: str) -> bool:
    """Whether the text is put as a question, or is a bare word of one: 要带什么, 材料."""
    return bool(re.search(WORDS["asking"], text)) or len(bare(text)) <= 4


def is_same(text: str) -> bool:
    """Whether the person says that it is the same as before: 一样, 同上."""
    return re.search(WORDS["same"], bare(text)) is not None


def is_lacking(text: str) -> bool:
    """Whether the person says that she has no such thing: 还没有办."""
    return re.search(WORDS["lacking"], bare(text)) is not None and not re.search(r"\d", text)


def says_wrong(text: str) -> bool:
    """Whether a short text says that something is wrong: 手机号不对."""
    return len(text) <= _SHORT and re.search(WORDS["wrong"], bare(text)) is not None


def is_keep(text: str) -> bool:
    """Whether the person says that the answer there is stays as it is."""
    return bare(text) in WORDS["keep"]


def begins_with_yes(said: str) -> bool | None:
    """Yes in 有的，前年做的, no in 没做过; None for a question or anything else."""
    if said in WORDS["unknown"] or re.search(WORDS["asking"], said):
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
