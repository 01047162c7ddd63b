"""Puts everything under the newest key, in small portions beside the running service; stopped, it goes on where it was.

Blind indexes and seals have a key of their own. Changing that one is another matter: everything they made must
be made anew at once, so the service stands still meanwhile.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from storage.database import Database
from storage.errors import NotReadable
from storage.papers import PaperStore
from storage.repositories.reencryption import Place, Portion

log = logging.getLogger("zhucan.keys")

_PORTION = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What was put under the newest key, and what is left."""

    rows: int
    papers: int
    unreadable: int
    """Rows and papers whose key is not in the ring; they are left as they are."""
    key_ids: frozenset[bytes]
    """Ids of the keys still in use."""


def rotate_keys(database: Database, papers: PaperStore) -> Rotated:
    """Put every row and paper under the newest key that is not there yet."""
    with database.read() as work:
        tables = work.reencryption.tables
    rows = unreadable = 0
    for table in tables:
        changed, odd = _renew_table(database, table)
        rows, unreadable = rows + changed, unreadable + odd
    renewed, odd, file_ids = _renew_papers(database, papers)
    with database.read() as work:
        key_ids = work.reencryption.key_ids() | file_ids
    log.info(
        "keys rotated", extra={"rows": rows, "papers": renewed, "unreadable": unreadable + odd}
    )
    return Rotated(rows=rows, papers=renewed, unreadable=unreadable + odd, key_ids=key_ids)


def index_anew(database: Database) -> int:
    """After the index key was changed and while nothing else runs: make indexes and seals anew; how many indexes.

    What is known by its index alone cannot be made anew: sign-in attempts are forgotten, open one-time codes and
    caseworkers' recovery codes are no longer good.
    """
    with database.write() as work:
        count = work.reencryption.index_anew()
        work.sealed_logs.seal_all()
        work.commit()
    database.migrate()
    return count


def _renew_table(database: Database, table: str) -> tuple[int, int]:
    place: Place | None = Place(table, ())
    changed = unreadable = 0
    while place is not None:
        with database.write() as work:
            portion: Portion = work.reencryption.renew(place, _PORTION)
            work.commit()
        changed, unreadable = changed + portion.changed, unreadable + portion.unreadable
        place = portion.next
    return changed, unreadable


def _renew_papers(database: Database, papers: PaperStore) -> tuple[int, int, frozenset[bytes]]:
    newest = database.keyring.newest
    renewed = unreadable = 0
    left: set[bytes] = set()
    for key, _ in papers.written():
        try:
            key_id = papers.key_id_of(key)
            if key_id != newest:
                papers.put_back(key, papers.get(key))
                renewed += 1
        except FileNotFoundError:
            continue
        except NotReadable:
            unreadable += 1
            left.add(key_id)
    return renewed, unreadable, frozenset(left)
