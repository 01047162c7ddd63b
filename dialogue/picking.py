"""Which choice a message picks: by button, number, label, meaning, or a plain yes or no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from catalog.models import FieldType
from dialogue.form_filling import spec_asked
from dialogue.messages import Choice
from dialogue.models import Moment, asked_once
from dialogue.turns import form_of
from dialogue.wording import all_choices, meanings
from intents.mentions import denies
from intents.small_words import WORDS, said_yes
from intents.writing import bare

DURABLE = (
    "confirm_helper", "correct:", "service:", "life_event:", "status", "human", "help",
    "draft:", "rate:", "rate_more:", "rate_open:", "rate_no:", "object:", "needs", "benefits",
)  # fmt: skip
"""Choices that stay good however old their button is; others belong to the turn that showed them."""

_PLACES = {
    **{str(n): n for n in range(1, 10)},
    **{c: n for n, c in enumerate("一二三四五六七八九", 1)},
}
_NUMBERED = re.compile(r"(?:我?选|第|我要第)?([1-9一二三四五六七八九])(?:个|项|号|条)?[.。、)）]?")
_AGREEING = re.compile(WORDS["agreeing"])
"""Before what is picked: 好的开始吧."""
_PLACE = {key: re.compile(said) for key, said in WORDS["place"].items()}
"""A place said without a number: 最后一个, 前面两个, 第一第二都要."""
_BETWEEN = re.compile(r"[\s、，,.;；和跟]+")


def is_stale(moment: Moment) -> bool:
    """Whether a button was pressed that the present turn does not show."""
    pick = moment.message.pick
    if pick is None or pick.choice.startswith(DURABLE):
        return False
    last = moment.conversation.last
    shown = {choice.id for choice in last.choices} if last else set()
    return pick.turn != moment.conversation.turn or pick.choice not in shown


@asked_once
def picked(moment: Moment) -> str:
    """The id of the choice this message picks, or empty."""
    if moment.message.pick is not None:
        return moment.message.pick.choice
    last, said = moment.conversation.last, moment.said
    if last is None or not last.choices or not said:
        return ""
    return (
        _by_number(moment, said, last.choices)
        or _by_place(said, last.choices)
        or _by_words(said, last.choices)
    )


def several_picked(moment: Moment) -> tuple[str, ...]:
    """The options of a multiple choice picked by several places: 1、3, 第一第二都要, 前面两个, 三个都要."""
    last = moment.conversation.last
    if last is None:
        return ()
    options = [c.id for c in last.choices if c.id.startswith("option:")]
    is_all = len(options) == len(last.choices)
    places = _numbers(moment.text) or _first_or_last(moment.said, len(options), is_all=is_all)
    if len(places) < 2 or max(places) > len(options):
        return ()
    return tuple(options[place - 1].removeprefix("option:") for place in dict.fromkeys(places))


def _numbers(text: str) -> list[int]:
    """1、3, 一和三, 第一第二都要."""
    pieces = [piece for piece in _BETWEEN.split(_PLACE["all_of_them"].sub("", text)) if piece]
    matches = [_NUMBERED.fullmatch(bare(piece)) for piece in pieces]
    if len(pieces) > 1 and all(matches):
        return [_PLACES[match[1]] for match in matches if match]
    in_a_row = _PLACE["in_a_row"].fullmatch(bare(text))
    return [_PLACES[n] for n in re.findall(_PLACE["ordinal"], in_a_row[0])] if in_a_row else []


def _first_or_last(said: str, shown: int, *, is_all: bool) -> list[int]:
    """前面两个; 两个都要 where two are shown; 后两个 where nothing else stands below."""
    for key in ("first_of", "every_one", "last_of") if is_all else ("first_of", "every_one"):
        match = _PLACE[key].fullmatch(said)
        count = _PLACES[match[1].replace("两", "二")] if match else 0
        if 0 < count <= shown and (key != "every_one" or count == shown):
            first = shown - count + 1 if key == "last_of" else 1
            return list(range(first, first + count))
    return []


def _things(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """What is to be chosen from, without 看别的, 人工; all of it where there is nothing else."""
    things = tuple(choice for choice in choices if ":" in choice.id)
    return things if len(things) > 1 else choices


def _by_place(said: str, choices: tuple[Choice, ...]) -> str:
    """头一个; 最后一个 and 中间那个 where no 看别的 stands below, which may be meant as well."""
    things = _things(choices)
    if len(things) < 2:
        return ""
    if _PLACE["first"].fullmatch(said):
        return things[0].id
    if len(things) < len(choices):
        return ""
    if _PLACE["last"].fullmatch(said):
        return things[-1].id
    has_middle = len(things) % 2 == 1
    return things[len(things) // 2].id if has_middle and _PLACE["middle"].fullmatch(said) else ""


def _by_number(moment: Moment, text: str, choices: tuple[Choice, ...]) -> str:
    match = _NUMBERED.fullmatch(text)
    if match is None:
        return ""
    progress = form_of(moment.conversation)
    if progress is not None and progress.stage == "asking" and progress.asking:
        spec = spec_asked(moment.catalog, progress)
        if spec.type in (FieldType.NUMBER, FieldType.MONEY):
            return ""
    place = _PLACES[match[1]]
    return choices[place - 1].id if place <= len(choices) else ""


def _by_words(text: str, choices: tuple[Choice, ...]) -> str:
    meant = _meant().get(text, frozenset()) or _meant().get(_AGREEING.sub("", text), frozenset())
    labels = [bare(choice.label) for choice in choices]
    for choice, label in zip(choices, labels, strict=True):
        if text == label or choice.id in meant or choice.id.partition(":")[0] in meant:
            return choice.id
    held = [
        c
        for c, label in zip(choices, labels, strict=True)
        if not c.id.startswith("option:") and _holds(text, label)
    ]
    if len(held) == 1 and len(text) <= len(held[0].label) + 8:
        return held[0].id
    return _by_yes_or_no(text, choices)


@cache
def _meant() -> Mapping[str, frozenset[str]]:
    """The standard choices each of our other words for them means."""
    meant: dict[str, set[str]] = {}
    for key in all_choices():
        for word in meanings(key):
            meant.setdefault(bare(word), set()).add(key)
    return {word: frozenset(keys) for word, keys in meant.items()}


def _holds(text: str, label: str) -> bool:
    """Whether a label of three characters or more stands in the text, and not to rule it out.

    An option of a form's question is left to its reader, which reads it back.
    """
    before, found, after = text.partition(label)
    return len(label) > 2 and bool(found) and not denies(before, after)


def _by_yes_or_no(text: str, choices: tuple[Choice, ...]) -> str:
    """A plain yes picks the choice marked as the yes of this question, a plain no its no."""
    said = said_yes(text)
    if said is None:
        return ""
    wanted = "yes" if said else "no"
    marked = [c.id for c in choices if wanted in meanings(c.id.partition(":")[0])]
    return marked[0] if len(marked) == 1 else ""
