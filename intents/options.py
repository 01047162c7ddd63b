"""Which of a question's options a person means: said by itself, among other words, or nearly spelled so.

Certain is only what is said by itself (我要轮椅吧); what stands among other words is read back.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from catalog.models import FieldSpec
from intents.mentions import Mentions, mentions, names_of, only_named
from intents.small_words import WORDS, is_unknown
from intents.writing import bare, bare_word, plain

_NEAR = 75.0
"""One wrong character in four."""
_DENIAL = re.compile(WORDS["denial"])
_ASKING = re.compile(WORDS["choice_asking"])
"""A question about the options is no answer: 农商行还是上海银行好."""
_ALL, _ALL_BUT = re.compile(WORDS["all"]), re.compile(WORDS["all_but"])
_NO_PART = frozenset({"none", "unknown", "other"})
"""Options that are not meant by 都要."""


def is_option(spec: FieldSpec, text: str) -> bool:
    """Whether the whole text is one option's label or one of its other words."""
    return is_name_of_option(spec, bare(text))


def is_name_of_option(spec: FieldSpec, said: str) -> bool:
    """The same of a text already made bare."""
    return any(
        said == bare_word(name) for option in spec.choices for name in (option.label, *option.says)
    )


def find_option(spec: FieldSpec, text: str) -> tuple[str, bool] | None:
    """Option id by label or meaning, and whether it is certain; None for two options at once."""
    sure = _sure(spec, text)
    if sure:
        return sure, True
    if is_unknown(text) or _ASKING.search(plain(text)):
        return None
    told = mentions(spec, text)
    if len(told.named) == 1:
        return told.named[0], told.is_whole
    if told.named:
        return _dangerous(spec, told)
    return _nearly(spec, text, told)


def _dangerous(spec: FieldSpec, told: Mentions) -> tuple[str, bool] | None:
    """Of two options the one that tells of danger: 没有，就是有时候想死."""
    found = next((o.id for o in spec.choices if o.danger and o.id in told.named), None)
    return None if found is None else (found, False)


def find_options(spec: FieldSpec, text: str) -> tuple[tuple[str, ...], bool] | None:
    """The same where several may be chosen: 轮椅和拐杖, 除了坡道都要, 全部."""
    sure = _sure(spec, text)
    if sure:
        return (sure,), True
    if is_unknown(text) or _ASKING.search(plain(text)):
        return None
    told = mentions(spec, text)
    rest = _all_but(spec, text, told)
    if rest:
        return rest, False
    if told.named:
        is_mixed = len(told.named) > 1 and not _NO_PART.isdisjoint(told.named)
        return told.named, told.is_whole and not is_mixed
    return None if told.ruled_out else _nearly_several(spec, text)


def all_named(spec: FieldSpec, said: str) -> tuple[str, ...]:
    """Every option meant in the text, in order of mention."""
    exact = [option for name, option in names_of(spec) if name == said]
    return (exact[0],) if exact else mentions(spec, said).named


def _sure(spec: FieldSpec, text: str) -> str:
    """The option that is all that was said, or empty."""
    said = bare(text)
    exact = next((option for name, option in names_of(spec) if name == said), "")
    if exact:
        return exact
    if is_unknown(text):
        return next((o.id for o in spec.choices if o.id == "unknown"), "")
    return only_named(spec, said)


def _all_but(spec: FieldSpec, text: str, told: Mentions) -> tuple[str, ...]:
    """全部, or all but what was ruled out; empty when neither is said."""
    said = bare(text)
    but = told.ruled_out if _ALL_BUT.fullmatch(said) and not told.named else frozenset()
    if not but and not _ALL.fullmatch(said):
        return ()
    return tuple(o.id for o in spec.choices if o.id not in but | _NO_PART)


def _nearly_several(spec: FieldSpec, text: str) -> tuple[tuple[str, ...], bool] | None:
    pieces = [piece for piece in re.split(WORDS["split"], text) if piece]
    read = [option for piece in (text, *pieces) if (option := find_option(spec, piece))]
    found = tuple(dict.fromkeys(option for option, _ in read))
    return (found, all(certain for _, certain in read)) if found else None


def _nearly(spec: FieldSpec, text: str, told: Mentions) -> tuple[str, bool] | None:
    """The one option nearly spelled so, read back; a name that denies is none for words that do not."""
    said = bare(text)
    if len(said) < 2 or told.has_denial:
        return None
    does_deny = _DENIAL.search(said) is not None
    scores: dict[str, float] = {}
    for name, option in names_of(spec):
        if option in told.ruled_out or (_DENIAL.search(name) is not None) != does_deny:
            continue
        scores[option] = max(scores.get(option, 0.0), fuzz.ratio(said, name))
    first, second = sorted((*scores.values(), 0.0, 0.0), reverse=True)[:2]
    if first < _NEAR or first == second:
        return None
    return max(scores, key=lambda option: scores[option]), False
