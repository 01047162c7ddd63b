"""The cases a conversation is about: the speaker's own, and those she filed for others."""

from __future__ import annotations

from casework.models import Case
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


def read_cases_around(work: UnitOfWork, stored: StoredConversation) -> tuple[Case, ...]:
    """At any office, newest first; who shows them looks whose they are."""
    me = stored.person_id
    others = (a.principal_id for a in work.authorizations.of_person(me) if a.helper_id == me)
    found = work.cases.of_people(tuple(dict.fromkeys((me, *others))))
    return tuple(case for case in found if me in (case.person_id, case.filed_by))
