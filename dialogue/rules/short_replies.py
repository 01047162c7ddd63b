"""Short replies that mean something only where they are said: 等一下, 我也不知道, 给我妈办, 继续."""

from __future__ import annotations

from dataclasses import replace

from dialogue.focuses import Choosing, EventShown, Idle, Introduced, Offered, OneByOne, Together
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.rules.beginning import begin_form
from dialogue.rules.together import chosen_of_several
from dialogue.rules.words import act
from dialogue.turns import answer, aside, form_of
from dialogue.wording import beneficiary_of, carries_on, choice, matches, say, says_only_whom
from intents.small_words import is_unknown

_LAID_OUT = (Choosing, EventShown, Offered, Together, OneByOne)
_UNDECIDED = (Idle, Choosing, Introduced, EventShown)


def wait(moment: Moment) -> Turn | None:
    """等一下, 我想想, 以后再说: nothing here is in a hurry, and nothing moves."""
    if picked(moment) or not matches("waiting", moment.said):
        return None
    last = moment.conversation.last
    choices, private = (last.choices, last.private) if last else ((), False)
    reply = Reply(
        paragraphs=(say("no_hurry"),), choices=choices, private=private and bool(choices)
    )
    return answer(moment, reply, remember=False)


def begin_introduced(moment: Moment) -> Turn | None:
    """继续, or for whom it is, said to what was just explained: its form begins."""
    focus = moment.conversation.focus
    goes_on = not moment.conversation.parked and carries_on(moment.said)
    if isinstance(focus, Together) and goes_on and not picked(moment):
        return chosen_of_several(moment, focus, "start")
    if not isinstance(focus, Introduced) or picked(moment):
        return None
    whom = _only_whom(moment)
    if not whom and not goes_on:
        return None
    return begin_form(moment, (focus.service_id,), whom or focus.beneficiary)


def whom_told(moment: Moment) -> Turn | None:
    """给我妈, where several things are laid out: it is remembered, and the question stays."""
    focus = moment.conversation.focus
    if not isinstance(focus, _LAID_OUT) or picked(moment):
        return None
    whom = _only_whom(moment)
    if not whom:
        return None
    told = replace(focus, beneficiary=whom)
    there = replace(moment, conversation=replace(moment.conversation, focus=told))
    named, role = beneficiary_of(whom)
    lead = say("whom_self") if role == "self" else say("whom_noted", who=named)
    return aside(there, lead, focus=told)


def nothing_left(moment: Moment) -> Turn | None:
    """继续, where no form was left and nothing was chosen yet."""
    focus = moment.conversation.focus
    if moment.conversation.parked or not isinstance(focus, (Idle, *_LAID_OUT)) or picked(moment):
        return None
    return aside(moment, say("stray_start")) if carries_on(moment.said) else None


def undecided(moment: Moment) -> Turn | None:
    """我也不知道, 说不清: a few questions find out what may fit, or a person does."""
    if not isinstance(moment.conversation.focus, _UNDECIDED) or picked(moment) or act(moment):
        return None
    if not (is_unknown(moment.text) or matches("undecided", moment.said)):
        return None
    ways = (choice("benefits"), choice("human"))
    return answer(moment, Reply(paragraphs=(say("undecided"),), choices=ways), focus=Idle())


def _only_whom(moment: Moment) -> str:
    """The word for the person it is for, when the message says nothing else; or empty."""
    if form_of(moment.conversation) is not None:
        return ""
    return says_only_whom(moment.said, moment.recognition.beneficiary)
