"""One form for several services asks less than half, and no case lacks what its service requires."""

from __future__ import annotations

from collections import defaultdict
from statistics import mean

import pytest

from benchmarks.field_saving import REPORT, Saving, savings, table, walked
from catalog.models import Catalog, FieldType, FormItem
from dialogue.filings import filing_of
from dialogue.forms import stand_ins
from dialogue.progress import FormProgress

AT_MOST = 0.45
NEVER_KEPT = {FieldType.DERIVED, FieldType.SIGNATURE}


@pytest.fixture(scope="module")
def found(catalog: Catalog) -> tuple[Saving, ...]:
    return savings(catalog)


def applies(item: FormItem, progress: FormProgress, catalog: Catalog) -> bool:
    """Whether the service's own form would ask this of somebody with these answers."""
    answers = {**stand_ins(catalog, progress), **progress.answers}
    if item.when is None:
        return True
    given = answers.get(item.when.field)
    return given is not None and str(given.value) in item.when.is_one_of


def test_on_average_less_than_half_is_asked(found: tuple[Saving, ...]):
    by_event: dict[str, list[float]] = defaultdict(list)
    for saving in found:
        by_event[saving.event.id].append(saving.ratio)

    assert mean(s.ratio for s in found) <= AT_MOST
    assert mean(mean(ratios) for ratios in by_event.values()) <= AT_MOST
    assert len(by_event) >= 20


def test_every_form_of_several_services_asks_less_than_forms_alone(found: tuple[Saving, ...]):
    for saving in found:
        assert saving.ratio < 0.7, (saving.event.id, saving.role)


def test_no_case_lacks_a_field_its_service_requires(found: tuple[Saving, ...], catalog: Catalog):
    """Answered, or knowingly left open: never forgotten because another service was in the same form."""
    alone = {(s.id,) for s in catalog.services}
    bundles = {s.services for s in found} | alone
    for services in bundles:
        for role in ("self", "guardian", "agent"):
            if all(role in catalog.services_by_id[s].applicants for s in services):
                check_cases(services, role, catalog)


def check_cases(services: tuple[str, ...], role: str, catalog: Catalog) -> None:
    progress = walked(catalog, services, role)
    filing = filing_of(progress, catalog, ())
    questions = {q.field for q in filing.questions}
    for service_id in services:
        form = catalog.services_by_id[service_id].form
        held = questions & set(filing.fields_of_service[service_id])
        required = {
            item.field
            for item in form
            if not item.optional
            and catalog.fields[item.field].type not in NEVER_KEPT
            and applies(item, progress, catalog)
        }
        assert required <= held, (services, role, service_id, required - held)
        assert held <= {item.field for item in form}, (services, role, service_id)


def test_the_report_tells_what_is_measured_now(found: tuple[Saving, ...]):
    assert table(found) in REPORT.read_text("utf-8")
