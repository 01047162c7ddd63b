"""Agreeing to be asked about something sensitive, and not agreeing: what is needed then goes to the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from catalog.models import Catalog
from dialogue.form_filling import ask_next
from dialogue.forms import CONTACTS, can_be_left, item_of
from dialogue.progress import Agreed, Answer, FormProgress
from dialogue.topics import consent_sentences, topic_of
from dialogue.wording import say


def agree(progress: FormProgress, catalog: Catalog, now: datetime) -> tuple[FormProgress, Agreed]:
    """The person agrees: on with the question that waited for it."""
    topic = topic_of(catalog, progress.asking)
    given = Agreed(topic=topic, words=consent_sentences(progress, catalog), at=now)
    after = replace(
        progress,
        agreed=(*progress.agreed, given),
        refused=tuple(t for t in progress.refused if t != topic),
        stage="asking",
    )
    return after, given


def is_last_word(progress: FormProgress, catalog: Catalog) -> bool:
    """Whether not agreeing now means that this cannot be filed here: only a telephone is asked for any more."""
    topic = topic_of(catalog, progress.asking)
    return topic in progress.refused and progress.asking in CONTACTS


def refuse(progress: FormProgress, catalog: Catalog) -> tuple[FormProgress, tuple[str, ...]]:
    """The person does not agree: nothing of this topic is asked; and what the window will need to know."""
    topic = topic_of(catalog, progress.asking)
    left = tuple(
        item.field
        for item in progress.items
        if item.field not in progress.answers and _is_about(catalog, item.field, topic)
    )
    without = replace(progress, refused=(*progress.refused, topic))
    for field in left:
        if can_be_left(without, field):
            without = _left(without, field)
    needed = tuple(f for f in left if f in without.answers and not item_of(without, f).optional)
    return ask_next(without, catalog), needed


def _is_about(catalog: Catalog, field: str, topic: str) -> bool:
    return catalog.fields[field].sensitive and topic_of(catalog, field) == topic


def _left(progress: FormProgress, field: str) -> FormProgress:
    words = say("not_given" if item_of(progress, field).optional else "left_open")
    answer = Answer(value="", shown=words, source="skipped")
    deferred = tuple(f for f in progress.deferred if f != field)
    return replace(progress, answers={**progress.answers, field: answer}, deferred=deferred)
