"""What is stored: once, whole, in order, and only for those it concerns; on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from databases import NOW, herself, open_database
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.models import (
    Action,
    Actor,
    Case,
    CaseEvent,
    CaseState,
    Filing,
    PaperOnFile,
    Question,
)
from catalog.models import FormItem
from dialogue.focuses import Filling
from dialogue.messages import Choice, Message, Reply
from dialogue.models import Conversation
from dialogue.progress import Answer, FormProgress
from storage.database import Database
from storage.errors import Conflict
from storage.ids import id_or_nil, new_id
from storage.models import StoredConversation, StoredMessage
from storage.unit_of_work import UnitOfWork

MINUTE = timedelta(minutes=1)
OFFICE = "310115001"
OTHER_OFFICE = "310115002"


def a_message(text: str = "我想领护理补贴", peer: str = "wang") -> Message:
    return Message(channel="telegram", event_id="1", peer=peer, at=NOW, text=text)


def a_reply(text: str = "请问您叫什么名字？") -> Reply:
    return Reply(paragraphs=(text,), choices=(Choice(id="skip", label="跳过"),), turn=3)


def a_question(shown: str = "王秀英") -> Question:
    return Question(
        field="name", label="姓名", type="person_name", sensitive=True, value=shown, shown=shown
    )


def an_event(state: CaseState = CaseState.SUBMITTED, reason: str = "") -> CaseEvent:
    by = Actor(kind="resident", id="1", name="王秀英")
    return CaseEvent(
        at=NOW, action=Action.SUBMIT, by=by, state=state, reason=reason, items=("name",)
    )


def a_case(number: str = "12345674", **values: object) -> Case:
    case = Case(
        id=new_id(),
        number=number,
        service_id="nursing_allowance",
        service_name="重度残疾人护理补贴",
        office_id=OFFICE,
        state=CaseState.SUBMITTED,
        catalog_version="2026.11.1",
        questions=(a_question(),),
        papers=(a_paper(),),
        events=(an_event(),),
        due_at=NOW + timedelta(days=20),
        wanted=("name", "phone"),
        wanted_reason="请补一张照片",
    )
    return replace(case, **values)


def a_paper(name: str = "残疾证.jpg") -> PaperOnFile:
    return PaperOnFile(
        id=new_id(), key="0" * 32, field="cert", name=name, media_type="image/jpeg", size=3
    )


def a_filing(number: str = "12345674") -> Filing:
    return Filing(
        number=number,
        service_ids=("nursing_allowance",),
        office_id=OFFICE,
        catalog_version="2026.11.1",
        beneficiary="我妈",
        questions=(a_question(),),
        consent_words=("我同意",),
    )


def talk(work: UnitOfWork, peer: str = "wang") -> StoredConversation:
    return work.conversations.for_peer("telegram", peer, NOW)


def say(work: UnitOfWork, words: str = "好", peer: str = "wang") -> StoredMessage:
    return work.messages.add_reply(talk(work, peer).conversation.id, a_reply(words), NOW)


def push(database: Database, words: str, peer: str = "wang", forms: tuple[str, ...] = ("text",)):
    with database.write() as work:
        said = say(work, words, peer)
        for form in forms:
            work.outbox.put(said, "telegram", peer, NOW, form)
        work.commit()


def file(database: Database, *cases: Case, peer: str = "wang") -> StoredConversation:
    """Each case under an application of its own number."""
    with database.write() as work:
        stored = talk(work, peer)
        for case in cases:
            work.applications.open(a_filing(case.number), (case,), herself(stored), NOW)
        work.commit()
    return stored


def take(database: Database, now: datetime = NOW) -> list[tuple[str, str]]:
    with database.write() as work:
        due = work.outbox.due("telegram", now, 10)
        work.commit()
    return [(delivery.reply.text, delivery.form) for delivery in due]


def finish_all(database: Database, now: datetime = NOW) -> list[tuple[str, str]]:
    """Sends whatever is due, round after round; what was sent, in order."""
    done = []
    while True:
        with database.write() as work:
            due = work.outbox.due("telegram", now, 10)
            for delivery in due:
                work.outbox.sent(delivery.id, now, "55")
            work.commit()
        if not due:
            return done
        done += [(delivery.reply.text, delivery.form) for delivery in due]


def in_threads(count: int, function: Callable[[int], object]) -> list[object]:
    """Calls the function in threads that start together."""
    gate = threading.Barrier(count)

    def go(number: int) -> object:
        gate.wait()
        return function(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(go, range(count)))


# ---- transactions


def test_leaving_without_commit_leaves_nothing(database):
    with database.write() as work:
        work.inbox.claim("telegram", "1", NOW)
        say(work)

    with database.read() as work:
        assert work.inbox.find("telegram", "1") is None
        assert work.conversations.find("telegram", "wang") is None


def test_an_error_leaves_nothing(database):
    def fail() -> None:
        with database.write() as work:
            say(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as work:
        assert work.conversations.find("telegram", "wang") is None


def test_after_the_commit_a_transaction_is_over(database):
    with database.write() as work:
        work.commit()

        with pytest.raises(InvalidRequestError):
            work.inbox.claim("telegram", "1", NOW)


def test_reading_can_neither_write_nor_commit(database):
    with database.read() as work:
        with pytest.raises(RuntimeError):
            work.commit()

        with pytest.raises(DBAPIError):
            work.inbox.claim("telegram", "1", NOW)


def test_a_reader_sees_one_picture_and_does_not_wait(database):
    stored = file(database, a_case())
    with database.read() as reading:
        before = reading.cases.of_person(stored.person_id)
        with database.write() as work:
            case = replace(before[0], state=CaseState.ACCEPTED, version=2)
            work.cases.save(replace(case, events=(*case.events, an_event())), NOW)
            work.commit()

        assert reading.cases.of_person(stored.person_id) == before


def test_of_two_that_wait_for_each_other_one_is_told_to_begin_again(database):
    """PostgreSQL ends a deadlock by undoing one; SQLite has one writer, so there is none."""
    with database.write() as work:
        talk(work, "0")
        talk(work, "1")
        work.commit()
    gate = threading.Barrier(2)

    def cross(number: int) -> str:
        with database.write() as work:
            talk(work, str(number))
            with suppress(threading.BrokenBarrierError):
                gate.wait(timeout=0.2)
            talk(work, str(1 - number))
            work.commit()
        return "done"

    def outcome(number: int) -> str:
        try:
            return cross(number)
        except Conflict:
            return "conflict"

    is_sqlite = database._writer.dialect.name == "sqlite"
    expected = ["done", "done"] if is_sqlite else ["conflict", "done"]
    assert sorted(in_threads(2, outcome)) == expected


def test_a_naive_time_is_refused_without_telling_what_was_said(database):
    with database.write() as work:
        conversation_id = talk(work).conversation.id
        with pytest.raises(StatementError, match="timezone") as caught:
            work.messages.add_incoming(
                conversation_id, a_message("王秀英"), NOW.replace(tzinfo=None)
            )

    assert "王秀英" not in str(caught.value)


def test_a_second_transaction_inside_one_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.engines._BUSY_MS", 100)
    database = open_database(f"sqlite:///{tmp_path / 'new' / 'z.sqlite3'}")
    database.migrate()
    with database.write() as work:
        talk(work)

        with pytest.raises(PoolTimeout), database.write() as inner:
            talk(inner)
    database.close()


def test_two_programs_on_one_database_lose_nothing(database, open_again):
    programs = (database, open_again())

    def turn(number: int) -> None:
        for _ in range(5):
            push(programs[number % 2], "好")

    in_threads(4, turn)

    with database.read() as work:
        conversation_id = work.conversations.find("telegram", "wang").conversation.id
        seqs = [message.seq for message in work.messages.after(conversation_id, 0, 100)]
        assert seqs == list(range(1, 21))


def test_sqlite_is_opened_so_that_nothing_committed_is_lost(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'z.sqlite3'}")
    database.migrate()
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    with database._writer.connect() as connection:
        for name, value in expected.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
    database.close()


def test_a_database_in_memory_serves_a_whole_program():
    database = open_database("sqlite://")
    database.migrate()
    push(database, "好")

    assert database.is_ready()
    assert in_threads(2, lambda _: take(database)).count([]) == 1
    database.close()


async def test_functions_run_in_threads_of_the_database(database):
    def write(words: str) -> str:
        push(database, words)
        return threading.current_thread().name

    def read(peer: str) -> object:
        with database.read() as work:
            return work.conversations.find("telegram", peer)

    assert (await database.run(write, "好")).startswith("zhucan-write")
    assert await database.run_reading(read, "wang")
    assert await database.run_reading(database.is_ready)


# ---- tenants


def test_another_tenant_sees_nothing(database, open_again):
    stored = file(database, case := a_case())
    push(database, "好")
    other = open_again(tenant="310101")
    other.migrate()

    with other.write() as work:
        assert work.conversations.find("telegram", "wang") is None
        assert work.conversations.get(stored.conversation.id) is None
        assert work.conversations.of_person(stored.person_id) == ()
        assert work.cases.get(case.id) is None
        assert work.cases.of_person(stored.person_id) == ()
        assert work.cases.queue(OFFICE) == ()
        assert work.cases.by_number(case.number) == ()
        assert work.outbox.due("telegram", NOW, 10) == ()
        assert work.applications.is_free(case.number)
        with pytest.raises(Conflict):
            work.cases.save(replace(case, version=2), NOW)


# ---- inbox


def test_the_same_event_is_claimed_once(database):
    with database.write() as work:
        assert work.inbox.claim("telegram", "1", NOW)
        assert not work.inbox.claim("telegram", "1", NOW)
        assert work.inbox.claim("web", "1", NOW)
        work.commit()

    with database.write() as work:
        assert not work.inbox.claim("telegram", "1", NOW)


def test_of_two_threads_claiming_at_once_one_wins(database):
    def claim(_: int) -> bool:
        with database.write() as work:
            won = work.inbox.claim("telegram", "1", NOW)
            work.commit()
            return won

    assert sorted(in_threads(4, claim)) == [False, False, False, True]


def test_a_claim_rolled_back_can_be_claimed_again(database):
    with database.write() as work:
        work.inbox.claim("telegram", "1", NOW)

    with database.write() as work:
        assert work.inbox.claim("telegram", "1", NOW)


def test_the_inbox_remembers_the_reply(database):
    with database.write() as work:
        work.inbox.claim("telegram", "1", NOW)
        said = say(work)
        work.inbox.answered("telegram", "1", said.conversation_id, said.seq)
        work.commit()

    with database.read() as work:
        entry = work.inbox.find("telegram", "1")
        assert work.messages.get(entry.conversation_id, entry.reply_seq) == said
        assert work.inbox.find("telegram", "2") is None


# ---- conversations and messages


def test_one_address_has_one_conversation(database):
    with database.write() as work:
        first = talk(work)
        assert talk(work) == first
        assert talk(work, "li").conversation.id != first.conversation.id
        assert work.conversations.for_peer("web", "wang", NOW).person_id != first.person_id
        work.commit()

    with database.read() as work:
        assert work.conversations.find("telegram", "wang") == first
        assert work.conversations.get(first.conversation.id) == first
        assert work.conversations.of_person(first.person_id) == (first,)
        assert (first.channel, first.peer) == ("telegram", "wang")


def test_two_first_words_at_once_open_one_conversation(database):
    def first_word(_: int) -> str:
        with database.write() as work:
            stored = talk(work)
            work.commit()
            return stored.conversation.id

    assert len(set(in_threads(6, first_word))) == 1


def test_a_whole_conversation_comes_back_as_it_was(database):
    progress = FormProgress(
        service_ids=("nursing_allowance",),
        catalog_version="2026.11.1",
        items=(FormItem(field="name"),),
        fields_of_service={"nursing_allowance": ("name",)},
        number="12345674",
        answers={"name": Answer(value=("甲", "乙"), shown="甲、乙")},
        papers=(a_paper(),),
        started_at=NOW,
    )
    with database.write() as work:
        stored = talk(work)
        told = replace(
            stored.conversation, turn=4, focus=Filling(progress=progress), last=a_reply()
        )
        saved = work.conversations.save(stored, told, NOW)
        work.commit()

    with database.read() as work:
        assert work.conversations.get(told.id) == saved
        assert saved.conversation == told


def test_a_lost_update_is_refused(database):
    with database.write() as work:
        stored = talk(work)
        work.commit()
    with database.write() as work:
        work.conversations.save(stored, replace(stored.conversation, turn=1), NOW)
        work.commit()

    with database.write() as work, pytest.raises(Conflict):
        work.conversations.save(stored, replace(stored.conversation, turn=2), NOW)


def test_turns_at_once_on_one_conversation_lose_none(database):
    with database.write() as work:
        talk(work)
        work.commit()

    def turn(number: int) -> None:
        for _ in range(5):
            with database.write() as work:
                stored = talk(work)
                conversation = stored.conversation
                work.messages.add_incoming(conversation.id, a_message(str(number)), NOW)
                work.messages.add_reply(conversation.id, a_reply(), NOW)
                turned = replace(conversation, turn=conversation.turn + 1)
                work.conversations.save(stored, turned, NOW)
                work.commit()

    in_threads(4, turn)

    with database.read() as work:
        conversation = work.conversations.find("telegram", "wang").conversation
        messages = work.messages.after(conversation.id, 0, 100)
        assert conversation.turn == 20
        assert [message.seq for message in messages] == list(range(1, 41))
        assert [message.direction for message in messages] == ["in", "out"] * 20


def test_messages_are_numbered_and_come_back(database):
    with database.write() as work:
        conversation_id = talk(work).conversation.id
        assert work.messages.add_incoming(conversation_id, a_message(), NOW) == 1
        said = work.messages.add_reply(conversation_id, a_reply(), NOW)
        say(work, peer="li")
        assert work.messages.add_incoming(conversation_id, a_message("李"), NOW) == 3
        work.commit()

    with database.read() as work:
        assert work.messages.get(conversation_id, 1).message == a_message()
        assert work.messages.get(conversation_id, 2) == said
        assert said.reply == a_reply()
        assert work.messages.get(conversation_id, 4) is None
        assert [m.seq for m in work.messages.after(conversation_id, 1, 10)] == [2, 3]
        assert [m.seq for m in work.messages.after(conversation_id, 0, 1)] == [1]
        assert [m.seq for m in work.messages.latest(conversation_id, 2)] == [2, 3]


def test_saving_counts_the_lines_that_are_about_to_be_added(database):
    with database.write() as work:
        say(work)
        stored = talk(work)
        saved = work.conversations.save(stored, stored.conversation, NOW, lines=2)
        key = saved.conversation.id
        work.messages.add_incoming(key, a_message(), NOW, seq=saved.last_seq - 1)
        work.messages.add_reply(key, a_reply(), NOW, seq=saved.last_seq)
        assert say(work).seq == 4
        work.commit()

    with database.read() as work:
        found = work.conversations.find("telegram", "wang")
        assert (stored.last_seq, saved.last_seq, found.last_seq) == (1, 3, 4)
        assert [m.seq for m in work.messages.latest(key, 9)] == [1, 2, 3, 4]


def test_no_message_without_a_conversation(database):
    with database.write() as work, pytest.raises(LookupError):
        work.messages.add_reply(new_id(), a_reply(), NOW)


# ---- outbox


def test_a_conversation_is_sent_in_order(database):
    for words in ("一", "二", "三"):
        push(database, words)
    push(database, "甲", peer="li")

    assert take(database) == [("一", "text"), ("甲", "text")]
    assert take(database) == []


def test_everything_is_sent_once_and_in_order(database):
    for number in range(6):
        push(database, f"{number}", peer="wang" if number % 2 else "li")

    sent = [int(words) for words, _ in finish_all(database)]

    assert sorted(sent) == list(range(6))
    assert [n for n in sent if n % 2] == [1, 3, 5]
    assert [n for n in sent if n % 2 == 0] == [0, 2, 4]


def test_a_voice_follows_its_own_text_and_holds_up_nobody(database):
    push(database, "一", forms=("text", "voice"))
    push(database, "二", forms=("text", "voice"))

    with database.write() as work:
        (first,) = work.outbox.due("telegram", NOW, 10)
        work.outbox.sent(first.id, NOW)
        work.commit()

    assert take(database) == [("二", "text"), ("一", "voice")]


def test_two_workers_do_not_send_the_same(database):
    for number in range(8):
        push(database, str(number), peer=str(number))

    taken = in_threads(4, lambda _: take(database))

    assert sorted(words for some in taken for words, _ in some) == [str(n) for n in range(8)]


def test_a_lease_runs_out(database):
    push(database, "一")
    assert take(database) == [("一", "text")]

    with database.write() as work:
        assert work.outbox.due("telegram", NOW + timedelta(seconds=59), 10) == ()
        (again,) = work.outbox.due("telegram", NOW + timedelta(seconds=60), 10)
        assert (again.attempts, again.seq, again.peer) == (2, 1, "wang")


def test_a_failure_is_tried_again_later_and_keeps_the_order(database):
    push(database, "一")
    push(database, "二")
    with database.write() as work:
        (delivery,) = work.outbox.due("telegram", NOW, 10)
        work.outbox.retry(delivery.id, NOW + 5 * MINUTE, "timeout")
        work.commit()

    assert take(database, NOW + 4 * MINUTE) == []
    assert take(database, NOW + 5 * MINUTE) == [("一", "text")]


def test_what_is_given_up_holds_up_nobody(database):
    push(database, "一")
    push(database, "二")
    with database.write() as work:
        (delivery,) = work.outbox.due("telegram", NOW, 10)
        work.outbox.give_up(delivery.id, NOW, "blocked")
        work.outbox.retry(delivery.id, NOW, "too late to change that")
        work.commit()

    assert finish_all(database) == [("二", "text")]


def test_the_outbox_keeps_channels_apart_and_takes_only_replies(database):
    push(database, "一")
    with database.write() as work:
        assert work.outbox.due("wechat", NOW, 10) == ()
        seq = work.messages.add_incoming(talk(work).conversation.id, a_message(), NOW)
        said = work.messages.get(talk(work).conversation.id, seq)
        with pytest.raises(ValueError, match="delivered"):
            work.outbox.put(said, "telegram", "wang", NOW)


# ---- applications and cases


def test_a_case_comes_back_as_it_was_filed(database):
    stored = file(database, case := a_case())

    with database.read() as work:
        found = work.cases.get(case.id)
        assert found.case == case
        assert found.person_id == stored.person_id
        assert found.conversation_id == stored.conversation.id
        assert (found.beneficiary, found.created_at) == ("我妈", NOW)


def test_one_application_opens_several_cases(database):
    with database.write() as work:
        stored = talk(work)
        cases = (a_case(), a_case(service_id="wheelchair"))
        work.applications.open(a_filing(), cases, herself(stored), NOW)
        work.commit()

    with database.read() as work:
        rows = work.cases.by_number("12345674", OFFICE)
        assert [row.service_id for row in rows] == ["nursing_allowance", "wheelchair"]
        assert work.cases.by_number("12345674", OTHER_OFFICE) == ()
        assert set(work.cases.of_person(stored.person_id)) == set(cases)


def test_a_number_is_used_once(database):
    with database.read() as work:
        assert work.applications.is_free("12345674")
    stored = file(database, a_case())

    with database.write() as work:
        assert not work.applications.is_free("12345674")
        with pytest.raises(Conflict):
            work.applications.open(a_filing(), (a_case(),), herself(stored), NOW)
    with database.read() as work:
        assert len(work.cases.of_person(stored.person_id)) == 1


def test_a_persons_cases_come_newest_first(database):
    first, second = a_case("1"), a_case("2")
    stored = file(database, first)
    file(database, second)

    with database.read() as work:
        assert [case.number for case in work.cases.of_person(stored.person_id)] == ["2", "1"]
        assert work.cases.of_person("") == ()


def test_another_office_sees_no_case(database):
    file(database, case := a_case())

    with database.read() as work:
        assert work.cases.get(case.id, OFFICE).case == case
        assert work.cases.get(case.id, OTHER_OFFICE) is None
        assert work.cases.get("../etc/passwd", OFFICE) is None
        assert work.cases.queue(OTHER_OFFICE) == ()
        assert work.cases.count_open(OTHER_OFFICE) == 0


def test_a_changed_case_is_saved_with_only_its_new_history(database):
    file(database, case := a_case())
    decided = replace(
        case,
        state=CaseState.APPROVED,
        events=(*case.events, an_event(CaseState.ACCEPTED), an_event(CaseState.APPROVED, "符合")),
        due_at=None,
        version=2,
    )
    with database.write() as work:
        work.cases.save(decided, NOW)
        work.commit()

    with database.read() as work:
        assert work.cases.get(case.id).case == decided
        assert work.cases.count_open(OFFICE) == 0


def test_two_caseworkers_cannot_both_decide(database):
    file(database, case := a_case())
    changed = replace(case, state=CaseState.ACCEPTED, version=2)

    def decide(_: int) -> str:
        try:
            with database.write() as work:
                work.cases.save(changed, NOW)
                work.commit()
        except Conflict:
            return "conflict"
        return "saved"

    assert sorted(in_threads(2, decide)) == ["conflict", "saved"]


def test_history_can_only_be_added_to(database):
    file(database, a_case())

    for statement in ("UPDATE case_event SET state = 'declined'", "DELETE FROM case_event"):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            database._writer.begin() as connection,
        ):
            connection.execute(text(statement))


# ---- the queue


def test_the_queue_puts_the_most_urgent_first_and_no_deadline_last(database):
    days = (9, None, 2, None, 5)
    file(
        database,
        *(
            a_case(str(n), due_at=None if day is None else NOW + timedelta(days=day))
            for n, day in enumerate(days)
        ),
    )

    with database.read() as work:
        rows = work.cases.queue(OFFICE)
        assert [row.number for row in rows] == ["2", "4", "0", "1", "3"]
        assert [row.due_at for row in rows[3:]] == [None, None]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_follow_each_other_without_gap_or_repetition(database, size):
    same = NOW + timedelta(days=3)
    file(database, *(a_case(str(n), due_at=same if n % 2 else None) for n in range(7)))

    with database.read() as work:
        whole = work.cases.queue(OFFICE)
        seen, after = [], None
        while page := work.cases.queue(OFFICE, after=after, limit=size):
            seen += page
            after = page[-1].place

        assert tuple(seen) == whole
        assert len(whole) == 7


def test_the_queue_is_narrowed_by_state_and_service(database):
    file(
        database,
        a_case("1"),
        a_case("2", state=CaseState.ACCEPTED),
        a_case("3", state=CaseState.DECLINED),
        a_case("4", service_id="wheelchair"),
    )

    def numbers(**wish: object) -> set[str]:
        with database.read() as work:
            return {row.number for row in work.cases.queue(OFFICE, **wish)}

    assert numbers() == {"1", "2", "4"}
    assert numbers(states={CaseState.ACCEPTED}) == {"2"}
    assert numbers(states={CaseState.DECLINED, CaseState.ACCEPTED}) == {"2", "3"}
    assert numbers(service_id="wheelchair") == {"4"}
    assert numbers(states=()) == set()


def test_counting_stops_at_the_limit(database):
    file(database, *(a_case(str(n)) for n in range(5)))

    with database.read() as work:
        assert work.cases.count_open(OFFICE) == 5
        assert work.cases.count_open(OFFICE, limit=3) == 3


def test_the_queue_is_read_from_its_indexes(database):
    """A partial index is only used if our condition is written exactly as the index has it."""
    file(database, *(a_case(str(n)) for n in range(3)))
    with database.read() as work:
        plans = _plans_of(work)
        last = work.cases.queue(OFFICE)[-1]
        work.cases.queue(OFFICE, after=last.place)
        work.cases.queue(OFFICE, service_id="nursing_allowance")
        work.cases.queue(OFFICE, states={CaseState.DECLINED})
        work.cases.by_number("1", OFFICE)
        work.cases.count_open(OFFICE)

    names = ("queue", "queue", "queue_service", "queue_state", "number", "queue")
    for plan, name in zip(plans, names, strict=True):
        assert f"ix_case_file_{name} " in plan
        assert "TEMP B-TREE" not in plan
        assert "Seq Scan" not in plan


def _plans_of(work: UnitOfWork) -> list[str]:
    """How the engine is going to find the rows of each following query; grows as they are made."""
    connection = work._scope.session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        # Three rows are read faster than their index; we want to know whether it could be used.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_sort = off")
    plans: list[str] = []

    @event.listens_for(connection, "before_cursor_execute")
    def explain(_connection, cursor, statement, parameters, _context, _many) -> None:
        cursor.execute(
            ("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + statement, parameters
        )
        plans.append("\n".join(str(line) for line in cursor.fetchall()))

    return plans


# ---- people who help


def test_a_conversation_has_one_open_handover(database):
    with database.write() as work:
        conversation_id = talk(work).conversation.id
        first = work.handovers.open(conversation_id, OFFICE, "asked", NOW, "听不清")
        assert work.handovers.open(conversation_id, OFFICE, "lost", NOW, "还是听不清") == first
        clerk = work.staff.add("zhang", "张科员", OFFICE, "hash", NOW)
        work.handovers.close(first, clerk.id, NOW)
        assert work.handovers.open(conversation_id, OFFICE, "lost", NOW) != first
        work.commit()

    with database.read() as work:
        (waiting,) = work.handovers.waiting(OFFICE)
        assert (waiting.reason, waiting.taken_by) == ("lost", None)
        assert work.handovers.waiting(OTHER_OFFICE) == ()
        assert work.handovers.get(first, OTHER_OFFICE) is None
        closed = work.handovers.get(first, OFFICE)
        assert (closed.excerpt, closed.closed_by, closed.closed_at) == (
            "还是听不清",
            clerk.id,
            NOW,
        )


def test_an_emergency_goes_first_and_stays_one(database):
    with database.write() as work:
        work.handovers.open(talk(work, "first").conversation.id, OFFICE, "asked", NOW)
        urgent = talk(work, "second").conversation.id
        work.handovers.open(urgent, OFFICE, "asked", NOW)
        work.handovers.open(urgent, OFFICE, "emergency", NOW, "着火")
        work.handovers.open(urgent, OFFICE, "lost", NOW, "啊")
        work.commit()

    with database.read() as work:
        first, second = work.handovers.waiting(OFFICE)

    assert (first.conversation_id, first.reason, first.excerpt) == (urgent, "emergency", "着火")
    assert second.reason == "asked"


def test_a_handover_is_taken_by_one(database):
    with database.write() as work:
        handover_id = work.handovers.open(talk(work).conversation.id, OFFICE, "asked", NOW)
        zhang = work.staff.add("zhang", "张科员", OFFICE, "hash", NOW)
        zhao = work.staff.add("zhao", "赵科员", OFFICE, "hash", NOW)
        work.handovers.take(handover_id, zhang.id, NOW)
        work.handovers.take(handover_id, zhang.id, NOW)
        with pytest.raises(Conflict):
            work.handovers.take(handover_id, zhao.id, NOW)
        assert work.handovers.waiting(OFFICE)[0].taken_by == zhang.id
        work.handovers.close(handover_id, zhao.id, NOW)
        with pytest.raises(Conflict):
            work.handovers.close(handover_id, zhang.id, NOW)
        with pytest.raises(Conflict):
            work.handovers.take(handover_id, zhang.id, NOW)


def test_what_was_misunderstood_is_kept_newest_first(database):
    with database.write() as work:
        conversation_id = talk(work).conversation.id
        for minute, words in enumerate(("甲", "乙", "丙")):
            work.misunderstood.add(conversation_id, words, NOW + minute * MINUTE)
        work.commit()

    with database.read() as work:
        assert [one.text for one in work.misunderstood.latest(2)] == ["丙", "乙"]


def test_accounts_are_found_by_login_in_any_case(database):
    with database.write() as work:
        staff = work.staff.add(" Zhang ", "张科员", OFFICE, "hash", NOW)
        with pytest.raises(Conflict):
            work.staff.add("zhang", "赵科员", OFFICE, "hash", NOW)
        assert work.staff.by_login("ZHANG") == staff
        assert work.staff.get(staff.id) == staff
        assert work.staff.list() == (staff,)
        assert work.staff.set_password("zhang", "other")
        assert work.staff.by_login("zhang").password_hash == "other"
        assert not work.staff.set_password("nobody", "other")
        assert not work.staff.disable("nobody", NOW)
        assert work.staff.disable("zhang", NOW)
        assert work.staff.by_login("zhang").is_disabled
        assert work.staff.get("nonsense") is None


def test_a_session_ends_with_time_with_signing_out_and_with_the_account(database):
    later = NOW + 30 * MINUTE
    with database.write() as work:
        staff = work.staff.add("zhang", "张科员", OFFICE, "hash", NOW)
        for token in ("a", "b", "c"):
            work.staff_sessions.open(token, staff.id, "csrf", NOW, later)
        work.staff_sessions.touch("a", NOW + MINUTE)
        found = work.staff_sessions.find("a", NOW + MINUTE)
        assert (found.staff_id, found.csrf) == (staff.id, "csrf")
        assert found.seen_at == NOW + MINUTE
        assert work.staff_sessions.find("a", later) is None
        work.staff_sessions.close("a")
        assert work.staff_sessions.find("a", NOW) is None
        assert work.staff_sessions.find("b", NOW)
        assert work.staff_sessions.close_all_of(staff.id) == 2
        work.staff_sessions.open("d", staff.id, "csrf", NOW, later)
        work.staff.disable("zhang", NOW)
        assert work.staff_sessions.find("d", NOW) is None


def test_failed_attempts_are_counted_by_login_and_address(database):
    with database.write() as work:
        work.sign_ins.note("zhang", "10.0.0.1", False, NOW - 60 * MINUTE)
        work.sign_ins.note("Zhang", "10.0.0.1", False, NOW)
        work.sign_ins.note("zhang", "10.0.0.2", False, NOW)
        work.sign_ins.note("zhao", "10.0.0.1", False, NOW)
        work.sign_ins.note("zhang", "10.0.0.1", True, NOW)

        assert work.sign_ins.failures_since("zhang", "10.0.0.1", NOW - MINUTE) == (2, 2)
        assert work.sign_ins.failures_since("zhang", "10.0.0.9", NOW - MINUTE) == (2, 0)


def test_who_looked_at_a_case_is_known(database):
    file(database, case := a_case())
    with database.write() as work:
        staff = work.staff.add("zhang", "张科员", OFFICE, "hash", NOW)
        work.read_log.add(staff.id, case.id, "case", NOW)
        work.read_log.add(staff.id, case.id, "id_number", NOW + MINUTE)
        work.commit()

    with database.read() as work:
        entries = work.read_log.of_case(case.id)
        assert [(e.staff_name, e.what) for e in entries] == [
            ("张科员", "case"),
            ("张科员", "id_number"),
        ]
        assert work.read_log.of_case(new_id()) == ()


def test_papers_are_found_by_id_and_conversation(database):
    paper, other = a_paper(), a_paper("身份证.jpg")
    with database.write() as work:
        stored = talk(work)
        for one in (paper, other):
            work.papers.add(one, stored.person_id, stored.conversation.id, NOW)
        work.commit()

    with database.read() as work:
        assert work.papers.get(paper.id) == paper
        assert work.papers.get("nonsense") is None
        assert work.papers.of_conversation(stored.conversation.id) == (paper, other)


def test_a_browser_is_known_by_the_hash_of_its_cookie(database):
    with database.write() as work:
        work.web_sessions.open("hash", "browser-1", NOW)
        work.commit()

    with database.read() as work:
        assert work.web_sessions.peer_of("hash") == "browser-1"
        assert work.web_sessions.peer_of("other") is None


# ---- ids and what old rows hold


def test_ids_sort_by_age_and_nonsense_is_no_id():
    ids = [new_id() for _ in range(100)]

    assert ids == sorted(ids)
    assert id_or_nil("x' OR 1=1").int == 0


def test_a_conversation_stored_by_an_older_program_still_loads():
    from storage.serialization import CONVERSATION

    old = '{"id": "1", "turn": 7, "removed_since": true, "focus": {"kind": "idle"}}'

    assert CONVERSATION.validate_json(old) == Conversation(id="1", turn=7)


def test_only_known_databases_are_accepted():
    with pytest.raises(ValueError, match="sqlite"):
        open_database("mysql://localhost/zhucan")


def test_a_database_that_is_not_there_is_not_ready(tmp_path: Path):
    database = open_database("postgresql://nobody@127.0.0.1:1/none")

    assert not database.is_ready()
    database.close()
