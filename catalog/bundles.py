"""Which services may be filed in one form, and why the others may not: pure, from the catalog alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from catalog.assessments import State
from catalog.eligibility import assess
from catalog.facts import Facts
from catalog.models import Catalog, FieldType, Service

Cause = Literal[
    "show", "report", "talk", "time", "applicant", "certificate", "one_of", "age", "ended"
]
"""show: nothing to apply for; report: must be said at once; talk: somebody talks it over first;
time: an appointment; applicant: other people apply; certificate: the certificate comes first;
one_of: only one of the two; age: no age fits both; ended: without a certificate it falls away."""

_RULES = json.loads(files("catalog").joinpath("one_of.json").read_text("utf-8"))
_BY_KIND: dict[str, Cause] = {
    "show_certificate": "show",
    "report": "report",
    "consultation": "talk",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A service that cannot be in the form, why, and because of which other one."""

    service_id: str
    cause: Cause
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What one form takes, in the order wished, and what stays outside."""

    together: tuple[str, ...]
    apart: tuple[Apart, ...]


def bundle(catalog: Catalog, service_ids: Iterable[str], role: str = "") -> Bundle:
    """Put as many of these services into one form as fit, the first ones first.

    `role` is the applicant's role when it is known already (self, guardian, agent), else empty.
    """
    services = [catalog.services_by_id[s] for s in dict.fromkeys(service_ids)]
    first = [s for s in services if gives_certificate(s)]
    inside: list[Service] = []
    apart: list[Apart] = []
    for service in services:
        found = _alone(catalog, service)
        found = found or _why_apart(service, inside, [f for f in first if f is not service], role)
        if found is None:
            inside.append(service)
        else:
            apart.append(found)
    return Bundle(together=tuple(s.id for s in inside), apart=tuple(apart))


def gives_certificate(service: Service) -> bool:
    """Whether it is for those who have no certificate yet, and ends with one."""
    found = assess(service.eligibility, Facts(certificate=True)).reasons
    return any(r.kind == "excludes" and r.state is State.NO for r in found)


def needs_certificate(service: Service) -> bool:
    """Whether nothing but a certificate opens it."""
    return service.eligibility.certificate == "required"


def _alone(catalog: Catalog, service: Service) -> Apart | None:
    """Kinds that are never in a form with others."""
    cause: Cause | None = _BY_KIND.get(service.kind)
    if cause is None and books_a_time(catalog, service):
        cause = "time"
    return Apart(service_id=service.id, cause=cause) if cause else None


def _why_apart(
    service: Service, inside: list[Service], certificates: list[Service], role: str
) -> Apart | None:
    if role and role not in service.applicants:
        return Apart(service_id=service.id, cause="applicant")
    if certificates and needs_certificate(service):
        return Apart(service_id=service.id, cause="certificate", other=certificates[0].id)
    return next(_clashes(service, inside), None)


def _clashes(service: Service, inside: list[Service]) -> Iterator[Apart]:
    for other in inside:
        if _only_one_of(service.id, other.id):
            yield Apart(service_id=service.id, cause="one_of", other=other.id)
        elif _ends(other) and service.eligibility.certificate != "not_needed":
            yield Apart(service_id=service.id, cause="ended", other=other.id)
        elif not _ages_meet(service, other):
            yield Apart(service_id=service.id, cause="age", other=other.id)
    roles = set(service.applicants).intersection(*(s.applicants for s in inside))
    if not roles:
        yield Apart(service_id=service.id, cause="applicant")


def _only_one_of(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _RULES["groups"])


def _ends(service: Service) -> bool:
    return service.id in _RULES["ends_certificate"]


def _ages_meet(one: Service, other: Service) -> bool:
    mine, its = one.eligibility, other.eligibility
    low = max(mine.age_min or 0, its.age_min or 0)
    highs = [high for high in (mine.age_max, its.age_max) if high is not None]
    return not highs or low <= min(highs)


def books_a_time(catalog: Catalog, service: Service) -> bool:
    """Whether its form asks for a time to come or to be fetched: such a wish does not wait for a long form."""
    types = (catalog.fields[item.field].type for item in service.form)
    return service.kind == "booking" and FieldType.WHEN in types
