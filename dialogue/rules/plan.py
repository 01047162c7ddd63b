"""The plan: services of a story still to be done, remembered over other forms, other channels and months."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import FieldType
from dialogue.focuses import Focus, Idle, Offered
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.picking import picked
from dialogue.places import offer_at
from dialogue.plans import left, plan_of, planned
from dialogue.replies import short_names
from dialogue.turns import answer, aside, form_of
from dialogue.wording import asks_for, choice, say

_SHORT = 4
"""Characters that may well be an answer when a question for text is open."""


def plan_asked(moment: Moment) -> Turn | None:
    """我还有什么没办: what is left, to be chosen from; in the middle of a form it is only told."""
    chosen = picked(moment)
    if asks_for("plan_dropped", moment.said) and not _may_be_answer(moment):
        reply = Reply(paragraphs=(say("plan_dropped"),))
        return answer(moment, reply, focus=_not_shown(moment), plan=(), other_plans=())
    is_asked = chosen == "plan" or chosen.startswith("plan_of:")
    if not is_asked and (not asks_for("plan", moment.said) or _may_be_answer(moment)):
        return None
    conversation = moment.conversation
    whom = conversation.plan_for
    if chosen.startswith("plan_of:"):
        whom = chosen.removeprefix("plan_of:")
    elif not conversation.plan and conversation.other_plans:
        whom = conversation.other_plans[0].beneficiary
    plan = left(moment, plan_of(conversation, whom), whom)
    if form_of(moment.conversation) is not None:
        names = short_names(plan, moment.catalog)
        return aside(moment, say("plan_in_form", names=names) if plan else say("plan_empty"))
    return _show(moment, plan, whom)


def _not_shown(moment: Moment) -> Focus:
    """Where the conversation is once a plan that was being shown is gone."""
    focus = moment.conversation.focus
    is_plan = isinstance(focus, Offered) and focus.source == "plan"
    return Idle() if is_plan else focus


def _show(moment: Moment, plan: tuple[str, ...], whom: str) -> Turn:
    """The plan laid out, three at a time."""
    if not plan:
        reply = Reply(
            paragraphs=(say("plan_empty"), say("what_next")), choices=(choice("status"),)
        )
        return answer(moment, reply)
    focus = Offered(services=plan, source="plan", beneficiary=whom)
    changes = planned(moment.conversation, whom, plan)
    now = replace(moment, conversation=replace(moment.conversation, **changes))
    return answer(moment, offer_at(now, focus), focus=focus, **changes)


def _may_be_answer(moment: Moment) -> bool:
    """Whether a short word such as 计划 may be the answer to an open question for text."""
    progress = form_of(moment.conversation)
    if progress is None or progress.stage != "asking" or not progress.asking:
        return False
    texts = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PERSON_NAME)
    return len(moment.text) <= _SHORT and moment.catalog.fields[progress.asking].type in texts
