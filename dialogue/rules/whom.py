"""For whom a form is: one of the known persons, the same one as last time, or somebody new; put right later."""

from __future__ import annotations

from dataclasses import replace

from dialogue import form_filling as form
from dialogue.for_whom import ME
from dialogue.models import Moment, Turn
from dialogue.people import is_named
from dialogue.progress import FormProgress
from dialogue.rules.beginning import begin_anew, with_person
from dialogue.turns import go_on_filling
from dialogue.wording import beneficiary_of, say, says_only_whom


def whom(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    """One of the known persons by button, number or name, or somebody else; None when it is none of these."""
    if chosen == "more_options":
        return go_on_filling(moment, replace(progress, page=progress.page + 1))
    if chosen == "whom_new":
        fresh = replace(progress, offers=(), page=0)
        return go_on_filling(moment, form.ask_next(fresh, moment.catalog))
    offered = dict(progress.offers)
    person = chosen.removeprefix("whom:")
    if person not in offered:
        named = [p for p, label in offered.items() if moment.text and is_named(moment.text, label)]
        person = named[0] if len(named) == 1 else ""
    return _taken(moment, progress, person) if person else None


def _taken(moment: Moment, progress: FormProgress, person: str) -> Turn:
    asked = with_person(moment, replace(progress, page=0), person)
    if asked.stage == "reuse":
        asked = form.reuse(asked, moment.catalog)
    lead = say("acting_for", who=moment.people.name_of(person))
    return go_on_filling(moment, asked, lead, say("reused"), private=True)


def reuse(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    """What is known from last time is taken, or everything is asked anew; None when it is neither."""
    if chosen == "reuse_yes":
        return go_on_filling(moment, form.reuse(progress, moment.catalog), say("reused"))
    if chosen == "reuse_no":
        fresh = replace(progress, person="")
        return go_on_filling(moment, form.ask_next(fresh, moment.catalog))
    return _another_named(moment, progress)


def whose(moment: Moment, progress: FormProgress, chosen: str) -> Turn | None:
    """It is for somebody else after all: what was told so far is hers, or was somebody else's and goes."""
    if chosen == "whose_yes":
        answers = {**progress.answers, **progress.pending}
        hers = replace(progress, answers=answers, beneficiary=progress.said_whom, said_whom="")
        return go_on_filling(moment, form.ask_next(hers, moment.catalog), say("changed"))
    if chosen == "whose_no":
        return begin_anew(moment, progress, progress.said_whom)
    return None


def _another_named(moment: Moment, progress: FormProgress) -> Turn | None:
    """我爸, where it was asked whether it is for the same one as last time: the same one, or somebody new."""
    own = says_only_whom(moment.said, moment.recognition.beneficiary)
    if beneficiary_of(own)[1] == "self":
        if progress.person == ME:
            return go_on_filling(moment, form.reuse(progress, moment.catalog), say("reused"))
        return begin_anew(moment, progress, own)
    named, _ = beneficiary_of(moment.recognition.beneficiary)
    if not named or moment.message.pick is not None:
        return None
    if progress.person != ME and is_named(moment.text, moment.people.name_of(progress.person)):
        return go_on_filling(moment, form.reuse(progress, moment.catalog), say("reused"))
    return begin_anew(moment, progress, moment.recognition.beneficiary)
