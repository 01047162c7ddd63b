"""A message cannot be delivered: another way to the same person is tried, and a caseworker is told."""

from __future__ import annotations

from datetime import datetime

from actions.call_person import EXCERPT, office_of_speaker
from actions.mind import PUSHED_CHANNELS
from actions.tell_resident import tell_conversation
from catalog.models import Catalog
from storage.database import Database
from storage.models import Address, Delivery, StoredConversation, StoredMessage
from storage.unit_of_work import UnitOfWork


def give_up_delivery(
    database: Database, catalog: Catalog, delivery: Delivery, code: str, now: datetime
) -> None:
    """Later messages may go. For a lost text a person is told; a voice only doubled one.

    Does nothing when another worker has taken the delivery over in the meantime.
    """
    with database.write() as work:
        is_mine = work.outbox.give_up(delivery.id, now, code, delivery.worker_id)
        if is_mine and delivery.form == "text":
            _other_way(work, delivery, now)
            stored = work.conversations.get(delivery.conversation_id)
            known = office_of_speaker(work, catalog, stored) if stored else ""
            office = known or catalog.district_office.id
            lost = delivery.reply.text[:EXCERPT]
            work.handovers.open(delivery.conversation_id, office, "undeliverable", now, lost)
        work.commit()


def _other_way(work: UnitOfWork, delivery: Delivery, now: datetime) -> None:
    """Another address of this conversation, else the person's next conversation; the web page has it anyway."""
    tried = work.outbox.tried(delivery.message_id)
    for address in work.conversations.addresses(delivery.conversation_id):
        if address.channel in PUSHED_CHANNELS and address not in tried:
            _push(work, delivery, address, now)
            return
    other = _other_conversation(work, delivery.conversation_id, now)
    # An answer belongs where it was asked for; news are for the person wherever she is.
    if other is not None and delivery.reply.kind == "notice":
        tell_conversation(work, other, delivery.reply, now)


def _push(work: UnitOfWork, delivery: Delivery, address: Address, now: datetime) -> None:
    message = StoredMessage(
        id=delivery.message_id,
        conversation_id=delivery.conversation_id,
        seq=delivery.seq,
        direction="out",
        at=now,
        reply=delivery.reply,
    )
    work.outbox.put(message, address.channel, address.peer, now)


def _other_conversation(
    work: UnitOfWork, conversation_id: str, now: datetime
) -> StoredConversation | None:
    """Where else she was last heard of, and can be told."""
    stored = work.conversations.get(conversation_id)
    talks = work.conversations.of_person(stored.person_id) if stored else ()
    others = [
        talk
        for talk in talks
        if talk.conversation.id != conversation_id
        and talk.used_at is not None
        and not work.outbox.is_lost(talk.conversation.id)
    ]
    return max(others, key=lambda talk: talk.used_at or now, default=None)
