"""What was found: looked at page by page, one by one, and filed together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from catalog.benefits import exclusive, in_order
from catalog.bundles import bundle
from dialogue import form_filling as form
from dialogue.focuses import Filling, Matching
from dialogue.match_replies import match_reply
from dialogue.match_results import page_of
from dialogue.matching import answers, ask, form_answers, matches_for
from dialogue.models import Moment, Turn
from dialogue.offers import apart_sentences
from dialogue.plans import plan_of, planned
from dialogue.progress import Answer, FormProgress
from dialogue.replies import short_names
from dialogue.rules.beginning import begin_form
from dialogue.rules.introducing import introduce
from dialogue.selecting import selected
from dialogue.turns import answer, go_on_filling
from dialogue.wording import asks_for, meanings, patterns, role_of, say

_FEW = 6
"""Characters of a text too short to be a wish of its own."""
Group = Literal["result", "nearly", "unmet"]
_STAGES: dict[str, Group] = {
    "match_nearly": "nearly", "match_unmet": "unmet", "match_yes": "result", "benefits": "result",
}  # fmt: skip
_GROUPS = {"result": "yes", "nearly": "nearly", "unmet": "no"}


def in_result(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    """What the person does with what was found; None when the words are about something else."""
    if chosen in ("more_steps", "none_of_these") and focus.stage in _GROUPS:
        return _show(moment, replace(focus, page=_next_page(moment, focus)))
    if chosen == "none_of_these":
        return _show(moment, replace(focus, stage="result", picked=()))
    stage = _STAGES.get(chosen) or _asked_stage(moment)
    if stage is not None:
        return _show(moment, replace(focus, stage=stage, page=0, picked=()))
    if chosen == "match_change":
        return _show(moment, replace(focus, stage="changing", page=0))
    if chosen == "match_tell":
        return _tell(moment, focus)
    if chosen != "match_file" and moment.said in meanings("match_file"):
        return _show(moment, replace(focus, stage="result", page=0, picked=()))
    turn = _filing(moment, focus, chosen) or _named(moment, focus, chosen)
    return turn or _not_clear(moment, focus)


def enough(moment: Moment, focus: Matching) -> Turn | None:
    """够了，看结果: what was found so far, before all questions are asked."""
    stage = "result" if asks_for("match_enough", moment.said) else _asked_stage(moment)
    return _show(moment, replace(focus, stage=stage, page=0)) if stage is not None else None


def _asked_stage(moment: Moment) -> Group | None:
    """还差什么, 哪些不符合, 能办什么: a group asked for in words."""
    asked = (key for key in ("match_nearly", "match_unmet", "benefits"))
    return next((_STAGES[key] for key in asked if asks_for(key, moment.said)), None)


def _filing(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    here = _page(moment, focus)
    kind, _, service_id = chosen.partition(":")
    if chosen == "match_begin":
        return file_together(moment, focus, (focus.service_id,))
    if chosen == "match_file" or (asks_for("match_all", moment.said) and focus.stage == "result"):
        every = asks_for("match_all", moment.said)
        found = tuple(m.service_id for m in matches_for(moment, focus.beneficiary).yes)
        return file_together(moment, focus, found if every else here)
    if chosen == "match_some":
        return _show(moment, replace(focus, stage="some", picked=here))
    if kind == "match_pick" and focus.stage == "exclusive":
        others = set(exclusive(focus.picked)) - {service_id}
        wanted = tuple(s for s in focus.picked if s not in others)
        return file_together(moment, focus, wanted)
    if kind == "match_pick":
        return file_together(moment, focus, (service_id,))
    return None


def _named(moment: Moment, focus: Matching, chosen: str) -> Turn | None:
    """A service named: one of those shown is looked at, several are filed; others are for the other rules."""
    services = moment.catalog.services_by_id
    if chosen.startswith("match_one:"):
        return _one(moment, focus, chosen.partition(":")[2])
    best = moment.recognition.accepted("service")
    found = matches_for(moment, focus.beneficiary)
    if best is not None and found.of(best.id) is not None:
        return _one(moment, focus, best.id)
    if best is not None or moment.recognition.accepted("life_event"):
        return None
    offered = (*found.yes, *found.nearly, *found.no)
    others = tuple(services[m.service_id] for m in offered)
    page = tuple(services[s] for s in (focus.picked or _page(moment, focus)))
    ids = selected(moment.text, page, others) if moment.text else ()
    if len(ids) > 1 or (ids and focus.stage == "some"):
        return file_together(moment, focus, ids)
    if ids:
        return _one(moment, focus, ids[0])
    return None


def _one(moment: Moment, focus: Matching, service_id: str) -> Turn:
    return _show(moment, replace(focus, stage="one", service_id=service_id))


def _not_clear(moment: Moment, focus: Matching) -> Turn | None:
    """A few words that are nothing known stay here; a longer message may be a wish of its own."""
    found = moment.recognition
    is_else = found.accepted("service") or found.accepted("life_event") or found.accepted("act")
    is_short = 0 < len(moment.said) <= _FEW
    if is_else or not is_short or moment.message.pick is not None:
        return None
    return _show(moment, focus, say("please_choose"))


def _tell(moment: Moment, focus: Matching) -> Turn:
    """She wants to tell what is missing: the first fact the services of this page wait for."""
    found = matches_for(moment, focus.beneficiary)
    waiting = (found.of(s) for s in _page(moment, focus))
    facts = (f for m in waiting if m is not None for f in m.assessment.missing)
    fact = next(facts, "")
    return _show(moment, ask(focus, fact) if fact else replace(focus, stage="result", page=0))


def _page(moment: Moment, focus: Matching) -> tuple[str, ...]:
    found = getattr(matches_for(moment, focus.beneficiary), _GROUPS.get(focus.stage, "yes"))
    return page_of(tuple(m.service_id for m in found), focus.page)


def _next_page(moment: Moment, focus: Matching) -> int:
    found = getattr(matches_for(moment, focus.beneficiary), _GROUPS[focus.stage])
    return (focus.page + 1) % max(1, -(-len(found) // 3))


def file_together(moment: Moment, focus: Matching, wanted: tuple[str, ...]) -> Turn:
    """One form for as many of these as fit; what excludes each other is asked first, the rest is planned."""
    ids = in_order(wanted)
    if exclusive(ids):
        return _show(moment, replace(focus, stage="exclusive", picked=ids))
    whom = focus.beneficiary or patterns("benefits")["self"]
    role = role_of(whom)
    fits = bundle(moment.catalog, ids, role)
    rest = tuple(m.service_id for m in matches_for(moment, focus.beneficiary).yes)
    plan = in_order((*plan_of(moment.conversation, whom), *ids, *rest))
    if not fits.together:
        turn = introduce(moment, ids[0])
        others = tuple(s for s in plan if s != ids[0])
        return _with_plan(turn, planned(moment.conversation, whom, others))
    lead = (
        *_what_it_is_for(moment, fits.together),
        *apart_sentences(fits.apart, moment.catalog),
    )
    turn = begin_form(moment, fits.together, whom, *lead)
    left = tuple(s for s in plan if s not in fits.together)
    changes = planned(moment.conversation, whom, left)
    return _with_plan(_prefilled(moment, focus, turn, lead), changes)


def _what_it_is_for(moment: Moment, service_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Several services in one form are named before its first question."""
    if len(service_ids) < 2:
        return ()
    names = short_names(service_ids, moment.catalog)
    return (say("together_begins", count=str(len(service_ids)), names=names),)


def _with_plan(turn: Turn, changes: dict[str, Any]) -> Turn:
    return replace(turn, conversation=replace(turn.conversation, **changes))


def _prefilled(moment: Moment, focus: Matching, turn: Turn, lead: tuple[str, ...]) -> Turn:
    """The form with what was told here: it was said or confirmed a moment ago, and is read back at the end."""
    begun = turn.conversation.focus
    if not isinstance(begun, Filling) or begun.progress.saved_at != moment.now:
        return turn
    filled = _with_answers(moment, focus, begun.progress)
    if filled == begun.progress or filled.stage not in ("asking", "consent"):
        return turn
    on = form.ask_next(filled, moment.catalog)
    return go_on_filling(moment, on, *lead, say("form_begins"), say("match_used"))


def _with_answers(moment: Moment, focus: Matching, progress: FormProgress) -> FormProgress:
    fields = frozenset(item.field for item in progress.items)
    taken = {*progress.answers, *progress.pending}
    given = form_answers(answers(moment, focus.beneficiary), fields - taken)
    child = answers(moment, focus.beneficiary).get("id_number")
    if child is not None and "child_id_number" in fields - taken and "id_number" not in fields:
        given["child_id_number"] = child
    kept = {name: Answer(value=a.value, shown=a.shown, source="said") for name, a in given.items()}
    return replace(progress, answers={**progress.answers, **kept})


def _show(moment: Moment, focus: Matching, *before: str) -> Turn:
    reply = match_reply(moment, focus)
    return answer(moment, replace(reply, paragraphs=(*before, *reply.paragraphs)), focus=focus)
