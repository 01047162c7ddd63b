"""Two demonstration caseworkers, for trying the console out; closed in production."""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.resources import files

from argon2.exceptions import VerificationError

from actions.manage_staff import add_staff, disable_staff
from actions.passwords import hasher
from catalog.models import Catalog
from storage.database import Database


def make_demo_staff(database: Database, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """Make those that do not exist yet; login and password of each."""
    people = _people()
    for person in people:
        with database.read() as work:
            is_known = work.staff.by_login(person["login"]) is not None
        if not is_known:
            add_staff(database, catalog, **person)
    return tuple((person["login"], person["password"]) for person in people)


def close_demo_staff(database: Database) -> tuple[str, ...]:
    """Disable those that still have their published passwords: the data may come from a trial. Their logins."""
    found = []
    for person in _people():
        with database.read() as work:
            account = work.staff.by_login(person["login"])
        if account is None or account.is_disabled:
            continue
        with suppress(VerificationError):
            hasher.verify(account.password_hash, person["password"])
            disable_staff(database, person["login"])
            found.append(person["login"])
    return tuple(found)


def _people() -> list[dict[str, str]]:
    people: list[dict[str, str]] = json.loads(
        files("actions").joinpath("demo_staff.json").read_text("utf-8")
    )
    return people
