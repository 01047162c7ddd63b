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
_NOT_THIS = tuple(WORDS["not_this"])
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
    return _by_number(moment, said, last.choices) or _by_words(said, last.choices)


def several_picked(moment: Moment) -> tuple[str, ...]:
    """The options of a multiple choice picked by several numbers: 1、3 or 一和三."""
    last = moment.conversation.last
    pieces = [piece for piece in _BETWEEN.split(moment.text) if piece]
    if last is None or len(pieces) < 2:
        return ()
    matches = [_NUMBERED.fullmatch(bare(piece)) for piece in pieces]
    places = [_PLACES[match[1]] for match in matches if match]
    if len(places) != len(pieces) or max(places) > len(last.choices):
        return ()
    ids = tuple(last.choices[place - 1].id for place in places)
    return tuple(i.removeprefix("option:") for i in ids if i.startswith("option:"))


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
    held = [c for c, label in zip(choices, labels, strict=True) if _holds(text, label)]
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
    """Whether a label of three characters or more stands in the text, and not to rule it out."""
    if len(label) < 3 or label not in text:
        return False
    return not text[: text.index(label)].endswith(_NOT_THIS)


def _by_yes_or_no(text: str, choices: tuple[Choice, ...]) -> str:
    """A plain yes picks the choice marked as the yes of this question, a plain no its no."""
    said = said_yes(text)
    if said is None:
        return ""
    wanted = "yes" if said else "no"
    marked = [c.id for c in choices if wanted in meanings(c.id.partition(":")[0])]
    return marked[0] if len(marked) == 1 else ""
