"""Topics of sensitive questions: each is agreed to by itself, before its first question (个人信息保护法 art. 29, 30)."""

from __future__ import annotations

from catalog.models import Catalog
from dialogue.forms import CONTACTS
from dialogue.progress import FormProgress
from dialogue.wording import say

TOPICS = ("identity", "disability", "helper", "payment", "household", "special")
_SAME = {"preference": "identity"}
"""Where something is to be sent is an address like those of the person."""
_OF_FIELD = {"child_id_number": "identity", "emergency_contact": "identity"}


def topic_of(catalog: Catalog, field: str) -> str:
    """What a sensitive question is about."""
    group = catalog.fields[field].group
    return _OF_FIELD.get(field) or _SAME.get(group, group)


def needs_consent(progress: FormProgress, catalog: Catalog, field: str) -> bool:
    """Whether the person has still to agree before this question is asked."""
    if not catalog.fields[field].sensitive or progress.consented:
        return False
    return all(agreed.topic != topic_of(catalog, field) for agreed in progress.agreed)


def consent_sentences(progress: FormProgress, catalog: Catalog) -> tuple[str, ...]:
    """What is going to be asked and why, and what happens without it."""
    topic = topic_of(catalog, progress.asking)
    if topic in progress.refused and progress.asking in CONTACTS:
        return (say("consent_phone_1"), say("consent_phone_2"))
    return (say(f"consent_asked_{topic}"), say(f"consent_without_{topic}"))
