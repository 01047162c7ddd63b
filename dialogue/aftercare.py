"""What is asked once a case is decided: what she thinks of it (好差评), and how she may object."""

from __future__ import annotations

from datetime import date, datetime

from casework.deadlines import SHANGHAI, add_working_days
from casework.models import Case, CaseState
from casework.numbers import shown
from catalog.models import Catalog
from dialogue.messages import Choice, Reply
from dialogue.wording import choice, say

ASSESSED = frozenset({"cert_new", "cert_change_grade"})
"""Services that end with the conclusion of an assessment (残疾人证管理办法 art. 25)."""
REASSESSMENT = "cert_reassess"
UNKNOWN = "unknown"
"""The day she got the conclusion, when she does not know it."""
OBJECTION_DAYS = 10
"""Working days in which a new assessment may be asked for (残疾人证管理办法 art. 25)."""
LEGAL_AID = "legal_aid"
RATED = frozenset({CaseState.APPROVED, CaseState.DECLINED, CaseState.NOT_ACCEPTED})
REFUSED = frozenset({CaseState.DECLINED, CaseState.NOT_ACCEPTED, CaseState.RETURNED})
BAD = 2
"""From so many stars down a person looks into it within one working day (上海市优化营商环境条例 art. 30)."""


def rating_choices(case_id: str, page: int = 0) -> tuple[Choice, ...]:
    """The national five levels: three, and the way to the other two."""
    if page % 2:
        rest = (
            choice("rate_2", id=f"rate:{case_id}:2"),
            choice("rate_1", id=f"rate:{case_id}:1"),
        )
        return (*rest, choice("rate_no", id=f"rate_no:{case_id}"))
    return (
        choice("rate_5", id=f"rate:{case_id}:5"),
        choice("rate_4", id=f"rate:{case_id}:4"),
        choice("rate_3", id=f"rate:{case_id}:3"),
        choice("rate_more", id=f"rate_more:{case_id}"),
    )


def rating_question(case: Case | None, page: int, stars: int = 0) -> Reply | None:
    """How was it; or, after bad marks, what went wrong. None when the case is gone."""
    if case is None:
        return None
    if stars:
        return Reply(
            paragraphs=(say("rate_why"),), choices=(choice("rate_no", id=f"rate_no:{case.id}"),)
        )
    about = say("rate_about", name=case.service_name, number=shown(case.number))
    lines = (about, say("rate_question"), say("rate_points"))
    return Reply(paragraphs=lines, choices=rating_choices(case.id, page), private=True)


def to_rate(cases: tuple[Case, ...], rated: tuple[str, ...]) -> tuple[Case, ...]:
    """Decided cases she has not said anything of, newest first."""
    return tuple(c for c in cases if c.state in RATED and c.id not in rated)


def refused(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Cases with a decision against her, newest first."""
    return tuple(c for c in cases if c.state in REFUSED)


def date_question() -> Reply:
    """When she got the conclusion: the ten working days run from there."""
    return Reply(paragraphs=(say("object_date"),), choices=(choice("human"),))


def objection_offer(catalog: Catalog) -> Reply:
    """The service that asks for a new assessment."""
    return Reply(
        paragraphs=(say("intro_name", name=catalog.services_by_id[REASSESSMENT].name),),
        choices=(choice("start"), choice("something_else")),
    )


def last_day(received: date) -> date:
    """The last day to ask for a new assessment."""
    noon = datetime(received.year, received.month, received.day, 12, tzinfo=SHANGHAI)
    return add_working_days(noon, OBJECTION_DAYS).astimezone(SHANGHAI).date()


def ways_to_object(case: Case, catalog: Catalog) -> Reply:
    """The ways for a service whose decision is no assessment; only time limits that have a source."""
    lines = [say("object_legal_aid")] if case.service_id == LEGAL_AID else []
    lines += [
        say("object_ways"),
        say("object_way_person"),
        say("object_way_review"),
        say("object_way_petition"),
    ]
    ids = ("legal_consult", "petition_rights")
    choices = (
        Choice(id=f"service:{i}", label=catalog.services_by_id[i].short)
        for i in ids
        if i in catalog.services_by_id
    )
    return Reply(paragraphs=tuple(lines), choices=(choice("human"), *choices))
