"""Names of options as they stand in an answer: which are meant, which the words around rule out.

不是给我自己, 除了电话, 以前是低保, 吃饭不用帮: the name is there, and the opposite is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from catalog.models import FieldSpec, FieldType
from intents.small_words import WORDS
from intents.writing import bare, bare_word, plain

_MASK = "\0"
_REACH = 6
"""Characters over which a denial holds: 没有办过离婚."""
_CLAUSE = re.compile(WORDS["clause"])
_DENYING = re.compile(WORDS["denying"])
_DENYING_LAST = re.compile(f"(?:{WORDS['denying']})$")
_GOING_ON = re.compile(WORDS["going_on"])
"""Words that end a denial: 不要短信要电话."""
_PAST, _NOW = re.compile(WORDS["past"]), re.compile(WORDS["now"])
_DENIED_AFTER = re.compile(WORDS["denied_after"])
_BY_MYSELF, _BY_MYSELF_AFTER = re.compile(WORDS["by_myself"]), re.compile(WORDS["by_myself_after"])
_MINE = re.compile(WORDS["mine"] + "$")
_KIN = frozenset(WORDS["kin"])
_WISH = re.compile(WORDS["wish_asked"])
_BESIDES = re.compile(WORDS["besides"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """What an answer says about the options of a question."""

    named: tuple[str, ...] = ()
    """Options meant, in order of mention."""
    ruled_out: frozenset[str] = frozenset()
    """Options named only to deny, limit or date them."""
    has_denial: bool = False
    is_whole: bool = False
    """Whether nothing is said besides: 我要轮椅和拐杖."""


def names_of(spec: FieldSpec) -> list[tuple[str, str]]:
    """Every bare name of every option, with the option's id."""
    return [(bare_word(name), o.id) for o in spec.choices for name in (o.label, *o.says)]


def only_named(spec: FieldSpec, said: str) -> str:
    """The option whose name is all of a bare text but for harmless words (就选短信吧); empty without one."""
    lead, tail = _harmless(spec)
    found = [
        (len(name), option)
        for name, option in names_of(spec)
        if _stands_alone(said, name, lead, tail) and not _is_turned(name, said[: said.find(name)])
    ]
    longest = max((length for length, _ in found), default=0)
    options = {option for length, option in found if length == longest}
    return options.pop() if len(options) == 1 else ""


def _stands_alone(said: str, name: str, lead: re.Pattern[str], tail: re.Pattern[str]) -> bool:
    place = said.find(name)
    if place < 0:
        return False
    return bool(lead.fullmatch(said[:place]) and tail.fullmatch(said[place + len(name) :]))


def mentions(spec: FieldSpec, text: str) -> Mentions:
    """Every option an answer names, clause by clause."""
    named: list[str] = []
    ruled_out: set[str] = set()
    is_whole, has_denial = True, False
    for clause in filter(None, map(bare, _CLAUSE.split(plain(text)))):
        meant, turned, denied, is_rest_harmless = _in_clause(spec, clause)
        named += meant
        ruled_out |= turned | denied
        has_denial = has_denial or bool(denied)
        is_whole = is_whole and is_rest_harmless
    return Mentions(
        named=tuple(dict.fromkeys(named)),
        ruled_out=frozenset(ruled_out - set(named)),
        has_denial=has_denial,
        is_whole=is_whole and not ruled_out,
    )


def _in_clause(spec: FieldSpec, said: str) -> tuple[list[str], set[str], set[str], bool]:
    """Options meant, turned round and denied, and whether the rest is harmless."""
    places, masked = _places(spec, said)
    meant: list[str] = []
    turned: set[str] = set()
    denied: set[str] = set()
    for place, name, option in places:
        before, after = masked[:place], masked[place + len(name) :]
        if _is_turned(name, before):
            turned.add(option)
        elif _is_ruled_out(spec, before, after) or _ends_denying(said[:place], before):
            denied.add(option)
        else:
            meant.append(option)
    return meant, turned, denied, _is_harmless(spec, masked)


def _ends_denying(before: str, masked: str) -> bool:
    """Whether a name that denies stands directly before: 从来没有 in 从来没有想过."""
    return masked.endswith(_MASK) and _DENYING_LAST.search(before) is not None


def _places(spec: FieldSpec, said: str) -> tuple[list[tuple[int, str, str]], str]:
    """Place, name and option of every name, and the clause without them; a name inside a longer one is none."""
    found = []
    for name, option in sorted(names_of(spec), key=lambda pair: -len(pair[0])):
        if len(name) < 2 or name not in said:
            continue
        found.append((said.index(name), name, option))
        said = said.replace(name, _MASK * len(name))
    return sorted(found), said


def _is_ruled_out(spec: FieldSpec, before: str, after: str) -> bool:
    if denies(before, after):
        return True
    if spec.type is not FieldType.CHOICES:
        return False
    return bool(_BY_MYSELF.search(before) or _BY_MYSELF_AFTER.match(after))


def denies(before: str, after: str) -> bool:
    """Whether the words before and after a name deny it, limit it or put it into the past."""
    past = list(_PAST.finditer(before))
    if past and not _NOW.search(before, past[-1].end()):
        return True
    if _DENIED_AFTER.match(after):
        return True
    denials = list(_DENYING.finditer(before))
    if not denials or (_BESIDES.search(after) and denials[-1][0].startswith("除")):
        return False
    between = before[denials[-1].end() :]
    return len(between.replace(_MASK, "")) <= _REACH and not _GOING_ON.search(between)


def _is_turned(name: str, before: str) -> bool:
    """Whether the relation is said the other way round: 我女儿 is whose mother is speaking."""
    return name in _KIN and _MINE.search(before) is not None


def _is_harmless(spec: FieldSpec, masked: str) -> bool:
    """Whether a clause says nothing besides the names; a clause without any may be all leading words."""
    lead, tail = _harmless(spec)
    first, *others = re.split(f"{_MASK}+", masked)
    if not others:
        return lead.fullmatch(first) is not None
    *between, last = others
    either = _one_or_the_other(_leads(spec), tuple(WORDS["choice_tail"]))
    return bool(
        lead.fullmatch(first)
        and all(either.fullmatch(piece) for piece in between)
        and tail.fullmatch(last)
    )


def _harmless(spec: FieldSpec) -> tuple[re.Pattern[str], re.Pattern[str]]:
    tails = tuple(WORDS["choice_tail"]) + (tuple(WORDS["wish_tail"]) if _asks_wish(spec) else ())
    return _any_of(_leads(spec)), _any_of(tails)


def _leads(spec: FieldSpec) -> tuple[str, ...]:
    """Words that may come before: 我要 only where a wish is asked for, 我妈 only where she is not the answer."""
    leads = [*WORDS["choice_lead"], *(WORDS["wish_lead"] if _asks_wish(spec) else ())]
    if spec.type is FieldType.CHOICES:
        leads += WORDS["joining"]
    if "{who}" in spec.question and not any(name in _KIN for name, _ in names_of(spec)):
        leads += [*WORDS["kin"], *(f"我{kin}" for kin in WORDS["kin"])]
    return tuple(leads)


def _asks_wish(spec: FieldSpec) -> bool:
    return _WISH.search(spec.question) is not None


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first: Sequence[str] = sorted(words, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, longest_first))})*")


def _one_or_the_other(leads: tuple[str, ...], tails: tuple[str, ...]) -> re.Pattern[str]:
    return _any_of((*leads, *tails))
