"""The end of a form: read through, change, agree, file; or hand in the corrections of a case."""

from __future__ import annotations

from dataclasses import replace

from casework.models import Case, CaseState
from dialogue import form_filling as form
from dialogue.effects import FileApplication, SubmitCorrections
from dialogue.filings import filing_of
from dialogue.focuses import Idle
from dialogue.for_whom import filed_for
from dialogue.form_endings import consent_words, receipt
from dialogue.forms import answered_fields, is_given
from dialogue.helping import after_filing
from dialogue.messages import Choice, Reply
from dialogue.models import Moment, Turn
from dialogue.naming import is_label
from dialogue.offers import NEXT
from dialogue.plans import left, plan_of, planned, waiting
from dialogue.progress import Answer, FormProgress
from dialogue.replies import short_names
from dialogue.rules.navigating import change, fields_named
from dialogue.turns import answer, go_on_filling
from dialogue.wording import choice, say

MOST = 3
"""Choices after filing; what does not fit is still there for the asking."""


def close(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    """What the person does with the filled form; None when the words are about something else."""
    if chosen == "review_right":
        return _hand_in(moment, progress) if progress.corrects else _to_submit(moment, progress)
    if chosen == "submit":
        return _file(moment, progress)
    if chosen == "more_options":
        return go_on_filling(moment, replace(progress, page=progress.page + 1))
    if chosen.startswith("change:"):
        field = chosen.removeprefix("change:")
        if field in answered_fields(progress):
            return go_on_filling(moment, form.ask_again(progress, moment.catalog, field))
    named = fields_named(moment, progress)
    if not named or moment.message.pick is not None:
        return None
    is_about_else = moment.recognition.accepted("service") or moment.recognition.accepted(
        "life_event"
    )
    is_named = progress.stage == "changing" or is_label(moment.catalog, moment.said, named)
    return change(moment, progress) if is_named or is_about_else is None else None


def _to_submit(moment: Moment, progress: FormProgress) -> Turn:
    if not form.is_complete(progress):
        lacking = form.ask_lacking(progress, moment.catalog)
        return go_on_filling(moment, lacking, say("still_needed"))
    return go_on_filling(moment, replace(progress, stage="submit"))


def _file(moment: Moment, progress: FormProgress) -> Turn:
    if not form.is_complete(progress):
        return _to_submit(moment, progress)
    filing = filing_of(progress, moment.catalog, consent_words(progress, moment.catalog))
    whom = filed_for(moment.people, progress, moment.catalog)
    called, new = progress.beneficiary, progress.service_ids
    plan = left(moment, plan_of(moment.conversation, called), called, *new)
    follow, choices = _what_is_left(moment, plan, waiting(moment, plan, called, *new))
    whose = moment.people.helped_by_id(whom.person)
    asks, confirm = after_filing(
        whom.person, whom.role, is_confirmed=whose is not None and whose.is_confirmed
    )
    reply = Reply(
        paragraphs=(*receipt(progress, filing, moment.catalog), *asks, *follow),
        choices=(*confirm, *choices, choice("status"), choice("benefits"))[:MOST],
        private=True,
    )
    return answer(
        moment,
        reply,
        effects=(FileApplication(filing=filing, whom=whom),),
        keeps_form=False,
        focus=Idle(),
        **planned(moment.conversation, called, plan),
    )


def _what_is_left(
    moment: Moment, plan: tuple[str, ...], waits: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[Choice, ...]]:
    """The rest of the story, offered at once: the next things that can be done now."""
    ready = tuple(s for s in plan if s not in waits)
    known = moment.catalog.services_by_id
    choices = tuple(Choice(id=f"service:{s}", label=known[s].short) for s in ready[:NEXT])
    more = (choice("plan"),) if len(plan) > len(choices) else ()
    lines = []
    if ready:
        lines.append(say("plan_left", names=short_names(ready[:NEXT], moment.catalog)))
    if waits:
        lines.append(say("plan_waits", names=short_names(waits[:NEXT], moment.catalog)))
    return tuple(lines), (*choices, *more)


def _hand_in(moment: Moment, progress: FormProgress) -> Turn:
    """Hand the corrections in; what was left open is not handed in, and the old answer stays."""
    case = next((c for c in moment.cases if c.id == progress.corrects), None)
    if case is None or case.state is not CaseState.NEEDS_CORRECTION:
        return answer(
            moment, Reply(paragraphs=(say("no_corrections"),)), focus=Idle(), keeps_form=False
        )
    given = {f: progress.answers[f] for f in answered_fields(progress) if is_given(progress, f)}
    if not given and not progress.papers:
        return answer(moment, Reply(paragraphs=(say("corrections_later"),)), focus=Idle())
    also = _answered_with_it(moment, case, given)
    effects = (
        SubmitCorrections(case_id=case.id, answers=given, papers=progress.papers),
        *(_same_for(other, given, progress) for other in also),
    )
    names = say("list_mark").join(other.service_name for other in also)
    lines = (say("corrections_in"), say("corrections_also", names=names) if also else "")
    reply = Reply(
        paragraphs=(*filter(None, lines), say("corrections_next")),
        private=True,
    )
    return answer(moment, reply, effects=effects, focus=Idle(), keeps_form=False)


def _answered_with_it(moment: Moment, case: Case, given: dict[str, Answer]) -> tuple[Case, ...]:
    """Other cases of the application that wait for nothing else: what was asked twice is answered once."""
    return tuple(
        other
        for other in moment.cases
        if other.number == case.number
        and other.id != case.id
        and other.state is CaseState.NEEDS_CORRECTION
        and other.wanted
        and set(other.wanted) <= set(given)
    )


def _same_for(case: Case, given: dict[str, Answer], progress: FormProgress) -> SubmitCorrections:
    answers = {field: given[field] for field in case.wanted}
    papers = tuple(paper for paper in progress.papers if paper.field in case.wanted)
    return SubmitCorrections(case_id=case.id, answers=answers, papers=papers)
