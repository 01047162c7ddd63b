"""Small words that answer a question by themselves: yes, no, unknown, nothing more, later, leave it."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from intents.writing import bare, plain

WORDS = json.loads(files("intents").joinpath("slot_words.json").read_text("utf-8"))
"""Word lists and patterns of `slot_words.json`, shared by the readers of this room."""


_SETS = {
    key: frozenset(said)
    for key, said in WORDS.items()
    if isinstance(said, list) and isinstance(said[0], str)
}
"""The lists once more, for asking whether a text is in one of them."""
_LATER = _SETS["later"] | _SETS["none"] | _SETS["unknown"]
_ASKING, _SAME, _LACKING, _WRONG = (
    re.compile(WORDS[key]) for key in ("asking", "same", "lacking", "wrong")
)
_PARTICLES, _CLAUSE, _TURNING, _NEITHER = (
    re.compile(WORDS[key]) for key in ("particles", "clause", "turning", "begins_neither")
)
_VERBS = tuple({key: re.compile(said) for key, said in verb.items()} for verb in WORDS["verbs"])
"""How a question is answered with its own verb: 要上门, 没装过."""
_DIGIT = re.compile(r"\d")
_SHORT = 40


def is_yes(text: str) -> bool | None:
    """True, False, or None when the text is neither a plain yes nor a plain no."""
    return said_yes(bare(text))


def said_yes(said: str) -> bool | None:
    """The same of a text already made bare; 对的呀 is 对的."""
    for word in (said, _PARTICLES.sub("", said)):
        if word in _SETS["no"]:
            return False
        if word in _SETS["yes"]:
            return True
    return None


def yes_or_no(question: str, text: str) -> tuple[bool, bool] | None:
    """Yes or no to this question, and whether that is certain; None for anything else, also for both at once.

    Only words of yes and no and the question's own verb count: 没法出门，要你们来 is a yes, and read back.
    """
    said = bare(text)
    if (answer := said_yes(said)) is not None:
        return answer, True
    if said in _SETS["unknown"] or _ASKING.search(said):
        return None
    verbs = [verb for verb in _VERBS if verb["asked"].search(question)]
    told = [_told(verbs, clause) for clause in map(bare, _CLAUSE.split(plain(text))) if clause]
    answers = {answer for answer in told if answer is not None}
    if len(answers) == 1:
        is_certain = None not in told or (told[0] is not None and not _TURNING.search(said))
        return answers.pop(), is_certain
    start = next((word for word in WORDS["begins_clearly"] if said.startswith(word)), "")
    return (said_yes(start) is True, False) if start and not answers else None


def _told(verbs: list[dict[str, re.Pattern[str]]], said: str) -> bool | None:
    """The answer in one clause."""
    answer = said_yes(said)
    said = _PARTICLES.sub("", said)
    for verb in verbs:
        if answer is None and verb["no"].fullmatch(said):
            return False
        if answer is None and verb["yes"].fullmatch(said):
            return True
    return answer


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
    if said in _SETS["unknown"] or _ASKING.search(said) or _NEITHER.match(said):
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
