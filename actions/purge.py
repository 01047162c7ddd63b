"""Deletes what was kept long enough, by the rules of `storage/retention.json`, and notes how much it was.

Small transactions one after the other, so that nobody waits for it; stopped midway, the next run goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.forget_person import delete_files
from actions.tell_resident import tell_conversation
from catalog.models import Catalog
from dialogue.notices import draft_grows_old
from dialogue.old_drafts import drafts_to_drop, drafts_to_tell, told_about, without_drafts
from storage.database import Database
from storage.errors import Conflict
from storage.models import StoredConversation
from storage.papers import PaperStore
from storage.retention import Rule, rule_of, rules

log = logging.getLogger("zhucan.retention")

_PORTION = 500
_NIL = "00000000-0000-0000-0000-000000000000"
_RECENT = timedelta(days=30)
"""A file a message of the last month came with is not swept: its sender may still say what it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Purge:
    """One run."""

    database: Database
    papers: PaperStore
    catalog: Catalog
    now: datetime
    is_dry: bool


def purge(
    database: Database,
    papers: PaperStore,
    catalog: Catalog,
    now: datetime,
    *,
    is_dry: bool = False,
) -> dict[str, int]:
    """Apply every rule; how many rows or files of each kind it concerned (`is_dry`: would concern)."""
    run = _Purge(database=database, papers=papers, catalog=catalog, now=now, is_dry=is_dry)
    ways: dict[str, Callable[[_Purge, Rule], int]] = {
        "delete": _delete,
        "delete_unused": _delete,
        "tell": _tell_of_drafts,
        "drop_drafts": _drop_drafts,
        "reduce": _reduce,
        "sweep": _sweep,
    }
    if not is_dry:
        delete_files(database, papers)
    counts = {rule.kind: ways[rule.does](run, rule) for rule in rules()}
    done = {kind: count for kind, count in counts.items() if count}
    if done and not is_dry:
        _note(run, done)
    log.info("purge", extra={"dry": is_dry, **{f"purged_{k}": n for k, n in done.items()}})
    return counts


def _note(run: _Purge, counts: dict[str, int]) -> None:
    with run.database.write() as work:
        for kind, count in counts.items():
            work.retention.note(kind, rule_of(kind).days, count, run.now)
        work.commit()


def _delete(run: _Purge, rule: Rule) -> int:
    if run.is_dry:
        with run.database.read() as work:
            return work.retention.count(rule, run.now)
    total = 0
    while True:
        with run.database.write() as work:
            deleted = work.retention.delete(rule, run.now, _PORTION)
            work.commit()
        total += deleted
        if deleted < _PORTION:
            return total


def _tell_of_drafts(run: _Purge, rule: Rule) -> int:
    """Say once that an old draft will be deleted, a good while before it is."""
    before = run.now - rule.age
    return _for_each_talk(run, before, lambda talk: _tell_one(run, talk, before))


def _tell_one(run: _Purge, talk: StoredConversation, before: datetime) -> int:
    old = drafts_to_tell(talk.conversation, before)
    if not old or run.is_dry:
        return len(old)
    with run.database.write() as work:
        stored = work.conversations.get(talk.conversation.id)
        if stored is None or stored.version != talk.version:
            return 0
        told = told_about(stored.conversation, old, run.now)
        # Saved under its own time: being told is no sign of life.
        saved = work.conversations.save(stored, told, run.now)
        tell_conversation(work, saved, draft_grows_old(old, run.catalog), run.now)
        work.commit()
    return len(old)


def _drop_drafts(run: _Purge, rule: Rule) -> int:
    before = run.now - rule.age
    return _for_each_talk(run, before, lambda talk: _drop_one(run, talk, before))


def _drop_one(run: _Purge, talk: StoredConversation, before: datetime) -> int:
    old = drafts_to_drop(talk.conversation, before)
    if not old or run.is_dry:
        return len(old)
    with run.database.write() as work:
        stored = work.conversations.get(talk.conversation.id)
        if stored is None or stored.version != talk.version:
            return 0
        work.conversations.save(stored, without_drafts(stored.conversation, old), run.now)
        work.commit()
    return len(old)


def _for_each_talk(run: _Purge, before: datetime, do: Callable[[StoredConversation], int]) -> int:
    """Go through all conversations nobody wrote in since then; one changed at this moment is left for next time."""
    total, after = 0, _NIL
    while after:
        with run.database.read() as work:
            talks, after = work.retention.untouched(before, after, _PORTION)
        for talk in talks:
            try:
                total += do(talk)
            except Conflict:
                continue
    return total


def _reduce(run: _Purge, rule: Rule) -> int:
    before = run.now - rule.age
    total = 0
    while True:
        with run.database.read() as work:
            cases = work.retention.reducible(before, _PORTION)
        total += len(cases)
        if run.is_dry or not cases:
            return total
        for case_id in cases:
            with run.database.write() as work:
                work.retention.reduce(case_id, run.now)
                work.commit()


def _sweep(run: _Purge, rule: Rule) -> int:
    """Files nothing refers to. Names are read before references, so that what comes in meanwhile is safe."""
    old = {key for key, written in run.papers.written() if written < run.now - rule.age}
    if not old:
        return 0
    with run.database.read() as work:
        orphans = old - work.retention.papers_in_use(run.now - _RECENT)
    if not run.is_dry:
        for key in orphans:
            run.papers.delete(key)
    return len(orphans)
