"""What was asked at each place of a conversation, so that it can be said again after anything else."""

from __future__ import annotations

from dataclasses import replace

from casework.authorizations import Scope
from casework.models import Case
from casework.numbers import shown
from catalog.bundles import bundle
from catalog.models import Catalog
from dialogue.aftercare import date_question, objection_offer, rating_question
from dialogue.drafts import draft_with, drafts_of, drafts_question, return_question
from dialogue.focuses import (
    AskingNeeds,
    Choosing,
    Correcting,
    EventShown,
    Filling,
    Focus,
    Introduced,
    ListingDrafts,
    Matching,
    MyData,
    Objecting,
    Offered,
    OneByOne,
    Rating,
    Resuming,
    Returning,
    Stopping,
    Switching,
    Together,
    Withdrawing,
)
from dialogue.form_replies import form_reply
from dialogue.helping import helping_question
from dialogue.match_replies import match_reply
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation, Moment
from dialogue.my_data import my_data_reply
from dialogue.need_replies import needs_page
from dialogue.offers import (
    asked_one_by_one,
    bundle_offered,
    event_explained,
    needs_offered,
    other_plan,
    plan_offered,
)
from dialogue.people import People
from dialogue.plans import filed, waiting
from dialogue.progress import FormProgress
from dialogue.replies import introduction, short_names, which_one
from dialogue.wording import choice, role_of, say

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
        case EventShown() | Offered() | Together() | OneByOne() as focus:
            return offer_at(moment, focus)
        case Stopping():
            return stop_question()
        case Switching(progress=progress, to=to):
            return switch_question(progress, to, catalog)
        case Resuming() as focus:
            parked = parked_form(moment.conversation, catalog, *focus.service_ids)
            return resume_question(parked, catalog) if parked else None
        case Withdrawing(case_id=case_id):
            return withdraw_question(_to_act_on(moment), moment.people, case_id)
        case focus:
            return _asked_beside_forms(moment, focus)


def _asked_beside_forms(moment: Moment, focus: Focus) -> Reply | None:
    """The question of needs, unfinished forms, and what comes after a decision."""
    conversation, catalog = moment.conversation, moment.catalog
    match focus:
        case AskingNeeds(page=page, is_more=is_more):
            return needs_page(conversation.preferences, page, is_more=is_more)
        case Returning(number=number, corrects=corrects):
            draft = draft_with(conversation, number, corrects)
            return return_question(draft, catalog) if draft else None
        case ListingDrafts(page=page):
            return drafts_question(drafts_of(conversation), catalog, page)
        case Matching() as focus:
            return match_reply(moment, focus)
        case Rating(case_id=case_id, page=page, stars=stars):
            case = next((c for c in moment.cases if c.id == case_id), None)
            return rating_question(case, page, stars)
        case MyData():
            return my_data_reply(moment, focus)
        case Objecting(received=received):
            return objection_offer(catalog) if received else date_question()
        case focus:
            return helping_question(focus, moment.people)


def offer_at(moment: Moment, focus: EventShown | Offered | Together | OneByOne) -> Reply:
    """Several services laid out, chosen together, or asked about one by one."""
    catalog, whom = moment.catalog, focus.beneficiary
    match focus:
        case EventShown(life_event=event_id, page=page):
            event = catalog.life_events_by_id[event_id]
            return event_explained(event, catalog, page, whom, filed(moment, whom))
        case Offered(services=services, source="needs", page=page):
            return needs_offered(services, catalog, page, whom, filed(moment, whom))
        case Offered(services=services, page=page):
            others = moment.conversation.other_plans
            waits = waiting(moment, services, whom)
            told = plan_offered(services, waits, catalog, page, whom)
            return replace(told, choices=(*told.choices, *other_plan(others)))
        case Together(services=services):
            return bundle_offered(bundle(catalog, services, role_of(whom)), catalog, whom)
        case OneByOne(services=services, place=place):
            return asked_one_by_one(services[place], catalog, place, len(services))


def stop_question() -> Reply:
    """Keep it for later, throw it away, or go on?"""
    choices = (choice("keep"), choice("throw_away"), choice("go_on"))
    return Reply(paragraphs=(say("stop_question"),), choices=choices)


def switch_question(progress: FormProgress, to: str, catalog: Catalog) -> Reply:
    """Go on with this form, or look at the other thing first?"""
    now = short_names(progress.service_ids, catalog)
    _, _, entry_id = to.partition(":")
    entry = catalog.services_by_id.get(entry_id) or catalog.life_events_by_id[entry_id]
    return Reply(
        paragraphs=(say("switch_question", now=now, to=entry.short),),
        choices=(choice("go_on"), choice("switch")),
    )


def resume_question(parked: FormProgress, catalog: Catalog) -> Reply:
    """Take the unfinished form up, or begin anew?"""
    name = short_names(parked.service_ids, catalog)
    count = str(sum(answer.source != "skipped" for answer in parked.answers.values()))
    return Reply(
        paragraphs=(say("resume_question", name=name), say("resume_count", count=count)),
        choices=(choice("resume"), choice("start_anew")),
    )


def _to_act_on(moment: Moment) -> tuple[Case, ...]:
    people, now = moment.people, moment.now
    return tuple(c for c in moment.cases if people.may(Scope.SUBMIT, c, now))


def withdraw_question(cases: tuple[Case, ...], people: People, case_id: str = "") -> Reply | None:
    """Which open case to take back, or whether she is sure about this one; None when none is open."""
    open_cases = tuple(c for c in cases if not c.state.is_closed)
    if case_id:
        case = next((c for c in open_cases if c.id == case_id), None)
        return _are_you_sure(case, people) if case else None
    if not open_cases:
        return None
    choices = tuple(
        Choice(
            id=f"take_back:{c.id}",
            label=_label(c, people),
        )
        for c in open_cases[:SHOWN]
    )
    lines = [say("withdraw_which")]
    if len(open_cases) > SHOWN:
        lines.append(say("more_cases", count=str(len(open_cases) - SHOWN)))
    return Reply(paragraphs=tuple(lines), choices=(*choices, choice("go_on_case")), private=True)


def _label(case: Case, people: People) -> str:
    line = say("case_label", name=case.service_name, number=shown(case.number))
    whose = people.whose(case)
    return say("case_whose", who=whose, line=line) if whose else line


def _are_you_sure(case: Case, people: People) -> Reply:
    number = shown(case.number)
    whose = people.whose(case)
    return Reply(
        paragraphs=(
            *((say("whose_notice", who=whose),) if whose else ()),
            say("withdraw_sure", name=case.service_name, number=number),
            say("withdraw_means"),
        ),
        choices=(choice("withdraw_yes"), choice("withdraw_no")),
        private=True,
    )


def parked_form(
    conversation: Conversation, catalog: Catalog, *service_ids: str
) -> FormProgress | None:
    """The newest unfinished application that holds these services, or one that can take them in too.

    Corrections of a case are not one.
    """
    forms = [p for p in reversed(conversation.parked) if not p.corrects]
    wanted = set(service_ids)
    holding = next((p for p in forms if wanted <= set(p.service_ids)), None)
    return holding or next((p for p in forms if _can_take_in(p, catalog, wanted)), None)


def _can_take_in(progress: FormProgress, catalog: Catalog, wanted: set[str]) -> bool:
    """Whether all of its services are among those wanted: what was told in it is then told already."""
    return set(progress.service_ids) <= wanted and progress.catalog_version == catalog.version
