"""From a filled form to a filing: which office, and which questions each case holds."""

from __future__ import annotations

from casework.models import Filing, Question
from catalog.models import Catalog, Office
from dialogue.forms import agreements, answered_fields, is_asked, stand_ins
from dialogue.progress import Answer, FormProgress
from dialogue.wording import say

NOT_KEPT = frozenset({"bank_account_no", "household_members"})
"""Shared facts that are asked anew each time, because a wrong old one does harm."""


def office_for(progress: FormProgress, catalog: Catalog, service_id: str) -> Office:
    """Who really receives this service: the street or town told by an address, or the district for all.

    Every town takes every case of its kind, so that one form goes to one of them, the one near home.
    """
    service = catalog.services_by_id.get(service_id)
    if service is None or service.received_by == "district":
        return catalog.district_office
    return catalog.offices_by_id.get(progress.town, catalog.district_office)


def filing_of(progress: FormProgress, catalog: Catalog, consent: tuple[str, ...]) -> Filing:
    """Everything needed to open the cases of one application, each at its own office."""
    offices = {s: office_for(progress, catalog, s).id for s in progress.service_ids}
    return Filing(
        number=progress.number,
        service_ids=progress.service_ids,
        office_id=offices[progress.service_ids[0]],
        catalog_version=progress.catalog_version,
        beneficiary=progress.beneficiary,
        questions=questions_of(progress, catalog),
        papers=progress.papers,
        consent_words=(*(w for agreed in progress.agreed for w in agreed.words), *consent),
        fields_of_service={s: fields_for(progress, catalog, s) for s in progress.service_ids},
        office_of_service=offices,
    )


def fields_for(progress: FormProgress, catalog: Catalog, service_id: str) -> tuple[str, ...]:
    """What this service may hold of the form: not what only another one asks under these answers."""
    own = progress.fields_of_service[service_id]
    service = catalog.services_by_id.get(service_id)
    if service is None:
        return own
    unasked = {i.field for i in service.form if not is_asked(progress, i)}
    return tuple(field for field in own if field not in unasked)


def questions_of(progress: FormProgress, catalog: Catalog) -> tuple[Question, ...]:
    """The questions as asked and the answers as read back, and what was agreed to in the last step."""
    asked = {field: progress.answers[field] for field in answered_fields(progress)}
    agreed = {f: Answer(value="yes", shown=say("agreed")) for f in agreements(progress, catalog)}
    answers = {**asked, **stand_ins(catalog, progress), **agreed}
    return tuple(question_of(field, answer, catalog) for field, answer in answers.items())


def question_of(field: str, answer: Answer, catalog: Catalog) -> Question:
    """One question with its answer, as a case keeps it."""
    spec = catalog.fields[field]
    return Question(
        field=field,
        label=spec.label,
        type=spec.type.value,
        sensitive=spec.sensitive,
        value=answer.value,
        shown=answer.shown,
    )
