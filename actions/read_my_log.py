"""A person reads who looked at her cases: which office, when, at what; the caseworker's name stays inside."""

from __future__ import annotations

from catalog.models import Catalog
from dialogue.own_file import Look, OwnFile
from dialogue.wording import say
from storage.models import Look as StoredLook
from storage.unit_of_work import UnitOfWork


def read_own_file(work: UnitOfWork, catalog: Catalog, person_id: str) -> OwnFile:
    """Who looked, and what she agreed to and has not taken back."""
    given = (c.topic for c in work.consents.of_person(person_id) if c.ended_at is None)
    return OwnFile(looks=read_my_log(work, catalog, person_id), topics=tuple(dict.fromkeys(given)))


def read_my_log(work: UnitOfWork, catalog: Catalog, person_id: str) -> tuple[Look, ...]:
    """Every look at her cases in words, the newest first."""
    return tuple(_in_words(catalog, look) for look in work.read_log.of_person(person_id))


def _in_words(catalog: Catalog, look: StoredLook) -> Look:
    office = catalog.offices_by_id.get(look.office_id)
    return Look(
        at=look.at,
        office=office.name if office else catalog.district_office.name,
        service=look.service_name,
        what=_what(catalog, look.what),
    )


def _what(catalog: Catalog, what: str) -> str:
    if what == "case":
        return say("look_case")
    if what == "conversation":
        return say("look_conversation")
    spec = catalog.fields.get(what)
    return say("look_field", label=spec.label) if spec else say("look_paper")
