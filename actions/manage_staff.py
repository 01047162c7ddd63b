"""Caseworker accounts: added, listed, disabled by whoever runs the service."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from actions.passwords import MAX_PASSWORD, MIN_PASSWORD, hasher, normal_password, problem_of
from catalog.models import Catalog
from storage.database import Database
from storage.models import Staff
from storage.unit_of_work import UnitOfWork

_WHY = {
    "too_short": f"at least {MIN_PASSWORD} characters",
    "too_long": f"at most {MAX_PASSWORD} characters",
    "common": "one of those everybody tries first",
    "has_login": "hardly more than the login",
}


class StaffProblem(Exception):
    """The account cannot be made or changed; the message says why."""


def add_staff(
    database: Database, catalog: Catalog, *, login: str, name: str, office: str, password: str
) -> None:
    """Add a caseworker to an office, named by id or by name."""
    if not re.fullmatch(r"[a-z][a-z0-9._-]{2,31}", login):
        raise StaffProblem("login: 3–32 of a–z 0–9 . _ -")
    _refuse_weak(password, login)
    found = [o for o in catalog.offices if office in (o.id, o.name, *o.says)]
    if not found:
        raise StaffProblem("office: give --office with an id or a name of the catalog")
    with database.write() as work:
        if work.staff.by_login(login) is not None:
            raise StaffProblem("login: taken")
        work.staff.add(login, name or login, found[0].id, _hashed(password), datetime.now(UTC))
        work.commit()


def list_staff(database: Database) -> tuple[Staff, ...]:
    """All accounts."""
    with database.read() as work:
        return work.staff.list()


def reset_password(database: Database, login: str, password: str) -> None:
    """Give her another password; she is signed out everywhere and no browser of hers is known any more."""
    _refuse_weak(password, login)
    with database.write() as work:
        person = _person(work, login)
        work.staff.set_password(login, _hashed(password))
        work.staff_sessions.close_all_of(person.id)
        work.staff_devices.forget_all_of(person.id)
        work.commit()


def reset_second_factor(database: Database, login: str) -> None:
    """She lost authenticator and recovery codes: the password alone lets her in, to set it up anew."""
    with database.write() as work:
        person = _person(work, login)
        work.second_factors.clear(person.id)
        work.staff_sessions.close_all_of(person.id)
        work.staff_devices.forget_all_of(person.id)
        work.commit()


def disable_staff(database: Database, login: str) -> None:
    """She can no longer sign in; her open sessions end now."""
    with database.write() as work:
        person = _person(work, login)
        work.staff.disable(login, datetime.now(UTC))
        work.staff_sessions.close_all_of(person.id)
        work.commit()


def _person(work: UnitOfWork, login: str) -> Staff:
    person = work.staff.by_login(login)
    if person is None:
        raise StaffProblem("login: unknown")
    return person


def _refuse_weak(password: str, login: str) -> None:
    if problem := problem_of(password, login):
        raise StaffProblem(f"password: {_WHY[problem]}")


def _hashed(password: str) -> str:
    return hasher.hash(normal_password(password))
