"""Eligibility: every service's cases from `tests/eligibility/<service_id>.json`, and the laws of the function.

A case is {"name", "facts", "verdict", "because"}: facts are answers by field id or by name of fact; because
is, for a no, the kinds of condition that failed; for unknown, the facts that would decide; for a yes, the
kinds of condition left to the window.
"""

import json
import re
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.assessments import FACTS, State, in_words, next_question
from catalog.eligibility import assess
from catalog.facts import Facts, Place, age_on, facts_from
from catalog.loader import load_catalog
from catalog.models import Eligibility

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 25)
CATALOG = load_catalog()
SERVICES = CATALOG.services_by_id
WORDS = json.loads((ROOT / "catalog/eligibility_words.json").read_text("utf-8"))
FILES = {
    path.stem: path
    for path in sorted((ROOT / "tests/eligibility").glob("*.json"))
    if path.stem != "profiles"
}
"""Profiles are whole people, for `tests/test_matching.py`."""
CASES = {service: json.loads(path.read_text("utf-8")) for service, path in FILES.items()}
ALL_CASES = [
    pytest.param(service, case, id=f"{service}-{case['name']}")
    for service, cases in CASES.items()
    for case in cases
]


def answers(case):
    return {k: tuple(v) if isinstance(v, list) else v for k, v in case["facts"].items()}


def judged(service, case):
    return assess(SERVICES[service].eligibility, facts_from(answers(case), today=TODAY))


def because(assessment):
    match assessment.verdict:
        case "no":
            return [reason.kind for reason in assessment.in_state(State.NO)]
        case "unknown":
            return list(assessment.missing)
        case _:
            return [reason.kind for reason in assessment.in_state(State.WINDOW)]


@pytest.mark.parametrize(("service", "case"), ALL_CASES)
def test_a_case_is_judged_as_written(service, case):
    found = judged(service, case)

    assert (found.verdict, because(found)) == (case["verdict"], case["because"])


def test_every_service_has_its_file_and_no_file_is_left_over():
    assert set(FILES) == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_every_condition_of_a_service_is_exercised(service):
    """A condition that can be met is met, one that can fail fails, one that can be open is open."""
    seen = {
        (reason.kind, reason.wanted, reason.state)
        for case in CASES[service]
        for reason in judged(service, case).reasons
    }
    for reason in assess(SERVICES[service].eligibility, Facts()).reasons:
        states = {
            state for kind, wanted, state in seen if (kind, wanted) == (reason.kind, reason.wanted)
        }
        if reason.state is State.UNKNOWN:
            assert {State.YES, State.NO, State.UNKNOWN} <= states, (reason, states)
        else:
            assert State.WINDOW in states, (reason, states)


@pytest.mark.parametrize("service", SERVICES)
def test_every_edge_of_age_and_every_level_is_exercised(service):
    rule = SERVICES[service].eligibility
    facts = [facts_from(answers(case), today=TODAY) for case in CASES[service]]
    ages, levels = {f.age for f in facts}, {f.level for f in facts}
    if rule.age_min is not None:
        assert {a for a in (rule.age_min - 1, rule.age_min) if a >= 0} <= ages
    if rule.age_max is not None:
        assert {rule.age_max, rule.age_max + 1} <= ages
    if 0 < len(rule.levels) < 4:
        assert {1, 2, 3, 4} <= levels
    pairs = {(f.category, f.level) for f in facts}
    names = WORDS["categories"]
    for category, more in rule.level_exceptions.items():
        code = next(code for code, label in names.items() if label == category)

        assert {(code, level) for level in more} <= pairs


@pytest.mark.parametrize("service", SERVICES)
def test_cases_have_each_verdict_that_is_possible(service):
    conditions = assess(SERVICES[service].eligibility, Facts())
    wanted = {"yes"} | ({"no", "unknown"} if conditions.verdict == "unknown" else set())

    assert {case["verdict"] for case in CASES[service]} == wanted
    assert len({case["name"] for case in CASES[service]}) == len(CASES[service])


# --- the laws ---

CATEGORIES = tuple(WORDS["categories"])
KINDS = tuple(category for category in CATEGORIES if category != "multiple")


def options(field):
    return [o.id for o in CATALOG.fields[field].choices if o.id != "unknown"]


@st.composite
def whole_people(draw):
    """Somebody of whom everything is known: a level goes with a certificate, kinds with `multiple`."""
    certificate = draw(st.booleans())
    category = draw(st.sampled_from(CATEGORIES))
    kinds = frozenset(draw(st.sets(st.sampled_from(KINDS), min_size=2)))
    return Facts(
        certificate=certificate,
        hukou=draw(st.sampled_from([p for p in Place if p is not Place.SHANGHAI])),
        home=draw(st.sampled_from([p for p in Place if p is not Place.SHANGHAI])),
        age=draw(st.integers(0, 100)),
        level=draw(st.integers(1, 4)) if certificate else None,
        category=category,
        kinds=kinds if category == "multiple" else None,
        income=draw(st.sampled_from(options("household_income_type"))),
        employment=draw(st.sampled_from(options("employment_status"))),
        permit=draw(st.booleans()),
        equivalents=frozenset(draw(st.sets(st.sampled_from(tuple(WORDS["equivalents"]))))),
        insured=draw(st.booleans()),
        studies=draw(st.booleans()),
    )


def less_known(whole, kept):
    return Facts(**{name: getattr(whole, name) for name in kept})


some_names = st.sets(st.sampled_from(FACTS)).map(frozenset)
some_rules = st.sampled_from([service.eligibility for service in CATALOG.services])


@given(whole_people(), some_names, some_names, some_rules)
def test_learning_more_only_turns_unknown_into_yes_or_no(whole, first, second, rule):
    before = assess(rule, less_known(whole, first)).verdict
    after = assess(rule, less_known(whole, first | second)).verdict

    assert before in ("unknown", after)


@given(whole_people(), some_rules)
def test_whoever_is_wholly_known_is_judged(whole, rule):
    found = assess(rule, whole)

    assert found.verdict != "unknown"
    assert found.missing == ()


@given(whole_people(), some_names, some_rules)
def test_a_district_not_yet_known_contradicts_nothing(whole, kept, rule):
    facts = less_known(whole, kept)
    if facts.hukou not in (Place.PUDONG, Place.OTHER_DISTRICT):
        return

    assert assess(rule, replace(facts, hukou=Place.SHANGHAI)).verdict in (
        "unknown",
        assess(rule, facts).verdict,
    )


@given(whole_people(), some_names, some_rules)
def test_an_unknown_names_facts_that_are_not_known(whole, kept, rule):
    facts = less_known(whole, kept)
    found = assess(rule, facts)

    assert bool(found.missing) == (found.verdict == "unknown")
    assert all(getattr(facts, name) is None for name in found.missing)


@given(whole_people(), some_names, some_rules)
def test_asking_what_is_missing_ends_in_a_verdict(whole, kept, rule):
    """However little is known, answering what is asked decides; no fact is asked twice."""
    known = set(kept)
    for _ in FACTS:
        found = assess(rule, less_known(whole, known))
        if found.verdict != "unknown":
            break
        asked = next_question([found])
        assert asked not in known
        known.add(asked)

    assert assess(rule, less_known(whole, known)).verdict != "unknown"


@given(whole_people(), some_names, st.randoms(use_true_random=False))
def test_neither_the_order_of_services_nor_of_conditions_matters(whole, kept, shuffler):
    facts = less_known(whole, kept)
    rules = [service.eligibility for service in CATALOG.services]
    turned = [
        rule.model_copy(
            update={
                name: tuple(reversed(getattr(rule, name)))
                for name in ("categories", "levels", "other", "excludes")
            }
        )
        for rule in rules
    ]
    found, other = ([assess(rule, facts) for rule in some] for some in (rules, turned))
    shuffler.shuffle(other)

    assert sorted(a.verdict for a in found) == sorted(a.verdict for a in other)
    assert next_question(found) == next_question(other)


@given(whole_people(), some_names, some_rules, st.text(max_size=30))
def test_what_only_people_can_decide_neither_hinders_nor_helps(whole, kept, rule, text):
    facts = less_known(whole, kept)
    noted = rule.model_copy(
        update={"other": (*rule.other, f"※{text}"), "excludes": (*rule.excludes, f"※{text}")}
    )
    found = assess(noted, facts)

    assert found.verdict == assess(rule, facts).verdict
    assert len(found.in_state(State.WINDOW)) == len(assess(rule, facts).in_state(State.WINDOW)) + 2


# --- what to ask next ---


def rule(**conditions):
    return Eligibility(**{"residency": "none", "certificate": "not_needed", **conditions})


def test_the_fact_that_decides_most_services_is_asked_first():
    rules = [rule(age_min=60), rule(age_max=17), rule(residency="shanghai_insured")]

    assert next_question([assess(r, Facts()) for r in rules]) == "age"
    assert next_question([assess(r, Facts(age=30)) for r in rules]) == "insured"
    assert next_question([assess(r, Facts(age=30, insured=True)) for r in rules]) == ""


def test_a_fact_that_decides_alone_weighs_more_than_one_of_two():
    both = rule(residency="pudong_hukou", certificate="required")
    alone = rule(residency="pudong_hukou")

    assert next_question([assess(both, Facts()), assess(alone, Facts())]) == "hukou"
    assert next_question([assess(both, Facts())]) == "certificate"


def test_what_the_person_did_not_know_is_not_asked_again():
    found = [assess(rule(residency="pudong_hukou_or_permit"), Facts())]

    assert next_question(found) == "hukou"
    assert next_question(found, skip={"hukou"}) == "permit"
    assert next_question(found, skip={"hukou", "permit"}) == ""


def test_what_is_already_decided_is_not_asked():
    lost = assess(rule(age_min=60, certificate="required"), Facts(age=20))

    assert lost.verdict == "no"
    assert lost.missing == ()
    assert next_question([lost]) == ""


def decided(facts):
    verdicts = [assess(s.eligibility, facts).verdict for s in CATALOG.services]
    return Fraction(sum(v != "unknown" for v in verdicts), len(verdicts))


@pytest.mark.parametrize(
    "whole",
    [
        Facts(
            certificate=True, hukou=Place.PUDONG, home=Place.PUDONG, age=45, level=1,
            category="physical", income="minimum_living", employment="unemployed", permit=False,
            equivalents=frozenset(), insured=True, studies=False,
        ),
        Facts(
            certificate=False, hukou=Place.ELSEWHERE, home=Place.PUDONG, age=4, category="mental",
            income="none", employment="student", permit=True, equivalents=frozenset({"autism"}), insured=True,
            studies=False,
        ),
    ],
    ids=["man-of-45-level-1", "child-of-4-from-elsewhere"],
)  # fmt: skip
def test_five_questions_decide_most_of_all_services(whole):
    known: set[str] = set()
    for _ in range(5):
        facts = less_known(whole, known)
        known.add(next_question([assess(s.eligibility, facts) for s in CATALOG.services], known))

    assert decided(Facts()) < Fraction(1, 2)
    assert decided(less_known(whole, known)) >= Fraction(4, 5), known


# --- facts from answers ---


@pytest.mark.parametrize(
    ("born", "age"),
    [("2010-11-25", 16), ("2010-11-26", 15), ("2026-11-25", 0), ("2024-02-29", 2)],
)
def test_age_is_counted_in_completed_years(born, age):
    assert facts_from({"birth_date": born}, today=TODAY).age == age


def test_who_is_born_on_a_leap_day_is_older_on_the_first_of_march():
    born = date(2008, 2, 29)

    assert age_on(born, date(2026, 2, 28)) == 17
    assert age_on(born, date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("上海市浦东新区张江镇益江路1号", Place.PUDONG),
        ("浦东川沙新镇新川路", Place.PUDONG),
        ("上海市徐汇区浦东路1号", Place.OTHER_DISTRICT),
        ("上海市长宁区江苏路1号", Place.OTHER_DISTRICT),
        ("上海市南京西路1号", Place.SHANGHAI),
        ("安徽阜阳太和县", Place.ELSEWHERE),
        ("浙江省舟山市普陀区东港", Place.ELSEWHERE),
        ("江苏省南京市上海路1号", Place.ELSEWHERE),
        ("江苏路1号", None),
        ("人民路1号", None),
        ("", None),
    ],
)
def test_an_address_tells_the_place_it_names_first(address, place):
    assert facts_from({"hukou_address": address}, today=TODAY).hukou == place


def test_a_town_found_in_an_address_means_pudong():
    given_ = {"residence_address": "益江路1号", "town_residence_address": "310115125"}

    assert facts_from(given_, today=TODAY).home is Place.PUDONG


@pytest.mark.parametrize(
    ("given_", "known"),
    [
        ({"disability_cert_no": "11010519491231002X42"}, {"certificate": True, "age": 76}),
        ({"id_number": "440524201512010012"}, {"age": 10}),
        (
            {"child_id_number": "440524201512010012", "id_number": "11010519491231002X"},
            {"age": 10},
        ),
        ({"disability_level": "level_3"}, {"level": 3}),
        ({"disability_level": "unknown", "disability_category": "unknown"}, {}),
        ({"residence_permit_no": "没有"}, {"permit": False}),
        ({"residence_permit_no": "没办过居住证"}, {"permit": False}),
        ({"residence_permit_no": "不知道"}, {}),
        ({"residence_permit_no": "12345"}, {"permit": True}),
        ({"sunshine_baby_card_no": "没有", "diagnosis": "没有"}, {}),
        ({"diagnosis": "儿童医院，孤独症"}, {"equivalents": frozenset({"autism"})}),
        ({"diagnosis": "医生说不是自闭症"}, {}),
        ({"sunshine_baby_card_no": "3100"}, {"equivalents": frozenset({"sunshine_baby_card"})}),
        ({"equivalents": "none"}, {"equivalents": frozenset()}),
        ({"insured_type": "none"}, {"insured": False}),
        ({"kinds": ("visual", "speech")}, {"kinds": frozenset({"visual", "speech"})}),
        ({"birth_date": "去年", "age": "很大", "hukou": "火星", "level": "九"}, {}),
        ({"residence_address": "", "permit": ""}, {}),
    ],
)
def test_answers_tell_what_they_tell_and_no_more(given_, known):
    assert facts_from(given_, today=TODAY) == Facts(**known)


@given(st.dictionaries(st.sampled_from([*FACTS, *CATALOG.fields]), st.text(max_size=20)))
def test_no_answer_breaks_the_reading(given_):
    facts = facts_from(given_, today=TODAY)

    assert all(assess(s.eligibility, facts).reasons is not None for s in CATALOG.services)


# --- words ---


def every_reason():
    everyone = [
        Facts(),
        *(facts_from(answers(c), today=TODAY) for cs in CASES.values() for c in cs),
    ]
    return {
        reason
        for service in CATALOG.services
        for facts in everyone[:: max(1, len(everyone) // 40)]
        for reason in assess(service.eligibility, facts).reasons
    }


def test_every_condition_can_be_said_in_plain_words():
    for reason in every_reason():
        text = in_words(reason)

        assert text.endswith("。")
        assert "您" not in text
        assert not re.search(r"[{}a-z=]", text), text
        assert all(len(sentence) <= 40 for sentence in text.split("。")), text
        assert not re.search(r"一定|保证|肯定|可以领", text)


def test_the_words_fit_the_catalog():
    labels = {o.id: o.label for o in CATALOG.fields["disability_category"].choices}
    texts = {
        text
        for service in CATALOG.services
        for text in (
            service.eligibility.income,
            *service.eligibility.other,
            *service.eligibility.excludes,
        )
    }
    used = {service.eligibility.residency for service in CATALOG.services} - {"none"}

    assert WORDS["categories"] == {k: v for k, v in labels.items() if k != "unknown"}
    assert used <= set(WORDS["wanted"]["residency"])
    assert set(WORDS["texts"]) <= texts | {"困难家庭优先"}
    assert set(WORDS["questions"]) == {field.name for field in fields(Facts)}


def test_rules_name_facts_and_values_that_exist():
    values = {
        "income": options("household_income_type"),
        "employment": options("employment_status"),
        "level": [0, 1, 2, 3, 4],
        "certificate": [True, False],
        "category": list(WORDS["categories"]),
    }
    for text, entry in WORDS["texts"].items():
        for name in ("meets", "fails", "eases_level"):
            for clause in entry.get(name, []):
                for fact, allowed in clause.items():
                    if fact == "age":
                        assert set(allowed) <= {"from", "to"}, text
                        continue
                    assert set(allowed) <= set(values[fact]), text
    assert set(WORDS["instead"]) <= set(WORDS["equivalents"])
    for entry in WORDS["texts"].values():
        assert set(entry.get("instead", [])) <= set(WORDS["equivalents"])
    for fact, question in WORDS["questions"].items():
        if "field" in question:
            assert question["field"] in CATALOG.fields, fact
