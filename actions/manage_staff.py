"""Caseworker accounts: added, listed, disabled by whoever runs the service."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from argon2 import PasswordHasher

from catalog.models import Catalog
from storage.database import Database
from storage.models import Staff

MIN_PASSWORD = 12

hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
"""argon2id with OWASP's smallest recommended cost: about 25 ms and 19 MiB a check."""


class StaffProblem(Exception):
    """The account cannot be made or changed; the message says why."""


def add_staff(
    database: Database, catalog: Catalog, *, login: str, name: str, office: str, password: str
) -> None:
    """Add a caseworker to an office, named by id or by name."""
    if not re.fullmatch(r"[a-z][a-z0-9._-]{2,31}", login):
        raise StaffProblem("login: 3–32 of a–z 0–9 . _ -")
    if len(password) < MIN_PASSWORD:
        raise StaffProblem(f"password: at least {MIN_PASSWORD} characters")
    found = [o for o in catalog.offices if office in (o.id, o.name, *o.says)]
    if not found:
        raise StaffProblem("office: give --office with an id or a name of the catalog")
    with database.write() as work:
        if work.staff.by_login(login) is not None:
            raise StaffProblem("login: taken")
        work.staff.add(login, name or login, found[0].id, hasher.hash(password), datetime.now(UTC))
        work.commit()


def list_staff(database: Database) -> tuple[Staff, ...]:
    """All accounts."""
    with database.read() as work:
        return work.staff.list()


def disable_staff(database: Database, login: str) -> None:
    """She can no longer sign in; her open sessions end now."""
    with database.write() as work:
        person = work.staff.by_login(login)
        if person is None:
            raise StaffProblem("login: unknown")
        work.staff.disable(login, datetime.now(UTC))
        work.staff_sessions.close_all_of(person.id)
        work.commit()
