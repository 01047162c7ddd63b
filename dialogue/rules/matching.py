"""你看我能办什么: the wish recognized, and the words that always work while the search goes on."""

from __future__ import annotations

import re
from dataclasses import replace

from dialogue import match_reading as reading
from dialogue.focuses import Idle, Matching
from dialogue.matching import ask, is_result, named
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.rules import match_asking as asking
from dialogue.rules.match_filing import in_result
from dialogue.rules.words import act
from dialogue.turns import answer, form_of, unfinished
from dialogue.wording import asks_for, carries_on, patterns, say, says_only_whom
from intents.writing import bare

LONGEST = 30
"""Characters of a message taken for the wish to see everything; a longer one tells a story of its own."""


def wants_benefits(moment: Moment) -> Turn | None:
    """The wish to see everything: by button, by a listed phrase, or by words nothing else was understood in."""
    whom = moment.recognition.beneficiary
    said = moment.said
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
        return asking.show(moment, Matching(stage="whom"), *lead)
    return asking.begin_for(moment, whom, *lead)


def _seems_wish(moment: Moment, said: str) -> bool:
    """Whether it is the wish in free words; never against what was accepted, never in a form."""
    found = moment.recognition
    if moment.message.pick is not None or form_of(moment.conversation) is not None:
        return False
    if found.accepted("service") or found.accepted("life_event") or len(said) > LONGEST:
        return False
    return re.search(patterns("benefits")["wish"], said) is not None


def answered(moment: Moment) -> Turn | None:
    """A plain answer to the question: an option, its button or number, an age. It is never another word."""
    focus = moment.conversation.focus
    if not isinstance(focus, Matching) or focus.stage != "asking":
        return None
    chosen = picked(moment)
    if chosen.startswith("fact:"):
        return asking.option(moment, focus, chosen.removeprefix("fact:"))
    if moment.message.pick is None and reading.is_plain(
        moment.catalog, focus.asking, moment.text, moment.today
    ):
        return asking.asked(moment, focus, chosen)
    return None


def in_matching(moment: Moment) -> Turn | None:
    """The search takes the message: a choice, a word that always works, an answer, or a service found."""
    focus = moment.conversation.focus
    if not isinstance(focus, Matching):
        return None
    chosen = picked(moment)
    if chosen.startswith(("service:", "life_event:")):
        return None
    if chosen == "benefits" and not is_result(focus):
        return asking.show(moment, focus)
    if not chosen:
        moved = _word(moment, focus) or _for_another(moment, focus)
        if moved is not None:
            return moved
    if is_result(focus):
        return in_result(moment, focus, chosen)
    match focus.stage:
        case "whom":
            return asking.whom(moment, chosen)
        case "reuse":
            return asking.reuse(moment, focus, chosen)
        case "consent":
            return asking.consent(moment, focus, chosen)
        case "confirming":
            return asking.confirm(moment, focus, chosen)
        case "changing":
            return asking.changing(moment, focus, chosen)
        case _:
            return asking.asked(moment, focus, chosen)


def _word(moment: Moment, focus: Matching) -> Turn | None:
    """返回 修改 跳过 算了 继续."""
    match act(moment):
        case "back":
            return _back(moment, focus)
        case "change":
            return asking.show(moment, replace(focus, stage="changing", page=0, pending={}))
        case "skip" if focus.stage in ("asking", "consent"):
            return asking.skip(moment, focus)
        case "cancel":
            return _leave(moment)
    return asking.show(moment, focus) if carries_on(moment.said) else None


def _for_another(moment: Moment, focus: Matching) -> Turn | None:
    """帮我爸, said while it is being looked for oneself or for somebody else: it begins for him."""
    whom = says_only_whom(moment.said, moment.recognition.beneficiary)
    if focus.stage == "whom" or not whom or named(whom) == named(focus.beneficiary):
        return None
    return asking.begin_for(moment, whom)


def _leave(moment: Moment) -> Turn:
    lines = (say("match_left_off"), say("what_next"))
    return answer(moment, Reply(paragraphs=lines), focus=Idle())


def _back(moment: Moment, focus: Matching) -> Turn:
    """One question back; from what was found, to the last question."""
    if focus.stage in ("one", "nearly", "unmet", "some", "exclusive"):
        return asking.show(moment, replace(focus, stage="result", page=0, picked=()))
    if focus.stage == "confirming":
        return asking.show(moment, replace(focus, stage="asking", pending={}))
    asked = focus.asked
    at = asked.index(focus.asking) if focus.asking in asked else len(asked)
    if at == 0:
        return asking.show(moment, focus, say("first_question"))
    return asking.show(moment, ask(focus, asked[at - 1]))
