"""Reads a conversation written down line by line and plays it: readable and writable by caseworkers.

# a comment
人> what she writes              人按> 2 (a number, a label or a choice's id)      人发> 照片.jpg
机< words that must be heard     机不< words that must not be heard
填> review                       answers every question with something that fits, up to there
经办> request_corrections id_number,mobile 请照证件再看一遍
经办一起> accept                 the same for all her open cases at once; she hears one message
时间> 31                         days go by
办件> cert_renew submitted       her case of this service is in this state
答案> mobile 13912345678         and holds this answer
转人工> asked                    a person was called for this reason
语音> 开                         the reply is read aloud
谁> 爸爸 telegram                somebody else speaks from here on (on this channel when it is her first word)
记> 码                           keeps the nine digits of the last reply; {码} in a later line stands for them
收>                              looks at what came unasked
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tester import CLERK, Tester

from actions.handle_case import CaseWish
from actions.handle_cases import handle_cases
from casework.models import Action, Move


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story."""

    number: int
    kind: str
    text: str


def read_transcript(path: Path) -> tuple[Line, ...]:
    """The lines of a story without comments; a line nobody understands is an error."""
    return tuple(_lines(path))


def _lines(path: Path) -> Iterator[Line]:
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        kind, mark, rest = next(
            ((text[:i], text[i], text[i + 1 :]) for i in range(len(text)) if text[i] in "<>"),
            ("", "", ""),
        )
        if f"{kind}{mark}" not in (*_STEPS, *_STAGE):
            raise ValueError(f"{path.name}:{number}: {raw!r}")
        yield Line(number, f"{kind}{mark}", rest.strip())


@dataclass(slots=True)
class _Stage:
    """Who has spoken so far, and what was written down."""

    first: Tester
    people: dict[str, Tester] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def called(self, name: str, channel: str) -> Tester:
        if not self.people:
            self.people[name] = self.first
        if name not in self.people:
            self.people[name] = self.first.another(name, channel)
        return self.people[name]


def play(path: Path, tester: Tester) -> None:
    """Play a story; a failure names the line."""
    stage, speaker = _Stage(tester), tester
    for line in read_transcript(path):
        text = line.text
        for name, value in stage.notes.items():
            text = text.replace(f"{{{name}}}", value)
        try:
            if line.kind == "谁>":
                name, _, channel = text.partition(" ")
                speaker = stage.called(name, channel)
            elif line.kind == "记>":
                stage.notes[text] = _code_heard(speaker)
            else:
                _STEPS[line.kind](speaker, text)
        except AssertionError as error:
            raise AssertionError(
                f"{path.name}:{line.number}: {line.kind} {line.text}\n{error}"
            ) from error


def _code_heard(tester: Tester) -> str:
    found = re.search(r"\d{3} \d{3} \d{3}", tester.shown())
    assert found, f"no code in:\n{tester.shown()}"
    return found[0]


def _looks(tester: Tester, _text: str) -> None:
    tester.reads_notice()


def _says(tester: Tester, text: str) -> None:
    tester.says(text)


def _presses(tester: Tester, text: str) -> None:
    choice = tester.reply.choices[int(text) - 1].id if text.isdigit() else text
    tester.presses(choice)


def _hears(tester: Tester, text: str) -> None:
    tester.hears(text)


def _hears_not(tester: Tester, text: str) -> None:
    tester.hears_not(text)


def _sends(tester: Tester, text: str) -> None:
    tester.sends_photo(text)


def _fills(tester: Tester, text: str) -> None:
    if text in ("review", "submit"):
        tester.fills()
    else:
        tester.fills(until=text).is_asked(text)


def _clerk(tester: Tester, text: str) -> None:
    action, *rest = text.split(maxsplit=2)
    items = tuple(rest[0].split(",")) if len(rest) > 1 else ()
    tester.clerk(Action(action), items=items, reason=rest[-1] if rest else "")


def _clerk_together(tester: Tester, text: str) -> None:
    action, *rest = text.split(maxsplit=2)
    items = tuple(rest[0].split(",")) if len(rest) > 1 else ()
    move = Move(action=Action(action), by=CLERK, items=items, reason=rest[-1] if rest else "")
    wishes = tuple(
        CaseWish(case_id=c.id, office_id=c.office_id, seen_version=c.version, move=move)
        for c in tester.cases()
        if not c.state.is_closed
    )
    told = handle_cases(tester.database, tester.catalog, wishes, tester.clock.tick())
    assert not told.refused, told.refused
    tester.reads_notice()


def _days(tester: Tester, text: str) -> None:
    tester.clock.forward(days=int(text))


def _case(tester: Tester, text: str) -> None:
    service_id, state = text.split()
    states = [c.state.value for c in tester.cases() if c.service_id == service_id]
    assert state in states, f"{service_id}: {states}"


def _value(tester: Tester, text: str) -> None:
    asked, value = text.split(maxsplit=1)
    found = tester.value(asked, tester.cases()[0])
    assert found == value, f"{asked} is {found!r}"


def _person(tester: Tester, text: str) -> None:
    assert text in tester.handovers(), tester.handovers()


def _aloud(tester: Tester, text: str) -> None:
    assert tester.reply.aloud == (text == "开"), tester.reply


_STEPS = {
    "人>": _says,
    "人按>": _presses,
    "人发>": _sends,
    "机<": _hears,
    "机不<": _hears_not,
    "填>": _fills,
    "经办>": _clerk,
    "经办一起>": _clerk_together,
    "时间>": _days,
    "办件>": _case,
    "答案>": _value,
    "转人工>": _person,
    "语音>": _aloud,
    "收>": _looks,
}
_STAGE = ("谁>", "记>")
