"""我的资料: see, fetch a copy, correct, take back an agreement, delete, and read who looked; at any step of anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from dialogue.effects import Effect, EndConsent, ForgetMe, KeepFacts, OfferCopy
from dialogue.focuses import Idle, MyData
from dialogue.form_replies import problem_sentences
from dialogue.messages import Reply
from dialogue.models import Conversation, Moment, Turn
from dialogue.my_data import looks_in_words, my_data_reply, talk_without_topic, without_topic
from dialogue.picking import picked
from dialogue.progress import Answer
from dialogue.rules.words import act
from dialogue.turns import answer, go_on_filling, unfinished
from dialogue.wording import carries_on, other_labels, own_data_wish, say, to_correct
from intents.slot_types import Parsed, Problem, Surroundings, read_answer
from intents.writing import bare

Step = Literal["menu", "more", "facts", "correct", "value", "delete", "consents", "end"]
_STEPS: dict[str, Step] = {
    "my_data": "menu",
    "my_see": "facts",
    "my_correct": "correct",
    "my_delete": "delete",
    "my_consents": "consents",
}
_LEAVING = frozenset({"my_done", "back", "cancel", "skip", "my_delete_no", "my_end_no"})


def my_data(moment: Moment) -> Turn | None:
    """Her own data is what she means, or what is being talked about."""
    focus = moment.conversation.focus
    if isinstance(focus, MyData):
        turn = _inside(moment, focus)
        if turn is not None:
            return turn
    if moment.message.attachments:
        return None
    wish = own_data_wish(moment.said, is_certain=act(moment) == "my_data")
    return _wished(moment, wish) if wish else None


def _wished(moment: Moment, wish: str) -> Turn:
    """Begin with one of the things she can do; a form she is in the middle of waits."""
    focus = moment.conversation.focus
    form = unfinished(moment.conversation)
    at = focus if isinstance(focus, MyData) else MyData(step="menu", progress=form)
    at = replace(at, page=0, about="", topics=moment.own_file.topics)
    match wish:
        case "my_copy":
            return _copy(moment, at)
        case "my_log":
            looks = looks_in_words(moment.own_file.looks)
            return _show(moment, replace(at, step="menu"), *looks)
        case "my_how":
            sentences = (say("my_data_how"), say("my_data_how_long"))
            return _show(moment, replace(at, step="menu"), *sentences)
        case _:
            return _show(moment, replace(at, step=_STEPS.get(wish, "menu")))


def _inside(moment: Moment, focus: MyData) -> Turn | None:
    chosen = picked(moment) or act(moment)
    is_fact = chosen.startswith("fact:")
    about = chosen.removeprefix("fact:") if is_fact else _to_correct(moment, focus)
    if about:
        return _show(moment, replace(focus, step="value", about=about))
    if chosen.startswith("topic:"):
        return _show(moment, replace(focus, step="end", about=chosen.removeprefix("topic:")))
    match chosen:
        case "more_options" if focus.step == "menu":
            return _show(moment, replace(focus, step="more"))
        case "more_options":
            return _show(moment, replace(focus, page=focus.page + 1))
        case "my_copy" | "my_log" | "my_see" | "my_correct" | "my_delete" | "my_consents":
            return _wished(moment, chosen)
        case "change" if focus.step in ("menu", "facts"):
            return _wished(moment, "my_correct")
        case "my_delete_yes" if focus.step == "delete":
            return _forget(moment)
        case "my_end_yes" if focus.step == "end":
            return _end_consent(moment, focus)
        case "my_drop" if focus.step == "value":
            return _keep(moment, focus, None)
        case _ if chosen in _LEAVING or carries_on(moment.said):
            return _leave(moment, focus, _parting(focus))
        case "" if focus.step == "value" and moment.text:
            return _new_value(moment, focus)
        case _:
            return None


def _to_correct(moment: Moment, focus: MyData) -> str:
    """改我的手机号: the kept fact that is named by what people call it, or empty."""
    said = bare(to_correct(moment.said)) if focus.step not in ("value", "delete", "end") else ""
    if not said:
        return ""
    fields = moment.catalog.fields
    known = (f for f in moment.people.facts if f in fields)
    names = ((f, (fields[f].label, *other_labels(fields[f].label))) for f in known)
    return next((f for f, called in names if said in map(bare, called)), "")


def _parting(focus: MyData) -> str:
    return {
        "delete": say("my_data_not_deleted"),
        "end": say("my_data_not_ended"),
    }.get(focus.step, say("my_data_back"))


def _show(moment: Moment, focus: MyData, *before: str, **changes: Any) -> Turn:
    reply = my_data_reply(moment, focus, *before)
    return answer(moment, reply, focus=focus, **changes)


def _leave(moment: Moment, focus: MyData, first: str, effects: tuple[Effect, ...] = ()) -> Turn:
    """Back to the form she was in the middle of, or to nothing in particular."""
    if focus.progress is not None:
        return go_on_filling(moment, focus.progress, first, private=True, effects=effects)
    reply = Reply(paragraphs=(first, say("what_next")), private=True)
    return answer(moment, reply, focus=Idle(), effects=effects)


def _copy(moment: Moment, focus: MyData) -> Turn:
    lines = (say("my_data_copy"), say("my_data_copy_safe"))
    at = replace(focus, step="menu")
    reply = replace(my_data_reply(moment, at, *lines), file="my_data")
    return answer(moment, reply, focus=at, effects=(OfferCopy(),))


def _new_value(moment: Moment, focus: MyData) -> Turn:
    spec = moment.catalog.fields[focus.about]
    around = Surroundings(today=moment.today, offices=moment.catalog.offices)
    parsed = read_answer(spec, moment.text, around)
    if isinstance(parsed, Problem):
        return _show(moment, focus, *problem_sentences(parsed, spec, 0))
    return _keep(moment, focus, parsed)


def _keep(moment: Moment, focus: MyData, parsed: Parsed | None) -> Turn:
    """The fact as she has just said it, or without it; the town of an old address goes with the address."""
    towns = (f"town_{focus.about}",)
    facts = {f: a for f, a in moment.people.facts.items() if f != focus.about and f not in towns}
    label = moment.catalog.fields[focus.about].label
    if parsed is None:
        first = say("my_data_dropped", label=label)
    else:
        facts[focus.about] = Answer(value=parsed.value, shown=parsed.shown, source="known")
        if "town" in parsed.derived:
            town = parsed.derived["town"]
            facts[towns[0]] = Answer(value=town, shown=town, source="known")
        first = say("my_data_changed", label=label, value=parsed.shown)
    return _leave(moment, focus, first, effects=(KeepFacts(facts=facts),))


def _end_consent(moment: Moment, focus: MyData) -> Turn:
    """What was told under it is kept no longer: not as known, not in unfinished forms."""
    topic = focus.about
    catalog = moment.catalog
    after = talk_without_topic(catalog, moment.conversation, topic)
    left = after.focus if isinstance(after.focus, MyData) else focus
    facts = without_topic(catalog, moment.people.facts, topic)
    effects = (EndConsent(topic=topic), KeepFacts(facts=facts))
    first = say("my_data_ended", topic=say(f"topic_{topic}"))
    return _leave(replace(moment, conversation=after), left, first, effects)


def _forget(moment: Moment) -> Turn:
    """Everything goes; what is said about it is the first line of a new conversation."""
    own = (c for c in moment.cases if c.person_id in ("", moment.people.me))
    waiting = tuple(c.id for c in own if not c.state.is_closed)
    reply = Reply(paragraphs=(say("my_data_deleted"), say("my_data_deleted_next")))
    turn = answer(moment, reply, effects=(ForgetMe(case_ids=waiting),), keeps_form=False)
    blank = Conversation(id=moment.conversation.id, turn=turn.conversation.turn, last=turn.reply)
    return replace(turn, conversation=blank)
