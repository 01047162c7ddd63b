"""Kept no longer than needed, forgotten when asked: every table is covered, or this fails."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from databases import NOW, SECRETS
from everything import LATER, everything, fill, help_each_other, make_up, tables_with

from actions.forget_person import CasesOpen, forget_person
from actions.purge import purge
from actions.verify_log import verify_log
from catalog.models import Catalog
from dialogue.messages import Message
from storage.crypto import Encrypted, Keyring
from storage.database import Database
from storage.ownership import BY_ADDRESS, NOT_RESIDENTS, RECORD, SHELLS, owned_by
from storage.papers import PaperStore
from storage.retention import kept_as_long_as_needed, rule_of, rules
from storage.tables import metadata

WANG, LI = "王秀英甲乙丙", "李建国丁戊己"


@pytest.fixture
def papers(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", Keyring.from_secrets(SECRETS))


def two_residents(database: Database, papers: PaperStore):
    wang = fill(database, papers, WANG, "12345674")
    li = fill(database, papers, LI, "22345679")
    help_each_other(database, wang, li)
    make_up(database, wang)
    return wang, li


# ---- every table


def test_every_table_says_how_long_it_is_kept():
    told = {rule.table for rule in rules() if rule.table} | set(kept_as_long_as_needed())

    assert set(metadata.tables) - told == set(), "name it in storage/retention.json"
    assert told - set(metadata.tables) == set()


def test_no_table_has_two_answers_to_how_long():
    """A reader of the file must not find a table kept for days in one place and for ever in another."""
    told = json.loads(
        (Path(__file__).parent.parent / "storage" / "retention.json").read_text("utf-8"),
        object_pairs_hook=_without_repeats,
    )
    deleted = {kind["table"] for kind in told["kinds"] if kind["does"].startswith("delete")}

    assert deleted & set(told["kept"]) == set()


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len(dict(pairs)) == len(pairs), [name for name, _ in pairs]
    return dict(pairs)


def test_every_rule_says_why_and_names_a_real_column():
    by_column = {"delete", "delete_unused", "reduce"}
    for rule in rules():
        assert rule.basis.endswith("."), rule.kind
        assert rule.days >= 1
        if rule.does in by_column:
            assert rule.since in metadata.tables[rule.table].columns, rule.kind


def test_every_table_with_words_of_residents_is_found_when_one_is_to_be_forgotten():
    """A new table must lead to a person along its foreign keys, or say why it need not."""
    from uuid import uuid4

    owned = set(owned_by(uuid4(), "t", metadata))
    secret = {
        table.name
        for table in metadata.tables.values()
        if any(isinstance(column.type, Encrypted) for column in table.columns)
    }

    assert secret - owned - BY_ADDRESS - NOT_RESIDENTS == set()


# ---- forgetting


def test_nothing_a_forgotten_person_told_is_left_anywhere(database, papers):
    wang, li = two_residents(database, papers)
    before = {name: len(rows) for name, rows in everything(database).items()}
    assert tables_with(database, WANG) >= {
        "address", "application", "case_event", "case_file", "consent", "conversation", "handover",
        "handover_event",
        "helper_authorization", "message", "misunderstood", "outbox", "paper", "person", "web_session",
    }  # fmt: skip

    forget_person(database, papers, wang.person_id, LATER)

    assert tables_with(database, WANG) == set()
    assert not [key for key, _ in papers.written() if key in wang.keys]
    assert [papers.get(key) for key in li.keys]
    after = {name: len(rows) for name, rows in everything(database).items()}
    for name in RECORD:
        assert after[name] == before[name], name


def test_no_row_leads_to_a_forgotten_person_but_of_the_record(database, papers):
    """Also where nothing of hers is written out: link codes, ratings, reminders."""
    wang, _ = two_residents(database, papers)
    before = {name for name, rows in everything(database).items() if _leads_to(wang, rows)}
    assert before >= {"link_code", "rating", "reminder", "reminder_plan", "consent", "data_copy"}

    forget_person(database, papers, wang.person_id, LATER)

    after = {name for name, rows in everything(database).items() if _leads_to(wang, rows)}
    assert after - {*RECORD, *SHELLS, "erasure", "log_head"} == set()


def _leads_to(resident, rows) -> bool:
    named = {resident.person_id, resident.conversation_id, resident.case_id}
    return any(name in str(value) for row in rows for value in row.values() for name in named)


def test_another_person_keeps_everything(database, papers):
    wang, li = two_residents(database, papers)
    before = _hers(database, LI)

    forget_person(database, papers, wang.person_id, LATER)

    after = _hers(database, LI)
    assert {name for name in before if before[name] != after[name]} <= {
        "conversation", "case_event", "helper_authorization",
    }, "only her draft for, her name beside, and her right to act for the forgotten one"  # fmt: skip
    with database.read() as work:
        held = work.conversations.get(li.conversation_id).conversation
        assert held.focus.progress.answers["name"].value == LI
        assert held.parked == ()


def _hers(database: Database, mark: str) -> Counter:
    return Counter(
        name for name, rows in everything(database).items() for row in rows if mark in str(row)
    )


def test_a_forgotten_helper_leaves_no_name_in_the_cases_she_helped_with(database, papers):
    wang, li = two_residents(database, papers)

    forget_person(database, papers, li.person_id, LATER)

    assert tables_with(database, LI) == set()
    assert tables_with(database, WANG) >= {"case_file", "message", "person"}
    with database.read() as work:
        lines = work.cases.of_person(wang.person_id)[0].events
    assert [line.by.name for line in lines] == [WANG, "张科员", ""]


def test_what_the_office_did_stays_and_its_seals_hold(database, papers):
    wang, _ = two_residents(database, papers)

    forget_person(database, papers, wang.person_id, LATER)

    seen = verify_log(database)
    assert seen.flaws == ()
    assert seen.erased == 3
    with database.read() as work:
        case = work.cases.get(wang.case_id).case
        assert [(e.action.value, e.by.name) for e in case.events] == [
            ("submit", ""),
            ("approve", "张科员"),
            ("add_paper", ""),
        ]
        assert (case.number, case.questions, case.papers) == ("12345674", (), ())
        assert work.conversations.get(wang.conversation_id) is not None


def test_who_is_forgotten_comes_back_as_somebody_new(database, papers):
    wang, _ = two_residents(database, papers)
    forget_person(database, papers, wang.person_id, LATER)

    with database.write() as work:
        assert work.conversations.find("webchat", wang.peer) is None
        again = work.conversations.for_peer("webchat", wang.peer, LATER)
        assert again.person_id != wang.person_id
        assert work.cases.of_person(again.person_id) == ()


def test_with_an_open_case_nobody_is_forgotten(database, papers):
    wang, _ = two_residents(database, papers)
    _reopen(database, wang)

    with pytest.raises(CasesOpen):
        forget_person(database, papers, wang.person_id, LATER)
    assert "message" in tables_with(database, WANG)


def _reopen(database: Database, resident) -> None:
    from sqlalchemy import update

    from storage.tables import CaseRow

    with database._writer.begin() as connection:
        connection.execute(
            update(CaseRow)
            .where(CaseRow.number == "12345674")
            .values(is_open=True, state="accepted")
        )


def test_forgetting_twice_is_as_good_as_once(database, papers):
    wang, _ = two_residents(database, papers)
    forget_person(database, papers, wang.person_id, LATER)
    before = everything(database)
    forget_person(database, papers, wang.person_id, LATER)

    after = everything(database)
    assert {n: len(r) for n, r in after.items()} == {n: len(r) for n, r in before.items()}
    assert verify_log(database).flaws == ()


def test_a_browser_from_before_its_address_was_indexed_is_forgotten_too(database, papers):
    from sqlalchemy import update

    from storage.tables import WebSessionRow

    wang, li = two_residents(database, papers)
    with database._writer.begin() as connection:
        connection.execute(update(WebSessionRow).values(peer_bi=None))

    forget_person(database, papers, wang.person_id, LATER)

    with database.read() as work:
        assert work.web_sessions.peer_of(f"hash-{WANG}") is None
        assert work.web_sessions.peer_of(f"hash-{LI}") == li.peer


# ---- retention


def run(database, papers, catalog, days: int, **options: bool) -> dict[str, int]:
    counts = purge(database, papers, catalog, NOW + timedelta(days=days), **options)
    return {kind: count for kind, count in counts.items() if count}


def test_nothing_is_deleted_before_its_time(database, papers, catalog: Catalog):
    two_residents(database, papers)
    before = everything(database)

    assert run(database, papers, catalog, 0) == {}
    after = everything(database)
    del before["erasure"], after["erasure"]
    assert after == before


def test_what_is_over_its_time_goes_and_how_much_is_noted(database, papers, catalog: Catalog):
    two_residents(database, papers)
    _finish_outbox(database)

    assert run(database, papers, catalog, 31)["inbox"] == 2
    rows = everything(database)
    assert (rows["inbox"], rows["outbox"]) == ([], [])
    assert len(rows["message"]) == 4
    noted = {row["kind"]: row["count"] for row in rows["purge"] if row["kind"] != "x"}
    assert noted["inbox"] == 2
    assert WANG not in str(rows["purge"])


def _finish_outbox(database: Database) -> None:
    from sqlalchemy import update

    from storage.tables import OutboxRow

    with database._writer.begin() as connection:
        connection.execute(update(OutboxRow).values(is_open=False, finished_at=NOW))


def test_a_dry_run_counts_and_changes_nothing(database, papers, catalog: Catalog):
    two_residents(database, papers)
    before = everything(database)

    counts = run(database, papers, catalog, 800, is_dry=True)

    assert counts["inbox"] == 2
    assert everything(database) == before


def test_a_row_another_one_needs_waits_for_it(database, papers, catalog: Catalog):
    """A message still to be delivered is not deleted under the delivery."""
    two_residents(database, papers)

    run(database, papers, catalog, rule_of("message").days + 1)

    old = [row for row in everything(database)["message"] if row["at"]["time"] == NOW.isoformat()]
    assert [row["direction"] for row in old] == ["out", "out"], "the two to be delivered"


def test_a_browser_in_use_is_kept_however_old(database, papers, catalog: Catalog):
    wang, _ = two_residents(database, papers)
    later = NOW + timedelta(days=399)
    with database.write() as work:
        stored = work.conversations.find("webchat", wang.peer)
        work.conversations.used(stored, later)
        work.commit()

    run(database, papers, catalog, 401)

    with database.read() as work:
        assert work.web_sessions.peer_of(f"hash-{WANG}") == wang.peer
        assert work.web_sessions.peer_of(f"hash-{LI}") is None


def test_a_draft_is_deleted_only_a_month_after_she_was_told(database, papers, catalog: Catalog):
    wang, _ = two_residents(database, papers)
    told, last = rule_of("draft_notice").days + 1, rule_of("draft").days + 2

    assert "draft" not in run(database, papers, catalog, told)
    assert _drafts(database, wang) == 1
    assert "一个月以后" in _newest(database, wang).text
    assert run(database, papers, catalog, told + 1).get("draft_notice") is None, "told once"

    assert run(database, papers, catalog, told + last)["draft"] == 3
    assert _drafts(database, wang) == 0


def test_a_draft_taken_up_again_stays(database, papers, catalog: Catalog):
    wang, _ = two_residents(database, papers)
    told = rule_of("draft_notice").days + 1
    run(database, papers, catalog, told)
    with database.write() as work:
        stored = work.conversations.get(wang.conversation_id)
        at = NOW + timedelta(days=told + 5)
        progress = _later(stored.conversation.focus.progress, at)
        focus = _changed(stored.conversation.focus, progress=progress)
        work.conversations.save(stored, _changed(stored.conversation, focus=focus), at)
        work.commit()

    run(database, papers, catalog, told + rule_of("draft").days + 10)
    assert _drafts(database, wang) == 1


def _changed(value, **changes):
    from dataclasses import replace

    return replace(value, **changes)


def _later(progress, at):
    return _changed(progress, saved_at=at)


def _drafts(database: Database, resident) -> int:
    with database.read() as work:
        talk = work.conversations.get(resident.conversation_id).conversation
    return len(talk.parked) + (getattr(talk.focus, "progress", None) is not None)


def _newest(database: Database, resident):
    with database.read() as work:
        return work.messages.latest(resident.conversation_id, 1)[0].reply


def test_an_old_decision_stays_without_its_sensitive_answers(database, papers, catalog: Catalog):
    wang, _ = two_residents(database, papers)
    days = rule_of("closed_case").days

    run(database, papers, catalog, days - 1)
    assert papers.get(wang.keys[0])
    assert run(database, papers, catalog, days + 1)["closed_case"] == 2

    with database.read() as work:
        case = work.cases.get(wang.case_id).case
    assert [q.field for q in case.questions] == ["reason"]
    assert case.papers == ()
    assert case.events[1].by.name == "张科员"
    assert verify_log(database).flaws == ()
    assert "closed_case" not in run(database, papers, catalog, days + 2), "done once"


# ---- files


def _age(papers: PaperStore, days: int) -> None:
    when = (NOW - timedelta(days=days)).timestamp()
    for key, _ in list(papers.written()):
        os.utime(papers.folder / key[:2] / key, (when, when))


def test_a_file_nobody_refers_to_is_swept_and_all_others_stay(database, papers, catalog: Catalog):
    wang, li = two_residents(database, papers)
    orphan = papers.put(b"nobody's")
    _age(papers, 2)

    assert run(database, papers, catalog, 0)["paper_file"] == 1

    left = {key for key, _ in papers.written()}
    assert orphan not in left
    assert left == {*wang.keys, *li.keys}, "papers of cases and of drafts"


def test_a_file_that_has_just_come_in_is_not_swept(database, papers, catalog: Catalog):
    orphan = papers.put(b"being received")

    run(database, papers, catalog, 0)
    assert papers.get(orphan)


def test_a_photo_of_this_month_that_is_for_nothing_yet_stays(database, papers, catalog: Catalog):
    """She sent it outside any form; her message still names it."""
    from dialogue.messages import Attachment

    wang, _ = two_residents(database, papers)
    key = papers.put(b"photo")
    photo = Attachment(kind="photo", name="a.jpg", media_type="image/jpeg", size=5, key=key)
    message = Message(
        channel="webchat", event_id="7", peer=wang.peer, at=NOW, attachments=(photo,)
    )
    with database.write() as work:
        work.messages.add_incoming(wang.conversation_id, message, NOW)
        work.commit()
    _age(papers, 20)

    run(database, papers, catalog, 1)
    assert papers.get(key)
    run(database, papers, catalog, 31)
    with pytest.raises(FileNotFoundError):
        papers.get(key)
