"""What is said when a form is full: everything read back in groups, what is agreed to, the receipt."""

from __future__ import annotations

from casework.models import Filing
from casework.numbers import shown
from catalog.models import Catalog
from dialogue.contradictions import doubts_left
from dialogue.fit import unfit_left
from dialogue.forms import ROLE, TWINS, agreements, answered_fields, missing_fields
from dialogue.messages import Reply
from dialogue.progress import FormProgress
from dialogue.replies import short_names
from dialogue.wording import choice, say

FEW = 10
"""So many answers are read one by one; more are read in groups."""


def review(progress: FormProgress, catalog: Catalog) -> Reply:
    """Everything that was answered, read back; is it right?"""
    fields = tuple(f for f in answered_fields(progress) if progress.answers[f].source != "skipped")
    is_one = len(progress.service_ids) == 1
    if is_one and len(fields) <= FEW:
        lines = tuple(_line(progress, catalog, field) for field in fields)
    else:
        lines = _in_groups(progress, catalog, fields)
    missing = [catalog.fields[field].label for field in missing_fields(progress)]
    if missing:
        lines = (*lines, say("review_missing", labels=say("list_mark").join(missing)))
    lines = (*lines, *doubts_left(progress, catalog), *unfit_left(progress, catalog))
    names = short_names(progress.service_ids, catalog)
    lead = say("review_lead") if is_one else say("review_lead_of", names=names)
    return Reply(
        paragraphs=(lead, *lines, say("review_question")),
        choices=(choice("review_right"), choice("review_change"), choice("stop")),
        private=True,
    )


def _line(progress: FormProgress, catalog: Catalog, field: str) -> str:
    value = progress.answers[field].shown
    return say("read_line", label=catalog.fields[field].label, value=value)


def _in_groups(
    progress: FormProgress, catalog: Catalog, fields: tuple[str, ...]
) -> tuple[str, ...]:
    """A paragraph a group: the person, the helper, what each service needs for itself, money, wishes."""
    groups: dict[str, list[str]] = {}
    for field in fields:
        groups.setdefault(_group_of(progress, catalog, field), []).append(field)
    return tuple(
        say("review_group", group=group, lines="".join(_line(progress, catalog, f) for f in held))
        for group, held in groups.items()
    )


def _group_of(progress: FormProgress, catalog: Catalog, field: str) -> str:
    """What the group is called; a question of one service alone goes by the service's name."""
    group = catalog.fields[field].group
    if field == ROLE or field in TWINS:
        group = "identity"
    users = tuple(
        s for s in progress.service_ids if field in progress.fields_of_service.get(s, ())
    )
    if group == "special" and users and len(progress.service_ids) > 1:
        return short_names(users, catalog)
    return say(f"group_{group}")


def consent_words(progress: FormProgress, catalog: Catalog) -> tuple[str, ...]:
    """The sentences a person agrees to when filing; kept with the application as shown."""
    names = say("list_mark").join(catalog.services_by_id[s].name for s in progress.service_ids)
    agreed = [catalog.fields[field].label for field in agreements(progress, catalog)]
    also = (say("submit_agreed", labels=say("list_mark").join(agreed)),) if agreed else ()
    return (say("submit_what", services=names), *also, say("submit_truth"), say("submit_use"))


def submit_question(progress: FormProgress, catalog: Catalog) -> Reply:
    """What is agreed to; shall it be handed in?"""
    return Reply(
        paragraphs=(*consent_words(progress, catalog), say("submit_question")),
        choices=(choice("submit"), choice("review_change"), choice("stop")),
    )


def receipt(progress: FormProgress, filing: Filing, catalog: Catalog) -> tuple[str, ...]:
    """What a person hears when her application is stored: the number, who has it, what comes next."""
    sentences = [say("stored", number=shown(progress.number)), *_offices(filing, catalog)]
    for service_id in progress.service_ids:
        service = catalog.services_by_id[service_id]
        if service.after:
            is_one = len(progress.service_ids) == 1
            key = "stored_after" if is_one else "stored_after_of"
            sentences.append(say(key, name=service.short, after=service.after))
    missing = [catalog.fields[field].label for field in missing_fields(progress)]
    if missing:
        sentences.append(say("stored_missing", labels=say("list_mark").join(missing)))
    sentences.append(say("stored_ask"))
    return tuple(sentences)


def _offices(filing: Filing, catalog: Catalog) -> tuple[str, ...]:
    """Who has it now: one sentence, or one for each office when several receive a part."""
    offices: dict[str, list[str]] = {}
    for service_id in filing.service_ids:
        office_id = filing.office_of_service.get(service_id, filing.office_id)
        offices.setdefault(office_id, []).append(service_id)
    if len(offices) == 1:
        name = catalog.offices_by_id[next(iter(offices))].name
        return (say("stored_office", office=name),)
    parts = (
        say(
            "stored_office_of",
            names=short_names(tuple(service_ids), catalog),
            office=catalog.offices_by_id[office_id].name,
        )
        for office_id, service_ids in offices.items()
    )
    return (*parts, say("stored_offices_next"))
