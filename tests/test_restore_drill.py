"""Work that waits when a backup is made is done after a restore, though the engine's own tables are left out.

Each kind of pending work has a test here: what must be done is in our tables, and a schedule finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import SECRETS, open_database
from everything import fill
from tester import CERT, ID, Clock, Tester
from webchat_house import open_house_in

from actions.back_up import back_up
from actions.forget_person import forget
from actions.mind import Mind
from actions.purge import purge
from actions.restore import restore
from actions.scan_deadlines import scan_deadlines
from actions.send_reminders import send_reminders
from bot.jobs import build_jobs
from storage.crypto import Keyring
from storage.database import Database
from storage.ids import new_id
from storage.papers import PaperStore

SELF = {
    "applicant_role": "给我自己办",
    "name": "王秀英",
    "id_number": ID,
    "disability_cert_no": CERT,
}
SCHEDULES = {
    "reminders": "test_a_reminder_planned_before_comes_after",
    "deadlines": "test_an_office_is_told_of_a_case_that_came_due_meanwhile",
    "purge": "test_files_of_the_forgotten_go_though_the_job_is_lost",
    "jobs": "",  # Tidies the engine's own tables, which a restored database does not have.
}
JOBS = {"delete_files": "purge"}
"""Each job a turn may ask for, and the schedule that finds its work without it."""


@pytest.fixture
def papers(tmp_path: Path) -> PaperStore:
    return PaperStore(tmp_path / "papers", Keyring.from_secrets(SECRETS))


@pytest.fixture
def person(database: Database, mind: Mind, clock: Clock) -> Tester:
    return Tester(database, mind, channel="telegram", peer="7", clock=clock)


@pytest.fixture
def restored(person: Tester, papers: PaperStore, tmp_path: Path, blank_url: str) -> Iterator[Any]:
    """Backs up now, and restores into an empty database of either engine; gives that one."""
    other = open_database(blank_url)

    def drill() -> Database:
        back_up(person.database, papers, tmp_path / "b.zhucan", person.clock.now)
        kept = _store(tmp_path / "restored")
        restore(other, kept, tmp_path / "b.zhucan", person.clock.now)
        return other

    yield drill
    other.close()


def taken(database: Database, person: Tester, form: str) -> list[str]:
    """What would be pushed now, in order."""
    texts: list[str] = []
    while True:
        with database.write() as work:
            found = work.outbox.due(
                "telegram", person.clock.now, 50, timedelta(minutes=1), form=form
            )
            for one in found:
                texts.append(one.reply.text)
                work.outbox.sent(one.id, person.clock.now, None)
            work.commit()
        if not found:
            return texts


def draft(person: Tester) -> None:
    person.says("残疾证到期了要换")
    if all(c.id != "start" for c in person.reply.choices):
        person.presses(person.reply.choices[0].id)
    person.presses("start").fills(SELF, until="mobile").says("算了", "留着")


def test_messages_on_their_way_are_sent_after_a_restore_in_order_written_and_spoken(
    person: Tester, restored
):
    person.says("读给我听", "查进度")
    with person.database.write() as work:
        held = work.outbox.due(
            "telegram", person.clock.now, 50, timedelta(minutes=1), worker_id=new_id()
        )
        work.commit()
    assert held, "one is under way with a worker that will be gone"

    database = restored()
    person.clock.forward(minutes=2)
    texts, spoken = (taken(database, person, form) for form in ("text", "voice"))
    assert texts == taken(person.database, person, "text")
    assert spoken == taken(person.database, person, "voice")
    assert len(texts) == 2
    assert spoken


def test_a_reminder_planned_before_comes_after(person: Tester, restored):
    draft(person)
    database = restored()
    taken(database, person, "text")
    person.clock.forward(days=5)

    assert send_reminders(database, person.mind, person.clock.now) == 1
    assert "没填完" in taken(database, person, "text")[-1]
    assert send_reminders(database, person.mind, person.clock.now) == 0


def test_a_reminder_told_before_is_not_told_again(person: Tester, restored):
    draft(person)
    person.clock.forward(days=5)
    assert send_reminders(person.database, person.mind, person.clock.now) == 1

    assert send_reminders(restored(), person.mind, person.clock.now) == 0


def test_an_office_is_told_of_a_case_that_came_due_meanwhile(person: Tester, restored):
    draft(person)
    person.says("接着办").fills(SELF).presses("review_right").presses("submit")
    due = person.case().due_at
    assert due is not None

    database = restored()
    assert scan_deadlines(database, due + timedelta(hours=1)) == 1
    with database.read() as work:
        waiting = work.handovers.waiting(person.case().office_id)
    assert [handover.reason for handover in waiting] == ["overdue"]
    assert scan_deadlines(database, due + timedelta(hours=1)) == 0


def test_files_of_the_forgotten_go_though_the_job_is_lost(
    person: Tester, papers: PaperStore, restored, tmp_path: Path
):
    """She was forgotten, and the machine was lost before the job that deletes her files ran."""
    wang = fill(person.database, papers, "王秀英甲乙丙", "12345671")
    with person.database.write() as work:
        forget(work, wang.person_id, person.clock.now)
        work.commit()
    assert {key for key, _ in papers.written()} >= set(wang.keys)

    restored()
    assert not {key for key, _ in _store(tmp_path / "restored").written()} & set(wang.keys)
    purge(person.database, papers, person.mind.catalog, person.clock.now)
    assert not {key for key, _ in papers.written()} & set(wang.keys)


def _store(folder: Path) -> PaperStore:
    return PaperStore(folder, Keyring.from_secrets(SECRETS))


def test_after_a_restore_she_goes_on_where_she_was(person: Tester, restored):
    draft(person)
    again = Tester(restored(), person.mind, channel="telegram", peer="7", clock=person.clock)

    again.says("接着办").fills(SELF).presses("review_right").presses("submit").hears("已经存好了")


def test_every_schedule_and_every_job_has_its_drill_here(tmp_path: Path, mind: Mind):
    house = open_house_in(tmp_path, mind)
    jobs = build_jobs(house)
    house.close()

    assert {schedule.name for schedule in jobs.schedules} == set(SCHEDULES)
    assert set(jobs.handlers) == set(JOBS)
    assert set(JOBS.values()) <= set(SCHEDULES)
    assert all(name in globals() for name in SCHEDULES.values() if name)
