"""After a decision: what she thinks of it (好差评), in one tap, once, and only if she wants."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from casework.models import Case
from dialogue.aftercare import BAD, rating_question, to_rate
from dialogue.effects import CallPerson, Effect, RateCase
from dialogue.focuses import Idle, Rating
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.rules.words import act
from dialogue.turns import answer, aside, form_of
from dialogue.wording import all_choices, asks_to_rate, meanings, say
from intents.writing import bare

_POINTS = re.compile(r"(?:打|给|我打|我给)?([1-5一二三四五])(?:分|颗?星)")
_LONGEST_WHY = 500


def rate(moment: Moment) -> Turn | None:
    """非常满意 … 非常不满意: kept once; after bad marks one sentence may be added, and a person looks into it."""
    focus = moment.conversation.focus
    chosen = picked(moment)
    kind, _, rest = chosen.partition(":")
    case_id, _, stars = rest.partition(":")
    match kind:
        case "rate" if stars in ("1", "2", "3", "4", "5"):
            return _rated(moment, case_id, int(stars))
        case "rate_more":
            return _ask(moment, case_id, page=1)
        case "rate_open":
            return _ask(moment, case_id)
        case "rate_no":
            return _refused_to_rate(moment, case_id)
    if moment.message.pick is not None:
        return None
    if isinstance(focus, Rating):
        return _in_words(moment, focus)
    if form_of(moment.conversation) is not None:
        return None
    return _unasked(moment)


def _unasked(moment: Moment) -> Turn | None:
    """评价, or one of the five levels, while a decided case waits for it."""
    waiting = to_rate(moment.cases, moment.conversation.rated)
    if asks_to_rate(moment.said):
        return _ask(moment, waiting[0].id) if waiting else aside(moment, say("rate_none"))
    stars = _stars(moment.said) if waiting else 0
    return _rated(moment, waiting[0].id, stars) if stars else None


def _in_words(moment: Moment, focus: Rating) -> Turn | None:
    wanted = act(moment)
    if wanted in ("skip", "no", "cancel", "back"):
        return _refused_to_rate(moment, focus.case_id)
    if not focus.stars:
        stars = _stars(moment.said)
        return _rated(moment, focus.case_id, stars) if stars else None
    is_else = moment.recognition.accepted("service") or moment.recognition.accepted("life_event")
    if wanted or is_else or not moment.text:
        return None
    reply = Reply(paragraphs=(say("rate_why_thanks"), say("what_next")))
    effect = RateCase(case_id=focus.case_id, words=moment.text[:_LONGEST_WHY])
    return answer(moment, reply, focus=Idle(), effects=(effect,))


def _stars(said: str) -> int:
    """The marks said in words or points; 0 when none are."""
    points = _POINTS.fullmatch(said)
    if points is not None:
        return "一二三四五".find(points[1]) + 1 or int(points[1])
    return _levels().get(said, 0)


@cache
def _levels() -> dict[str, int]:
    """The words for each level; what is said of two is the better one."""
    levels: dict[str, int] = {}
    for stars in range(1, 6):
        names = (all_choices()[f"rate_{stars}"]["label"], *meanings(f"rate_{stars}"))
        levels |= dict.fromkeys(map(bare, names), stars)
    return levels


def _case(moment: Moment, case_id: str) -> Case | None:
    return next((c for c in to_rate(moment.cases, ()) if c.id == case_id), None)


def _ask(moment: Moment, case_id: str, page: int = 0) -> Turn:
    case = _case(moment, case_id)
    if case is None:
        return aside(moment, say("rate_none"))
    if case_id in moment.conversation.rated:
        return aside(moment, say("rate_before"))
    reply = rating_question(case, page)
    if reply is None or form_of(moment.conversation) is not None:
        return _beside_form(moment, case, page)
    return answer(moment, reply, focus=Rating(case_id=case_id, page=page))


def _beside_form(moment: Moment, case: Case, page: int) -> Turn:
    """A form is being filled: the marks can be given by button, and the form stays where it is."""
    reply = rating_question(case, page)
    assert reply is not None  # noqa: S101 - the case is there
    return answer(moment, reply, remember=False)


def _rated(moment: Moment, case_id: str, stars: int) -> Turn:
    case = _case(moment, case_id)
    if case is None:
        return aside(moment, say("rate_none"))
    if case_id in moment.conversation.rated:
        return aside(_without_marks(moment, case_id), say("rate_before"))
    rated = (*moment.conversation.rated, case_id)
    thanks = say("rate_thanks", level=all_choices()[f"rate_{stars}"]["label"])
    effects: tuple[Effect, ...] = (RateCase(case_id=case_id, stars=stars),)
    if stars > BAD:
        done = _without_marks(moment, case_id)
        return aside(done, thanks, effects=effects, rated=rated, **_out_of(moment))
    effects = (*effects, CallPerson(reason="rating", office_id=case.office_id))
    lines = (thanks, say("rate_person"))
    if form_of(moment.conversation) is not None:
        return aside(moment, *lines, effects=effects, rated=rated)
    why = rating_question(case, 0, stars)
    assert why is not None  # noqa: S101 - the case is there
    reply = replace(why, paragraphs=(*lines, *why.paragraphs))
    focus = Rating(case_id=case_id, stars=stars)
    return answer(moment, reply, focus=focus, effects=effects, rated=rated)


def _out_of(moment: Moment) -> dict[str, Any]:
    """The question of the rating is over; whatever else was being done goes on."""
    return {"focus": Idle()} if isinstance(moment.conversation.focus, Rating) else {}


def _refused_to_rate(moment: Moment, case_id: str) -> Turn:
    rated = tuple(dict.fromkeys((*moment.conversation.rated, case_id)))
    focus = moment.conversation.focus
    line = say("rate_skipped")
    if isinstance(focus, Rating):
        reply = Reply(paragraphs=(line, say("what_next")))
        return answer(moment, reply, focus=Idle(), rated=rated)
    return aside(_without_marks(moment, case_id), line, rated=rated)


def _without_marks(moment: Moment, case_id: str) -> Moment:
    """Once it is rated, the marks of this case are not shown again under what comes next."""
    last = moment.conversation.last
    if last is None:
        return moment
    marks = tuple(f"{kind}:{case_id}" for kind in ("rate", "rate_more", "rate_open", "rate_no"))
    left = tuple(c for c in last.choices if not c.id.startswith(marks))
    conversation = replace(moment.conversation, last=replace(last, choices=left))
    return replace(moment, conversation=conversation)
