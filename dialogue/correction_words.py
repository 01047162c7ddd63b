"""Words put as a correction, taken apart: what is wrong, what it is not, what it is instead."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from dialogue.form_filling import CHECKED
from dialogue.wording import beneficiary_at, patterns, self_word
from intents.numerals import only_digits
from intents.writing import bare, half_width

_SHORT = 30
"""Characters in which it is said for whom it is, and nothing else."""
_LONGEST = 80
"""A longer message tells something; it corrects nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message put as a correction, taken apart."""

    about: str = ""
    """What is wrong, in her words: 名字, 刚才那个号码."""
    old: str = ""
    """What it is not: 短信."""
    new: str = ""
    is_put_as_value: bool = False
    """The new value comes after 是, 叫 or 改成."""
    is_wrong: bool = False
    """Something is said to be wrong: not only what it is instead."""
    tail: str = ""
    """The last digits only: 5679."""


def taken_apart(text: str) -> Said | None:
    """A correction in its parts, or None where the message is put otherwise."""
    text = half_width(text).strip()
    if not text or len(text) > _LONGEST:
        return None
    known = words()
    found = known["tail"].search(text)
    if found is not None:
        tail, count = only_digits(found["digits"]), only_digits(found["count"] or "")
        is_whole = not count or count == str(len(tail))
        return Said(about=_told(text[: found.start()]), tail=tail) if is_whole else None
    for key in ("wrong", "not_but", "not_after", "into"):
        if found := known[key].fullmatch(text):
            return _in_parts(found, is_value=key != "wrong")
    return None


def _in_parts(found: re.Match[str], *, is_value: bool) -> Said:
    parts = found.groupdict()
    inner = words()["not_but"].fullmatch(parts["new"]) if not is_value else None
    if inner is not None:
        return replace(_in_parts(inner, is_value=True), about=_told(parts["about"]))
    new = words()["as_value"].sub("", parts["new"])
    return Said(
        about=_told(parts.get("about") or ""),
        old=bare(parts.get("old") or ""),
        new=new.strip(" ，,。！!"),
        is_put_as_value=is_value or new != parts["new"],
        is_wrong=not is_value,
    )


def _told(about: str) -> str:
    """The first words, where they say anything: 刚才那个号码 says nothing."""
    return "" if words()["filler"].fullmatch(about) else about.strip(" ，,。")


def checked_named(said: str) -> tuple[str, ...]:
    """Which of what only a number tells is named in a text made bare: 生日, 性别."""
    known = words()
    return tuple(f for f in sorted(CHECKED) if known[f].search(said))


def labelled(said: Said) -> tuple[str, str] | None:
    """What is named in the new part itself: 学校 and 建平中学 of 学校是建平中学."""
    found = words()["labelled"].fullmatch(said.new)
    return (found["label"], found["value"]) if found else None


def begins_wrong(text: str) -> bool:
    """Whether the first thing said is that something is wrong: 错了，…"""
    return words()["begins"].match(half_width(text)) is not None


def denies(text: str) -> bool:
    """Whether something is said not to be so: 不是给我自己."""
    return words()["denying"].search(half_width(text)) is not None


def says_whom(text: str) -> str:
    """The word for the person a correction says it is for: 我妈 of 错了，我是给我妈办的; or empty."""
    known, text = words(), half_width(text)
    if len(text) > _SHORT or not known["denying"].search(text):
        return ""
    for found in known["for_whom"].finditer(text):
        who = found["who"] or found["other"] or ""
        word = "" if known["self"].fullmatch(who) else beneficiary_at(who)
        if word or known["self"].fullmatch(who):
            return word or self_word()
    return ""


@cache
def words() -> dict[str, re.Pattern[str]]:
    """The patterns of corrections, by what they find."""
    return {key: re.compile(pattern) for key, pattern in patterns("correcting").items()}
