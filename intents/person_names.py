"""The name in what a person says: titles, particles and half sentences taken away, never cut into words.

A name is certain when it looks like one: a common surname with one or two characters that are no word of the
language, a compound surname, a name with a dot, or Latin letters. Anything else is read back before it is used.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from catalog.models import FieldSpec
from intents.answers import Parsed, Problem, Surroundings
from intents.small_words import WORDS, strip_lead
from intents.writing import bare, plain

HAN = "[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: they choose a drawing of a character and are no part of a name."""
_SURNAMES = frozenset(WORDS["surnames"])
_COMPOUND = tuple(WORDS["surnames_compound"])
_NEVER, _SELF, _SAME, _REFUSED, _RELATION, _OWN_RELATION, _RELATED, _ONLY_SURNAME, _TITLED, _WRITES = (
    re.compile(WORDS[f"name_{key}"])
    for key in (
        "never", "self", "same", "refused", "relation", "own_relation", "related", "only_surname",
        "titled", "writes",
    )
)  # fmt: skip
_FUNCTION = re.compile(f"[{WORDS['name_function']}]")
_TAKEN_BACK = re.compile(WORDS["taken_back"])
_EXPLAINED, _NOT_BUT, _ENDING = (
    re.compile(WORDS[key]) for key in ("name_explained", "not_but", "name_word_ending")
)
_SPELLED = re.compile(rf"({HAN}{{2,4}})的({HAN})$")


def read_name(spec: FieldSpec, text: str, around: Surroundings) -> Parsed | Problem:
    """The name said, certain or to be read back; or why it is none, and what to say instead."""
    last, is_corrected = _after_correction(text)
    said = bare(last)
    problem = _no_name(spec, said, around)
    if problem is not None:
        return problem
    spelled = _spelled_out(last)
    if spelled:
        return Parsed(value=spelled, shown=spelled, is_certain=False)
    name, is_related = bare_name(last), False
    if related := _RELATED.match(name):
        name, is_related = name[related.end() :], True
    if problem := _misfit(name, around):
        return problem
    is_certain = looks_like_name(name) and not is_related and not is_corrected
    return Parsed(value=name, shown=name, is_certain=is_certain)


def _after_correction(text: str) -> tuple[str, bool]:
    """What stands after 不对 or 说错了, and whether something was taken back."""
    if named := _NOT_BUT.match(text.strip()):
        return named[1].strip("，, 。"), True
    *before, last = _TAKEN_BACK.split(text)
    is_corrected = any(bare(part) for part in before) and len(bare(last)) >= 2
    return (last.strip("，, 。"), True) if is_corrected else (text, False)


def _no_name(spec: FieldSpec, said: str, around: Surroundings) -> Parsed | Problem | None:
    """Words that stand where a name should and are none; 本人 is the name of the applicant if that is known."""
    holder = around.applicant_name if spec.group == "payment" else ""
    if _SELF.match(said):
        if holder:
            return Parsed(value=holder, shown=holder, is_certain=False)
        return Problem(code="name_self")
    if _SAME.match(said):
        if holder:
            return Parsed(value=holder, shown=holder, is_certain=False)
        return Problem(code="name_same")
    if _REFUSED.match(said):
        return Problem(code="name_refused")
    if _OWN_RELATION.match(said) and spec.group == "helper":
        return Problem(code="name_own")
    if related := _RELATION.match(said):
        who = re.sub(WORDS["me"], WORDS["you"], related[1])
        return Problem(code="name_relation", details={"who": who})
    if is_no_name(said):
        return Problem(code="name_odd")
    return _only_surname(said, around)


def _only_surname(said: str, around: Surroundings) -> Problem | None:
    """我姓张, 张阿姨, 老张 and 张 by itself: the given name is wanted; 弓长张 tells no more."""
    if found := _ONLY_SURNAME.match(said) or _TITLED.match(said):
        surname = next(part for part in found.groups() if part)
        if surname in _SURNAMES or surname in _COMPOUND:
            return Problem(code="name_surname", details={"surname": surname})
    if said in _COMPOUND:
        return Problem(code="name_surname", details={"surname": said})
    if said in WORDS["name_riddles"]:
        return Problem(code="name_surname", details={"surname": said[-1]})
    if said in _SURNAMES and not around.last_try:
        return Problem(code="name_surname", details={"surname": said})
    return None


def _spelled_out(text: str) -> str:
    """The name told by its characters: 弓长张，伟大的伟 → 张伟; empty when it is told otherwise."""
    explained = _EXPLAINED.match(text)
    if explained and looks_like_name(bare_name(explained[1])):
        return bare_name(explained[1])
    pieces = [piece for piece in re.split(r"[，,、。；;\s]+", text) if piece]
    if len(pieces) < 2:
        return ""
    first = strip_lead(bare(pieces[0]), WORDS["name_lead"]).removeprefix(WORDS["surname_lead"])
    if first in WORDS["name_riddles"]:
        first = first[-1]
    rest = [_SPELLED.search(bare(piece)) for piece in pieces[1:]]
    if len(rest) > 2 or any(m is None or m[2] not in m[1] for m in rest):
        return ""
    given = "".join(m[2] for m in rest if m is not None)
    if first in _SURNAMES or first in _COMPOUND:
        return first + given
    return bare_name(first) if looks_like_name(first) and first.endswith(given) else ""


def _misfit(name: str, around: Surroundings) -> Problem | None:
    if re.search(r"\d", name):
        return Problem(code="name_digits")
    least = 1 if around.last_try and re.fullmatch(HAN, name) else 2
    if not re.fullmatch(rf"(?:{HAN}|[A-Za-z· '-]){{{least},40}}", name) or not re.search(
        r"\w", name
    ):
        return Problem(code="name_odd")
    if re.fullmatch(rf"{HAN}{{7,}}", name) and not around.last_try:
        return Problem(code="name_long")
    return None


def looks_like_name(name: str) -> bool:
    """Whether it need not be read back."""
    if "·" in name or re.fullmatch(r"[A-Za-z '-]+", name):
        return True
    said = plain(name)
    if _FUNCTION.search(said) or said in _words() or (len(said) > 2 and _ENDING.search(said)):
        return False
    if said.startswith(_COMPOUND):
        return 3 <= len(said) <= 4
    if said[:1] not in _SURNAMES:
        return False
    return len(said) in (2, 3) or (len(said) == 4 and said[1] in _SURNAMES)


@cache
def _words() -> frozenset[str]:
    """Words of two characters that begin like a surname and are rarely a name: 马上, 方便, 周末."""
    lines = files("intents").joinpath("words.txt").read_text("utf-8").splitlines()
    words = (line.split(" ", 1)[0] for line in lines)
    short = frozenset(word for word in words if len(word) == 2 and word[0] in _SURNAMES)
    return short - frozenset(WORDS["surname_words_known"])


def is_no_name(text: str) -> bool:
    """Small words that look like a name and are none: 没有, 不知道, 好的; nor is any called 给我妈办."""
    said = bare(text)
    if _NEVER.match(said) is not None or _WRITES.search(said) is not None:
        return True
    return any(
        said in WORDS[key] for key in ("yes", "no", "unknown", "none", "later", "done", "keep")
    )


def bare_name(text: str) -> str:
    """The name without what is said around it: 我姓王，叫王秀英。 → 王秀英."""
    # Composed: a compatibility drawing of a character looks the same and must be the same name.
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    name = re.sub(r"[。！!，,\s]+$", "", composed.strip("“”\"' "))
    name = re.sub(WORDS["name_sex"], "", name)
    name = re.sub(WORDS["name_surname_first"], "", name)
    name = re.sub(WORDS["name_lead_relation"], "", name)
    name = strip_lead(name, WORDS["name_lead"]).strip("：: ")
    for tail in WORDS["name_tail"]:
        name = name.removesuffix(tail) if len(name) > 3 else name
    name = re.sub(r"\s+", "" if re.search(HAN, name) else " ", name)
    return re.sub(r"[.•・‧∙]", "·", name)
