"""Which choice a message picks: by button, number, label, meaning, or a plain yes or no."""

from __future__ import annotations

import re
from functools import lru_cache

from catalog.models import FieldType
from dialogue.form_filling import spec_asked
from dialogue.messages import Choice
from dialogue.models import Moment
from dialogue.turns import form_of
from dialogue.wording import meanings
from intents.small_words import WORDS, is_yes
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
_BETWEEN = re.compile(r"[\s、，,.;；和跟]+")


def is_stale(moment: Moment) -> bool:
    """Whether a button was pressed that the present turn does not show."""
    pick = moment.message.pick
    if pick is None or pick.choice.startswith(DURABLE):
        return False
    last = moment.conversation.last
    shown = {choice.id for choice in last.choices} if last else set()
    return pick.turn != moment.conversation.turn or pick.choice not in shown


def picked(moment: Moment) -> str:
    """The id of the choice this message picks, or empty."""
    if moment.message.pick is not None:
        return moment.message.pick.choice
    last = moment.conversation.last
    text = bare(moment.text)
    if last is None or not last.choices or not text:
        return ""
    return _by_number(moment, text, last.choices) or _by_words(text, last.choices)


def several_picked(moment: Moment) -> tuple[str, ...]:
    """The options of a multiple choice picked by several numbers: 1、3 or 一和三."""
    last = moment.conversation.last
    pieces = [piece for piece in _BETWEEN.split(moment.text) if piece]
    matches = [_NUMBERED.fullmatch(bare(piece)) for piece in pieces]
    if last is None or len(pieces) < 2:
        return ()
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
    for choice in choices:
        if text == bare(choice.label) or text in _meant(choice.id):
            return choice.id
    labels = [c for c in choices if _holds(text, bare(c.label))]
    if len(labels) == 1 and len(text) <= len(labels[0].label) + 8:
        return labels[0].id
    return _by_yes_or_no(text, choices)


@lru_cache(maxsize=2048)
def _meant(choice_id: str) -> frozenset[str]:
    """The words that mean this choice, as they are compared: a turn asks for them again and again."""
    words = (*meanings(choice_id.partition(":")[0]), *meanings(choice_id))
    return frozenset(map(bare, words))


def _holds(text: str, label: str) -> bool:
    """Whether a label of three characters or more stands in the text, and not to rule it out."""
    if len(label) < 3 or label not in text:
        return False
    return not text[: text.index(label)].endswith(tuple(WORDS["not_this"]))


def _by_yes_or_no(text: str, choices: tuple[Choice, ...]) -> str:
    """A plain yes picks the choice marked as the yes of this question, a plain no its no."""
    said = is_yes(text)
    if said is None:
        return ""
    wanted = "yes" if said else "no"
    marked = [c.id for c in choices if wanted in meanings(c.id.partition(":")[0])]
    return marked[0] if len(marked) == 1 else ""
