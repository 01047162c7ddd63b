"""经过: everything that happened to one application, all its cases in one line of time."""

from __future__ import annotations

import re

from casework.deadlines import SHANGHAI
from casework.models import Case, CaseEvent
from casework.numbers import find, shown
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.turns import aside, form_of
from dialogue.wording import asks_for, say
from intents.writing import bare

LONGEST = 30
"""Events told at a time, the newest ones."""
_NOT_WORDS = re.compile(r"[\d\s\-]+")


def timeline(moment: Moment) -> Turn | None:
    """The whole story of an application: of the number said, else of the newest one."""
    words = bare(_NOT_WORDS.sub("", moment.text))
    if picked(moment) != "timeline" and not asks_for("timeline", words):
        return None
    is_busy = form_of(moment.conversation) is not None
    number = None if is_busy else find(moment.text)
    numbers = dict.fromkeys(c.number for c in moment.cases)
    if not numbers or (number is not None and number not in numbers):
        return aside(moment, say("no_such_case" if number else "no_cases"))
    wanted = number or next(iter(numbers))
    cases = tuple(c for c in moment.cases if c.number == wanted)
    return aside(moment, *_told(wanted, cases), private=True)


def _told(number: str, cases: tuple[Case, ...]) -> tuple[str, ...]:
    told = [(event.at, case, event) for case in cases for event in case.events]
    told.sort(key=lambda line: line[0])
    lines: dict[str, list[str]] = {}
    for _, case, event in told[-LONGEST:]:
        lines.setdefault(_sentence(event), []).append(case.service_name)
    head = say("timeline_lead", number=shown(number), count=str(len(cases)))
    return (
        head,
        *(
            sentence.replace(_NAMES, say("list_mark").join(dict.fromkeys(names)))
            for sentence, names in lines.items()
        ),
    )


_NAMES = "\0"
"""Stands for the names until it is known of which cases the same is to be said."""


def _sentence(event: CaseEvent) -> str:
    local = event.at.astimezone(SHANGHAI)
    day = say("day_said", month=str(local.month), day=str(local.day))
    time = say("time_said", hour=str(local.hour), minute=f"{local.minute:02d}")
    what = say(f"happened_{event.action.value}", names=_NAMES)
    return say("timeline_line", day=day, time=time, what=what, reason=event.reason_told)
