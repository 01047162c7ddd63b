"""The same person on another channel: her address there leads to her one conversation from now on."""

from __future__ import annotations

from datetime import datetime

from actions.tell_resident import tell_conversation
from dialogue.effects import JoinConversation
from dialogue.joining import joined
from dialogue.notices import joined_elsewhere
from storage.errors import Conflict
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork


def join_conversation(
    work: UnitOfWork, stored: StoredConversation, wish: JoinConversation, now: datetime
) -> StoredConversation:
    """Join this conversation to the one the code was asked for in; that one, as it is now.

    What was begun here goes on there; what was said here stays kept with the person.
    """
    found = work.link_codes.find(wish.code, now)
    into = work.conversations.get(found.conversation_id) if found else None
    if into is None or not into.channel or not work.link_codes.used(wish.code, now):
        raise Conflict("link code")
    if into.conversation.id == stored.conversation.id:
        return into
    tell_conversation(work, into, joined_elsewhere(stored.channel), now)
    into = work.conversations.get(into.conversation.id) or into
    for address in work.conversations.addresses(stored.conversation.id):
        work.conversations.move_address(address.channel, address.peer, into.conversation.id, now)
    _join_people(work, stored.person_id, into.person_id)
    both = joined(into.conversation, stored.conversation)
    return work.conversations.save(into, both, now)


def _join_people(work: UnitOfWork, other_id: str, into_id: str) -> None:
    if other_id == into_id:
        return
    facts = work.people.facts((other_id, into_id))
    work.people.join(other_id, into_id)
    work.people.learn(into_id, {**facts.get(other_id, {}), **facts.get(into_id, {})})


def leave_others(work: UnitOfWork, stored: StoredConversation, now: datetime) -> None:
    """Every other address of this conversation leads to a new one, of nobody we know yet."""
    for address in work.conversations.addresses(stored.conversation.id):
        if (address.channel, address.peer) != (stored.channel, stored.peer):
            work.conversations.part_address(address, now)
