"""Whose case somebody acts on, as whom, and who hears of it: what all the things a resident does share."""

from __future__ import annotations

from datetime import datetime

from actions.tell_resident import tell_person
from casework.authorizations import Scope
from casework.models import Action, Actor, Case
from dialogue.notices import helper_acted
from dialogue.wording import say
from storage.errors import Conflict
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork

RESIDENT = Actor(kind="resident")


def case_to_act_on(
    work: UnitOfWork, stored: StoredConversation, case_id: str, now: datetime
) -> Case:
    """Her own case, or one of somebody she may act for; any other does not exist for her."""
    found = work.cases.get(case_id)
    if found is None:
        raise Conflict("case")
    if found.person_id == stored.person_id:
        return found.case
    given = work.authorizations.between(found.person_id, stored.person_id)
    if given is None or not given.opens(found.case.filed_by, Scope.SUBMIT, now):
        raise Conflict("case")
    return found.case


def actor_of(work: UnitOfWork, stored: StoredConversation, case: Case) -> Actor:
    """Who acts: the resident herself, or her helper by name."""
    if case.person_id == stored.person_id:
        return RESIDENT
    given = work.authorizations.between(case.person_id, stored.person_id)
    name = given.helper_called if given else ""
    return Actor(kind="helper", id=stored.person_id, name=name)


def announce(
    work: UnitOfWork, stored: StoredConversation, case: Case, action: Action, now: datetime
) -> None:
    """Tell the person what her helper did for her, where she has a channel."""
    if case.person_id == stored.person_id:
        return
    given = work.authorizations.between(case.person_id, stored.person_id)
    helper = given.helper_called if given else ""
    notice = helper_acted(case, helper or say("helper_unnamed"), action)
    tell_person(work, case.person_id, notice, now)
