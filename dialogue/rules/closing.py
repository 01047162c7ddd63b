"""The end of a form: read through, change, agree, file; or hand in the corrections of a case."""

from __future__ import annotations

from dataclasses import replace

from casework.models import CaseState
from dialogue import form_filling as form
from dialogue.effects import FileApplication, SubmitCorrections
from dialogue.filings import filing_of, known_after, office_for
from dialogue.focuses import Idle
from dialogue.form_replies import consent_words, receipt
from dialogue.forms import answered_fields, is_given
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.progress import FormProgress
from dialogue.rules.navigating import change, fields_named
from dialogue.turns import answer, go_on_filling
from dialogue.wording import choice, say


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
    is_about_else = moment.recognition.accepted("service") or moment.recognition.accepted(
        "life_event"
    )
    if is_about_else is None and fields_named(moment, progress):
        return change(moment, progress)
    return None


def _to_submit(moment: Moment, progress: FormProgress) -> Turn:
    if not form.is_complete(progress):
        lacking = form.ask_lacking(progress, moment.catalog)
        return go_on_filling(moment, lacking, say("still_needed"))
    return go_on_filling(moment, replace(progress, stage="submit"))


def _file(moment: Moment, progress: FormProgress) -> Turn:
    if not form.is_complete(progress):
        return _to_submit(moment, progress)
    office = office_for(progress, moment.catalog)
    words = consent_words(progress, moment.catalog)
    filing = filing_of(progress, moment.catalog, office.id, words)
    plan = tuple(s for s in moment.conversation.plan if s not in progress.service_ids)
    choices = tuple(
        replace(choice("service", id=f"service:{s}"), label=moment.catalog.services_by_id[s].short)
        for s in plan[:2]
    )
    follow = (say("plan_left"),) if choices else ()
    reply = Reply(
        paragraphs=(*receipt(progress, moment.catalog, office.name), *follow),
        choices=(*choices, choice("status")),
        private=True,
    )
    return answer(
        moment,
        reply,
        effects=(FileApplication(filing=filing),),
        keeps_form=False,
        focus=Idle(),
        plan=plan,
        known=known_after(moment.conversation.known, progress, moment.catalog),
    )


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
    effect = SubmitCorrections(case_id=case.id, answers=given, papers=progress.papers)
    reply = Reply(paragraphs=(say("corrections_in"), say("corrections_next")), private=True)
    return answer(moment, reply, effects=(effect,), focus=Idle(), keeps_form=False)
