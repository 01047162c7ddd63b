"""Whoever runs the hall's machine has a person forgotten who asked for it elsewhere, found by an application number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.find_code import last_four
from actions.forget_person import delete_files, forget
from casework.numbers import find
from dialogue.people import name_in
from storage.database import Database
from storage.papers import PaperStore
from storage.unit_of_work import UnitOfWork

KIND = "forgotten"
"""How it stands in the purge log; no rule of `retention.json`, so of no days."""
_COVER = "＊"


class NobodyFound(Exception):
    """No case has this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToForget:
    """Whom it is about, covered, and what would become of what."""

    called: str
    """The first sign of her name and the last four of her identity number; empty when neither is known."""
    numbers: tuple[str, ...]
    """Of her cases."""
    open_numbers: tuple[str, ...]
    """Of those still being decided: they are taken back or decided first."""
    deleted: dict[str, int]
    """Rows that go, by table."""
    emptied: dict[str, int]
    """Rows of the public record that stay without a word of hers, by table."""


def whom_to_forget(database: Database, number: str) -> ToForget:
    """Who would be forgotten, and what that means; nothing is changed. Raises `NobodyFound`."""
    with database.read() as work:
        person_id = _person(work, number)
        cases = work.cases.of_person(person_id)
        facts = work.people.facts((person_id,)).get(person_id, {})
        deleted, emptied = work.erasures.count(person_id)
    name, four = name_in(facts), last_four(facts)
    covered = (name[:1] + _COVER * (len(name) - 1), _COVER * 4 + four if four else "")
    return ToForget(
        called=" ".join(filter(None, covered)),
        numbers=tuple(dict.fromkeys(case.number for case in cases)),
        open_numbers=tuple(dict.fromkeys(c.number for c in cases if not c.state.is_closed)),
        deleted=deleted,
        emptied=emptied,
    )


def forget_by_number(database: Database, papers: PaperStore, number: str, now: datetime) -> int:
    """Forget her and note it in the purge log; how many rows. Raises `NobodyFound` and `CasesOpen`."""
    with database.write() as work:
        rows = forget(work, _person(work, number), now)
        work.retention.note(KIND, 0, rows, now)
        work.commit()
    delete_files(database, papers)
    return rows


def _person(work: UnitOfWork, number: str) -> str:
    """Whose case this is; not her helper's who filed it."""
    found = work.cases.by_number(find(number) or "")
    stored = work.cases.get(found[0].case_id) if found else None
    if stored is None or not work.erasures.is_known(stored.person_id):
        raise NobodyFound
    return stored.person_id
