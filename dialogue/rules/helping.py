"""Acting for others: codes that came, consent and refusal, asking somebody to help, taking it back."""

from __future__ import annotations

from dataclasses import replace

from casework.authorizations import ALL, Authorization, Scope
from dialogue.effects import (
    AcceptInvitation,
    AnswerConsent,
    ChangeAuthorizations,
    IssueCode,
    NoteWrongCheck,
)
from dialogue.focuses import Accepting, Consenting, Idle, Revoking
from dialogue.helping import (
    SHOWN,
    code_shown,
    helped_line,
    helper_line,
    helping_question,
    which_helper,
)
from dialogue.messages import Choice, Reply
from dialogue.models import Moment, Turn
from dialogue.people import Helped, is_named
from dialogue.picking import picked
from dialogue.rules.navigating import surroundings_now
from dialogue.rules.words import act
from dialogue.turns import answer, aside
from dialogue.wording import asks_for, choice, matches, say
from intents.numerals import only_digits
from intents.slot_types import Parsed, read_answer
from intents.writing import bare

_RELATIONS = ("agent_relation", "guardian_relation")
_SEEING = (Scope.SUBMIT,)
"""What a helper keeps who is no longer told anything: to file what she knows herself."""


def consent(moment: Moment) -> Turn | None:
    """The person decides about the helper whose code she typed: first that it is she, then how far."""
    focus = moment.conversation.focus
    if not isinstance(focus, Consenting):
        return None
    code, chosen = moment.people.code, picked(moment) or act(moment)
    if code is None or code.authorization is None:
        return answer(moment, Reply(paragraphs=(say("code_void"),)), focus=Idle())
    if chosen in ("back", "cancel"):
        return answer(moment, Reply(paragraphs=(say("consent_later"),)), focus=Idle())
    if code.check and not focus.is_checked:
        return _check(moment, focus, code.check)
    scopes = {"consent_all": ALL, "consent_see": (Scope.SEE, Scope.NOTICES), "consent_refuse": ()}
    if chosen not in scopes:
        return None if is_about_else(moment) else _asked_again(moment)
    effect = AnswerConsent(
        code=focus.code, authorization_id=code.authorization.id, scopes=scopes[chosen]
    )
    lines = (say(f"said_{chosen}"), say("helper_stop") if scopes[chosen] else say("what_next"))
    return answer(moment, Reply(paragraphs=lines), focus=Idle(), effects=(effect,))


def _check(moment: Moment, focus: Consenting, wanted: str) -> Turn:
    """The last four characters of her identity number, however she says them."""
    if only_digits(moment.text)[-4:] == wanted:
        checked = replace(focus, is_checked=True)
        asked = helping_question(checked, moment.people)
        if asked is not None:
            return answer(moment, asked, focus=checked)
    effect = NoteWrongCheck(code=focus.code)
    lines = (say("check_wrong"), say("consent_check_2"))
    reply = Reply(paragraphs=lines, choices=(choice("human"),))
    return answer(moment, reply, effects=(effect,))


def is_about_else(moment: Moment) -> bool:
    """Whether the words clearly mean something that has nothing to do with the question of codes."""
    heard = moment.recognition
    is_meant = heard.accepted("act") or heard.accepted("service") or heard.accepted("life_event")
    return moment.message.pick is not None or is_meant is not None


def _asked_again(moment: Moment) -> Turn | None:
    asked = helping_question(moment.conversation.focus, moment.people)
    if asked is None:
        return None
    return answer(moment, replace(asked, paragraphs=(say("please_choose"), *asked.paragraphs)))


def accept(moment: Moment) -> Turn | None:
    """Somebody asked for her help; her name is asked, then she may act."""
    focus = moment.conversation.focus
    if not isinstance(focus, Accepting):
        return None
    if moment.people.code is None:
        return answer(moment, Reply(paragraphs=(say("code_void"),)), focus=Idle())
    if picked(moment) == "accept_no" or act(moment) in ("back", "cancel", "no"):
        return answer(moment, Reply(paragraphs=(say("accept_not"),)), focus=Idle())
    name = read_answer(moment.catalog.fields["agent_name"], moment.text, surroundings_now(moment))
    if not isinstance(name, Parsed) or not moment.text:
        return _asked_again(moment)
    who = moment.people.code.called or say("who_family")
    effect = AcceptInvitation(code=focus.code, helper_called=name.shown)
    lines = (say("accept_done", who=who), say("accept_next"))
    return answer(moment, Reply(paragraphs=lines, private=True), focus=Idle(), effects=(effect,))


def confirm_helper(moment: Moment) -> Turn | None:
    """让他本人确认: a code the person types in her own conversation."""
    chosen = picked(moment)
    kind, _, person = chosen.partition(":")
    if kind != "confirm_helper" and not asks_for("confirm_helper", moment.said):
        return None
    waiting = [h for h in moment.people.helped if not h.is_confirmed]
    named = next((h for h in waiting if h.id == person), None)
    if named is None and len(waiting) == 1:
        named = waiting[0]
    if named is None:
        return _whose_consent(moment, waiting)
    lines = (
        say("code_for", who=named.shown),
        say("code_is", code=code_shown(moment.new_code)),
        say("code_where"),
        say("code_days"),
    )
    effect = IssueCode(code=moment.new_code, purpose="consent", person=named.id)
    return aside(moment, *lines, private=True, effects=(effect,))


def _whose_consent(moment: Moment, waiting: list[Helped]) -> Turn:
    if not waiting:
        return aside(moment, say("nobody_to_confirm"))
    choices = [Choice(id=f"confirm_helper:{h.id}", label=h.shown) for h in waiting[-SHOWN:]]
    reply = Reply(paragraphs=(say("whose_consent"),), choices=tuple(choices), private=True)
    return answer(moment, reply)


def invite(moment: Moment) -> Turn | None:
    """让我女儿帮我办: a code the helper types in her own conversation."""
    if not asks_for("invite", moment.said) and picked(moment) != "invite":
        return None
    lines = (
        say("invite_1"),
        say("code_is", code=code_shown(moment.new_code)),
        say("invite_2"),
        say("code_days"),
    )
    effect = IssueCode(code=moment.new_code, purpose="invite")
    return aside(moment, *lines, private=True, effects=(effect,))


def my_people(moment: Moment) -> Turn | None:
    """谁能帮我办, 我在帮谁: each in one sentence, and how to end it."""
    if asks_for("my_helpers", moment.said):
        helpers = moment.people.helpers
        lines = [helper_line(given) for given in helpers] or [say("no_helpers")]
        lines.append(say("helper_stop") if helpers else say("invite_how"))
        return aside(moment, *lines, private=bool(helpers))
    if asks_for("whom_i_help", moment.said):
        helped = moment.people.helped
        over = [say("helping_over", who=name) for name in moment.people.over]
        lines = [*(helped_line(h) for h in helped), *over] or [say("nobody_helped")]
        return aside(moment, *lines, private=bool(helped or over))
    return None


def revoke(moment: Moment) -> Turn | None:
    """取消授权, 不要告诉我女儿, 我不帮他办了: at once when there is one, else which one."""
    focus = moment.conversation.focus
    if isinstance(focus, Revoking):
        return _revoking(moment, focus)
    hushing = matches("hushing", moment.said)
    if hushing or asks_for("revoke", moment.said):
        return _no_longer(moment, "hush" if hushing else "end", moment.people.helpers)
    if asks_for("give_up", moment.said):
        return _give_up(moment)
    return None


def _no_longer(moment: Moment, wish: str, helpers: tuple[Authorization, ...]) -> Turn:
    if not helpers:
        return aside(moment, say(f"helper_nobody_{wish}"))
    named = [a for a in helpers if _is_about(moment, a)]
    chosen = tuple(named) if named else helpers
    if len(chosen) > 1 or (not named and _relations_said(moment)):
        ids = tuple(a.id for a in helpers)
        focus = Revoking(authorizations=ids, wish="hush" if wish == "hush" else "end")
        return answer(moment, which_helper(helpers, wish), focus=focus)
    return _ended(moment, wish, chosen)


def _is_about(moment: Moment, given: Authorization) -> bool:
    """Whether the helper is named: by name, or by what she is to the person."""
    if is_named(moment.text, given.helper_called):
        return True
    return any(label in given.helper_called for label in _relations_said(moment))


def _relations_said(moment: Moment) -> frozenset[str]:
    """What somebody named in the text is to the person, in the words of the forms: 我女儿 → 子女."""
    said = moment.said
    options = (o for f in _RELATIONS for o in moment.catalog.fields[f].choices)
    return frozenset(o.label for o in options if any(bare(word) in said for word in o.says))


def _ended(moment: Moment, wish: str, chosen: tuple[Authorization, ...]) -> Turn:
    names = say("list_mark").join(a.helper_called or say("helper_unnamed") for a in chosen)
    scopes = _SEEING if wish == "hush" else ()
    effect = ChangeAuthorizations(authorization_ids=tuple(a.id for a in chosen), scopes=scopes)
    focus = moment.conversation.focus
    still = Idle() if isinstance(focus, Revoking) else focus
    return aside(
        replace(moment, conversation=replace(moment.conversation, focus=still)),
        say(f"helper_done_{wish}", helpers=names),
        private=True,
        effects=(effect,),
    )


def _revoking(moment: Moment, focus: Revoking) -> Turn | None:
    chosen = picked(moment) or act(moment)
    given = tuple(a for a in moment.people.helpers if a.id in focus.authorizations)
    if chosen in ("back", "cancel", "no"):
        return answer(moment, Reply(paragraphs=(say("nothing_changed"),)), focus=Idle())
    if chosen == "all_helpers" and given:
        return _ended(moment, focus.wish, given)
    one = tuple(a for a in given if chosen == f"helper:{a.id}" or _is_about(moment, a))
    if len(one) == 1:
        return _ended(moment, focus.wish, one)
    return None if is_about_else(moment) else _asked_again(moment)


def _give_up(moment: Moment) -> Turn:
    """A helper ends it herself; with several people it must be said for whom."""
    helped = moment.people.helped
    named = [h for h in helped if bare(h.called) in moment.said] if len(helped) > 1 else helped
    if len(named) != 1:
        lines = [helped_line(h) for h in helped] or [say("nobody_helped")]
        return aside(moment, *lines, *((say("give_up_whom"),) if helped else ()), private=True)
    effect = ChangeAuthorizations(authorization_ids=(named[0].authorization.id,))
    return aside(moment, say("gave_up", who=named[0].shown), private=True, effects=(effect,))
