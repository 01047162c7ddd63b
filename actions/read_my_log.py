"""A person reads who looked at her cases: which office, when, at what; the caseworker's name stays inside."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from casework.deadlines import SHANGHAI
from catalog.models import Catalog
from dialogue.own_file import Look, OwnFile
from dialogue.wording import say
from storage.handover_log import TalkLook
from storage.models import Look as StoredLook
from storage.unit_of_work import UnitOfWork


def read_own_file(work: UnitOfWork, catalog: Catalog, person_id: str) -> OwnFile:
    """Who looked, and what she agreed to and has not taken back."""
    given = (c.topic for c in work.consents.of_person(person_id) if c.ended_at is None)
    return OwnFile(looks=read_my_log(work, catalog, person_id), topics=tuple(dict.fromkeys(given)))


def read_my_log(work: UnitOfWork, catalog: Catalog, person_id: str) -> tuple[Look, ...]:
    """Every look at her cases and at her conversations in words, the newest first."""
    stored = work.read_log.of_person(person_id)
    looks = [_in_words(catalog, look) for look in stored]
    noted = {look.at for look in stored if look.what == "conversation"}
    looks += _at_talk(catalog, work.handover_events.looks_at(person_id), noted)
    return tuple(sorted(looks, key=lambda look: look.at, reverse=True))


def _at_talk(
    catalog: Catalog, stored: tuple[TalkLook, ...], noted: Collection[datetime]
) -> list[Look]:
    """Looks at conversations: one a day and office, as every step of an answer reads it again.

    Covered words that were shown are told each time, unless they are told already with a case of hers.
    """
    told: dict[tuple[object, ...], Look] = {}
    for look in stored:
        if look.what == "unmasked" and look.at in noted:
            continue
        when = look.at.astimezone(SHANGHAI).date() if look.what == "read" else look.at
        in_words = Look(
            at=look.at,
            office=_office(catalog, look.office_id),
            service=say("look_talk"),
            what=say(f"look_talk_{look.what}"),
        )
        told.setdefault((look.what, look.office_id, when), in_words)
    return list(told.values())


def _in_words(catalog: Catalog, look: StoredLook) -> Look:
    return Look(
        at=look.at,
        office=_office(catalog, look.office_id),
        service=look.service_name,
        what=_what(catalog, look.what),
    )


def _office(catalog: Catalog, office_id: str) -> str:
    office = catalog.offices_by_id.get(office_id)
    return office.name if office else catalog.district_office.name


def _what(catalog: Catalog, what: str) -> str:
    if what == "case":
        return say("look_case")
    if what == "conversation":
        return say("look_conversation")
    spec = catalog.fields.get(what)
    return say("look_field", label=spec.label) if spec else say("look_paper")
