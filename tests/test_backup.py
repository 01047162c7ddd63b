"""A backup holds everything, is read by nobody else, and fills an empty database of either engine; sealed logs tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import NOW, SECRETS, TENANT, open_database
from everything import LATER, everything, fill, help_each_other, make_up, tables_with
from sqlalchemy import text

from actions.back_up import back_up
from actions.forget_person import forget_person
from actions.restore import RestoreRefused, restore
from actions.verify_log import verify_log
from bot.__main__ import main
from storage import forgotten
from storage.backups import BackupBroken, verify
from storage.crypto import Keyring
from storage.database import Database
from storage.papers import PaperStore

WANG, LI = "王秀英甲乙丙", "李建国丁戊己"


@pytest.fixture
def papers(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", Keyring.from_secrets(SECRETS))


@pytest.fixture
def other_papers(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "restored", Keyring.from_secrets(SECRETS))


@pytest.fixture
def blank(blank_url: str):
    database = open_database(blank_url)
    yield database
    database.close()


def two_residents(database: Database, papers: PaperStore):
    wang = fill(database, papers, WANG, "12345674")
    li = fill(database, papers, LI, "22345679")
    help_each_other(database, wang, li)
    make_up(database, wang)
    return wang, li


# ---- the drill, from each engine into each engine


def test_what_was_backed_up_is_there_again(database, papers, blank, other_papers, tmp_path):
    """Rows, papers and seals; the four ways between SQLite and PostgreSQL."""
    wang, _ = two_residents(database, papers)
    before = everything(database)
    assert all(before.values()), [name for name, rows in before.items() if not rows]

    made = back_up(database, papers, tmp_path / "b.zhucan", NOW)
    told = restore(blank, other_papers, tmp_path / "b.zhucan", NOW)

    assert everything(blank) == before
    assert told == made
    assert sum(made.rows.values()) == sum(len(rows) for rows in before.values())
    assert [other_papers.get(key) for key in wang.keys] == [papers.get(key) for key in wang.keys]
    assert verify_log(blank).flaws == ()
    with blank.write() as work:
        found = work.conversations.find("webchat", wang.peer)
        assert found.person_id == wang.person_id
        work.messages.add_incoming(found.conversation.id, _message(wang), NOW)
        work.commit()


def _message(resident):
    from dialogue.messages import Message

    return Message(channel="webchat", event_id="9", peer=resident.peer, at=NOW, text="我回来了")


def test_a_backup_says_nothing_to_whoever_has_no_key(small_database, papers, tmp_path):
    two_residents(small_database, papers)
    path = tmp_path / "b.zhucan"
    back_up(small_database, papers, path, NOW)

    content = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    for word in (WANG, LI, "12345674", TENANT, "webchat"):
        assert word.encode() not in content
    with pytest.raises(BackupBroken, match="not_readable"):
        verify(path, Keyring.from_secrets(("quite another secret, long enough",)))


def test_a_backup_is_taken_while_people_go_on_talking(database, papers, tmp_path):
    """What comes in meanwhile is in the next one: the picture does not change under the pen."""
    two_residents(database, papers)
    with database.read() as work:
        rows = work.whole.rows("message")
        first = next(rows)
        fill(database, papers, "后来的人", "32345671")
        assert len([first, *rows]) == 4


@pytest.mark.parametrize("place", [3, 40, 400, -1])
def test_a_changed_byte_is_found_before_anything_is_written(
    small_database, papers, other_papers, tmp_path, place
):
    two_residents(small_database, papers)
    path = tmp_path / "b.zhucan"
    back_up(small_database, papers, path, NOW)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))
    target = open_database(f"sqlite:///{tmp_path / 'target.sqlite3'}")

    with pytest.raises(BackupBroken):
        restore(target, other_papers, path, NOW)
    assert target.revision() == ""
    target.close()


@pytest.mark.parametrize("left", [0, 10, 31, 60, 0.5, 0.99])
def test_a_file_cut_off_is_found(small_database, papers, tmp_path, left):
    two_residents(small_database, papers)
    path = tmp_path / "b.zhucan"
    back_up(small_database, papers, path, NOW)
    content = path.read_bytes()
    path.write_bytes(content[: left if left >= 1 or not left else int(len(content) * left)])

    with pytest.raises(BackupBroken):
        verify(path, small_database.keyring)


def test_a_database_in_use_is_never_overwritten(database, papers, tmp_path):
    two_residents(database, papers)
    path = tmp_path / "b.zhucan"
    back_up(database, papers, path, NOW)
    before = everything(database)

    with pytest.raises(RestoreRefused, match="not_empty"):
        restore(database, papers, path, NOW)
    assert everything(database) == before


def test_another_districts_backup_is_refused(database, papers, blank_url, tmp_path):
    back_up(database, papers, tmp_path / "b.zhucan", NOW)
    other = open_database(blank_url, tenant="310101")

    with pytest.raises(RestoreRefused, match="other_tenant"):
        restore(other, papers, tmp_path / "b.zhucan", NOW)
    other.close()


def test_under_another_index_key_it_is_refused(database, papers, blank_url, tmp_path):
    back_up(database, papers, tmp_path / "b.zhucan", NOW)
    other = open_database(blank_url, secrets=(*SECRETS, "one more, the oldest of all"))

    with pytest.raises(RestoreRefused, match="other_index_key"):
        restore(other, papers, tmp_path / "b.zhucan", NOW)
    other.close()


def test_a_backup_that_fails_leaves_no_file(small_database, papers, tmp_path, monkeypatch):
    two_residents(small_database, papers)
    monkeypatch.setattr(PaperStore, "get", _full)

    with pytest.raises(OSError, match="full"):
        back_up(small_database, papers, tmp_path / "b.zhucan", NOW)
    assert not [path.name for path in tmp_path.iterdir() if "b.zhucan" in path.name]


def _full(*_: object) -> bytes:
    raise OSError("disk full")


def test_a_list_or_a_file_that_is_not_there_is_named_and_nothing_is_restored(
    papers, tmp_path, monkeypatch, capsys, small_database
):
    """A mistyped list must not bring the forgotten back without a word."""
    made, nowhere = tmp_path / "b.zhucan", str(tmp_path / "nowhere")
    back_up(small_database, papers, made, NOW)
    monkeypatch.setenv("ZHUCAN_DATA_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("ZHUCAN_SECRET_KEY", ",".join(SECRETS))
    monkeypatch.setenv("ZHUCAN_TENANT", "pudong")
    (tmp_path / "empty").mkdir()

    for command in (
        ["restore", str(made), "--forgotten", nowhere],
        ["restore", nowhere],
        ["backup", f"{nowhere}/b"],
    ):
        assert main(command) == 1, command
        assert capsys.readouterr().err.startswith(nowhere), command


def test_who_was_forgotten_since_is_forgotten_again(
    database, papers, blank, other_papers, tmp_path
):
    """The list beside the papers is newer than the backup."""
    wang, li = two_residents(database, papers)
    path = tmp_path / "b.zhucan"
    back_up(database, papers, path, NOW)
    forget_person(database, papers, wang.person_id, LATER)

    known = forgotten.read(papers.folder / forgotten.NAME)
    assert wang.person_id in known
    restore(blank, other_papers, path, LATER, known)

    assert tables_with(blank, WANG) == set()
    assert tables_with(blank, LI) >= {"person", "message", "case_file", "consent"}
    assert not [key for key, _ in other_papers.written() if key in wang.keys]
    assert [other_papers.get(key) for key in li.keys]
    assert verify_log(blank).flaws == ()


# ---- sealed logs


def test_untouched_logs_have_no_flaw(database, papers):
    two_residents(database, papers)

    seen = verify_log(database)

    assert (seen.flaws, seen.erased) == ((), 0)
    assert seen.lines == 9


TAMPERINGS = {
    "a state is changed": (
        "UPDATE case_event SET state = 'declined' WHERE seq = 2",
        {("case_event", 2, "changed")},
    ),
    "another caseworker is blamed": (
        "UPDATE case_event SET actor_id = 'zhao' WHERE seq = 2",
        {("case_event", 2, "changed")},
    ),
    "a name is put where a reason stood": (
        "UPDATE case_event SET reason = (SELECT actor_name FROM case_event e LIMIT 1)",
        {("case_event", 1, "unreadable")},
    ),
    "words are emptied without leave": (
        "UPDATE case_event SET reason = actor_name WHERE seq = 2",
        {("case_event", 2, "changed"), ("case_event", 2, "unreadable")},
    ),
    "a line is taken out of the middle": (
        "DELETE FROM case_event WHERE seq = 1",
        {("case_event", 1, "missing"), ("case_event", 1, "changed")},
    ),
    "the last line is cut off": (
        "DELETE FROM case_event WHERE seq = 2",
        {("case_event", 0, "missing")},
    ),
    "all lines are gone": ("DELETE FROM case_event", {("case_event", 0, "missing")}),
    "somebody hides that she looked": (
        "DELETE FROM read_log WHERE seq = 2",
        {("read_log", 0, "missing")},
    ),
    "a look is dated back": (
        "UPDATE read_log SET what = 'case' WHERE seq = 2",
        {("read_log", 2, "changed")},
    ),
    "the end is rewritten as well": (
        "UPDATE log_head SET lines = 1 WHERE log = 'read_log'",
        {("read_log", 0, "missing")},
    ),
    "a seal is taken off": (
        "UPDATE case_event SET chain = NULL WHERE seq = 2",
        {("case_event", 2, "unsealed"), ("case_event", 0, "missing")},
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_whoever_changes_history_past_us_is_found_out(database, papers, how):
    fill(database, papers, WANG, "12345674")
    statement, expected = TAMPERINGS[how]
    _without_triggers(database, statement)

    found = {(f.log, f.line, f.what) for f in verify_log(database).flaws}

    assert found
    assert found & expected, found


def _without_triggers(database: Database, statement: str) -> None:
    """As somebody with the whole database in hand could."""
    with database._writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("case_event", "read_log"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        else:
            triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in connection.execute(triggers).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE read_log SET what = 'case'",
        "DELETE FROM read_log",
        "UPDATE case_event SET state = 'declined'",
        "UPDATE case_event SET seq = 9",
        "DELETE FROM case_event",
    ],
)
def test_the_database_itself_refuses_changes_of_history(database, papers, statement):
    fill(database, papers, WANG, "12345674")

    with pytest.raises(Exception, match="append-only"), database._writer.begin() as connection:
        connection.execute(text(statement))


def test_the_seals_are_no_good_without_the_key(database, papers, open_again):
    fill(database, papers, WANG, "12345674")
    stranger = open_again(secrets=(SECRETS[0], "another oldest secret of all"))

    flaws = verify_log(stranger).flaws
    assert {f.what for f in flaws} >= {"changed"}


def test_histories_from_before_there_were_seals_are_sealed_at_the_next_start(database, papers):
    fill(database, papers, WANG, "12345674")
    _without_triggers(database, "DELETE FROM log_head")
    _without_triggers(database, "UPDATE case_event SET chain = NULL, salt = NULL")
    _without_triggers(database, "UPDATE read_log SET chain = NULL, seq = NULL")

    database.migrate()

    assert verify_log(database).flaws == ()
    assert verify_log(database).lines == 4
