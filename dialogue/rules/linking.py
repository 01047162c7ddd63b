"""One person over channels: a code is given out here and typed there, and both become one conversation."""

from __future__ import annotations

from dialogue.effects import IssueCode, JoinConversation, LeaveOthers
from dialogue.focuses import Accepting, Consenting, Idle, Joining
from dialogue.helping import code_shown, helping_question
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.rules.helping import is_about_else
from dialogue.rules.words import act
from dialogue.turns import answer, aside, form_of
from dialogue.wording import asks_for, say

_ABOUT_CODES = (Consenting, Accepting, Joining)


def code_came(moment: Moment) -> Turn | None:
    """Nine digits: what they are good for, or that they are not good any more."""
    if isinstance(moment.conversation.focus, _ABOUT_CODES):
        return None
    code = moment.people.code
    if code is None:
        return _no_code(moment)
    if code.is_own:
        return aside(moment, say("code_own"))
    focus: Consenting | Accepting | Joining
    match code.purpose:
        case "consent":
            focus = Consenting(code=code.code)
        case "invite":
            focus = Accepting(code=code.code)
        case _:
            focus = Joining(code=code.code)
    asked = helping_question(focus, moment.people)
    return answer(moment, asked, focus=focus) if asked is not None else None


def _no_code(moment: Moment) -> Turn | None:
    """In a form nine digits may be the answer; elsewhere she hears what is wrong, and what to do."""
    if form_of(moment.conversation) is not None:
        return None
    if moment.people.is_code_put_off:
        lines = (say("code_too_often"), say("code_too_often_2"), say("code_too_often_3"))
        return aside(moment, *lines)
    return aside(moment, say("code_unknown")) if moment.people.is_code_wrong else None


def link(moment: Moment) -> Turn | None:
    """换手机, 在电脑上接着办: a code for the other place."""
    if not asks_for("link", moment.said):
        return None
    lines = (
        say("link_1"),
        say("code_is", code=code_shown(moment.new_code)),
        say("link_2"),
        say("code_minutes"),
    )
    effect = IssueCode(code=moment.new_code, purpose="same_person")
    return aside(moment, *lines, private=True, effects=(effect,))


def joining(moment: Moment) -> Turn | None:
    """Is the one on the other channel herself: then both conversations become one."""
    focus = moment.conversation.focus
    if not isinstance(focus, Joining):
        return None
    if moment.people.code is None:
        return answer(moment, Reply(paragraphs=(say("code_void"),)), focus=Idle())
    chosen = picked(moment) or act(moment)
    if chosen in ("join_no", "no", "back", "cancel"):
        return answer(moment, Reply(paragraphs=(say("not_joined"),)), focus=Idle())
    if chosen not in ("join_yes", "yes"):
        if is_about_else(moment):
            return None
        asked = helping_question(focus, moment.people)
        return answer(moment, asked) if asked is not None else None
    effect = JoinConversation(code=focus.code)
    reply = Reply(paragraphs=(say("joined"),), private=True)
    return answer(moment, reply, focus=Idle(), effects=(effect,))


def unlink(moment: Moment) -> Turn | None:
    """断开: all other places lead away from this conversation."""
    if not asks_for("unlink", moment.said):
        return None
    return aside(moment, say("unlinked"), effects=(LeaveOthers(),))
