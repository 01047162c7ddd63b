"""A conversation taken up after the catalog changed: what no longer exists is left out, nothing else is lost."""

from __future__ import annotations

from dataclasses import replace

from catalog.models import Catalog
from dialogue.focuses import (
    Choosing,
    Correcting,
    EventShown,
    Filling,
    Focus,
    Idle,
    Introduced,
    Matching,
    MyData,
    Offered,
    OneByOne,
    Resuming,
    Stopping,
    Switching,
    Together,
)
from dialogue.form_filling import ask_next
from dialogue.models import Conversation, Plan
from dialogue.progress import FormProgress


def fitted(conversation: Conversation, catalog: Catalog) -> Conversation:
    """The conversation as far as this catalog knows what it speaks of."""
    focus = _focus(conversation.focus, catalog)
    parked = tuple(fit for p in conversation.parked if (fit := _form(p, catalog)) is not None)
    plans = tuple(_plan(p, catalog) for p in conversation.other_plans)
    plan = _known(conversation.plan, catalog)
    kept = (conversation.focus, conversation.parked, conversation.plan, conversation.other_plans)
    if (focus, parked, plan, plans) == kept:
        return conversation
    return replace(conversation, focus=focus, parked=parked, plan=plan, other_plans=plans)


def _plan(plan: Plan, catalog: Catalog) -> Plan:
    known = _known(plan.services, catalog)
    return plan if known == plan.services else replace(plan, services=known)


def _known(service_ids: tuple[str, ...], catalog: Catalog) -> tuple[str, ...]:
    return tuple(s for s in service_ids if s in catalog.services_by_id)


def _focus(focus: Focus, catalog: Catalog) -> Focus:
    services, events = catalog.services_by_id, catalog.life_events_by_id
    match focus:
        case Filling() | Correcting() | Stopping() | Switching():
            form = _form(focus.progress, catalog)
            if form is None:
                return Idle()
            if isinstance(focus, Switching) and not _is_known(focus.to, catalog):
                return Filling(progress=form)
            return focus if form is focus.progress else replace(focus, progress=form)
        case MyData():
            return _my_data(focus, catalog)
        case Introduced():
            return focus if focus.service_id in services else Idle()
        case Resuming():
            return focus if services.keys() >= set(focus.service_ids) else Idle()
        case EventShown():
            return focus if focus.life_event in events else Idle()
        case Offered() | Together() | OneByOne():
            return _several(focus, catalog)
        case Matching(picked=picked) if focus.stage in ("some", "exclusive"):
            return replace(focus, picked=_known(picked, catalog))
        case Matching(service_id=service_id) if service_id and service_id not in services:
            return replace(focus, service_id="", stage="result")
        case Choosing():
            options = tuple(o for o in focus.options if _is_known(o, catalog))
            return replace(focus, options=options) if options else Idle()
        case _:
            return focus


def _several(focus: Offered | Together | OneByOne, catalog: Catalog) -> Focus:
    known = _known(focus.services, catalog)
    if not known or (isinstance(focus, OneByOne) and known != focus.services):
        return Idle()
    return focus if known == focus.services else replace(focus, services=known)


def _my_data(focus: MyData, catalog: Catalog) -> Focus:
    form = _form(focus.progress, catalog) if focus.progress else None
    if focus.step == "value" and focus.about not in catalog.fields:
        return Filling(progress=form) if form else Idle()
    return focus if form is focus.progress else replace(focus, progress=form)


def _is_known(option: str, catalog: Catalog) -> bool:
    _, _, entry_id = option.partition(":")
    return entry_id in catalog.services_by_id or entry_id in catalog.life_events_by_id


def _form(progress: FormProgress, catalog: Catalog) -> FormProgress | None:
    """The form without questions that are gone; None when its service is gone."""
    if any(service_id not in catalog.services_by_id for service_id in progress.service_ids):
        return None
    if catalog.fields.keys() >= {item.field for item in progress.items}:
        return progress
    items = tuple(item for item in progress.items if item.field in catalog.fields)
    known = {item.field for item in items}
    kept = replace(
        progress,
        items=items,
        asked=tuple(f for f in progress.asked if f in known),
        deferred=tuple(f for f in progress.deferred if f in known),
    )
    if not progress.asking or progress.asking in known:
        return kept
    return ask_next(kept, catalog)
