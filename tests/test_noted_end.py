"""What `verify-log` prints and is given back later: a whole case that is gone, and a database set back, are noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import SECRETS
from everything import LATER, fill
from sqlalchemy import text

from actions.back_up import back_up
from actions.forget_person import forget_person
from actions.restore import restore
from actions.verify_log import verify_log
from bot.__main__ import main
from storage.crypto import Keyring
from storage.database import Database
from storage.noted_end import NotedEnd, read_noted
from storage.papers import PaperStore

WANG, LI = "王秀英甲乙丙", "李建国丁戊己"


@pytest.fixture
def papers(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", Keyring.from_secrets(SECRETS))


def noted_now(database: Database) -> NotedEnd:
    """Everything written so far, as the command notes it two minutes later."""
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    with database.read() as work:
        return work.sealed_logs.verify(soon).noted


def cut_out(database: Database, case_id: str) -> None:
    """Whoever has the database takes a case out, with its lines and their sealed ends, past the triggers."""
    key = case_id.replace("-", "")
    is_postgresql = database._writer.dialect.name == "postgresql"
    with database._writer.begin() as connection:
        for table in ("case_event", "read_log"):
            if is_postgresql:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            else:
                connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
            lines = f"DELETE FROM {table} WHERE replace(CAST(case_id AS TEXT), '-', '') = :key"
            connection.execute(text(lines), {"key": key})
        ends = "DELETE FROM log_head WHERE replace(CAST(subject_id AS TEXT), '-', '') = :key"
        connection.execute(text(ends), {"key": key})


def test_a_case_cut_out_with_its_sealed_end_is_noticed_by_what_was_noted(database, papers):
    wang = fill(database, papers, WANG, "12345674")
    fill(database, papers, LI, "22345679")
    noted = noted_now(database)
    cut_out(database, wang.case_id)

    seen = verify_log(database, noted)
    assert seen.flaws == ()
    assert seen.noted != noted
    assert (noted.logs, seen.noted.logs) == (4, 2)


def test_what_is_added_later_and_words_erased_later_change_nothing(
    database, papers, monkeypatch: pytest.MonkeyPatch
):
    wang = fill(database, papers, WANG, "12345674")
    past = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    with database.read() as work:
        noted = work.sealed_logs.verify(past).noted
    monkeypatch.setattr("storage.repositories.sealed_logs.time_of", _as_if_later(noted))
    fill(database, papers, LI, "22345679")
    forget_person(database, papers, wang.person_id, LATER)

    seen = verify_log(database, noted)
    assert seen.noted == noted
    assert seen.lines > noted.lines


def _as_if_later(noted: NotedEnd):
    """Ids made from now on are of a later time, without the test having to wait for it."""
    from storage.ids import new_id

    border = new_id()
    return lambda key: noted.at - timedelta(1) if key < border else noted.at


def test_a_database_set_back_to_before_is_noticed(database, papers, tmp_path, blank_url):
    fill(database, papers, WANG, "12345674")
    back_up(database, papers, tmp_path / "old.zhucan", LATER)
    fill(database, papers, LI, "22345679")
    noted = noted_now(database)
    old = Database(blank_url, database.tenant, Keyring.from_secrets(SECRETS))
    restore(old, PaperStore(tmp_path / "p", old.keyring), tmp_path / "old.zhucan", LATER)

    seen = verify_log(old, noted)
    assert seen.flaws == ()
    assert seen.noted != noted
    old.close()


def test_a_whole_restore_is_as_noted(database, papers, tmp_path, blank_url):
    fill(database, papers, WANG, "12345674")
    noted = noted_now(database)
    back_up(database, papers, tmp_path / "b.zhucan", LATER)
    other = Database(blank_url, database.tenant, Keyring.from_secrets(SECRETS))
    restore(other, PaperStore(tmp_path / "p", other.keyring), tmp_path / "b.zhucan", LATER)

    assert verify_log(other, noted).noted == noted
    other.close()


def test_without_the_key_nobody_makes_up_the_sum(database, papers, open_again):
    fill(database, papers, WANG, "12345674")
    noted = noted_now(database)
    stranger = open_again(secrets=("a secret somebody made up by herself",))

    assert verify_log(stranger, noted).noted.sum != noted.sum


def test_the_line_can_be_read_again_and_nothing_else_is_taken_for_it():
    at = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    noted = NotedEnd(at=at, logs=4, lines=12, sum="0123456789abcdef" * 2)

    assert read_noted(f" {noted}\n") == noted
    assert read_noted(str(replace(noted, sum="x"))) is None
    assert read_noted(str(noted).replace("-11-", "-13-")) is None
    for other in ("", "4/12", str(noted)[:-1]):
        assert read_noted(other) is None


def test_by_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ZHUCAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ZHUCAN_SECRET_KEY", ",".join(SECRETS))
    monkeypatch.setattr("actions.verify_log.SETTLED", timedelta(seconds=-5))
    ring = Keyring.from_secrets(SECRETS)
    database = Database(f"sqlite:///{tmp_path / 'zhucan.sqlite3'}", "pudong", ring)
    database.migrate()
    wang = fill(database, PaperStore(tmp_path / "papers", ring), WANG, "12345674")

    assert main(["verify-log"]) == 0
    line = capsys.readouterr().out.splitlines()[-1].removeprefix("noted\t")
    assert main(["verify-log", "--expect", line]) == 0
    assert main(["verify-log", "--expect", "nonsense"]) == 2
    capsys.readouterr()
    cut_out(database, wang.case_id)
    assert main(["verify-log", "--expect", line]) == 1
    assert "not as noted" in capsys.readouterr().err
    database.close()
