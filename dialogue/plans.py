"""The plan of a conversation: services of a story still to be done; what is filed, what can be done, what waits."""

from __future__ import annotations

from catalog.bundles import bundle, gives_certificate, needs_certificate
from dialogue.focuses import EventShown, Offered
from dialogue.forms import ROLE
from dialogue.models import Moment
from dialogue.wording import beneficiary_of

LONGEST = 40
"""Services remembered; the oldest wishes fall out."""


def with_event(moment: Moment, *chosen: str) -> tuple[str, ...]:
    """The plan with what was chosen and everything of the life event or the needs just shown, newest first."""
    conversation = moment.conversation
    shown: tuple[str, ...] = ()
    match conversation.focus:
        case EventShown(life_event=event_id):
            steps = moment.catalog.life_events_by_id[event_id].steps
            shown = tuple(step.service for step in steps)
        case Offered(services=services):
            shown = services
    return tuple(dict.fromkeys((*chosen, *shown, *conversation.plan)))[:LONGEST]


def filed(moment: Moment, beneficiary: str) -> tuple[str, ...]:
    """Services this person has an open case of; a helper's cases of somebody else do not count."""
    _, role = beneficiary_of(beneficiary)
    found = []
    for case in moment.cases:
        told = next((q.value for q in case.questions if q.field == ROLE), "")
        if not case.state.is_closed and (not role or not told or told == role):
            found.append(case.service_id)
    return tuple(dict.fromkeys(found))


def left(moment: Moment, plan: tuple[str, ...], *filed: str) -> tuple[str, ...]:
    """What of the plan can be done, ready things first, then those that wait for the certificate.

    `filed` are services filed just now; what they make impossible is left out.
    """
    known = moment.catalog.services_by_id
    open_ids = (c.service_id for c in moment.cases if not c.state.is_closed)
    begun = tuple(s for s in (*filed, *open_ids) if s in known)
    fits = tuple(s for s in plan if s not in begun and not _is_ruled_out(moment, begun, s))
    waits = waiting(moment, fits, *filed)
    return (*(s for s in fits if s not in waits), *waits)


def _is_ruled_out(moment: Moment, begun: tuple[str, ...], service_id: str) -> bool:
    """Whether something that is being done already leaves no room for this one."""
    apart = bundle(moment.catalog, (*begun, service_id)).apart
    return any(a.service_id == service_id and a.cause in ("one_of", "ended") for a in apart)


def waiting(moment: Moment, plan: tuple[str, ...], *now: str) -> tuple[str, ...]:
    """What must wait because the first certificate was applied for (`now`, or in an open case)."""
    catalog = moment.catalog
    asked = (*now, *(c.service_id for c in moment.cases if not c.state.is_closed))
    known = (catalog.services_by_id[s] for s in asked if s in catalog.services_by_id)
    if not any(gives_certificate(service) for service in known):
        return ()
    return tuple(s for s in plan if needs_certificate(catalog.services_by_id[s]))
