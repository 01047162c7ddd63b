"""Two conversations of one person become one: what was begun in either goes on."""

from __future__ import annotations

from dataclasses import replace

from dialogue.messages import Reply
from dialogue.models import Conversation
from dialogue.needs import joined as both_needs
from dialogue.progress import FormProgress
from dialogue.turns import unfinished


def joined(kept: Conversation, other: Conversation) -> Conversation:
    """The kept conversation with the other one's unfinished forms and plan, and what was told in either."""
    form = unfinished(other)
    left = (*other.parked, *((form,) if form is not None else ()))
    plan = (*kept.plan, *(s for s in other.plan if s not in kept.plan))
    return replace(
        kept,
        parked=(*_new(left, kept), *kept.parked),
        plan=plan,
        other_plans=(*kept.other_plans, *other.other_plans),
        preferences=both_needs(kept.preferences, other.preferences),
        told=(*kept.told, *(t for t in other.told if t.who not in {k.who for k in kept.told})),
        rated=tuple(dict.fromkeys((*kept.rated, *other.rated))),
    )


def _new(forms: tuple[FormProgress, ...], kept: Conversation) -> tuple[FormProgress, ...]:
    numbers = {form.number for form in kept.parked}
    return tuple(form for form in forms if form.number not in numbers)


def going_on(reply: Reply, kept: Conversation) -> Reply:
    """What is said right after joining: that it was done, and where the kept conversation stands."""
    last = kept.last
    if last is None or not last.choices:
        return replace(reply, turn=kept.turn, choices=())
    return replace(
        reply,
        paragraphs=(*reply.paragraphs, *last.paragraphs),
        choices=last.choices,
        turn=last.turn,
        private=True,
    )
