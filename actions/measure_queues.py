"""How much waits, and how long the oldest has: the figures an operator watches, without names and words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.models import Catalog
from storage.database import Database
from storage.models import Waiting

ELSEWHERE = "unknown"
"""Kind of an office that is no longer in the catalog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """What waits at one moment."""

    at: datetime
    cases: Mapping[str, Waiting]
    """Open cases by kind of office: street, town, district."""
    overdue: Mapping[str, int]
    """Those past their deadline, by kind of office."""
    handovers: Mapping[bool, Waiting]
    """Conversations that want a person; True: a caseworker has taken it."""
    outbox: Mapping[tuple[str, str], Waiting]
    """Messages on their way, by channel and form."""

    def age(self, waiting: Waiting) -> float:
        """Seconds the oldest has waited."""
        return max(0.0, (self.at - waiting.since).total_seconds())


def measure_queues(database: Database, catalog: Catalog, now: datetime) -> Queues:
    """Count what waits now."""
    with database.read() as work:
        cases = work.figures.open_cases(now)
        handovers = work.figures.handovers()
        outbox = work.figures.outbox()
    kinds = {office.id: office.kind for office in catalog.offices}
    late: defaultdict[str, int] = defaultdict(int)
    for office, (_, overdue) in cases.items():
        late[kinds.get(office, ELSEWHERE)] += overdue
    return Queues(
        at=now,
        cases=_by_kind({office: waiting for office, (waiting, _) in cases.items()}, kinds),
        overdue=late,
        handovers=handovers,
        outbox=outbox,
    )


def _by_kind(cases: Mapping[str, Waiting], kinds: Mapping[str, str]) -> dict[str, Waiting]:
    found: dict[str, Waiting] = {}
    for office, waiting in cases.items():
        kind = kinds.get(office, ELSEWHERE)
        before = found.get(kind, Waiting(total=0, since=waiting.since))
        found[kind] = Waiting(
            total=before.total + waiting.total, since=min(before.since, waiting.since)
        )
    return found
