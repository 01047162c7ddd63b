"""How she wants to be spoken to: understood at a word, asked in one question, kept, and shown when she asks."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.models import FieldType
from dialogue.effects import FileApplication
from dialogue.focuses import AskingNeeds, Idle
from dialogue.form_filling import spec_asked
from dialogue.messages import Choice, Reply
from dialogue.models import Moment, Turn, asked_once
from dialogue.need_replies import needs_page
from dialogue.need_words import NeedsChange, asks_for_needs, read_contact, read_told, with_number
from dialogue.needs import NeedsProfile, obeying
from dialogue.picking import picked
from dialogue.places import asked_at
from dialogue.rules.words import act
from dialogue.turns import answer, aside, form_of, over_again
from dialogue.wording import beneficiary_of, choice, say
from intents.options import is_name_of_option
from intents.small_words import is_done

_OPEN = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WHEN})
_DIGITS = re.compile(r"[1-9一二三]")
SIGN_SERVICE = "sign_language"
IN_FORMS = {
    "voice": "aloud", "large_text": "large", "text": "no_calls", "sign": "sign_language", "simple": "simple",
}  # fmt: skip
"""What an application asks of the same things (field `accommodation_needs`), by our name for it."""
OFFERED = ("aloud", "slow", "large", "simple", "one_question", "no_calls", "sign_language")


def chosen(moment: Moment) -> Turn | None:
    """The one question about needs, and what is picked from it; anything else passes through."""
    focus = moment.conversation.focus
    wanted = picked(moment)
    if wanted == "needs" or asks_for_needs(moment.text):
        return _shown(moment)
    if not isinstance(focus, AskingNeeds):
        return None
    flags = (wanted.removeprefix("need:"),) if wanted.startswith("need:") else _several(moment)
    if flags:
        return _picked(moment, focus, flags)
    match wanted:
        case "more_options":
            turned = replace(focus, page=focus.page + 1)
            needs = moment.conversation.preferences
            reply = needs_page(needs, turned.page, is_more=focus.is_more)
            return answer(moment, reply, focus=turned)
        case "needs_none" | "options_done":
            return _ended(moment, focus)
    is_no = act(moment) in ("no", "cancel", "back", "skip") or is_done(moment.text)
    return _ended(moment, focus) if is_no and not wanted else None


def _ended(moment: Moment, focus: AskingNeeds) -> Turn:
    is_kept = focus.is_more or moment.conversation.preferences.flags
    line = say("needs_kept") if is_kept else say("needs_refused")
    return answer(moment, Reply(paragraphs=(line,)), focus=Idle())


def _shown(moment: Moment) -> Turn:
    """What is kept, and the question; in the middle of something else only how to change it."""
    needs = moment.conversation.preferences
    now = told(needs)
    first = say("needs_now", what=now) if now else say("needs_nothing_yet")
    if asked_at(moment) is not None and not isinstance(moment.conversation.focus, AskingNeeds):
        return aside(moment, first, say("needs_how"), private=needs.contact is not None)
    page = needs_page(needs, 0)
    lines = (first, say("needs_how")) if now else ()
    reply = replace(page, paragraphs=(*lines, *page.paragraphs), private=needs.contact is not None)
    kept = replace(needs, is_offered=True)
    return answer(moment, reply, focus=AskingNeeds(), preferences=kept)


def _several(moment: Moment) -> tuple[str, ...]:
    """Several numbers at once: 1、3."""
    last = moment.conversation.last
    places = re.split(r"[\s、，,和跟]+", moment.text.strip())
    if last is None or len(places) < 2 or not all(_DIGITS.fullmatch(p) for p in places):
        return ()
    numbers = [int("一二三".find(p) + 1 or p) for p in places]
    if max(numbers) > len(last.choices):
        return ()
    ids = tuple(last.choices[number - 1].id for number in numbers)
    return tuple(i.removeprefix("need:") for i in ids if i.startswith("need:"))


def _picked(moment: Moment, focus: AskingNeeds, flags: tuple[str, ...]) -> Turn:
    known = tuple(flag for flag in flags if flag in OFFERED)
    needs = NeedsChange(on=known).applied(moment.conversation.preferences)
    lines = [say(f"need_on_{flag}") for flag in known]
    if "contact" in flags:
        lines.append(say("needs_contact_how"))
    page = needs_page(needs, focus.page, is_more=True)
    reply = Reply(paragraphs=(*lines, *page.paragraphs), choices=page.choices)
    after = replace(focus, is_more=True)
    return answer(moment, reply, focus=after, preferences=needs)


def wishes(moment: Moment) -> Turn | None:
    """别打电话, 字大一点, 我看不见: changed at once, confirmed in one sentence, and on with what was asked."""
    if moment.message.pick is not None or _is_answer(moment):
        return None
    contact = read_contact(moment.text)
    if contact is None and form_of(moment.conversation) is None:
        contact = with_number(moment.conversation.preferences.contact, moment.text)
    change = NeedsChange(contact=contact) if contact else _told_in_passing(moment)
    if change is None or not change.is_whole:
        return None
    if read_told(moment.text, "wishes") is None and contact is None and _is_about_else(moment):
        return None
    before = moment.conversation.preferences
    after = change.applied(before)
    wished = replace(moment, conversation=replace(moment.conversation, preferences=after))
    turn = over_again(wished, _confirmed(change))
    if change.on and "sign_language" in change.on and asked_at(moment) is None:
        return _with_sign_service(moment, turn)
    return turn


def _with_sign_service(moment: Moment, turn: Turn) -> Turn:
    """Whoever signs is offered the interpreter where nothing else is being asked."""
    service = moment.catalog.services_by_id.get(SIGN_SERVICE)
    if service is None:
        return turn
    offer = Choice(id=f"service:{SIGN_SERVICE}", label=service.short)
    needs = turn.conversation.preferences
    told_first = turn.reply.paragraphs[:1]
    reply = Reply(paragraphs=told_first, choices=(offer, choice("human")))
    return answer(moment, reply, preferences=needs)


@asked_once
def _is_answer(moment: Moment) -> bool:
    """Whether the words may well be the answer to the question of a form."""
    progress = form_of(moment.conversation)
    if progress is None or progress.stage != "asking" or not progress.asking:
        return False
    spec = spec_asked(moment.catalog, progress)
    return spec.type in _OPEN or is_name_of_option(spec, moment.said)


def _is_about_else(moment: Moment) -> bool:
    """Whether 我耳朵听不见 was understood as something to be done about it: then that is answered too."""
    best = moment.recognition.best
    return form_of(moment.conversation) is None and best is not None and best.kind != "act"


@asked_once
def _told_in_passing(moment: Moment) -> NeedsChange | None:
    """What the message tells of wishes, and of states that are hers while it is about nobody else."""
    return read_told(moment.text, "wishes", "states")


def _confirmed(change: NeedsChange) -> str:
    """The change in one sentence, or one for each of several."""
    contact = change.contact
    if contact is not None:
        who = _named(contact.name)
        if contact.phone:
            return say("need_on_contact", who=who, phone=contact.phone)
        return say("need_on_contact_only", who=who)
    if change.reminders:
        return say(f"reminders_{change.reminders}")
    lines = [say(f"need_on_{flag}") for flag in change.on]
    return "".join(lines) or "".join(say(f"need_off_{flag}") for flag in change.off)


def _named(word: str) -> str:
    named, _ = beneficiary_of(word)
    return named or word


def told(needs: NeedsProfile) -> str:
    """What is kept of her needs, in one list; empty when there is nothing special."""
    names = []
    for flag in needs.flags:
        if flag == "contact" and needs.contact is not None:
            names.append(say("need_name_contact", who=_named(needs.contact.name)))
        else:
            names.append(say(f"need_name_{flag}"))
    if needs.reminders != "all":
        names.append(say(f"need_name_reminders_{needs.reminders}"))
    return say("list_mark").join(names)


def noticed(moment: Moment, turn: Turn) -> Turn:
    """What was said of her needs beside something else is kept too, and confirmed before the answer to the rest."""
    is_else = moment.message.pick is not None or turn.reply.kind == "emergency"
    if is_else or _is_answer(moment):
        return turn
    change = _told_in_passing(moment)
    if change is not None and moment.recognition.beneficiary:
        change = read_told(moment.text, "wishes")
    if change is None:
        return turn
    needs = change.applied(turn.conversation.preferences)
    if needs == turn.conversation.preferences:
        return turn
    return _first_said(turn, needs, _confirmed(change))


def learned(_: Moment, turn: Turn) -> Turn:
    """After a filing: what she asked for in the form is kept, and once she hears that she can have it her way."""
    filing = next((e.filing for e in turn.effects if isinstance(e, FileApplication)), None)
    if filing is None:
        return turn
    before = turn.conversation.preferences
    answers = {q.field: q.value for q in filing.questions}
    is_own = answers.get("applicant_role", "self") == "self" and not filing.beneficiary
    asked_for = answers.get("accommodation_needs", ()) if is_own else ()
    on = tuple(IN_FORMS[value] for value in asked_for if value in IN_FORMS)
    needs = NeedsChange(on=on).applied(before)
    if needs != before:
        return _last_said(
            turn, replace(needs, is_offered=True), say("needs_learned"), choice("needs")
        )
    is_asking = turn.reply.paragraphs[-1].endswith("？")
    if before.is_offered or before.flags or is_asking:
        return turn
    return _last_said(turn, replace(needs, is_offered=True), say("needs_offer"), choice("needs"))


def _first_said(turn: Turn, needs: NeedsProfile, line: str) -> Turn:
    return _said(turn, needs, replace(turn.reply, paragraphs=(line, *turn.reply.paragraphs)))


def _last_said(turn: Turn, needs: NeedsProfile, line: str, *more: Choice) -> Turn:
    """The line after the others, but before a question that stands at the end."""
    *rest, last = turn.reply.paragraphs
    lines = (*rest, line, last) if last.endswith("？") else (*rest, last, line)
    room = more if len(turn.reply.choices) < 3 else ()
    reply = replace(turn.reply, paragraphs=tuple(lines), choices=(*turn.reply.choices, *room))
    return _said(turn, needs, reply)


def _said(turn: Turn, needs: NeedsProfile, reply: Reply) -> Turn:
    """The turn with this reply as she needs it; said again when she asks for it."""
    obeyed = obeying(reply, needs)
    last = obeyed if turn.conversation.last == turn.reply else turn.conversation.last
    conversation = replace(turn.conversation, preferences=needs, last=last)
    return replace(turn, conversation=conversation, reply=obeyed)
