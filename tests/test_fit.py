"""Who clearly does not fit hears it once, before the next question, and may file all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tester import ID, Talk

from catalog.eligibility import assess
from catalog.facts import facts_from
from catalog.models import Catalog
from dialogue.effects import FileApplication
from dialogue.fit import unfit_left, warned
from dialogue.forms import begin
from dialogue.progress import Answer, FormProgress

TODAY = date(2026, 11, 25)
SAYS = "可能不符合"
SELF = {"applicant_role": "给我自己办"}


def a_form(catalog: Catalog, *ids: str, **values: str) -> FormProgress:
    form = begin(catalog, ids, number="12345674", beneficiary="", now=None)
    answers = {k: Answer(value=v, shown=v) for k, v in values.items()}
    return replace(form, answers=answers, stage="asking")


LEVEL_3 = {"disability_level": "level_3", "disability_category": "physical"}
TABLE = [
    ("transport_subsidy", {"id_number": ID}, "没满65岁"),
    ("child_rehab_aid", {"child_id_number": ID}, "没满18岁"),
    ("nursing_subsidy", LEVEL_3, "一级、二级"),
    ("free_transit_blind", {"disability_category": "physical"}, "视力"),
    ("telecom_package", {"disability_category": "visual"}, "听力"),
    ("adult_rehab", {"hukou_address": "江苏省南京市鼓楼区1号"}, "户口"),
]


@pytest.mark.parametrize(("service", "values", "why"), TABLE)
def test_who_clearly_does_not_fit_hears_why(catalog: Catalog, service, values, why):
    after, lines = warned(a_form(catalog, service, **values), catalog, TODAY)

    assert SAYS in lines[0]
    assert why in lines[0]
    assert "由窗口决定" in lines[-1]
    assert warned(after, catalog, TODAY) == (after, ())


def test_another_answer_is_another_fact_and_the_same_one_is_not_repeated(catalog: Catalog):
    form = a_form(catalog, "telecom_package", disability_category="visual")
    after, _ = warned(form, catalog, TODAY)
    other = {"disability_category": Answer(value="mental", shown="精神")}

    assert warned(replace(after, answers=other), catalog, TODAY)[1]
    assert warned(replace(after, stage="consent"), catalog, TODAY)[1] == ()


def test_only_the_service_that_may_not_fit_is_named(catalog: Catalog):
    form = a_form(catalog, "living_subsidy", "nursing_subsidy", **LEVEL_3)
    _, lines = warned(form, catalog, TODAY)

    assert len(lines) == 3
    assert "护理" in lines[0]
    assert "别的事" in lines[1]


def test_it_is_said_once_again_at_the_review_and_filing_still_works(talk: Talk):
    given = {"disability_cert_no": ID + "43", "id_number": ID}
    talk.begins("nursing_subsidy").fills({**SELF, **given})
    told = [r for r in talk.seen if "由窗口决定" in r.as_plain_text()]

    assert len(told) == 1
    assert told[0].choices is not None
    assert talk.shown().count(SAYS) == 1
    talk.presses("review_right").presses("submit")
    assert any(isinstance(e, FileApplication) for e in talk.effects)


def test_going_back_does_not_say_it_again(talk: Talk):
    talk.begins("nursing_subsidy").fills({**SELF, "disability_cert_no": ID + "43"})
    talk.says("返回").hears_not(SAYS)


def test_nobody_unknown_is_warned(catalog: Catalog):
    for service in catalog.services:
        form = a_form(catalog, service.id)

        assert warned(form, catalog, TODAY) == (form, ())
        assert unfit_left(form, catalog) == ()


def test_a_warning_only_where_the_assessment_says_no(talk: Talk):
    for service in talk.catalog.services:
        talk.forgets()
        seen = len(talk.seen)
        talk.begins(service.id).fills()
        given = {k: a.value for k, a in talk.form.answers.items() if a.source != "skipped"}
        facts = facts_from(given, today=talk.clock.now.date())
        is_no = assess(service.eligibility, facts).verdict == "no"
        said = [r for r in talk.seen[seen:] if SAYS in r.as_plain_text()]

        assert bool(said) == is_no, service.id
