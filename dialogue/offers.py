"""Several services laid out at once: a life event, several needs, a plan; and what goes into one form."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from catalog.bundles import Apart, Bundle, bundle
from catalog.models import Catalog, LifeEvent, Step
from dialogue.forms import merged_items, separate_count
from dialogue.messages import Choice, Reply
from dialogue.models import Plan
from dialogue.replies import PAGE, papers_of, short_names
from dialogue.wording import beneficiary_of, choice, say

NEXT = 2
"""Names told of what comes later."""


def steps_of_event(event: LifeEvent, filed: Collection[str] = ()) -> tuple[Step, ...]:
    """The steps of an event still to be taken: first those that matter now, then the rest in order."""
    first = event.first_steps
    ordered = (*first, *(s for s in event.steps if s not in first))
    return tuple(step for step in ordered if step.service not in filed)


def steps_of(service_ids: tuple[str, ...], filed: Collection[str] = ()) -> tuple[Step, ...]:
    """Services without conditions of their own, laid out like the steps of an event."""
    return tuple(Step(service=s) for s in service_ids if s not in filed)


def page_of(steps: tuple[Step, ...], page: int) -> tuple[Step, ...]:
    """The at most three steps of one page; after the last page comes the first."""
    pages = max(1, -(-len(steps) // PAGE))
    start = (page % pages) * PAGE
    return steps[start : start + PAGE]


def event_explained(
    event: LifeEvent,
    catalog: Catalog,
    page: int,
    beneficiary: str = "",
    filed: tuple[str, ...] = (),
) -> Reply:
    """A life event by its name in two sentences, and the at most three services of this page."""
    already = tuple(s.service for s in event.steps if s.service in filed)
    named, role = beneficiary_of(beneficiary)
    head = [say("event_more")]
    if page == 0:
        lead = say("for_whom", who=named) if named else ""
        head = [lead, say("event_name", name=event.short), event.summary, event.caution]
    if already:
        head.append(say("already_filed", names=short_names(already, catalog)))
    steps = steps_of_event(event, already)
    if not steps:
        return Reply(
            paragraphs=(*filter(None, head), say("all_filed")), choices=(choice("status"),)
        )
    return _laid_out(steps, catalog, page, role, *head)


def needs_offered(
    service_ids: tuple[str, ...],
    catalog: Catalog,
    page: int,
    beneficiary: str = "",
    filed: tuple[str, ...] = (),
) -> Reply:
    """Several needs heard in one message: together, or one by one."""
    named, role = beneficiary_of(beneficiary)
    already = tuple(s for s in service_ids if s in filed)
    steps = steps_of(service_ids, already)
    head = [say("for_whom", who=named) if named and page == 0 else ""]
    head.append(say("several_needs", names=short_names(service_ids, catalog)))
    if already:
        head.append(say("already_filed", names=short_names(already, catalog)))
    if not steps:
        return Reply(
            paragraphs=(*filter(None, head), say("all_filed")), choices=(choice("status"),)
        )
    told = _laid_out(steps, catalog, page, role, *head)
    return replace(told, choices=(*told.choices, choice("none_of_these")))


def plan_offered(
    service_ids: tuple[str, ...],
    waiting: tuple[str, ...],
    catalog: Catalog,
    page: int,
    beneficiary: str = "",
) -> Reply:
    """What is still to be done; `waiting` are those for which the certificate must come first."""
    named, role = beneficiary_of(beneficiary)
    count = str(len(service_ids))
    head = [
        say("plan_lead_for", who=named, count=count) if named else say("plan_lead", count=count)
    ]
    if waiting:
        head.append(say("plan_waits", names=short_names(waiting[:PAGE], catalog)))
    return _laid_out(steps_of(service_ids), catalog, page, role, *head)


def other_plan(others: tuple[Plan, ...]) -> tuple[Choice, ...]:
    """The way to what is still to be done for the next other person."""
    plans = [plan for plan in others if plan.services]
    if not plans:
        return ()
    who, _ = beneficiary_of(plans[0].beneficiary)
    key = f"plan_of:{plans[0].beneficiary}"
    return (choice("plan_of", id=key, who=who or say("who_own")),)


def _laid_out(
    steps: tuple[Step, ...], catalog: Catalog, page: int, role: str, *head: str
) -> Reply:
    here = page_of(steps, page)
    lines = []
    for step in here:
        service = catalog.services_by_id[step.service]
        lines.append(
            say("event_step_when", name=service.short, when=step.when)
            if step.when
            else say("option_line", name=service.short, what=service.summary)
        )
    later = [s.service for s in steps if s not in here]
    if later:
        names = short_names(tuple(later[:NEXT]), catalog)
        lines.append(say("event_later", count=str(len(later)), names=names))
    choices = [
        Choice(id=f"service:{s.service}", label=catalog.services_by_id[s.service].short)
        for s in here
    ]
    fits = len(bundle(catalog, (s.service for s in here), role).together) > 1
    if fits:
        choices.append(choice("together"))
    if later:
        choices.append(choice("more_steps"))
    question = say("event_pick_some") if len(here) > 1 else say("event_pick")
    paragraphs = (*(p for p in head if p), *lines, question)
    return Reply(paragraphs=paragraphs, choices=tuple(choices))


def bundle_offered(chosen: Bundle, catalog: Catalog, beneficiary: str) -> Reply:
    """What goes into one form, what it saves, what stays outside and why; begin, or choose anew?"""
    ids = chosen.together
    named, _ = beneficiary_of(beneficiary)
    saved = separate_count(catalog, ids) - len(merged_items(catalog, ids))
    paragraphs = (
        say("for_whom", who=named) if named else "",
        say("together_these", count=str(len(ids)), names=short_names(ids, catalog)),
        say("together_once"),
        say("together_saves", count=str(saved)) if saved else "",
        papers_of(tuple(catalog.services_by_id[s] for s in ids)),
        *apart_sentences(chosen.apart, catalog),
    )
    return Reply(
        paragraphs=tuple(p for p in paragraphs if p),
        choices=(choice("start"), choice("one_by_one"), choice("something_else")),
    )


def apart_sentences(apart: tuple[Apart, ...], catalog: Catalog) -> tuple[str, ...]:
    """Why these are not in the form, a sentence a reason, and what becomes of them."""
    if not apart:
        return ()
    causes = dict.fromkeys((a.cause, a.other) for a in apart)
    lines = []
    for cause, other in causes:
        ids = tuple(a.service_id for a in apart if (a.cause, a.other) == (cause, other))
        also = catalog.services_by_id[other].short if other else ""
        lines.append(say(f"apart_{cause}", names=short_names(ids, catalog), other=also))
    return (*lines, say("kept_for_later"))


def asked_one_by_one(service_id: str, catalog: Catalog, place: int, count: int) -> Reply:
    """Is this one wanted?"""
    service = catalog.services_by_id[service_id]
    paragraphs = (
        say("one_by_one_place", place=str(place + 1), count=str(count)),
        say("option_line", name=service.short, what=service.summary),
        say("one_by_one_question"),
    )
    return Reply(
        paragraphs=paragraphs, choices=(choice("want"), choice("want_not"), choice("options_done"))
    )
