"""A caseworker has looked at the paper of a helper or guardian: it is good, or it is not."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.identify_staff import StaffAtWork
from actions.tell_resident import tell_person
from casework.authorizations import Authorization, Evidence
from dialogue.notices import helper_may, helper_paper_bad
from dialogue.people import name_in
from storage.models import StoredCase
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.case")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHelper:
    """Who filed a case for somebody else, and what that rests on."""

    called: str
    role: str
    """guardian | agent"""
    evidence: Evidence
    until: datetime
    is_in_force: bool

    @property
    def may_be_checked(self) -> bool:
        """A caseworker may still say whether the paper is good."""
        return self.is_in_force and self.evidence in (Evidence.NONE, Evidence.PAPER)


def helper_of(work: UnitOfWork, found: StoredCase, now: datetime) -> ShownHelper | None:
    """The helper who filed this case, or None when the person did it herself."""
    given = _authorization(work, found)
    if given is None:
        return None
    return ShownHelper(
        called=given.helper_called,
        role=given.role,
        evidence=given.evidence,
        until=given.until,
        is_in_force=given.is_in_force(now),
    )


def check_authorization(
    desk: Desk, staff: StaffAtWork, case_id: str, is_good: bool, now: datetime
) -> None:
    """Keep what the caseworker found and tell the helper; raises `CaseNotFound` where there is nothing to check.

    A person's own yes, or no, is never overruled here.
    """
    with desk.database.write() as work:
        found = work.cases.get(case_id, staff.sees)
        given = _authorization(work, found) if found else None
        if given is None or not given.is_in_force(now):
            raise CaseNotFound(case_id)
        if given.evidence not in (Evidence.NONE, Evidence.PAPER):
            raise CaseNotFound(case_id)
        _keep(work, given, staff, now, is_good=is_good)
        work.commit()
    log.info("authorization checked", extra={"case": case_id, "by": staff.id, "good": is_good})


def _keep(
    work: UnitOfWork, given: Authorization, staff: StaffAtWork, now: datetime, *, is_good: bool
) -> None:
    facts = work.people.facts((given.principal_id,)).get(given.principal_id, {})
    called = name_in(facts)
    if is_good:
        work.authorizations.save(replace(given, evidence=Evidence.CHECKED), staff.id)
        tell_person(work, given.helper_id, helper_may(called, given.scopes), now)
        return
    # Not refused by the person: she may still send a better paper, or have the person confirm.
    work.authorizations.save(replace(given, evidence=Evidence.NONE), staff.id)
    tell_person(work, given.helper_id, helper_paper_bad(called), now)


def _authorization(work: UnitOfWork, found: StoredCase) -> Authorization | None:
    case = found.case
    if not case.filed_by or case.filed_by == case.person_id:
        return None
    return work.authorizations.between(case.person_id, case.filed_by)
