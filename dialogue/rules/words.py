"""Words that work at every step: danger, a person please, again, slower, simpler, aloud, silent."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import FieldType
from dialogue.form_filling import spec_asked, take
from dialogue.models import CallPerson, Filling, Idle, Moment, Preferences, Reply, Turn
from dialogue.replies import emergency_card
from dialogue.turns import answer, aside, form_of, is_stale, picked, restated
from dialogue.wording import choice, say
from intents.slot_types import Parsed, Surroundings, read_answer

SLOWEST, FASTEST, STEP = 0.7, 2.0, 0.8


def danger(moment: Moment) -> Turn | None:
    """Danger words: the emergency card first, whatever was being done; nothing said is lost."""
    if moment.message.pick is not None or not _is_danger(moment):
        return None
    conversation = moment.conversation
    progress = form_of(conversation)
    focus = conversation.focus
    after = say("emergency_form_kept") if progress is not None else ""
    if progress is not None and isinstance(focus, Filling) and progress.stage == "asking":
        spec = spec_asked(moment.catalog, progress)
        if spec.type is FieldType.LONG_TEXT:
            around = Surroundings(today=moment.now.date(), offices=moment.catalog.offices)
            parsed = read_answer(spec, moment.text, around)
            if isinstance(parsed, Parsed):
                focus = Filling(progress=take(progress, moment.catalog, progress.asking, parsed))
    reply = emergency_card(moment.recognition.danger or "violence", *((after,) if after else ()))
    call = CallPerson(reason="emergency", office_id=progress.town if progress else "")
    return answer(moment, reply, focus=focus, effects=(call,))


def _is_danger(moment: Moment) -> bool:
    if moment.recognition.danger:
        return True
    best = moment.recognition.accepted("act")
    return best is not None and best.id == "emergency"


def person_wanted(moment: Moment) -> Turn | None:
    """人工: a person takes over; the hand-over appears in the console with the conversation."""
    if act(moment) != "human" and picked(moment) != "human":
        return None
    progress = form_of(moment.conversation)
    again, choices, private = restated(moment)
    reply = Reply(
        paragraphs=(say("person_called"), say("person_meanwhile"), *again),
        choices=choices,
        private=private,
    )
    call = CallPerson(reason="asked", office_id=progress.town if progress else "")
    return answer(moment, reply, effects=(call,))


def old_button(moment: Moment) -> Turn | None:
    """A button of an older turn: say so gently and show where we are now."""
    if not is_stale(moment):
        return None
    again, choices, private = restated(moment)
    last = moment.conversation.last
    if not again and last is not None:
        again, choices, private = last.paragraphs, last.choices, last.private
    return answer(
        moment,
        Reply(paragraphs=(say("old_button"), *again), choices=choices, private=private),
    )


def say_again(moment: Moment) -> Turn | None:
    """再说一遍: the same words and the same choices again."""
    if act(moment) != "repeat":
        return None
    last = moment.conversation.last
    if last is None:
        return answer(moment, welcome())
    return answer(moment, last)


def pace(moment: Moment) -> Turn | None:
    """慢一点, 快一点: the voice changes its speed, and the last words are said again."""
    wanted = act(moment)
    if wanted not in ("slower", "faster"):
        return None
    before = moment.conversation.preferences
    factor = STEP if wanted == "slower" else 1 / STEP
    rate = round(min(FASTEST, max(SLOWEST, before.rate * factor)), 2)
    preferences = replace(before, rate=rate)
    return _again_with(moment, preferences, say(f"pace_{wanted}"))


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


def _again_with(moment: Moment, preferences: Preferences, lead: str) -> Turn:
    told = replace(moment.conversation, preferences=preferences)
    again, choices, private = restated(replace(moment, conversation=told))
    last = moment.conversation.last
    if not again and last is not None:
        paragraphs = last.paragraphs[:2] if preferences.simple else last.paragraphs
        again, choices, private = paragraphs, last.choices, last.private
    reply = Reply(paragraphs=(lead, *again), choices=choices, private=private)
    return answer(moment, reply, preferences=preferences)


def false_alarm(moment: Moment) -> Turn | None:
    """没事, after an emergency card: back to where we were."""
    if picked(moment) != "false_alarm":
        return None
    again, choices, private = restated(moment)
    if not again:
        return answer(moment, Reply(paragraphs=(say("false_alarm"), say("what_next"))), focus=Idle())
    return answer(
        moment, Reply(paragraphs=(say("false_alarm"), *again), choices=choices, private=private)
    )


def courtesy(moment: Moment) -> Turn | None:
    """Greetings, thanks, help, complaints about the bot."""
    match act(moment) or ("help" if picked(moment) == "help" else ""):
        case "greet":
            return aside(moment, say("greet")) if form_of(moment.conversation) else answer(moment, welcome())
        case "thanks":
            return aside(moment, say("thanks"))
        case "help":
            return aside(moment, say("help_1"), say("help_2"), say("help_3"))
        case "complain_bot":
            return _apologise(moment)
        case _:
            return None


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
        choices=(choice("help"), choice("status"), choice("human")),
    )


def act(moment: Moment) -> str:
    """The dialogue act that was clearly meant, or empty."""
    if moment.message.pick is not None:
        return ""
    best = moment.recognition.accepted("act")
    return best.id if best is not None else ""
