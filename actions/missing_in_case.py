"""What a case does not have yet, and what may be asked for: papers put off, an authorization nobody confirmed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from actions.check_authorization import ShownHelper
from casework.authorizations import Evidence
from casework.models import Case, Question
from catalog.models import Catalog, FieldType

EXTRA_FIELDS = ("extra_papers", "extra_note")
"""May be asked for in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a case does not have yet; the law may allow to go on without it."""

    papers: tuple[str, ...] = ()
    """Labels of the papers she promised for later and that are not there."""
    other_papers: int = 0
    """Papers sent without a question they answer: what is missing may be among them."""
    helper: str = ""
    """Why the helper's authorization is not sure: none | paper | refused | ended; empty when it is."""

    @property
    def is_empty(self) -> bool:
        """Everything is there."""
        return not self.papers and not self.helper


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Something that may be asked for in a correction."""

    field: str
    label: str
    group: str
    """answered | missing | extra"""


def missing_in(case: Case, helper: ShownHelper | None) -> Missing:
    """What is not there yet, of papers and of the helper's authorization."""
    sent = {paper.field for paper in case.papers}
    papers = tuple(q.label for q in case.questions if is_put_off(q) and q.field not in sent)
    others = sum(paper.field in ("", *EXTRA_FIELDS) for paper in case.papers)
    return Missing(papers=papers, other_papers=others, helper=_not_sure(helper))


def is_put_off(question: Question) -> bool:
    """A paper she promised for later (以后补): nothing was answered."""
    return question.type == FieldType.FILES.value and not question.value


def _not_sure(helper: ShownHelper | None) -> str:
    if helper is None:
        return ""
    if helper.evidence is Evidence.REFUSED:
        return "refused"
    if not helper.is_in_force:
        return "ended"
    return helper.evidence.value if helper.may_be_checked else ""


def may_ask(catalog: Catalog, case: Case) -> tuple[Wanted, ...]:
    """The questions of its form, answered or not, and what may be asked for in any case."""
    asked = [question.field for question in case.questions]
    sent = {paper.field for paper in case.papers}
    answered = [q.field for q in case.questions if not is_put_off(q) or q.field in sent]
    service = catalog.services_by_id.get(case.service_id)
    form = [item.field for item in service.form] if service else []
    fields = dict.fromkeys((*form, *asked, *EXTRA_FIELDS))
    return tuple(
        Wanted(field=f, label=catalog.fields[f].label, group=_group(f, answered))
        for f in fields
        if f in catalog.fields and catalog.fields[f].type is not FieldType.DERIVED
    )


def _group(field: str, answered: Collection[str]) -> str:
    if field in answered:
        return "answered"
    return "extra" if field in EXTRA_FIELDS else "missing"
