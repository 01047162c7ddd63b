"""A question about several services at once, answered for each of them."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import Service
from dialogue.replies import about
from dialogue.wording import say


def about_several(services: Sequence[Service], question: str) -> tuple[str, ...]:
    """The answer for each service by its name; papers are told once for all of them."""
    if len(services) == 1:
        return about(services[0], question)
    if question == "papers":
        return _papers(services)
    answers = [(service.short, about(service, question)) for service in services]
    # what every answer ends with (以窗口答复为准) is said once, at the end
    shared = tuple(line for line in answers[0][1] if all(line in lines for _, lines in answers))
    each = [
        say("about_each", name=name, answer="".join(own))
        for name, lines in answers
        if (own := [line for line in lines if line not in shared])
    ]
    return (*each, *shared)


def _papers(services: Sequence[Service]) -> tuple[str, ...]:
    around = {say("papers_lead"), say("papers_tail"), say("papers_none")}
    told = (line for service in services for line in about(service, "papers"))
    lines = tuple(dict.fromkeys(line for line in told if line not in around))
    if not lines:
        return (say("papers_none"),)
    return (say("papers_lead"), *lines, say("papers_tail"))
