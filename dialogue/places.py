"""What was asked at each place of a conversation, so that it can be said again after anything else."""

from __future__ import annotations

from casework.models import Case
from casework.numbers import shown
from catalog.models import Catalog
from dialogue.focuses import (
    Choosing,
    Correcting,
    EventShown,
    Filling,
    Introduced,
    Resuming,
    Stopping,
    Switching,
    Withdrawing,
)
from dialogue.form_replies import form_reply
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation, Moment
from dialogue.progress import FormProgress
from dialogue.replies import event_explained, introduction, which_one
from dialogue.wording import choice, say

SHOWN = 3
"""Cases offered at a time; others are reached by their number."""


def asked_at(moment: Moment) -> Reply | None:
    """The question of the present place, or None where nothing was asked."""
    catalog, preferences = moment.catalog, moment.conversation.preferences
    match moment.conversation.focus:
        case Filling(progress=progress) | Correcting(progress=progress):
            return form_reply(progress, catalog, preferences)
        case Choosing(options=options, page=page):
            return which_one(options, catalog, page)
        case Introduced(service_id=service_id, beneficiary=whom):
            return introduction(catalog.services_by_id[service_id], preferences, whom)
        case EventShown(life_event=event_id, page=page, beneficiary=whom):
            return event_explained(catalog.life_events_by_id[event_id], catalog, page, whom)
        case Stopping():
            return stop_question()
        case Switching(progress=progress, to=to):
            return switch_question(progress, to, catalog)
        case Resuming(service_id=service_id):
            parked = parked_form(moment.conversation, service_id)
            return resume_question(parked, catalog) if parked else None
        case Withdrawing(case_id=case_id):
            return withdraw_question(moment.cases, case_id)
        case _:
            return None


def stop_question() -> Reply:
    """Keep it for later, throw it away, or go on?"""
    choices = (choice("keep"), choice("throw_away"), choice("go_on"))
    return Reply(paragraphs=(say("stop_question"),), choices=choices)


def switch_question(progress: FormProgress, to: str, catalog: Catalog) -> Reply:
    """Go on with this form, or look at the other thing first?"""
    now = catalog.services_by_id[progress.service_ids[0]]
    _, _, entry_id = to.partition(":")
    entry = catalog.services_by_id.get(entry_id) or catalog.life_events_by_id[entry_id]
    return Reply(
        paragraphs=(say("switch_question", now=now.short, to=entry.short),),
        choices=(choice("go_on"), choice("switch")),
    )


def resume_question(parked: FormProgress, catalog: Catalog) -> Reply:
    """Take the unfinished form up, or begin anew?"""
    name = catalog.services_by_id[parked.service_ids[0]].short
    count = str(sum(answer.source != "skipped" for answer in parked.answers.values()))
    return Reply(
        paragraphs=(say("resume_question", name=name), say("resume_count", count=count)),
        choices=(choice("resume"), choice("start_anew")),
    )


def withdraw_question(cases: tuple[Case, ...], case_id: str = "") -> Reply | None:
    """Which open case to take back, or whether she is sure about this one; None when none is open."""
    open_cases = tuple(c for c in cases if not c.state.is_closed)
    if case_id:
        case = next((c for c in open_cases if c.id == case_id), None)
        return _are_you_sure(case) if case else None
    if not open_cases:
        return None
    choices = tuple(
        Choice(
            id=f"take_back:{c.id}",
            label=say("case_label", name=c.service_name, number=shown(c.number)),
        )
        for c in open_cases[:SHOWN]
    )
    lines = [say("withdraw_which")]
    if len(open_cases) > SHOWN:
        lines.append(say("more_cases", count=str(len(open_cases) - SHOWN)))
    return Reply(paragraphs=tuple(lines), choices=(*choices, choice("go_on_case")), private=True)


def _are_you_sure(case: Case) -> Reply:
    number = shown(case.number)
    return Reply(
        paragraphs=(
            say("withdraw_sure", name=case.service_name, number=number),
            say("withdraw_means"),
        ),
        choices=(choice("withdraw_yes"), choice("withdraw_no")),
        private=True,
    )


def parked_form(conversation: Conversation, service_id: str) -> FormProgress | None:
    """The newest unfinished application for a service; corrections of a case are not one."""
    forms = (p for p in reversed(conversation.parked) if not p.corrects)
    return next((p for p in forms if service_id in p.service_ids), None)
