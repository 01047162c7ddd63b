"""What a person decided about her own data in a turn: agreements, known facts, a copy to be fetched."""

from __future__ import annotations

from datetime import datetime

from dialogue.effects import EndConsent, KeepConsent, KeepFacts, OfferCopy
from storage.models import StoredConversation
from storage.unit_of_work import UnitOfWork

OwnDataEffect = KeepConsent | EndConsent | KeepFacts | OfferCopy


def keep_own_data(
    work: UnitOfWork, stored: StoredConversation, effect: OwnDataEffect, now: datetime
) -> None:
    """Do it, in the turn's own transaction."""
    me = stored.person_id
    match effect:
        case KeepConsent(topic=topic, words=words):
            work.consents.give(me, topic, words, now)
        case EndConsent(topic=topic):
            work.consents.end(me, topic, now)
        case KeepFacts(facts=facts):
            work.people.learn(me, facts)
        case OfferCopy():
            work.data_copies.offer(me, stored.conversation.id, now)
