"""What is offered stays offered: questions about it are answered, and what is not understood leaves it there."""

from __future__ import annotations

from typing import Any

from catalog.models import Service
from dialogue.focuses import Choosing, EventShown, Introduced, Offered, OneByOne, Together
from dialogue.messages import Reply
from dialogue.models import Moment, Turn
from dialogue.offers import page_of, steps_of, steps_of_event
from dialogue.picking import picked
from dialogue.plans import filed
from dialogue.questions import about_several
from dialogue.replies import PAGE
from dialogue.turns import answer
from dialogue.wording import say

_OFFERS = (Choosing, EventShown, Offered, Together, OneByOne)
LIKELY = 0.6
"""What may be meant instead, together: below this chance it does not take the place of an offer."""


def is_standing(moment: Moment) -> bool:
    """Whether something is offered that she may still take up."""
    return isinstance(moment.conversation.focus, (Introduced, *_OFFERS))


def asked_about_it(moment: Moment) -> Turn | None:
    """要多少钱, 要带什么, said to several services that are laid out."""
    question = moment.recognition.question
    if not question or question == "why" or picked(moment):
        return None
    services = _shown(moment)
    other = moment.recognition.accepted("service")
    if not services or (other is not None and other.id not in {s.id for s in services}):
        return None
    return stay(moment, *about_several(services, question))


def stay(moment: Moment, *sentences: str, **changes: Any) -> Turn:
    """Say something and leave the offer standing, without telling it all over again."""
    last = moment.conversation.last
    choices = last.choices if last else ()
    is_one = isinstance(moment.conversation.focus, Introduced)
    lead = say("offer_stands_one" if is_one else "offer_stands")
    reply = Reply(paragraphs=(*sentences, lead), choices=choices)
    return answer(moment, reply, remember=False, **changes)


def is_likelier(moment: Moment) -> bool:
    """Whether what she says now is likely enough something else than what stands offered."""
    found = [c.score for c in moment.recognition.candidates if c.kind != "act"][:PAGE]
    return sum(found) >= LIKELY


def _shown(moment: Moment) -> tuple[Service, ...]:
    """The services she sees."""
    focus, catalog = moment.conversation.focus, moment.catalog
    match focus:
        case Choosing(options=options, page=page):
            here = (o.partition(":") for o in options[page * PAGE : page * PAGE + PAGE])
            ids = tuple(entry for kind, _, entry in here if kind == "service")
        case EventShown(life_event=event_id, page=page, beneficiary=whom):
            event = catalog.life_events_by_id[event_id]
            steps = steps_of_event(event, filed(moment, whom))
            ids = tuple(step.service for step in page_of(steps, page))
        case Offered(services=services, page=page):
            ids = tuple(step.service for step in page_of(steps_of(services), page))
        case Together(services=services):
            ids = services
        case OneByOne(services=services, place=place):
            ids = services[place : place + 1]
        case _:
            ids = ()
    return tuple(catalog.services_by_id[i] for i in ids)
