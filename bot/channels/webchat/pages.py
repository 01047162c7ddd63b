"""Lines and pages as HTML. The words are in the templates; everything a person wrote is escaped."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from bot.channels.webchat import assets
from bot.channels.webchat.transcript import Line, Transcript
from bot.channels.webchat.visitor import Visitor
from casework.deadlines import SHANGHAI
from dialogue.rules.words import welcome
from storage.ids import new_id

_EMERGENCY_CALL = re.compile(r"(?<!\d)(110|119|120)(?!\d)")
_EMERGENCY_SMS = re.compile(r"(?<!\d)(12110)(?!\d)")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HOTLINE = re.compile(r"(?<!\d)(12345|12385|12356|962525)(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a form was not taken; the words for the code are in the templates."""

    code: str
    reference: str = ""
    wait: int = 0
    """Seconds after which it may be sent again; 0 when that is not a matter of time."""


class Pages:
    """Fills the templates."""

    def __init__(self, *, has_voice: bool) -> None:
        """`has_voice`: whether replies can be listened to at all."""
        self._environment = Environment(
            loader=PackageLoader("bot.channels.webchat"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_without_direction,
        )
        self._environment.globals.update(
            asset=assets.address, has_voice=has_voice, today=_today, welcome=welcome()
        )
        self._environment.filters["with_numbers"] = _with_numbers
        self._environment.filters["calls"] = _calls

    def chat(
        self,
        visitor: Visitor,
        transcript: Transcript,
        *,
        trouble: Trouble | None = None,
        draft: str = "",
        shut: Collection[str] = (),
    ) -> str:
        """The whole page; large when she asked for it and this browser knows nothing else.

        `shut`: channels that are switched off, of which the page says where to go instead.
        """
        if transcript.is_large and not visitor.has_look:
            visitor = replace(visitor, wants_big=True)
        return self._render(
            "chat.html",
            visitor=visitor,
            talk=transcript,
            trouble=trouble,
            draft=draft,
            shut=shut,
            event=new_id(),
        )

    def news(self, lines: Iterable[Line], talk: Transcript) -> str:
        """What the page needs after a message: new lines, a fresh form key, no error."""
        return self._render("news.html", lines=tuple(lines), talk=talk, event=new_id())

    def line(self, line: Line) -> str:
        """One line."""
        return self._render("one_line.html", line=line)

    def trouble(self, trouble: Trouble, visitor: Visitor) -> str:
        """The error summary alone, with the key the form needs now."""
        return self._render("trouble.html", trouble=trouble, visitor=visitor)

    def problem(self, status: int, reference: str) -> str:
        """An address that leads nowhere, or our own fault under a reference code."""
        return self._render("problem.html", status=status, reference=reference)

    def look(self, *, is_big: bool) -> str:
        """The button that makes text larger or smaller."""
        return self._render("look.html", is_big=is_big)

    def leave(self, visitor: Visitor) -> str:
        """What leaving means, and whether she is sure."""
        return self._render("leave.html", visitor=visitor)

    def my_data(self, visitor: Visitor, *, is_waiting: bool) -> str:
        """Where a person fetches the copy of her data, or hears that none is waiting."""
        return self._render("my_data.html", visitor=visitor, is_waiting=is_waiting)

    def left(self) -> str:
        """Nothing is to be seen any more."""
        return self._render("left.html", visitor=None)

    def _render(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(**values)


def _without_direction(value: object) -> object:
    """No mark in what somebody wrote may turn around what stands beside it."""
    if isinstance(value, Markup):
        return Markup(_DIRECTION.sub("", value))  # noqa: S704 - it was safe before
    return _DIRECTION.sub("", value) if isinstance(value, str) else value


def _today() -> datetime:
    return datetime.now(UTC).astimezone(SHANGHAI)


def _with_numbers(text: str, kind: str) -> Markup:
    """Text in which the numbers to call are links; what is an amount elsewhere is a number in danger."""
    html = str(escape(text))
    html = _HOTLINE.sub(r'<a href="tel:\1">\1</a>', html)
    if kind == "emergency":
        html = _EMERGENCY_SMS.sub(r'<a href="sms:\1">\1</a>', html)
        html = _EMERGENCY_CALL.sub(r'<a href="tel:\1">\1</a>', html)
    return Markup(html)  # noqa: S704 - escaped above, and the links are made of digits


def _calls(paragraphs: tuple[str, ...]) -> list[str]:
    """The numbers to call in danger that a card names, each once."""
    return list(dict.fromkeys(_EMERGENCY_CALL.findall("\n".join(paragraphs))))
