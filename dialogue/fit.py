"""What the answers of a form say against one of its services: told once, and again in one line at the review.

The machine proposes and people decide: nothing is refused, and nothing is said of what is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from casework.deadlines import SHANGHAI
from catalog.assessments import Reason, State, requirement
from catalog.eligibility import assess
from catalog.facts import facts_from
from catalog.models import Catalog
from dialogue.match_questions import phrase
from dialogue.progress import FormProgress
from dialogue.replies import short_names
from dialogue.wording import say

_SAID_AT = ("asking", "consent", "doubt", "review")
"""Between an answer that was taken and what comes next; never in the middle of a read-back."""


def unfit(progress: FormProgress, catalog: Catalog, today: date) -> Iterator[tuple[str, Reason]]:
    """Each service of this form with a condition its answers certainly fail."""
    given = {k: a.value for k, a in progress.answers.items() if a.source != "skipped"}
    facts = facts_from(given, today=today)
    for service_id in progress.service_ids:
        reasons = assess(catalog.services_by_id[service_id].eligibility, facts).reasons
        yield from ((service_id, r) for r in reasons if r.state is State.NO and r.told)


def warned(
    progress: FormProgress, catalog: Catalog, today: date
) -> tuple[FormProgress, tuple[str, ...]]:
    """The form with what is said now noted in it, and the sentences; at the review its own line says it."""
    if progress.corrects or progress.stage not in _SAID_AT:
        return progress, ()
    found = tuple(unfit(progress, catalog, today))
    new = tuple((s, r) for s, r in found if not _is_said(progress, s, r))
    if not new:
        return progress, ()
    noted = replace(progress, unfit_said=(*progress.unfit_said, *(_key(s, r) for s, r in new)))
    lines = [_why(catalog, s, r) for s, r in new]
    failing = {s for s, _ in found}
    if set(progress.service_ids) - failing:
        lines.append(say("fit_others"))
    return noted, (*lines, say("fit_go_on"))


def unfit_left(progress: FormProgress, catalog: Catalog) -> tuple[str, ...]:
    """One line for the review: which services may not fit."""
    if progress.corrects or progress.saved_at is None:
        return ()
    today = progress.saved_at.astimezone(SHANGHAI).date()
    ids = tuple(dict.fromkeys(s for s, _ in unfit(progress, catalog, today)))
    return (say("fit_review", names=short_names(ids, catalog)),) if ids else ()


def _why(catalog: Catalog, service_id: str, reason: Reason) -> str:
    name = catalog.services_by_id[service_id].short
    told = say("list_mark").join(phrase(catalog, fact, value) for fact, value in reason.told)
    key = "fit_left_out" if reason.kind == "excludes" else "fit_needs"
    why = say(key, what=requirement(reason))
    return say("fit_no", name=name) + why + say("match_you_said", told=told)


def _key(service_id: str, reason: Reason) -> tuple[str, ...]:
    return (service_id, reason.kind, *(f"{fact}={value}" for fact, value in reason.told))


def _is_said(progress: FormProgress, service_id: str, reason: Reason) -> bool:
    """Whether it was said already, and no fact it rested on has changed since."""
    now = set(_key(service_id, reason))
    return any(set(said) <= now for said in progress.unfit_said)
