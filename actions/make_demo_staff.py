"""Two demonstration caseworkers, for trying the console out; never in production."""

from __future__ import annotations

import json
from importlib.resources import files

from actions.manage_staff import add_staff
from catalog.models import Catalog
from storage.database import Database


def make_demo_staff(database: Database, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """Make those that do not exist yet; login and password of each."""
    people = json.loads(files("actions").joinpath("demo_staff.json").read_text("utf-8"))
    for person in people:
        with database.read() as work:
            is_known = work.staff.by_login(person["login"]) is not None
        if not is_known:
            add_staff(database, catalog, **person)
    return tuple((person["login"], person["password"]) for person in people)
