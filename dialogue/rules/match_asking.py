"""The stages of the search before anything is found: for whom, consent, the questions, what a number told."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from dialogue import match_questions as questions
from dialogue import match_reading as reading
from dialogue.effects import KeepConsent
from dialogue.focuses import Matching
from dialogue.match_replies import consent_question, facts_in_words, match_reply
from dialogue.match_results import who
from dialogue.matching import answers, ask, facts_of, left_open, named, next_step, told
from dialogue.models import Moment, Turn
from dialogue.progress import Answer
from dialogue.rules.match_filing import enough
from dialogue.rules.words import act
from dialogue.told import ToldFacts, with_fact, with_numbers, with_told
from dialogue.turns import answer, aside
from dialogue.wording import beneficiary_of, patterns, say
from intents.slot_types import Problem
from intents.writing import bare

TRIES = 2
"""After so many answers that do not fit the question stays open."""
_TOPICS = ("disability", "special", "household")
"""Topics the sensitive questions of the search are about; agreed to at once, taken back one by one."""
_ELSEWHERE = frozenset({"withdraw", "apply_for_other"})
"""Acts that other rules answer, also in the middle of the search."""


def begin_for(moment: Moment, whom: str, *before: str) -> Turn:
    """Begin for this person: with what is known of her after her yes, else with the first question."""
    beneficiary = whom if named(whom) else ""
    focus = Matching(
        beneficiary=beneficiary, sensitive="yes" if told(moment, whom).consented else ""
    )
    lead = say("match_for", who=who(whom)) if named(whom) else say("match_for_you")
    if facts_in_words(moment.catalog, facts_of(moment, whom)):
        return show(moment, replace(focus, stage="reuse"), *before, lead)
    return go_on(moment, focus, *before, lead, say("match_begins"))


def whom(moment: Moment, chosen: str) -> Turn | None:
    """Asked for whom: a choice, or the word for a person."""
    words = patterns("benefits")
    by_choice = {"match_me": "self", "match_child": "child", "match_family": "family"}
    whom = words[by_choice[chosen]] if chosen in by_choice else moment.recognition.beneficiary
    if not whom and beneficiary_of(moment.said)[0]:
        whom = moment.said
    if not whom and re.fullmatch(words["me"], moment.said):
        whom = words["self"]
    return begin_for(moment, whom) if whom else _misfit(moment)


def reuse(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    """Asked whether what is known still holds."""
    if chosen == "match_same":
        return go_on(moment, focus)
    if chosen == "match_anew":
        fresh = ToldFacts(who=named(focus.beneficiary), anew=True)
        cleared = _with(moment, fresh)
        return go_on(cleared, replace(focus, sensitive=""), told=cleared.conversation.told)
    return _misfit(moment)


def consent(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    """Asked whether sensitive facts may be asked; without them the search goes on."""
    if chosen == "consent_yes":
        agreed = _with(moment, replace(told(moment, focus.beneficiary), consented=True))
        asking = replace(focus, sensitive="yes", stage="asking")
        words = consent_question().paragraphs
        return show(
            agreed,
            asking,
            say("consent_thanks"),
            told=agreed.conversation.told,
            effects=tuple(KeepConsent(topic=topic, words=words) for topic in _TOPICS),
        )
    if chosen == "consent_no":
        asked = tuple(f for f in focus.asked if f != focus.asking)
        return go_on(moment, replace(focus, sensitive="no", asked=asked), say("match_refused"))
    return _misfit(moment)


def confirm(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    """Asked whether what a number told is right."""
    if chosen == "right":
        given = with_numbers(answers(moment, focus.beneficiary), focus.pending)
        return _keep(moment, focus, given)
    if chosen == "wrong":
        again = replace(focus, stage="asking", pending={})
        return show(moment, again, say("say_it_again"))
    return _misfit(moment)


def changing(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    """Asked which fact to tell anew."""
    if chosen == "more_options":
        return show(moment, replace(focus, page=focus.page + 1))
    known = dict(facts_in_words(moment.catalog, facts_of(moment, focus.beneficiary)))
    fact = chosen.removeprefix("match_fact:")
    if fact not in known:
        said = moment.said
        fact = next((name for name in known if bare(questions.label_of(name)) in said), "")
    if fact:
        return show(moment, ask(focus, fact), say("change_now"))
    if not known:
        return go_on(moment, focus, say("nothing_to_change"))
    return _misfit(moment)


def asked(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    """The question of a fact is open: a choice, an answer in words, or no answer."""
    fact = focus.asking
    if chosen == "more_options":
        return show(moment, replace(focus, page=focus.page + 1))
    if chosen == "not_sure":
        return skip(moment, focus)
    if chosen.startswith("fact:"):
        return option(moment, focus, chosen.removeprefix("fact:"))
    if chosen == "options_done":
        return _take(moment, focus, {fact: questions.several(moment.catalog, focus.picked)})
    if moment.recognition.question == "why":
        return aside(moment, say("match_why"))
    heard = reading.read(moment.catalog, fact, moment.text, moment.today)
    if isinstance(heard, Problem):
        problem = say(f"problem_{heard.code}", **heard.details)
        return _misfit(moment, problem)
    if heard is None:
        other = reading.read_other(moment.catalog, moment.text, moment.today)
        if not other:
            return enough(moment, focus) or _misfit(moment)
        return _take(moment, focus, other, say("noted", what=reading.noted(moment.catalog, other)))
    if heard.is_unknown:
        return skip(moment, focus)
    if heard.numbers:
        return show(moment, replace(focus, stage="confirming", pending=heard.numbers))
    return _take(
        moment, focus, heard.facts, say("noted", what=reading.noted(moment.catalog, heard.facts))
    )


def option(moment: Moment, focus: Matching, option: str) -> Turn:
    """An option of the question was picked; several kinds grow until that is all."""
    given = questions.chosen(moment.catalog, focus.asking, option)
    if not given:
        return show(moment, focus, say("please_choose"))
    if focus.asking == "certificate" and option == "yes":
        focus = replace(focus, skipped=(*focus.skipped, "level"))
    if focus.asking != questions.SEVERAL:
        return _take(moment, focus, given)
    grown = replace(focus, picked=(*focus.picked, option), page=0)
    shown = questions.several(moment.catalog, grown.picked).shown
    return show(moment, grown, say("noted_more", what=shown), private=True)


def skip(moment: Moment, focus: Matching) -> Turn:
    """Leave the question open."""
    return go_on(moment, left_open(focus), say("match_skipped"))


def go_on(moment: Moment, focus: Matching, *before: str, **changes: Any) -> Turn:
    """On to the next question, or to what was found."""
    after = next_step(focus, moment.catalog, facts_of(moment, focus.beneficiary))
    return show(moment, after, *before, **changes)


def show(
    moment: Moment, focus: Matching, *before: str, private: bool = False, **changes: Any
) -> Turn:
    """Say what comes at this place; `private` when `before` tells personal things."""
    reply = match_reply(moment, focus)
    lines = (*(sentence for sentence in before if sentence), *reply.paragraphs)
    said = replace(reply, paragraphs=lines, private=reply.private or private)
    return answer(moment, said, focus=focus, **changes)


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
    return go_on(kept, answered, *before, private=bool(before), told=kept.conversation.told)


def _with(moment: Moment, new: ToldFacts) -> Moment:
    kept = with_told(moment.conversation.told, new)
    return replace(moment, conversation=replace(moment.conversation, told=kept))


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
        return go_on(moment, left_open(focus), say("match_put_off"))
    failed = replace(focus, failures=focus.failures + 1)
    return show(moment, failed, *(sentences or (say(_wanted(moment, focus)),)))


def _wanted(moment: Moment, focus: Matching) -> str:
    """What an answer here should be like."""
    wanted = "please_choose" if match_reply(moment, focus).choices else "match_number"
    return "please_consent" if focus.stage == "consent" else wanted
