"""Forms left unfinished: named by service and person, found again after a pause, never lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.deadlines import SHANGHAI
from catalog.models import Catalog
from dialogue.forms import NAMES
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation
from dialogue.progress import FormProgress
from dialogue.replies import short_names
from dialogue.wording import beneficiary_of, choice, say

SHOWN = 3
PAUSE = timedelta(hours=6)
"""Whoever writes again after so long has been away; on another day an hour is enough."""
PAUSE_OVERNIGHT = timedelta(hours=1)


def drafts_of(conversation: Conversation) -> tuple[FormProgress, ...]:
    """The parked forms, the one left last first."""
    return tuple(reversed(conversation.parked))


def draft_with(conversation: Conversation, number: str, corrects: str = "") -> FormProgress | None:
    """One parked form."""
    same = (p for p in conversation.parked if (p.number, p.corrects) == (number, corrects))
    return next(same, None)


def was_away(conversation: Conversation, now: datetime) -> bool:
    """Whether the last message is long past: several hours, or a night."""
    if conversation.heard_at is None:
        return False
    pause = now - conversation.heard_at
    last, today = (t.astimezone(SHANGHAI).date() for t in (conversation.heard_at, now))
    return pause >= PAUSE or (last != today and pause >= PAUSE_OVERNIGHT)


def draft_name(progress: FormProgress, catalog: Catalog) -> str:
    """What it is and whom it is for: 残疾人证换领（王秀英）."""
    name = short_names(progress.service_ids, catalog)
    if progress.corrects:
        return say("draft_corrects", name=name)
    who = _person(progress)
    return say("draft_of", name=name, who=who) if who else name


def _person(progress: FormProgress) -> str:
    """The name given in the form, else the writer's own word for the person."""
    names = (progress.answers[f] for f in sorted(NAMES) if f in progress.answers)
    given = next((a.shown for a in names if a.source != "skipped"), "")
    if given:
        return given
    named, _ = beneficiary_of(progress.beneficiary)
    return named


def where_stopped(progress: FormProgress, catalog: Catalog) -> str:
    """上次说到…, in one sentence."""
    name = draft_name(progress, catalog)
    if progress.stage in ("review", "submit", "changing") or not progress.asking:
        return say("draft_back_review", name=name)
    question = catalog.fields[progress.asking].label
    if progress.corrects:
        plain = short_names(progress.service_ids, catalog)
        return say("draft_back_corrects", name=plain, question=question)
    return say("draft_back", name=name, question=question)


def return_question(progress: FormProgress, catalog: Catalog) -> Reply:
    """Where she stopped, and whether she goes on."""
    return Reply(
        paragraphs=(where_stopped(progress, catalog), say("draft_go_on")),
        choices=(choice("draft_on"), choice("draft_off")),
        private=True,
    )


def drafts_question(drafts: tuple[FormProgress, ...], catalog: Catalog, page: int) -> Reply:
    """Which of several unfinished forms to go on with, three at a time."""
    pages = max(1, -(-len(drafts) // SHOWN))
    start = (page % pages) * SHOWN
    choices = [
        Choice(id=draft_id(p), label=draft_name(p, catalog)) for p in drafts[start : start + SHOWN]
    ]
    if pages > 1:
        choices.append(choice("more_drafts"))
    line = say("drafts_which", count=str(len(drafts)))
    return Reply(paragraphs=(line,), choices=(*choices, choice("draft_off")), private=True)


def draft_id(progress: FormProgress) -> str:
    """The choice that takes this form up again."""
    return f"draft:{progress.number}:{progress.corrects}"
