"""What a message means when nothing was being asked: a service, an event, one of several, or nothing we know."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.bundles import gives_certificate
from dialogue.effects import CallPerson, NoteMisunderstood
from dialogue.focuses import (
    Choosing,
    EventShown,
    Idle,
    Introduced,
    Offered,
    Resuming,
    Stopping,
    Switching,
    Together,
    Withdrawing,
)
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.places import asked_at
from dialogue.replies import heard, which_one
from dialogue.rules.beginning import take_up
from dialogue.rules.introducing import explain_event, introduce, lay_out
from dialogue.rules.standing_offer import is_likelier, is_standing, stay
from dialogue.rules.together import means, offer_together
from dialogue.rules.words import act, welcome
from dialogue.selecting import says_several
from dialogue.turns import answer, aside, form_of, go_on_filling, over_again
from dialogue.wording import beneficiary_of, carries_on, choice, say
from intents.models import Decision

LONGEST = 4000
"""Characters of one message that are read; more is kept but asked for again in short."""
_ASKING_ONE_THING = (Stopping, Switching, Resuming, Withdrawing)
_MORE_THAN_A_WORD = 4
_COMMAND = re.compile(r"/[A-Za-z][A-Za-z0-9_]{0,31}(@[A-Za-z0-9_]+)?")


def nothing_said(moment: Moment) -> Turn | None:
    """An empty message, or only marks and pictures."""
    if moment.message.pick is not None or moment.message.attachments:
        return None
    if any(char.isalnum() for char in moment.text):
        return None
    if moment.conversation.turn == 0:
        return answer(moment, welcome())
    return aside(moment, say("nothing_said"))


def too_long(moment: Moment) -> Turn | None:
    """A message longer than anybody can act on."""
    if len(moment.text) <= LONGEST:
        return None
    return aside(moment, say("too_long_1"), say("too_long_2"))


def unknown_command(moment: Moment) -> Turn | None:
    """A command of some channel that nobody here knows: /foo."""
    if not _COMMAND.fullmatch(moment.text) or act(moment):
        return None
    return aside(moment, say("unknown_command"))


def service_named(moment: Moment) -> Turn | None:
    """One service was clearly meant, or several of one message: these are laid out to be filed together."""
    best = moment.recognition.accepted("service")
    needs = tuple(n for n in moment.recognition.needs if n in moment.catalog.services_by_id)
    is_sure = best is not None or says_several(moment.text)
    if len(needs) > 1 and is_sure and form_of(moment.conversation) is None:
        return lay_out(moment, needs, before=_lead(moment))
    if best is None:
        return None
    return introduce(moment, best.id, _lead(moment), question=moment.recognition.question)


def _lead(moment: Moment) -> str:
    return heard(moment.recognition.best) if moment.conversation.turn > 0 else say("i_am_a_bot")


def reasons(moment: Moment) -> Turn | None:
    """为什么是这个: the words that were heard for it, so that a mistake can be seen and mended."""
    focus = moment.conversation.focus
    last = moment.conversation.last
    if moment.recognition.question != "why" or last is None:
        return None
    if not isinstance(focus, Introduced | Choosing | EventShown | Offered | Together):
        return None
    because = tuple(last.because)
    if not because:
        return aside(moment, say("why_nothing"))
    lines = (say("why_thought"), *because, say("why_wrong"))
    reply = Reply(paragraphs=lines, choices=last.choices, private=last.private, because=because)
    return answer(moment, reply)


def event_named(moment: Moment) -> Turn | None:
    """A life event was clearly told."""
    best = moment.recognition.accepted("life_event")
    return explain_event(moment, best.id, before=_lead(moment)) if best else None


def unclear(moment: Moment) -> Turn | None:
    """Several services or events are possible: ask which, three at a time."""
    if moment.recognition.decision is not Decision.CLARIFY:
        return None
    options = tuple(f"{c.kind}:{c.id}" for c in moment.recognition.candidates if c.kind != "act")[
        :5
    ]
    if not options or form_of(moment.conversation) is not None:
        return None
    if is_standing(moment) and not is_likelier(moment):
        return None
    if len(options) == 1 or _asks_for_certificate(moment, options[0]):
        return _only_one(moment, options[0])
    focus = Choosing(
        options=options,
        question=moment.recognition.question,
        beneficiary=moment.recognition.beneficiary,
    )
    reply = which_one(options, moment.catalog, 0)
    if moment.conversation.turn == 0:
        reply = replace(reply, paragraphs=(say("i_am_a_bot"), *reply.paragraphs))
    return answer(moment, reply, focus=focus)


def _asks_for_certificate(moment: Moment, option: str) -> bool:
    """没有残疾证怎么办: of all that may be meant, what gives one."""
    kind, _, entry_id = option.partition(":")
    if moment.recognition.question != "certificate" or kind != "service":
        return False
    return gives_certificate(moment.catalog.services_by_id[entry_id])


def _only_one(moment: Moment, option: str) -> Turn:
    """One thing is likely but not sure: explaining it is the question, and 换一件事 the no."""
    kind, _, entry_id = option.partition(":")
    if kind == "life_event":
        return explain_event(moment, entry_id, before=_first(moment) + say("is_it_this_event"))
    lead = _first(moment) + say("is_it_this")
    return introduce(moment, entry_id, lead, question=moment.recognition.question)


def _first(moment: Moment) -> str:
    """Who is speaking, before the first answer of all."""
    return say("i_am_a_bot") if moment.conversation.turn == 0 else ""


def for_another(moment: Moment) -> Turn | None:
    """帮别人办, before any service was named."""
    if act(moment) != "apply_for_other":
        return None
    named, _ = beneficiary_of(moment.recognition.beneficiary)
    return aside(moment, say("for_other_named", who=named) if named else say("for_other"))


def carry_on(moment: Moment) -> Turn | None:
    """继续: the unfinished form is taken up where it was left."""
    parked = moment.conversation.parked
    if not parked or picked(moment) or not carries_on(moment.said):
        return None
    return take_up(moment, parked[-1])


def nothing_to_begin(moment: Moment) -> Turn | None:
    """现在开始办, where it is not known yet with what: never a guess at what else it may mean."""
    if picked(moment) or form_of(moment.conversation) or moment.said == "yes":
        return None
    is_open = isinstance(moment.conversation.focus, Idle | Choosing)
    is_all = is_open and means(moment, "together")
    if not is_all and not means(moment, "start"):
        return None
    last = moment.conversation.last
    offered = tuple(
        c.id[8:] for c in (last.choices if last else ()) if c.id.startswith("service:")
    )
    if is_all and len(offered) > 1 and isinstance(moment.conversation.focus, Idle):
        return offer_together(moment, offered, moment.conversation.plan_for)
    return aside(moment, say("stray_start"))


def stray_words(moment: Moment) -> Turn | None:
    """返回, 跳过, 修改 where there is nothing to go back to: say where we are."""
    wanted = act(moment)
    if wanted in ("skip", "change", "yes"):
        return aside(moment, say(f"stray_{wanted}"))
    if wanted in ("back", "cancel", "no"):
        return answer(moment, Reply(paragraphs=(say("what_next"),)), focus=Idle())
    return None


def outside(moment: Moment) -> Turn | None:
    """Something we cannot do: say so, and where it can be done."""
    group = moment.recognition.outside
    if not group or group == "noise" or form_of(moment.conversation) is not None:
        return None
    understood = group == "chat"
    noted = () if understood else (NoteMisunderstood(),)
    if moment.called and group == "chat":
        return _passed_on(moment)
    if is_standing(moment):
        return stay(moment, say(f"outside_{group}"), understood=understood, effects=noted)
    ways = (choice("help"), choice("human"))
    reply = Reply(paragraphs=(say(f"outside_{group}"), say("what_we_do")), choices=ways)
    return answer(moment, reply, focus=Idle(), understood=understood, effects=noted)


def _first_words(moment: Moment) -> Reply:
    """The welcome; who said more than a word hears also that it was not understood."""
    if len(moment.said) < _MORE_THAN_A_WORD:
        return welcome()
    ways = (choice("benefits"), choice("help"), choice("human"))
    return Reply(paragraphs=(say("i_am_a_bot"), say("lost_1"), say("lost_2")), choices=ways)


def lost(moment: Moment) -> Turn:
    """Not understood: once, say it in other words; the second time, a person."""
    progress = form_of(moment.conversation)
    if progress is not None:
        return go_on_filling(moment, progress, say("please_choose"))
    note = NoteMisunderstood()
    if moment.message.pick is not None:
        return over_again(moment, say("old_button"))
    if isinstance(moment.conversation.focus, _ASKING_ONE_THING) and not moment.conversation.misses:
        return over_again(moment, say("please_choose"), understood=False, effects=(note,))
    if moment.conversation.turn == 0:
        return answer(moment, _first_words(moment), understood=False, effects=(note,))
    if moment.called:
        return _passed_on(moment)
    asked = asked_at(moment)
    private = asked.private if asked else False
    if moment.conversation.misses >= 1:
        choices = asked.choices if asked else (choice("human"), choice("help"))
        lines = (say("lost_again_1"), say("lost_again_2"))
        call = CallPerson(reason="lost")
        reply = Reply(paragraphs=lines, choices=choices, private=private)
        return answer(moment, reply, understood=False, effects=(note, call))
    choices = asked.choices if asked else (choice("help"), choice("human"))
    reply = Reply(paragraphs=(say("lost_1"), say("lost_2")), choices=choices, private=private)
    return answer(moment, reply, understood=False, effects=(note,))


def _passed_on(moment: Moment) -> Turn:
    """A person was called and has not finished: what we do not understand is for her, and she sees it."""
    asked = asked_at(moment)
    lines = [say("passed_on")]
    if moment.called == "emergency":
        lines.append(say("passed_on_danger"))
    choices = asked.choices if asked else ()
    reply = Reply(
        paragraphs=tuple(lines), choices=choices, private=asked.private if asked else False
    )
    return answer(moment, reply)
