"""From a filled form to a filing: which office, which questions each case holds, what is known next time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from casework.models import Filing, Question
from catalog.models import Catalog, Office
from dialogue.forms import answered_fields
from dialogue.progress import Answer, FormProgress

WHO = ("name", "id_number", "disability_cert_no", "applicant_role")
"""Facts that tell whether two filings are for the same person."""
NOT_KEPT = frozenset({"bank_account_no", "household_members"})
"""Shared facts that are asked anew each time, because a wrong old one does harm."""


def office_for(progress: FormProgress, catalog: Catalog) -> Office:
    """The street or town told by an address, else the district federation."""
    return catalog.offices_by_id.get(progress.town, catalog.district_office)


def filing_of(
    progress: FormProgress, catalog: Catalog, office_id: str, consent: tuple[str, ...]
) -> Filing:
    """Everything needed to open the cases of one application."""
    return Filing(
        number=progress.number,
        service_ids=progress.service_ids,
        office_id=office_id,
        catalog_version=progress.catalog_version,
        beneficiary=progress.beneficiary,
        questions=questions_of(progress, catalog),
        papers=progress.papers,
        consent_words=consent,
        fields_of_service=progress.fields_of_service,
    )


def questions_of(progress: FormProgress, catalog: Catalog) -> tuple[Question, ...]:
    """The questions as asked and the answers as read back."""
    return tuple(
        question_of(field, progress.answers[field], catalog) for field in answered_fields(progress)
    )


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


def known_after(
    before: Mapping[str, Answer], progress: FormProgress, catalog: Catalog
) -> dict[str, Answer]:
    """What is known after this filing: of the same person more than before, of another one nothing old."""
    facts = shared_facts(progress, catalog)
    is_same = all(
        key not in before or key not in facts or before[key].value == facts[key].value
        for key in WHO
    )
    return {**before, **facts} if is_same and "name" in facts else facts or dict(before)


def shared_facts(progress: FormProgress, catalog: Catalog) -> dict[str, Answer]:
    """Facts worth offering when the same person files something else."""
    facts = {
        field: replace(progress.answers[field], source="known")
        for field in answered_fields(progress)
        if catalog.fields[field].shared
        and field not in NOT_KEPT
        and progress.answers[field].source != "skipped"
    }
    towns = {f: a for f, a in progress.answers.items() if f.startswith("town_")}
    return {**facts, **towns}
