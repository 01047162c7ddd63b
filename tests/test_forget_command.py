"""`zhucan forget`: a person who asked the hall, not the bot, is forgotten as if she had said it herself."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import SECRETS
from everything import LATER, fill, help_each_other, tables_with
from sqlalchemy import update

from actions.forget_by_number import KIND, NobodyFound, forget_by_number, whom_to_forget
from actions.forget_person import CasesOpen
from actions.verify_log import verify_log
from bot.__main__ import main
from storage import forgotten
from storage.crypto import Keyring
from storage.database import Database
from storage.papers import PaperStore
from storage.tables import CaseRow

WANG, LI = "王秀英甲乙丙", "李建国丁戊己"
HERS, OTHERS = "1234-5671", "22345677"


@pytest.fixture
def papers(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", Keyring.from_secrets(SECRETS))


def two_residents(database: Database, papers: PaperStore):
    wang = fill(database, papers, WANG, "12345671")
    li = fill(database, papers, LI, OTHERS)
    help_each_other(database, wang, li)
    return wang, li


def reopened(database: Database) -> None:
    with database._writer.begin() as connection:
        connection.execute(
            update(CaseRow)
            .where(CaseRow.number == "12345671")
            .values(is_open=True, state="accepted")
        )


def test_it_is_said_whom_it_is_about_without_saying_her_name_and_nothing_is_done(database, papers):
    wang, _ = two_residents(database, papers)
    whom = whom_to_forget(database, HERS)

    assert whom.called.startswith("王＊")
    assert WANG not in repr(whom)
    assert whom.numbers == ("12345671",)
    assert whom.open_numbers == ()
    assert whom.deleted["message"] >= 2
    assert whom.emptied["case_file"] == 1
    assert not set(whom.deleted) & set(whom.emptied)
    assert tables_with(database, wang.mark)


def test_she_is_forgotten_with_her_papers_and_her_neighbor_is_not(database, papers):
    wang, li = two_residents(database, papers)
    rows = forget_by_number(database, papers, HERS, LATER)

    assert rows > 0
    assert tables_with(database, wang.mark) == tables_with(database, "nobody of this name")
    assert tables_with(database, li.mark)
    assert not [key for key, _ in papers.written() if key in wang.keys]
    assert wang.person_id in forgotten.read(papers.folder / forgotten.NAME)
    assert verify_log(database).flaws == ()


def test_the_purge_log_knows_how_many_rows_and_nothing_else(database, papers):
    wang, _ = two_residents(database, papers)
    rows = forget_by_number(database, papers, HERS, LATER)
    with database.read() as work:
        noted = work.retention.noted(5)

    assert noted == ((LATER, KIND, rows),)
    assert wang.person_id not in repr(noted)


def test_the_record_stays_without_her_words(database, papers):
    wang, _ = two_residents(database, papers)
    forget_by_number(database, papers, HERS, LATER)
    with database.read() as work:
        found = work.cases.get(wang.case_id)

    assert found is not None
    assert found.case.number == "12345671"
    assert [event.action for event in found.case.events]
    assert found.case.questions == ()


def test_while_a_case_is_open_nothing_is_forgotten(database, papers):
    wang, _ = two_residents(database, papers)
    reopened(database)

    assert whom_to_forget(database, HERS).open_numbers == ("12345671",)
    with pytest.raises(CasesOpen):
        forget_by_number(database, papers, HERS, LATER)
    assert tables_with(database, wang.mark)
    with database.read() as work:
        assert work.retention.noted(5) == ()


@pytest.mark.parametrize("number", ["", "1", "1234-5672", "99999999", "' OR 1=1 --", "王秀英"])
def test_a_number_of_nobody_is_told_and_forgets_nobody(database, papers, number):
    two_residents(database, papers)
    with pytest.raises(NobodyFound):
        forget_by_number(database, papers, number, LATER)


def test_by_command_first_what_then_yes(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ZHUCAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ZHUCAN_SECRET_KEY", ",".join(SECRETS))
    ring = Keyring.from_secrets(SECRETS)
    database = Database(f"sqlite:///{tmp_path / 'zhucan.sqlite3'}", "pudong", ring)
    database.migrate()
    papers = PaperStore(tmp_path / "papers", ring)
    wang, _ = two_residents(database, papers)
    command = ["forget", "--case", HERS]

    assert main([*command, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "王＊" in shown
    assert WANG not in shown
    assert "kept: " in shown
    assert main(command) == 2
    assert "--yes" in capsys.readouterr().err
    assert tables_with(database, wang.mark)

    assert main([*command, "--yes"]) == 0
    assert "forgotten: " in capsys.readouterr().out
    assert main(["forget", "--case", "9", "--yes"]) == 1
    assert "no case" in capsys.readouterr().err
    assert not tables_with(database, wang.mark)
    reopened(database)
    assert main([*command, "--yes"]) == 1
    assert "open" in capsys.readouterr().err
    database.close()
