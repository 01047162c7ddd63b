"""Who may act for whom: given by one person, confirmed by the other, changed, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from actions.tell_resident import tell_person
from casework.authorizations import ALL, LASTS, Authorization, Evidence, Scope
from dialogue.effects import (
    AcceptInvitation,
    AnswerConsent,
    ChangeAuthorizations,
    IssueCode,
)
from dialogue.for_whom import FiledFor
from dialogue.notices import (
    helper_accepted,
    helper_ended,
    helper_left,
    helper_may,
    helper_may_not,
)
from dialogue.people import name_in
from storage.errors import Conflict
from storage.ids import new_id
from storage.models import LinkCode, StoredConversation
from storage.unit_of_work import UnitOfWork

LIVES = {
    "same_person": timedelta(minutes=30),
    "consent": timedelta(days=3),
    "invite": timedelta(days=3),
}
"""How long a code is good; another one is given for the asking."""


def person_filed_for(
    work: UnitOfWork, stored: StoredConversation, whom: FiledFor, now: datetime
) -> str:
    """The person an application is filed for, with what is known of her kept; her id.

    Somebody new gets a file of her own, and the writer an authorization that rests on her word alone.
    """
    helper = stored.person_id
    if whom.person == "me":
        work.people.learn(helper, whom.facts)
        return helper
    work.people.learn(helper, whom.own_facts)
    principal = whom.person or work.people.add(now)
    work.people.learn(principal, whom.facts)
    before = work.authorizations.between(principal, helper)
    if before is None:
        work.authorizations.add(_given(principal, helper, whom, now), now)
    elif before.is_in_force(now):
        work.authorizations.save(_completed(before, whom))
    else:
        raise Conflict("authorization")
    return principal


def _given(principal: str, helper: str, whom: FiledFor, now: datetime) -> Authorization:
    return Authorization(
        id=new_id(),
        principal_id=principal,
        helper_id=helper,
        role=whom.role,
        relation=whom.relation,
        helper_called=whom.helper_called,
        scopes=ALL,
        until=now + LASTS,
        evidence=Evidence.PAPER if whom.has_paper else Evidence.NONE,
    )


def _completed(before: Authorization, whom: FiledFor) -> Authorization:
    """The same one with what was not known of it before."""
    is_first_paper = whom.has_paper and before.evidence is Evidence.NONE
    return replace(
        before,
        relation=before.relation or whom.relation,
        helper_called=whom.helper_called or before.helper_called,
        evidence=Evidence.PAPER if is_first_paper else before.evidence,
    )


def issue_code(
    work: UnitOfWork, stored: StoredConversation, wish: IssueCode, now: datetime
) -> None:
    """Make the code good that the reply tells; raises `Conflict` if it is in use, to begin again with another."""
    given = None
    if wish.purpose == "consent":
        given = work.authorizations.between(wish.person, stored.person_id)
        if given is None:
            raise Conflict("authorization")
    code = LinkCode(
        purpose=wish.purpose,
        conversation_id=stored.conversation.id,
        authorization_id=given.id if given else "",
        until=now + LIVES[wish.purpose],
    )
    if not work.link_codes.issue(wish.code, code, now):
        raise Conflict("link code")


def answer_consent(
    work: UnitOfWork, stored: StoredConversation, wish: AnswerConsent, now: datetime
) -> None:
    """The person confirms her helper, or refuses; her file and her conversation become one when she confirms."""
    given = work.authorizations.get(wish.authorization_id)
    if given is None or not work.link_codes.used(wish.code, now):
        raise Conflict("link code")
    if not wish.scopes:
        refused = replace(given, evidence=Evidence.REFUSED, ended_at=now, scopes=())
        work.authorizations.save(refused)
        tell_person(work, given.helper_id, helper_may_not(), now)
        return
    if given.principal_id != stored.person_id:
        _join_files(work, given.principal_id, stored.person_id)
    confirmed = work.authorizations.between(stored.person_id, given.helper_id)
    if confirmed is None:
        raise Conflict("authorization")
    work.authorizations.save(
        replace(confirmed, evidence=Evidence.CONFIRMED, scopes=wish.scopes, until=now + LASTS)
    )
    called = name_in(work.people.facts((stored.person_id,)).get(stored.person_id, {}))
    tell_person(work, given.helper_id, helper_may(called, wish.scopes), now)


def _join_files(work: UnitOfWork, file_id: str, person_id: str) -> None:
    """The file a helper made for a person becomes that person's own; what she said herself goes first."""
    facts = work.people.facts((file_id, person_id))
    work.people.join(file_id, person_id)
    work.people.learn(person_id, {**facts.get(file_id, {}), **facts.get(person_id, {})})


def accept_invitation(
    work: UnitOfWork, stored: StoredConversation, wish: AcceptInvitation, now: datetime
) -> None:
    """The one who was asked to help says yes: she may from now on, by the person's own wish."""
    found = work.link_codes.find(wish.code, now)
    asker = work.conversations.get(found.conversation_id) if found else None
    if asker is None or not work.link_codes.used(wish.code, now):
        raise Conflict("link code")
    before = work.authorizations.between(asker.person_id, stored.person_id)
    given = Authorization(
        id=before.id if before else new_id(),
        principal_id=asker.person_id,
        helper_id=stored.person_id,
        role="agent",
        relation=before.relation if before else "",
        helper_called=wish.helper_called,
        scopes=ALL,
        until=now + LASTS,
        evidence=Evidence.CONFIRMED,
    )
    if before is None:
        work.authorizations.add(given, now)
    else:
        work.authorizations.save(given)
    tell_person(work, asker.person_id, helper_accepted(wish.helper_called), now)


def change_authorizations(
    work: UnitOfWork, stored: StoredConversation, wish: ChangeAuthorizations, now: datetime
) -> None:
    """Take authorizations back or narrow them; only those of which this person is one of the two.

    The other one is told when it ends. That she is no longer told things, a helper is not told.
    """
    for authorization_id in wish.authorization_ids:
        given = work.authorizations.get(authorization_id)
        if given is None or stored.person_id not in (given.principal_id, given.helper_id):
            raise Conflict("authorization")
        if wish.scopes:
            work.authorizations.save(replace(given, scopes=_narrowed(given, wish.scopes)))
            continue
        work.authorizations.save(replace(given, ended_at=now))
        is_principal = stored.person_id == given.principal_id
        other = given.helper_id if is_principal else given.principal_id
        facts = work.people.facts((given.principal_id,)).get(given.principal_id, {})
        notice = helper_ended(name_in(facts)) if is_principal else helper_left(given.helper_called)
        tell_person(work, other, notice, now)


def _narrowed(given: Authorization, scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
    return tuple(scope for scope in given.scopes if scope in scopes)
