"""Writes a backup of everything, while people go on talking: one unchanging picture of the database, then the papers."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from storage import forgotten
from storage.backups import Manifest, writing
from storage.database import Database
from storage.papers import PaperStore

log = logging.getLogger("zhucan.backup")


def back_up(database: Database, papers: PaperStore, path: Path, now: datetime) -> Manifest:
    """Write the file; it appears under its name only when it is whole. What is in it.

    Papers come after the rows: a paper is kept before its row is, so every row's paper is there, unless it was
    deleted meanwhile.
    """
    counts: Counter[str] = Counter()
    start = Manifest(
        tenant=database.tenant,
        revision=database.revision(),
        made_at=now,
        index_key=database.index_fingerprint,
    )
    kept = 0
    with writing(path, database.keyring) as file, database.read() as work:
        file.begin(start)
        for table in work.whole.tables:
            for row in work.whole.rows(table):
                file.row(table, row)
                counts[table] += 1
        everybody = work.erasures.forgotten()
        for key, _ in papers.written():
            with suppress(FileNotFoundError):
                file.paper(key, papers.get(key))
                kept += 1
    forgotten.note(papers.folder, everybody)
    log.info("backed up", extra={"rows": counts.total(), "papers": kept})
    return replace(start, rows=dict(counts), papers=kept)
