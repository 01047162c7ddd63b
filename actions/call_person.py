"""A person is wanted: the hand-over appears in the console of the office that knows the speaker."""

from __future__ import annotations

from catalog.models import Catalog
from dialogue.effects import CallPerson
from dialogue.messages import Message
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork

EXCERPT = 200
"""Characters of the last words shown in the list of hand-overs."""


def call_person(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    call: CallPerson,
    message: Message,
) -> None:
    """Open a hand-over, if none is open already."""
    office = call.office_id or _office_of(work, stored) or catalog.district_office.id
    words = message.text[:EXCERPT]
    work.handovers.open(stored.conversation.id, office, call.reason, message.at, words)


def _office_of(work: UnitOfWork, stored: StoredConversation) -> str:
    """The office that already knows this person."""
    cases = work.cases.of_person(stored.person_id)
    return cases[0].office_id if cases else ""
