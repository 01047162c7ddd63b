"""A person is wanted: the hand-over appears in the console of the office that knows the speaker."""

from __future__ import annotations

import re

from actions.read_cases_around import read_cases_around
from catalog.models import Catalog
from dialogue.effects import CallPerson
from dialogue.messages import Message
from dialogue.progress import TOWN_TOLD_BY
from dialogue.turns import unfinished
from intents.places import find_office
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork

EXCERPT = 200
"""Characters of the last words shown in the list of hand-overs."""
NOBODY_WAITS = frozenset({"due_soon", "overdue", "very_late", "rating", "undeliverable"})
"""Reasons the system has: the resident asked for nobody, so she is not told that it is over."""
_LOOKED_BACK = 12
_LIVES = re.compile(r"(?:住|家)(?:在|是)?([^，,。！!？?\s]{2,16})")


def call_person(
    work: UnitOfWork,
    catalog: Catalog,
    stored: StoredConversation,
    call: CallPerson,
    message: Message,
) -> None:
    """Open a hand-over, if none is open already."""
    office = call.office_id or office_of_speaker(work, catalog, stored)
    words = message.text[:EXCERPT]
    work.handovers.open(stored.conversation.id, office, call.reason, message.at, words)


def office_of_speaker(work: UnitOfWork, catalog: Catalog, stored: StoredConversation) -> str:
    """The office of the newest open case; else that of the town she lives in; else the district.

    Of a closed case nobody there is waiting for her words, and its office may not be hers any more.
    """
    cases = read_cases_around(work, stored)
    mine = sorted(cases, key=lambda case: case.person_id != stored.person_id)
    found = next((case.office_id for case in mine if not case.state.is_closed), "")
    return found or _town_of(work, stored, catalog) or catalog.district_office.id


def _town_of(work: UnitOfWork, stored: StoredConversation, catalog: Catalog) -> str:
    """The office of the town where she said lately that she is; else that an address of hers told; or empty."""
    forms = (unfinished(stored.conversation), *reversed(stored.conversation.parked))
    own = [form.town for form in forms if form is not None and not form.beneficiary]
    facts = work.people.facts((stored.person_id,)).get(stored.person_id, {})
    known = (facts.get(f"town_{field}") for field in TOWN_TOLD_BY)
    towns = [
        _town_said(work, stored, catalog),
        *own,
        *(str(answer.value) for answer in known if answer is not None),
    ]
    return next((town for town in towns if town in catalog.offices_by_id), "")


def _town_said(work: UnitOfWork, stored: StoredConversation, catalog: Catalog) -> str:
    """我住潍坊新村街道, in one of her last messages."""
    latest = work.messages.latest(stored.conversation.id, _LOOKED_BACK)
    for line in reversed(latest):
        told = _LIVES.search(line.message.text) if line.message is not None else None
        office = find_office(told[1], catalog.offices) if told else None
        if office is not None:
            return office.id
    return ""
