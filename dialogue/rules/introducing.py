"""Outside a form: a service explained, a life event explained, several needs laid out."""

from __future__ import annotations

from dataclasses import replace

from dialogue.focuses import EventShown, Introduced, Offered
from dialogue.models import Moment, Turn
from dialogue.places import offer_at
from dialogue.plans import with_event
from dialogue.replies import about, introduction
from dialogue.turns import answer
from dialogue.wording import say


def beneficiary_told(moment: Moment) -> str:
    """Whom it is for: told now, or a moment ago."""
    focus = moment.conversation.focus
    return moment.recognition.beneficiary or getattr(focus, "beneficiary", "")


def introduce(moment: Moment, service_id: str, *before: str, question: str = "") -> Turn:
    """Explain a service, or answer the question that was asked about it.

    What was shown together with it is remembered as a plan.
    """
    service = moment.catalog.services_by_id[service_id]
    beneficiary = beneficiary_told(moment)
    reply = introduction(service, moment.conversation.preferences, beneficiary)
    if question:
        lines = about(service, question)
        reply = replace(reply, paragraphs=(say("intro_name", name=service.name), *lines))
    lead = tuple(sentence for sentence in before if sentence)
    reply = replace(reply, paragraphs=(*lead, *reply.paragraphs))
    focus = Introduced(service_id=service_id, beneficiary=beneficiary)
    return answer(moment, reply, focus=focus, **with_event(moment))


def explain_event(moment: Moment, event_id: str, *, before: str = "") -> Turn:
    """Explain a life event and lay out what follows from it."""
    focus = EventShown(life_event=event_id, beneficiary=beneficiary_told(moment))
    return _laid_out(moment, focus, before)


def lay_out(moment: Moment, service_ids: tuple[str, ...], *, before: str = "") -> Turn:
    """Several needs of one message, laid out like the steps of an event."""
    focus = Offered(services=service_ids, source="needs", beneficiary=beneficiary_told(moment))
    return _laid_out(moment, focus, before)


def _laid_out(moment: Moment, focus: EventShown | Offered, before: str) -> Turn:
    reply = offer_at(moment, focus)
    if before:
        reply = replace(reply, paragraphs=(before, *reply.paragraphs))
    return answer(moment, reply, focus=focus)
