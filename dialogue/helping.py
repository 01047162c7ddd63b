"""What is said about helpers: codes, consent, who may do what."""

from __future__ import annotations

from casework.authorizations import Authorization
from casework.deadlines import SHANGHAI
from dialogue.focuses import Accepting, Consenting, Focus, Joining, Revoking
from dialogue.messages import Choice, Reply
from dialogue.people import Helped, OfferedCode, People
from dialogue.wording import choice, say

SHOWN = 3


def code_shown(code: str) -> str:
    """Nine digits in groups of three, as they are read aloud and typed."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def helping_question(focus: Focus, people: People) -> Reply | None:
    """What was asked about helpers at this place, or None when it is another place or the code is void."""
    match focus:
        case Consenting(is_checked=is_checked):
            return _consent_question(people.code, is_checked=is_checked)
        case Accepting():
            return accept_question(people.code)
        case Joining():
            return joining_question(people.code)
        case Revoking(authorizations=ids, wish=wish):
            given = tuple(a for a in people.helpers if a.id in ids)
            return which_helper(given, wish) if given else None
        case _:
            return None


def _consent_question(code: OfferedCode | None, *, is_checked: bool) -> Reply | None:
    if code is None or code.authorization is None:
        return None
    if not is_checked and code.check:
        return Reply(paragraphs=(say("consent_check_1"), say("consent_check_2")))
    return consent_question(code.authorization)


def consent_question(given: Authorization) -> Reply:
    """May this person act for you, and how far?"""
    helper = given.helper_called or say("helper_unnamed")
    lines = (
        say("consent_who", helper=helper),
        say("consent_scopes"),
        say("consent_until", date=date_shown(given)),
        say("consent_question"),
    )
    choices = (choice("consent_all"), choice("consent_see"), choice("consent_refuse"))
    return Reply(paragraphs=lines, choices=choices, private=True)


def accept_question(code: OfferedCode | None) -> Reply | None:
    """Somebody asks for your help: what is your name?"""
    if code is None:
        return None
    who = code.called or say("who_family")
    lines = (say("accept_who", who=who), say("accept_means"), say("accept_name"))
    return Reply(paragraphs=lines, choices=(choice("accept_no"),), private=True)


def joining_question(code: OfferedCode | None) -> Reply | None:
    """Is the one on the other channel you?"""
    if code is None:
        return None
    lines = (say("join_what", place=say(f"place_{code.channel}")), say("join_question"))
    return Reply(paragraphs=lines, choices=(choice("join_yes"), choice("join_no")))


def which_helper(given: tuple[Authorization, ...], wish: str) -> Reply:
    """Which of several helpers no longer?"""
    choices = [
        Choice(id=f"helper:{a.id}", label=a.helper_called or say("helper_unnamed"))
        for a in given[:SHOWN]
    ]
    return Reply(
        paragraphs=(say(f"helper_which_{wish}"),),
        choices=(*choices, choice("all_helpers")),
        private=True,
    )


def helper_line(given: Authorization) -> str:
    """One helper in one sentence: who, what she may do, until when."""
    scopes = say("list_mark").join(say(f"scope_{scope.value}") for scope in given.scopes)
    who = given.helper_called or say("helper_unnamed")
    return say("helper_line", helper=who, scopes=scopes, date=date_shown(given))


def helped_line(helped: Helped) -> str:
    """One person she helps in one sentence, and what is still missing."""
    key = "helped_line" if helped.is_confirmed else "helped_line_open"
    return say(key, who=helped.shown, date=date_shown(helped.authorization))


def date_shown(given: Authorization) -> str:
    """The day an authorization ends, in words."""
    day = given.until.astimezone(SHANGHAI)
    return say("date_shown", year=str(day.year), month=str(day.month), day=str(day.day))


def after_filing(
    person: str, role: str, *, is_confirmed: bool
) -> tuple[tuple[str, ...], tuple[Choice, ...]]:
    """What a helper is told and offered right after filing for somebody who has not confirmed her yet.

    A guardian is not sent to a child for a yes: a caseworker looks at the papers.
    """
    if person == "me" or is_confirmed:
        return (), ()
    if role == "guardian":
        return (say("helper_next_guardian"),), ()
    return (say("helper_next"),), (choice("confirm_helper"),)
