"""Fills an empty database from a backup, and forgets again whoever was forgotten since it was made."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from pathlib import Path

from actions.forget_person import delete_files, erase
from storage import forgotten, revisions
from storage.backups import Manifest, papers_in, rows_in, verify
from storage.database import Database
from storage.papers import PaperStore

log = logging.getLogger("zhucan.backup")


class RestoreRefused(Exception):
    """It would do harm; the code is not_empty, other_tenant, other_index_key or newer_program."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def restore(
    database: Database,
    papers: PaperStore,
    path: Path,
    now: datetime,
    also_forgotten: Collection[str] = (),
) -> Manifest:
    """Restore the file into an empty database of either engine.

    The whole file is read and checked before anything is written, and the rows are put back in one transaction.
    Raises `BackupBroken` and `RestoreRefused`.
    """
    manifest = verify(path, database.keyring)
    if manifest.tenant != database.tenant:
        raise RestoreRefused("other_tenant")
    if not revisions.is_known(manifest.revision):
        raise RestoreRefused("newer_program")
    if manifest.index_key != database.index_fingerprint:
        raise RestoreRefused("other_index_key")
    if database.revision():
        _refuse_unless_empty(database)
    database.move_to(manifest.revision)
    _put_rows(database, path)
    database.migrate()
    for key, content in papers_in(path, database.keyring):
        papers.put_back(key, content)
    gone = _forget_again(database, papers, also_forgotten, now)
    log.info("restored", extra={"rows": sum(manifest.rows.values()), "forgotten": gone})
    return manifest


def _refuse_unless_empty(database: Database) -> None:
    database.migrate()
    with database.read() as work:
        if not work.whole.is_empty(work.whole.tables):
            raise RestoreRefused("not_empty")


def _put_rows(database: Database, path: Path) -> None:
    with database.write() as work:
        work.whole.forget_start()
        for table, rows in groupby(rows_in(path, database.keyring), key=lambda line: line[0]):
            work.whole.put(table, (row for _, row in rows))
        work.commit()


def _forget_again(
    database: Database, papers: PaperStore, also: Collection[str], now: datetime
) -> int:
    """The list beside the papers is newer than the backup: who stands in it is forgotten once more.

    Cases of hers that were open when the backup was made had been taken back by then, so they are closed.
    """
    known = forgotten.read(papers.folder / forgotten.NAME) | frozenset(also)
    with database.read() as work:
        known |= frozenset(work.erasures.forgotten())
        left = [person_id for person_id in sorted(known) if work.erasures.is_known(person_id)]
    for person_id in left:
        with database.write() as work:
            erase(work, person_id, now)
            work.commit()
    delete_files(database, papers)
    return len(left)
