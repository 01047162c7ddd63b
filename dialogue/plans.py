"""The plan of a conversation: services of a story still to be done; what is filed, what can be done, what waits."""

from __future__ import annotations

from typing import Any

from casework.models import Case
from catalog.bundles import bundle, gives_certificate, needs_certificate
from dialogue.focuses import EventShown, Offered
from dialogue.forms import ROLE
from dialogue.models import Conversation, Moment, Plan
from dialogue.wording import beneficiary_of

LONGEST = 40
"""Services remembered; the oldest wishes fall out."""


def plan_of(conversation: Conversation, beneficiary: str) -> tuple[str, ...]:
    """What is still to be done for this person."""
    if is_same(beneficiary, conversation.plan_for):
        return conversation.plan
    plans = (p.services for p in conversation.other_plans if is_same(p.beneficiary, beneficiary))
    return next(plans, ())


def planned(
    conversation: Conversation, beneficiary: str, services: tuple[str, ...]
) -> dict[str, Any]:
    """The changes of the conversation that make this the plan talked about; no other plan is lost."""
    plan = tuple(dict.fromkeys(services))[:LONGEST]
    if is_same(beneficiary, conversation.plan_for) or not (plan or conversation.plan):
        return {"plan": plan, "plan_for": beneficiary or conversation.plan_for}
    others = tuple(p for p in conversation.other_plans if not is_same(p.beneficiary, beneficiary))
    if not plan:
        return {"other_plans": others}
    before = Plan(beneficiary=conversation.plan_for, services=conversation.plan)
    kept = (before, *others) if before.services else others
    return {"plan": plan, "plan_for": beneficiary, "other_plans": kept}


def is_same(one: str, other: str) -> bool:
    """Whether two words mean the same person: 我爸 and 老爸; herself is no word or 我自己."""
    return _key(one) == _key(other)


def _key(beneficiary: str) -> str:
    who, role = beneficiary_of(beneficiary)
    return "" if role == "self" else who or beneficiary


def with_event(moment: Moment, *chosen: str) -> dict[str, Any]:
    """The plan with what was chosen and everything of the life event or the needs just shown, newest first."""
    conversation = moment.conversation
    focus = conversation.focus
    shown: tuple[str, ...] = ()
    match focus:
        case EventShown(life_event=event_id):
            steps = moment.catalog.life_events_by_id[event_id].steps
            shown = tuple(step.service for step in steps)
        case Offered(services=services):
            shown = services
    if not (shown or chosen):
        return {}
    whom = getattr(focus, "beneficiary", "")
    return planned(conversation, whom, (*chosen, *shown, *plan_of(conversation, whom)))


def filed(moment: Moment, beneficiary: str) -> tuple[str, ...]:
    """Services this person has an open case of; a helper's cases of somebody else do not count."""
    theirs = (c for c in moment.cases if not c.state.is_closed and _is_of(moment, c, beneficiary))
    return tuple(dict.fromkeys(case.service_id for case in theirs))


def _is_of(moment: Moment, case: Case, beneficiary: str) -> bool:
    """Whether a case is of the one named; without a name, of the writer herself."""
    named, role = beneficiary_of(beneficiary)
    helped = moment.people.helped_by_id(case.person_id)
    if helped is not None:
        return bool(named) and helped.authorization.relation in ("", named)
    told = next((q.value for q in case.questions if q.field == ROLE), "")
    return not role or not told or told == role


def left(moment: Moment, plan: tuple[str, ...], beneficiary: str, *new: str) -> tuple[str, ...]:
    """What of the plan can be done, ready things first, then those that wait for the certificate.

    `new` are services filed just now; what they make impossible is left out.
    """
    known = moment.catalog.services_by_id
    begun = tuple(s for s in (*new, *filed(moment, beneficiary)) if s in known)
    fits = tuple(s for s in plan if s not in begun and not _is_ruled_out(moment, begun, s))
    waits = waiting(moment, fits, beneficiary, *new)
    return (*(s for s in fits if s not in waits), *waits)


def _is_ruled_out(moment: Moment, begun: tuple[str, ...], service_id: str) -> bool:
    """Whether something that is being done already leaves no room for this one."""
    apart = bundle(moment.catalog, (*begun, service_id)).apart
    return any(a.service_id == service_id and a.cause in ("one_of", "ended") for a in apart)


def waiting(moment: Moment, plan: tuple[str, ...], beneficiary: str, *new: str) -> tuple[str, ...]:
    """What must wait because the first certificate was applied for (`new`, or in an open case)."""
    catalog = moment.catalog
    begun = (*new, *filed(moment, beneficiary))
    known = (catalog.services_by_id[s] for s in begun if s in catalog.services_by_id)
    if not any(gives_certificate(service) for service in known):
        return ()
    return tuple(s for s in plan if needs_certificate(catalog.services_by_id[s]))
