"""A form begun for one or several services, or an unfinished one taken up."""

from __future__ import annotations

from dataclasses import replace

from casework.models import CaseState
from dialogue import form_filling as form
from dialogue.focuses import Idle, Resuming
from dialogue.for_whom import candidates, known_of
from dialogue.forms import begin, widened
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.places import parked_form, resume_question
from dialogue.progress import FormProgress
from dialogue.rules.words import act
from dialogue.turns import answer, go_on_filling
from dialogue.wording import say


def begin_form(
    moment: Moment, service_ids: tuple[str, ...], beneficiary: str, *before: str
) -> Turn:
    """One form for these services, or the question what to do with an unfinished one for them.

    The services must fit into one form (`dialogue.bundles`); `before` are sentences said first.
    """
    parked = parked_form(moment.conversation, moment.catalog, *service_ids)
    if parked is None:
        return _begin(moment, service_ids, beneficiary, *before)
    focus = Resuming(service_id=service_ids[0], others=service_ids[1:], beneficiary=beneficiary)
    asked = resume_question(parked, moment.catalog)
    told = replace(asked, paragraphs=(*before, *asked.paragraphs))
    return answer(moment, told, focus=focus)


def _begin(moment: Moment, service_ids: tuple[str, ...], beneficiary: str, *before: str) -> Turn:
    progress = begin(
        moment.catalog,
        service_ids,
        number=moment.new_number,
        beneficiary=beneficiary,
        now=moment.now,
    )
    told = replace(progress, ahead=moment.conversation.ahead)
    offered = _offered(moment, told)
    begun = (say("form_begins"), say("form_words"))
    return go_on_filling(moment, offered, *before, *begun, ahead=())


def begin_anew(moment: Moment, progress: FormProgress, beneficiary: str) -> Turn:
    """The same form, of which nothing was answered yet, for somebody else."""
    fresh = begin(
        moment.catalog,
        progress.service_ids,
        number=progress.number,
        beneficiary=beneficiary,
        now=moment.now,
    )
    return go_on_filling(moment, _offered(moment, fresh))


def _offered(moment: Moment, progress: FormProgress) -> FormProgress:
    """The form with what is known of the one it is for, the question for whom it is, or its first question."""
    people = moment.people
    known = candidates(people, progress, moment.catalog, moment.now)
    if len(known) > 1:
        return replace(progress, stage="whom", offers=people.told_apart(known))
    return (
        with_person(moment, progress, known[0])
        if known
        else form.ask_next(progress, moment.catalog)
    )


def with_person(moment: Moment, progress: FormProgress, person: str) -> FormProgress:
    """The form for a known person: what is known of her is offered, to be used after her yes."""
    chosen = replace(progress, offers=(), stage="asking")
    facts = known_of(moment.people, person, moment.catalog)
    offered = form.prefill(chosen, moment.catalog, facts)
    if offered.stage != "reuse":
        return form.ask_next(chosen, moment.catalog)
    return replace(offered, person=person)


def resuming(moment: Moment, focus: Resuming, chosen: str) -> Turn | None:
    """Asked whether to take up the unfinished form or begin anew; None when something else is said."""
    wanted = chosen or act(moment)
    parked = parked_form(moment.conversation, moment.catalog, *focus.service_ids)
    if wanted in ("resume", "yes") and parked is not None:
        return _taken_up_for(moment, parked, focus.service_ids)
    if wanted in ("no", "back", "cancel"):
        return answer(moment, Reply(paragraphs=(say("kept"), say("what_next"))), focus=Idle())
    if wanted not in ("start_anew", "resume", "yes"):
        return None
    rest = tuple(p for p in moment.conversation.parked if p is not parked)
    cleared = replace(moment, conversation=replace(moment.conversation, parked=rest))
    return _begin(cleared, focus.service_ids, focus.beneficiary)


def _taken_up_for(moment: Moment, parked: FormProgress, service_ids: tuple[str, ...]) -> Turn:
    """The unfinished form as it is, or with the services it lacks taken in: nothing told is lost."""
    if set(service_ids) <= set(parked.service_ids):
        return take_up(moment, parked)
    wider = widened(parked, moment.catalog, service_ids, moment.now)
    if parked.stage in ("review", "changing", "submit"):
        wider = form.ask_next(wider, moment.catalog)
    rest = tuple(p for p in moment.conversation.parked if p is not parked)
    grown = replace(moment, conversation=replace(moment.conversation, parked=(*rest, wider)))
    return take_up(grown, wider)


def take_up(moment: Moment, parked: FormProgress, *before: str) -> Turn:
    """Go on with an unfinished form at the question where it was left."""
    rest = tuple(p for p in moment.conversation.parked if p is not parked)
    if parked.corrects and not _is_wanted(moment, parked.corrects):
        lines = (say("no_corrections"), say("what_next"))
        return answer(moment, Reply(paragraphs=lines), focus=Idle(), parked=rest)
    return go_on_filling(moment, parked, *before, say("resumed"), parked=rest)


def _is_wanted(moment: Moment, case_id: str) -> bool:
    """Whether corrections of this case are still asked for."""
    case = next((c for c in moment.cases if c.id == case_id), None)
    return case is not None and case.state is CaseState.NEEDS_CORRECTION
