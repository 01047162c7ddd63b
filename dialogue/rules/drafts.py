"""上次说到…: who comes back hears where she stopped; unfinished forms are listed and taken up again."""

from __future__ import annotations

from dataclasses import replace

from dialogue.drafts import (
    draft_name,
    draft_with,
    drafts_of,
    drafts_question,
    return_question,
    was_away,
    where_stopped,
)
from dialogue.focuses import Idle, ListingDrafts, Returning
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.progress import FormProgress
from dialogue.rules.beginning import take_up
from dialogue.rules.words import act
from dialogue.turns import answer, aside, unfinished
from dialogue.wording import asks_for_drafts, carries_on, say


def mine(moment: Moment) -> Turn | None:
    """我没办完的: at most three at a time, by service and person."""
    if moment.message.pick is not None or not asks_for_drafts(moment.said):
        return None
    here = unfinished(moment.conversation)
    if here is not None:
        return aside(moment, where_stopped(here, moment.catalog), private=True)
    drafts = drafts_of(moment.conversation)
    if not drafts:
        return aside(moment, say("drafts_none"))
    if len(drafts) == 1:
        return _ask(moment, drafts[0])
    reply = drafts_question(drafts, moment.catalog, 0)
    return answer(moment, reply, focus=ListingDrafts())


def _ask(moment: Moment, draft: FormProgress) -> Turn:
    focus = Returning(number=draft.number, corrects=draft.corrects)
    return answer(moment, return_question(draft, moment.catalog), focus=focus)


def take(moment: Moment) -> Turn | None:
    """接着办, 先不办, or one of several; anything else is answered for itself, and the form stays."""
    chosen = picked(moment)
    if chosen.startswith("draft:"):
        return _by_id(moment, chosen)
    focus = moment.conversation.focus
    if isinstance(focus, ListingDrafts):
        return _from_list(moment, focus, chosen or act(moment))
    if not isinstance(focus, Returning):
        return None
    draft = draft_with(moment.conversation, focus.number, focus.corrects)
    if draft is None:
        return None
    wanted = chosen or act(moment)
    if wanted in ("draft_on", "yes") or carries_on(moment.said):
        return take_up(moment, draft)
    if wanted in ("draft_off", "no", "cancel", "back", "skip"):
        return _put_off(moment)
    return None


def _from_list(moment: Moment, focus: ListingDrafts, wanted: str) -> Turn | None:
    drafts = drafts_of(moment.conversation)
    if wanted == "more_drafts":
        turned = replace(focus, page=focus.page + 1)
        reply = drafts_question(drafts, moment.catalog, turned.page)
        return answer(moment, reply, focus=turned)
    if wanted in ("draft_off", "no", "cancel", "back", "skip"):
        return _put_off(moment)
    if drafts and (wanted == "yes" or carries_on(moment.said)):
        return take_up(moment, drafts[0])
    return None


def _put_off(moment: Moment) -> Turn:
    return answer(moment, Reply(paragraphs=(say("kept"), say("what_next"))), focus=Idle())


def _by_id(moment: Moment, chosen: str) -> Turn:
    """A form named by a button, also by an old one or one of a reminder."""
    _, number, corrects = (
        chosen.split(":", 2) if chosen.count(":") > 1 else (*chosen.split(":"), "")
    )
    here = unfinished(moment.conversation)
    if here is not None and (here.number, here.corrects) == (number, corrects):
        return aside(moment, where_stopped(here, moment.catalog), private=True)
    draft = draft_with(moment.conversation, number, corrects)
    if draft is None:
        return aside(moment, say("drafts_none"))
    return take_up(moment, draft)


def back_again(moment: Moment, turn: Turn) -> Turn:
    """The first answer after a pause says where she stopped.

    A greeting, or words nobody understood, are answered by that alone, with 接着办 and 先不办. An answer is
    taken as the answer it is; something new comes first and the unfinished form is named after it.
    """
    before = moment.conversation
    if not was_away(before, moment.now) or turn.reply.kind == "emergency":
        return turn
    here = unfinished(before)
    draft = here or next(iter(drafts_of(before)), None)
    still = (unfinished(turn.conversation), *turn.conversation.parked)
    if draft is None or not _is_kept(draft, still):
        return turn
    if moment.message.pick is None and _says_nothing(moment, turn):
        return _instead(moment, draft, here)
    if unfinished(turn.conversation) is not None:
        return _led(turn, where_stopped(draft, moment.catalog)) if here is not None else turn
    return _followed(turn, say("draft_also", name=draft_name(draft, moment.catalog)))


def _is_kept(draft: FormProgress, still: tuple[FormProgress | None, ...]) -> bool:
    return any(p and (p.number, p.corrects) == (draft.number, draft.corrects) for p in still)


def _says_nothing(moment: Moment, turn: Turn) -> bool:
    """Whether the message moves nothing on: a greeting, or words that were not understood."""
    is_lost = turn.conversation.misses > moment.conversation.misses
    return is_lost or act(moment) == "greet"


def _instead(moment: Moment, draft: FormProgress, here: FormProgress | None) -> Turn:
    """Where she stopped is asked instead; the form waits among the parked ones meanwhile."""
    parked = moment.conversation.parked
    conversation = moment.conversation
    if here is not None:
        conversation = replace(conversation, focus=Idle(), parked=(*parked, here))
    asked = _ask(replace(moment, conversation=conversation), draft)
    return _led(asked, say("greet")) if act(moment) == "greet" else asked


def _led(turn: Turn, line: str) -> Turn:
    return _with(turn, (line, *turn.reply.paragraphs))


def _followed(turn: Turn, line: str) -> Turn:
    """The line after what was answered, before a question that stands at the end."""
    *rest, last = turn.reply.paragraphs
    return _with(turn, (*rest, line, last) if last.endswith("？") else (*rest, last, line))


def _with(turn: Turn, paragraphs: tuple[str, ...]) -> Turn:
    reply = replace(turn.reply, paragraphs=paragraphs, private=True)
    last = reply if turn.conversation.last == turn.reply else turn.conversation.last
    return replace(turn, reply=reply, conversation=replace(turn.conversation, last=last))
