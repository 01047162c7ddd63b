"""你看我能办什么: a few questions, what may fit, what is missing, and the fitting ones filed together."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from dialogue import match_questions as questions
from dialogue.focuses import Idle, Matching
from dialogue.match_replies import facts_in_words, match_reply, who
from dialogue.matching import (
    answers,
    ask,
    facts_of,
    is_result,
    left_open,
    named,
    next_step,
    told,
)
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.progress import Answer
from dialogue.rules.match_filing import enough, in_result
from dialogue.rules.words import act
from dialogue.told import ToldFacts, with_fact, with_numbers, with_told
from dialogue.turns import answer, aside, form_of, unfinished
from dialogue.wording import asks_for, beneficiary_of, carries_on, patterns, say
from intents.slot_types import Problem
from intents.writing import bare

LONGEST = 30
"""Characters of a message taken for the wish to see everything; a longer one tells a story of its own."""
TRIES = 2
"""After so many answers that do not fit the question stays open."""
_ELSEWHERE = frozenset({"withdraw", "apply_for_other"})
"""Acts that other rules answer, also in the middle of the search."""


def wants_benefits(moment: Moment) -> Turn | None:
    """The wish to see everything: by button, by a listed phrase, or by words nothing else was understood in."""
    whom = moment.recognition.beneficiary
    said = bare(moment.text)
    if whom:
        said = said.replace(bare(whom), patterns("benefits")["i"], 1)
    is_listed = picked(moment) == "benefits" or asks_for("benefits", said)
    if not is_listed and not _seems_wish(moment, said):
        return None
    focus = moment.conversation.focus
    if not whom and re.search(patterns("benefits")["own"], said):
        whom = patterns("benefits")["self"]
    if isinstance(focus, Matching) and (not whom or named(whom) == named(focus.beneficiary)):
        return None
    lead = [say("i_am_a_bot")] if moment.conversation.turn == 0 else []
    if unfinished(moment.conversation) is not None:
        lead.append(say("kept_meanwhile"))
    if not whom:
        return _show(moment, Matching(stage="whom"), *lead)
    return _begin(moment, whom, *lead)


def _seems_wish(moment: Moment, said: str) -> bool:
    """Whether it is the wish in free words; never against what was accepted, never in a form."""
    found = moment.recognition
    if moment.message.pick is not None or form_of(moment.conversation) is not None:
        return False
    if found.accepted("service") or found.accepted("life_event") or len(said) > LONGEST:
        return False
    return re.search(patterns("benefits")["wish"], said) is not None


def _begin(moment: Moment, whom: str, *before: str) -> Turn:
    """Begin for this person: with what is known of her after her yes, else with the first question."""
    beneficiary = whom if named(whom) else ""
    focus = Matching(
        beneficiary=beneficiary, sensitive="yes" if told(moment, whom).consented else ""
    )
    lead = say("match_for", who=who(whom)) if named(whom) else say("match_for_you")
    if facts_in_words(moment.catalog, facts_of(moment, whom)):
        return _show(moment, replace(focus, stage="reuse"), *before, lead)
    return _go_on(moment, focus, *before, lead, say("match_begins"))


def answered(moment: Moment) -> Turn | None:
    """A plain answer to the question: an option, its button or number, an age. It is never another word."""
    focus = moment.conversation.focus
    if not isinstance(focus, Matching) or focus.stage != "asking":
        return None
    chosen = picked(moment)
    if chosen.startswith("fact:"):
        return _picked(moment, focus, chosen.removeprefix("fact:"))
    if moment.message.pick is None and questions.is_plain(
        moment.catalog, focus.asking, moment.text, moment.today
    ):
        return _asked(moment, focus, chosen)
    return None


def in_matching(moment: Moment) -> Turn | None:
    """The search takes the message: a choice, a word that always works, an answer, or a service found."""
    focus = moment.conversation.focus
    if not isinstance(focus, Matching):
        return None
    chosen = picked(moment)
    if chosen.startswith(("service:", "life_event:")):
        return None
    if not chosen:
        moved = _word(moment, focus)
        if moved is not None:
            return moved
    if is_result(focus):
        return in_result(moment, focus, chosen)
    match focus.stage:
        case "whom":
            return _whom(moment, chosen)
        case "reuse":
            return _reuse(moment, focus, chosen)
        case "consent":
            return _consent(moment, focus, chosen)
        case "confirming":
            return _confirm(moment, focus, chosen)
        case "changing":
            return _changing(moment, focus, chosen)
        case _:
            return _asked(moment, focus, chosen)


def _word(moment: Moment, focus: Matching) -> Turn | None:
    """返回 修改 跳过 算了 继续."""
    match act(moment):
        case "back":
            return _back(moment, focus)
        case "change":
            return _show(moment, replace(focus, stage="changing", page=0, pending={}))
        case "skip" if focus.stage in ("asking", "consent"):
            return _skip(moment, focus)
        case "cancel":
            return _leave(moment)
    return _show(moment, focus) if carries_on(moment.text) else None


def _leave(moment: Moment) -> Turn:
    lines = (say("match_left_off"), say("what_next"))
    return answer(moment, Reply(paragraphs=lines), focus=Idle())


def _skip(moment: Moment, focus: Matching) -> Turn:
    return _go_on(moment, left_open(focus), say("match_skipped"))


def _back(moment: Moment, focus: Matching) -> Turn:
    """One question back; from what was found, to the last question."""
    if focus.stage in ("one", "nearly", "unmet", "some", "exclusive"):
        return _show(moment, replace(focus, stage="result", page=0, picked=()))
    if focus.stage == "confirming":
        return _show(moment, replace(focus, stage="asking", pending={}))
    asked = focus.asked
    at = asked.index(focus.asking) if focus.asking in asked else len(asked)
    if at == 0:
        return _show(moment, focus, say("first_question"))
    return _show(moment, ask(focus, asked[at - 1]))


def _whom(moment: Moment, chosen: str) -> Turn | None:
    words = patterns("benefits")
    by_choice = {"match_me": "self", "match_child": "child", "match_family": "family"}
    whom = words[by_choice[chosen]] if chosen in by_choice else moment.recognition.beneficiary
    if not whom and beneficiary_of(bare(moment.text))[0]:
        whom = bare(moment.text)
    if not whom and re.fullmatch(words["me"], bare(moment.text)):
        whom = words["self"]
    return _begin(moment, whom) if whom else _misfit(moment)


def _reuse(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    if chosen == "match_same":
        return _go_on(moment, focus)
    if chosen == "match_anew":
        fresh = ToldFacts(who=named(focus.beneficiary), anew=True)
        cleared = _with(moment, fresh)
        return _go_on(cleared, replace(focus, sensitive=""), told=cleared.conversation.told)
    return _misfit(moment)


def _consent(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    if chosen == "consent_yes":
        agreed = _with(moment, replace(told(moment, focus.beneficiary), consented=True))
        asking = replace(focus, sensitive="yes", stage="asking")
        return _show(agreed, asking, say("consent_thanks"), told=agreed.conversation.told)
    if chosen == "consent_no":
        asked = tuple(f for f in focus.asked if f != focus.asking)
        return _go_on(moment, replace(focus, sensitive="no", asked=asked), say("match_refused"))
    return _misfit(moment)


def _confirm(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    if chosen == "right":
        given = with_numbers(answers(moment, focus.beneficiary), focus.pending)
        return _keep(moment, focus, given)
    if chosen == "wrong":
        again = replace(focus, stage="asking", pending={})
        return _show(moment, again, say("say_it_again"))
    return _misfit(moment)


def _changing(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    if chosen == "more_options":
        return _show(moment, replace(focus, page=focus.page + 1))
    known = dict(facts_in_words(moment.catalog, facts_of(moment, focus.beneficiary)))
    fact = chosen.removeprefix("match_fact:")
    if fact not in known:
        said = bare(moment.text)
        fact = next((name for name in known if bare(questions.label_of(name)) in said), "")
    if fact:
        return _show(moment, ask(focus, fact), say("change_now"))
    if not known:
        return _go_on(moment, focus, say("nothing_to_change"))
    return _misfit(moment)


def _asked(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    fact = focus.asking
    if chosen == "more_options":
        return _show(moment, replace(focus, page=focus.page + 1))
    if chosen == "not_sure":
        return _skip(moment, focus)
    if chosen.startswith("fact:"):
        return _picked(moment, focus, chosen.removeprefix("fact:"))
    if chosen == "options_done":
        return _take(moment, focus, {fact: questions.several(moment.catalog, focus.picked)})
    if moment.recognition.question == "why":
        return aside(moment, say("match_why"))
    heard = questions.read(moment.catalog, fact, moment.text, moment.today)
    if isinstance(heard, Problem):
        problem = say(f"problem_{heard.code}", **heard.details)
        return _misfit(moment, problem)
    if heard is None:
        other = questions.read_other(moment.catalog, moment.text, moment.today)
        if not other:
            return enough(moment, focus) or _misfit(moment)
        return _take(moment, focus, other, say("noted", what=questions.noted(other)))
    if heard.is_unknown:
        return _skip(moment, focus)
    if heard.numbers:
        return _show(moment, replace(focus, stage="confirming", pending=heard.numbers))
    return _take(moment, focus, heard.facts, say("noted", what=questions.noted(heard.facts)))


def _picked(moment: Moment, focus: Matching, option: str) -> Turn:
    given = questions.chosen(moment.catalog, focus.asking, option)
    if given is None:
        return _show(moment, focus, say("please_choose"))
    if focus.asking != questions.SEVERAL:
        return _take(moment, focus, {focus.asking: given})
    grown = replace(focus, picked=(*focus.picked, option), page=0)
    shown = questions.several(moment.catalog, grown.picked).shown
    return _show(moment, grown, say("noted_more", what=shown), private=True)


def _take(moment: Moment, focus: Matching, facts: dict[str, Answer], *before: str) -> Turn:
    given = answers(moment, focus.beneficiary)
    for fact, value in facts.items():
        given = with_fact(given, fact, value)
    return _keep(moment, focus, given, *before)


def _keep(moment: Moment, focus: Matching, given: dict[str, Answer], *before: str) -> Turn:
    """Keep what was told of this person and go on."""
    new = replace(told(moment, focus.beneficiary), answers=given, told_at=moment.now)
    kept = _with(moment, new)
    answered = replace(focus, skipped=tuple(f for f in focus.skipped if f != focus.asking))
    return _go_on(kept, answered, *before, private=bool(before), told=kept.conversation.told)


def _with(moment: Moment, new: ToldFacts) -> Moment:
    kept = with_told(moment.conversation.told, new)
    return replace(moment, conversation=replace(moment.conversation, told=kept))


def _go_on(moment: Moment, focus: Matching, *before: str, **changes: Any) -> Turn:
    after = next_step(focus, moment.catalog, facts_of(moment, focus.beneficiary))
    return _show(moment, after, *before, **changes)


def _show(
    moment: Moment, focus: Matching, *before: str, private: bool = False, **changes: Any
) -> Turn:
    """Say what comes at this place; `private` when `before` tells personal things."""
    reply = match_reply(moment, focus)
    lines = (*(sentence for sentence in before if sentence), *reply.paragraphs)
    said = replace(reply, paragraphs=lines, private=reply.private or private)
    return answer(moment, said, focus=focus, **changes)


def _misfit(moment: Moment, *sentences: str) -> Turn | None:
    """Not an answer: something else that was clearly named, or the question once more, or left open."""
    found = moment.recognition
    is_else = (
        found.accepted("service") or found.accepted("life_event") or act(moment) in _ELSEWHERE
    )
    if not sentences and is_else:
        return None
    focus = moment.conversation.focus
    if not isinstance(focus, Matching):
        return None
    if focus.stage == "asking" and focus.failures >= TRIES:
        return _go_on(moment, left_open(focus), say("match_put_off"))
    failed = replace(focus, failures=focus.failures + 1)
    lead = sentences or (
        say("match_number" if not match_reply(moment, focus).choices else "please_choose"),
    )
    return _show(moment, failed, *lead)
