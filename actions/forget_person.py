"""A person is forgotten: everything she told is deleted; of what the office did, only that it happened stays.

Open cases are to be taken back first: nothing is decided about somebody we no longer know.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from dialogue.old_drafts import without_drafts_for
from storage import forgotten
from storage.database import Database
from storage.models import StoredConversation
from storage.papers import PaperStore
from storage.unit_of_work import UnitOfWork

log = logging.getLogger("zhucan.retention")


class CasesOpen(Exception):
    """Something of hers is still being decided."""


def forget_person(database: Database, papers: PaperStore, person_id: str, now: datetime) -> int:
    """Forget her; how many rows that touched. Raises `CasesOpen` while a case of hers is open."""
    with database.write() as work:
        rows = forget(work, person_id, now)
        work.commit()
    delete_files(database, papers)
    return rows


def forget(work: UnitOfWork, person_id: str, now: datetime) -> int:
    """Forget her in the caller's transaction; her papers' files go after it, by a job `delete_files`."""
    if work.erasures.has_open_cases(person_id):
        raise CasesOpen(person_id)
    rows = erase(work, person_id, now)
    work.enqueue("delete_files", person_id)
    log.info("person forgotten", extra={"rows": rows})
    return rows


def erase(work: UnitOfWork, person_id: str, now: datetime) -> int:
    """Everything of hers, and the forms her helpers had begun for her; whatever stands open."""
    for given in work.authorizations.of_person(person_id):
        if given.principal_id == person_id:
            _drop_drafts(work, given.helper_id, person_id, now)
    return work.erasures.erase(person_id, now)


def forget_and_begin_anew(
    work: UnitOfWork, stored: StoredConversation, now: datetime
) -> StoredConversation:
    """She who is speaking is forgotten; the new, empty conversation that goes on from the same address."""
    fresh = work.erasures.begin_anew(stored, now)
    forget(work, stored.person_id, now)
    return fresh


def delete_files(database: Database, papers: PaperStore) -> int:
    """Delete the files of everybody forgotten so far, and note who that is outside the database; how many files."""
    with database.read() as work:
        left, everybody = work.erasures.files_left(), work.erasures.forgotten()
    forgotten.note(papers.folder, everybody)
    for keys in left.values():
        for key in keys:
            papers.delete(key)
    if left:
        with database.write() as work:
            for person_id in left:
                work.erasures.files_deleted(person_id)
            work.commit()
    return sum(len(keys) for keys in left.values())


def _drop_drafts(work: UnitOfWork, helper_id: str, person_id: str, now: datetime) -> None:
    """Forms a helper had begun for her hold what she told him."""
    for talk in work.conversations.of_person(helper_id):
        stored = work.conversations.get(talk.conversation.id)
        if stored is None:
            continue
        left = without_drafts_for(stored.conversation, person_id)
        if left != stored.conversation:
            work.conversations.save(stored, replace(left), now)
