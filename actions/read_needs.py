"""What somebody needs of whoever writes or calls, for the top of a caseworker's page."""

from __future__ import annotations

from dataclasses import dataclass

from dialogue.needs import NeedsProfile
from dialogue.wording import beneficiary_of
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNeeds:
    """The needs of the person, or of the helper who writes for her."""

    flags: tuple[str, ...] = ()
    contact: str = ""
    """Whom she wants called instead; her wish, it authorizes nobody."""
    contact_phone: str = ""
    are_helpers: bool = False
    """She has no channel of her own, so these are the needs of who writes for her."""


def needs_of_person(work: UnitOfWork, person_id: str, conversation_id: str) -> ShownNeeds:
    """Her own needs where she talked to us last; else those of the conversation it was filed in."""
    talks = [t for t in work.conversations.of_person(person_id) if t.used_at is not None]
    if talks:
        newest = max(talks, key=lambda t: (str(t.used_at), t.conversation.id))
        return _shown(newest.conversation.preferences, are_helpers=False)
    stored = work.conversations.get(conversation_id)
    if stored is None:
        return ShownNeeds()
    is_other = stored.person_id != person_id
    return _shown(stored.conversation.preferences, are_helpers=is_other)


def needs_in(work: UnitOfWork, conversation_id: str) -> ShownNeeds:
    """The needs of whoever talks in this conversation."""
    stored = work.conversations.get(conversation_id)
    if stored is None:
        return ShownNeeds()
    return _shown(stored.conversation.preferences, are_helpers=False)


def _shown(needs: NeedsProfile, *, are_helpers: bool) -> ShownNeeds:
    contact = needs.contact
    relation = beneficiary_of(contact.name)[0] if contact else ""
    return ShownNeeds(
        flags=needs.flags,
        contact=(relation.removeprefix("你") or contact.name) if contact else "",
        contact_phone=contact.phone if contact else "",
        are_helpers=are_helpers,
    )
