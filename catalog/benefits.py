"""Which services are worth offering a person, in which order, what comes first and what excludes what.

The lists live in `eligibility_words.json` under `offer`; a service in none of them is offered, last. Whether
somebody may be entitled is judged by `catalog/eligibility.py` alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from catalog.assessments import Assessment, State, next_question
from catalog.eligibility import assess, clauses, holds
from catalog.facts import Facts
from catalog.models import Catalog, Service

_OFFER: Mapping[str, Any] = json.loads(
    files("catalog").joinpath("eligibility_words.json").read_text("utf-8")
)["offer"]
_ONE_OF: tuple[tuple[str, ...], ...] = tuple(
    tuple(group)
    for group in json.loads(files("catalog").joinpath("one_of.json").read_text("utf-8"))["groups"]
)
_PLACES: Mapping[str, int] = {service: n for n, service in enumerate(_OFFER["order"])}
_NAMED = re.compile(r"《[^《》]+》(?:第[\d—、（）一二三四五六七八九十]+条?)*")
_WEIGHT = 3
_UNSURE = re.compile("待核|未读到|没读到")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One service as it stands for one person."""

    service_id: str
    assessment: Assessment
    first: tuple[str, ...] = ()
    """Services to do before this one, in order."""
    any_first: bool = False
    """One of `first` is enough: a certificate, or a card that counts like it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """All services offered, each in one group, the most important first."""

    yes: tuple[Match, ...]
    nearly: tuple[Match, ...]
    """Something is not known yet, or only the certificate is missing."""
    no: tuple[Match, ...]

    def of(self, service_id: str) -> Match | None:
        """The match of this service, if it is offered at all."""
        every = (*self.yes, *self.nearly, *self.no)
        return next((match for match in every if match.service_id == service_id), None)


def match(catalog: Catalog, facts: Facts) -> Matches:
    """Judge every offered service by what is known of the person."""
    judged = {s.id: assess(s.eligibility, facts) for s in _offered(catalog, facts)}
    groups: dict[str, list[Match]] = {"yes": [], "nearly": [], "no": []}
    for service_id, assessment in judged.items():
        first, any_first = _first(service_id, assessment, judged)
        found = Match(
            service_id=service_id, assessment=assessment, first=first, any_first=any_first
        )
        groups[_group(found)].append(found)
    groups["nearly"].sort(key=lambda m: _open(m.assessment))
    groups["no"].sort(key=lambda m: len(m.assessment.in_state(State.NO)))
    return Matches(**{name: tuple(found) for name, found in groups.items()})


def question_to_ask(catalog: Catalog, facts: Facts, skip: Collection[str] = ()) -> str:
    """The fact that decides most of the offered services, or an empty string when none would.

    Those people ask for most count three times, so that five questions reach them.
    """
    judged = ((s.id, assess(s.eligibility, facts)) for s in _offered(catalog, facts))
    votes = ((found, _WEIGHT if s in _OFFER["wanted_most"] else 1) for s, found in judged)
    return next_question((found for found, times in votes for _ in range(times)), skip)


def exclusive(service_ids: Collection[str]) -> tuple[str, ...]:
    """Those of these services of which only one can be had, in the order given; empty when there are none."""
    for group in _ONE_OF:
        among = tuple(s for s in service_ids if s in group)
        if len(among) > 1:
            return among
    return ()


def in_order(service_ids: Collection[str]) -> tuple[str, ...]:
    """These services once each, as they are best done: what another needs comes before it."""
    return tuple(sorted(dict.fromkeys(service_ids), key=_place))


def rule_source(service: Service) -> str:
    """The law or document the rule rests on, as it may be named to a resident; empty when none is certain."""
    named = (
        match[0]
        for basis in service.audit.basis
        if not _UNSURE.search(basis) and (match := _NAMED.match(basis))
    )
    return next(named, "")


def _offered(catalog: Catalog, facts: Facts) -> tuple[Service, ...]:
    """What depends on who a person is; what depends on something happening is for her to name."""
    return tuple(
        sorted(
            (s for s in catalog.services if _is_offered(s.id, facts)), key=lambda s: _place(s.id)
        )
    )


def _is_offered(service_id: str, facts: Facts) -> bool:
    if service_id in _OFFER["on_occasion"] or _any(_OFFER["not_for"].get(service_id, ()), facts):
        return False
    only_for = _OFFER["only_for"].get(service_id)
    return only_for is None or _any(only_for, facts)


def _any(written: Collection[Mapping[str, Any]], facts: Facts) -> bool:
    return any(holds(clause, facts) for clause in clauses(written))


def _place(service_id: str) -> tuple[int, str]:
    return _PLACES.get(service_id, len(_PLACES)), service_id


def _open(assessment: Assessment) -> int:
    """How many conditions are not met yet."""
    return len(assessment.in_state(State.UNKNOWN)) + len(assessment.in_state(State.NO))


def _group(found: Match) -> str:
    if found.assessment.verdict == "no":
        return "nearly" if found.first else "no"
    return "yes" if found.assessment.verdict == "yes" else "nearly"


def _first(
    service_id: str, assessment: Assessment, judged: Mapping[str, Assessment]
) -> tuple[tuple[str, ...], bool]:
    """What to do before it; for a no only the proof that is lacking, when it can be got and nothing else fails."""
    if assessment.verdict != "no":
        wanted = _OFFER["first"].get(service_id, ())
        return tuple(s for s in wanted if _is_possible(s, judged)), False
    if {reason.kind for reason in assessment.in_state(State.NO)} != {"certificate"}:
        return (), False
    proofs = _OFFER["proof"].get(service_id, _OFFER["proof"][""])
    return tuple(s for s in proofs if _is_possible(s, judged)), True


def _is_possible(service_id: str, judged: Mapping[str, Assessment]) -> bool:
    return service_id in judged and judged[service_id].verdict != "no"
