"""Words that work at every step: danger, a person please, again, slower, simpler, aloud, silent."""

from __future__ import annotations

from dataclasses import replace

from dialogue.effects import CallPerson
from dialogue.form_filling import spec_asked
from dialogue.messages import Reply
from dialogue.models import Moment, Turn, asked_once
from dialogue.needs import NeedsProfile
from dialogue.picking import is_stale, picked
from dialogue.places import asked_at
from dialogue.replies import short_names
from dialogue.turns import (
    answer,
    aside,
    form_of,
    over_again,
    restated,
    taken_wrongly,
    unfinished,
)  # fmt: skip
from dialogue.wording import choice, say
from intents.options import is_name_of_option

SLOWEST, FASTEST, STEP = 0.7, 2.0, 0.8


def person_wanted(moment: Moment) -> Turn | None:
    """人工: a person takes over; the hand-over appears in the console with the conversation."""
    if act(moment) != "human" and picked(moment) != "human":
        return None
    progress = unfinished(moment.conversation)
    call = CallPerson(reason="asked", office_id=progress.town if progress else "")
    effects = (call, *taken_wrongly(moment))
    return aside(moment, say("person_called"), say("person_meanwhile"), effects=effects)


def old_button(moment: Moment) -> Turn | None:
    """A button of an older turn: say so gently and show where we are now."""
    return over_again(moment, say("old_button")) if is_stale(moment) else None


def say_again(moment: Moment) -> Turn | None:
    """再说一遍: the same words and the same choices again."""
    if act(moment) != "repeat":
        return None
    last = moment.conversation.last
    return answer(moment, last if last is not None else welcome())


def pace(moment: Moment) -> Turn | None:
    """慢一点, 快一点: the voice changes its speed, and the last words are said again."""
    wanted = act(moment)
    if wanted not in ("slower", "faster"):
        return None
    before = moment.conversation.preferences
    factor = STEP if wanted == "slower" else 1 / STEP
    rate = round(min(FASTEST, max(SLOWEST, before.rate * factor)), 2)
    return _again_with(moment, replace(before, rate=rate), say(f"pace_{wanted}"))


def voice(moment: Moment) -> Turn | None:
    """读给我听, 不要出声: the voice goes on or off and stays so."""
    wanted = act(moment)
    if wanted not in ("voice_on", "voice_off"):
        return None
    preferences = replace(moment.conversation.preferences, aloud=wanted == "voice_on")
    return _again_with(moment, preferences, say(wanted))


def simpler(moment: Moment) -> Turn | None:
    """说简单点: only the essential sentences from now on, and the last ones again."""
    if act(moment) != "simpler":
        return None
    preferences = replace(moment.conversation.preferences, simple=True)
    return _again_with(moment, preferences, say("simpler"))


def _again_with(moment: Moment, preferences: NeedsProfile, lead: str) -> Turn:
    wished = replace(moment.conversation, preferences=preferences)
    return over_again(replace(moment, conversation=wished), lead)


def courtesy(moment: Moment) -> Turn | None:
    """Greetings, thanks, help, complaints about the bot; a question in a form is answered there."""
    if moment.recognition.question and form_of(moment.conversation) is not None:
        return None
    match act(moment) or ("help" if picked(moment) == "help" else ""):
        case "greet":
            is_busy = asked_at(moment) is not None
            return aside(moment, say("greet")) if is_busy else _welcome_back(moment)
        case "thanks":
            return aside(moment, say("thanks"))
        case "help":
            return _help(moment)
        case "complain_bot":
            return _apologise(moment)
        case _:
            return None


def _help(moment: Moment) -> Turn:
    """What can be done here, and the way to see what may fit her."""
    lines = (say("help_1"), say("help_2"), say("help_3"))
    if asked_at(moment) is not None:
        return aside(moment, *lines)
    choices = (choice("benefits"), choice("status"), choice("human"))
    return answer(moment, Reply(paragraphs=lines, choices=choices))


def _welcome_back(moment: Moment) -> Turn:
    """The welcome, and the form that was left unfinished, if there is one."""
    reply = welcome()
    parked = moment.conversation.parked
    if parked:
        name = short_names(parked[-1].service_ids, moment.catalog)
        unfinished_form = (say("resume_question", name=name), say("resume_hint"))
        reply = replace(reply, paragraphs=(*reply.paragraphs, *unfinished_form))
    plan = moment.conversation.plan
    if plan:
        reply = replace(
            reply, paragraphs=(*reply.paragraphs, say("plan_hint", count=str(len(plan))))
        )
    return answer(moment, reply)


def _apologise(moment: Moment) -> Turn:
    again, choices, private = restated(moment)
    reply = Reply(
        paragraphs=(say("sorry_bot"), *again),
        choices=choices or (choice("human"),),
        private=private,
    )
    return answer(moment, reply)


def welcome() -> Reply:
    """Who is speaking, what can be done here, how to reach a person (MITRE 4.2.1, 4.2.2)."""
    return Reply(
        paragraphs=(say("welcome_1"), say("welcome_2"), say("welcome_3")),
        choices=(choice("benefits"), choice("status"), choice("help"), choice("human")),
    )


@asked_once
def act(moment: Moment) -> str:
    """The dialogue act that was clearly meant, or empty.

    What is an option of the question being asked is the answer to it: 打字, 取消. Only 跳过 keeps its promise.
    """
    best = moment.recognition.accepted("act")
    if moment.message.pick is not None or best is None:
        return ""
    return "" if best.id != "skip" and _answers_choice(moment) else best.id


def _answers_choice(moment: Moment) -> bool:
    progress = form_of(moment.conversation)
    if progress is None or progress.stage != "asking" or not progress.asking:
        return False
    return is_name_of_option(spec_asked(moment.catalog, progress), moment.said)
