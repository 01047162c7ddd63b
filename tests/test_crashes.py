"""Whatever stops the process between hearing and answering: nothing is lost, and nothing is done twice.

A kill in the test's own process is a `BaseException` that no code of ours catches, raised before each statement
of a turn in turn; two tests at the end kill real servers. Only what Telegram cannot prevent may come twice.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import open_database
from server_process import running_server
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError
from test_processes import HOOK, SECRET, Balancer, repeats
from tester import Clock, FakeRecognizer, Tester

from actions import deliver_one, receive_message
from actions.deliver_messages import deliver_due
from actions.deliver_one import Courier
from actions.mind import Mind
from actions.watch_workers import DEAD_SECONDS, Watch
from bot.channels.telegram import outgoing
from catalog.models import Catalog
from dialogue.messages import Message, Pick
from storage.database import Database
from storage.ids import new_id
from storage.models import Delivery
from storage.unit_of_work import UnitOfWork
from tests.bot_api_emulator import BotApiEmulator
from tests.telegram_at_work import FakeVoice, a_house, at_work, until

SELF = {"whom": "我自己"}
CHAT = "1001"


class Killed(BaseException):
    """The process is gone: no handler runs, no transaction commits."""


@pytest.fixture
def resident(database: Database, catalog: Catalog, clock: Clock) -> Tester:
    """On Telegram, about to file."""
    recognizer = FakeRecognizer()
    recognizer.knows("景点", "scenic_free_entry")
    mind = Mind(catalog=catalog, recognizer=recognizer)
    return Tester(database, mind, channel="telegram", peer=CHAT, clock=clock)


def about_to_file(resident: Tester) -> Message:
    """The press that files, not sent yet."""
    resident.says("景点", "开始").fills(SELF)
    resident.says("都对")
    return resident.message(pick=Pick(turn=resident.reply.turn, choice="submit"))


@contextmanager
def dying_at(database: Database, place: int, error: BaseException) -> Iterator[list[str]]:
    """Before the statement of this number the power goes; yields the statements begun."""
    begun: list[str] = []

    def strike(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        begun.append(statement)
        if len(begun) == place:
            raise error

    event.listen(database._writer, "before_cursor_execute", strike)
    try:
        yield begun
    finally:
        event.remove(database._writer, "before_cursor_execute", strike)


def everything(resident: Tester) -> tuple[Any, ...]:
    """All that a turn may change, as another process sees it."""
    with resident.database.read() as work:
        stored = work.conversations.find(resident.channel, resident.peer)
        assert stored is not None
        lines = work.messages.latest(stored.conversation.id, 500)
        waiting = work.figures.outbox()
    return stored, lines, resident.cases(), waiting, resident.handovers()


def test_killed_before_any_statement_of_a_turn_nothing_happened_and_the_next_try_files_once(
    resident: Tester,
) -> None:
    message = about_to_file(resident)
    before = everything(resident)
    place = 0
    while True:
        place += 1
        with dying_at(resident.database, place, Killed()) as begun:
            try:
                resident.sends_message(message)
            except Killed:
                assert everything(resident) == before
                continue
        break

    assert place > 15, "every statement of the turn was a place to die"
    assert len(begun) == place - 1
    assert not resident.received.is_duplicate
    assert len(resident.cases()) == 1


STEPS = ("recognize", "respond", "carry_out", "put_reply")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_between_the_steps_of_a_turn_it_is_done_once_when_it_comes_again(
    resident: Tester, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    message = about_to_file(resident)
    before = everything(resident)
    owner = resident.mind.recognizer if step == "recognize" else receive_message
    monkeypatch.setattr(owner, step, _killing(getattr(owner, step), when))
    with pytest.raises(Killed):
        resident.sends_message(message)
    monkeypatch.undo()

    assert everything(resident) == before
    resident.sends_message(message)
    resident.sends_message(message)
    assert len(resident.cases()) == 1


def _killing(step: Callable[..., Any], when: str) -> Callable[..., Any]:
    def killed(*given: Any, **more: Any) -> Any:
        if when == "after":
            step(*given, **more)
        raise Killed

    return killed


def test_killed_right_after_the_commit_the_same_event_hears_the_same_answer(
    resident: Tester, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = about_to_file(resident)
    commit = UnitOfWork.commit
    monkeypatch.setattr(UnitOfWork, "commit", _killing(commit, "after"))
    with pytest.raises(Killed):
        resident.sends_message(message)
    monkeypatch.undo()
    stored = everything(resident)
    resident.sends_message(message)

    assert resident.received.is_duplicate
    assert everything(resident) == stored
    assert len(resident.cases()) == 1


# -- the way out ------------------------------------------------------------------------------


class Mouth:
    """A channel that takes a delivery, and may be killed before or after it did."""

    name = "telegram"

    def __init__(self, dies: str = "") -> None:
        self.dies = dies
        self.heard: list[Delivery] = []

    async def deliver(self, delivery: Delivery) -> str:
        if self.dies == "before":
            raise Killed
        self.heard.append(delivery)
        if self.dies == "after":
            raise Killed
        return "1"


def worker_of(resident: Tester, channel: Mouth) -> tuple[Courier, Watch]:
    """A process that delivers and counts on."""
    watch = Watch(resident.database, new_id())
    watch.begin()
    courier = Courier(
        database=resident.database,
        catalog=resident.catalog,
        channel=channel,
        worker_id=watch.worker_id,
    )
    return courier, watch


@pytest.mark.parametrize(("dies", "times"), [("before", 1), ("after", 2)])
async def test_killed_around_sending_another_worker_sends_it_as_soon_as_the_death_is_seen(
    resident: Tester, monkeypatch: pytest.MonkeyPatch, dies: str, times: int
) -> None:
    """After sending and before the mark nobody can know: once more is the most there is."""
    now = datetime.now(UTC) + timedelta(days=1)
    resident.says("你好")
    first, second = Mouth(dies), Mouth()
    dead, _ = worker_of(resident, first)
    alive, watch = worker_of(resident, second)
    with pytest.raises(Killed):
        await deliver_due(dead, "text", now)

    assert await deliver_due(alive, "text", now) == 0
    assert watch.beat() == (2, ())
    time = _later(monkeypatch, DEAD_SECONDS + 1, every=2.0)
    beats = [watch.beat()[1] for _ in range(time)]
    assert [one for some in beats for one in some] == [dead.worker_id]
    watch.bury(dead.worker_id)
    later = datetime.now(UTC) + timedelta(days=1, seconds=1)
    assert await deliver_due(alive, "text", later) == 1
    assert await deliver_due(alive, "text", later) == 0
    assert len(first.heard) + len(second.heard) == times


def _later(monkeypatch: pytest.MonkeyPatch, seconds: float, every: float) -> int:
    """The clock of the watch goes on by so much at each look; how many looks that takes."""
    from actions import watch_workers

    start, looks = watch_workers.time.monotonic(), iter(range(1, 1000))
    monkeypatch.setattr(
        watch_workers.time, "monotonic", lambda: start + every * next(looks), raising=True
    )
    return int(seconds / every) + 1


def test_a_worker_that_was_away_itself_judges_nobody(
    resident: Tester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away from all: whoever comes back first must not take the others for dead."""
    _, watch = worker_of(resident, Mouth())
    _, other = worker_of(resident, Mouth())
    watch.beat()
    _later(monkeypatch, 0, every=DEAD_SECONDS + 5)

    assert watch.beat() == (2, ())
    assert other.beat()[1] == ()


# -- the world breaks -------------------------------------------------------------------------


def full(database: Database) -> BaseException:
    """What the driver says when the disk is full."""
    if database._writer.dialect.name == "postgresql":
        return OperationalError("", {}, psycopg.errors.DiskFull("no space left on device"))
    return OperationalError("", {}, Exception("database or disk is full"))


@pytest.mark.parametrize("place", [1, 4, 9, 14])
def test_a_full_disk_or_a_lost_connection_takes_the_message_later_and_once(
    resident: Tester, place: int
) -> None:
    message = about_to_file(resident)
    before = everything(resident)
    error = full(resident.database)

    def strike(_c: Any, _k: Any, *_: Any) -> None:
        nonlocal place
        place -= 1
        if place < 0:
            raise error

    event.listen(resident.database._writer, "before_cursor_execute", strike)
    with pytest.raises(OperationalError):
        resident.sends_message(message)
    event.remove(resident.database._writer, "before_cursor_execute", strike)

    assert everything(resident) == before
    resident.sends_message(message)
    assert len(resident.cases()) == 1


def test_sqlite_at_its_last_page_refuses_and_goes_on_when_there_is_room(
    tmp_path: Path, sqlite_template: Path, catalog: Catalog, clock: Clock
) -> None:
    path = tmp_path / "full.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    database = open_database(f"sqlite:///{path}")
    recognizer = FakeRecognizer()
    resident = Tester(
        database,
        Mind(catalog=catalog, recognizer=recognizer),
        channel="telegram",
        peer=CHAT,
        clock=clock,
    )
    resident.says("你好")
    _set(database, "max_page_count", 1)
    message = resident.message(text="帮助" * 20_000)
    with pytest.raises(DBAPIError):
        resident.sends_message(message)
    _set(database, "max_page_count", 1_000_000)
    resident.sends_message(message)

    assert not resident.received.is_duplicate
    database.close()


def _set(database: Database, pragma: str, value: int) -> None:
    with database._writer.connect() as connection:
        connection.connection.driver_connection.execute(f"PRAGMA {pragma}={value}")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_gone_in_the_middle_of_a_turn_and_back(
    resident: Tester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has no server to lose."""
    database = resident.database
    message = about_to_file(resident)
    before = everything(resident)
    put = receive_message.put_reply

    def cut_off(work: UnitOfWork, *given: Any) -> Any:
        pid = work.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with database._reader.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        return put(work, *given)

    monkeypatch.setattr(receive_message, "put_reply", cut_off)
    with pytest.raises(OperationalError):
        resident.sends_message(message)
    monkeypatch.undo()

    assert everything(resident) == before
    resident.sends_message(message)
    assert len(resident.cases()) == 1


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiEmulator]:
    async with BotApiEmulator() as emulator:
        yield emulator


async def test_the_bot_api_fails_in_every_way_and_all_is_heard_in_order(
    telegram: BotApiEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many, broken, gone, hanging, and once the answer is lost after the message was taken."""
    monkeypatch.setattr(deliver_one, "_FIRST_PAUSE", 0.1)
    monkeypatch.setattr(outgoing, "_SECONDS", 0.5)
    telegram.fail("sendMessage", 429, retry_after=1)
    telegram.fail("sendMessage", 502)
    telegram.fail("sendMessage", 200, hangs=1.0)
    telegram.fail("sendMessage", 500, after=True)
    user = telegram.user()
    words = ("你好", "帮助", "返回")
    with a_house(tmp_path, telegram) as house:
        async with at_work(house, telegram):
            for one in words:
                user.says(one)
            await until(lambda: len(telegram.chats[user.id]) >= len(words) + 1, within=30)
            await asyncio.sleep(1.5)
        with house.database.read() as work:
            stored = work.conversations.find("telegram", str(user.id))
            assert stored is not None
            lines = work.messages.latest(stored.conversation.id, 100)
    answers = [line.reply.as_plain_text() for line in lines if line.reply]
    heard = [message["text"] for message in telegram.chats[user.id]]

    assert len(answers) == len(words)
    assert repeats(heard, answers) <= 2, (
        "one answer lost, one hanging: Telegram has no key against it"
    )


async def test_a_voice_that_hangs_is_given_up_and_words_go_on(
    telegram: BotApiEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(FakeVoice):
        async def say(self, text: str, **how: Any) -> None:
            self.said.append((text, how))
            await asyncio.sleep(3600)

    monkeypatch.setattr(deliver_one, "_FIRST_PAUSE", 0.05)
    monkeypatch.setattr(deliver_one, "_MARGIN_SECONDS", 0)
    monkeypatch.setitem(deliver_one.LEASES, "voice", timedelta(seconds=0.3))
    monkeypatch.setitem(deliver_one.MOST_ATTEMPTS, "voice", 2)
    voice = Hanging()
    user = telegram.user()
    with a_house(tmp_path, telegram) as house:
        async with at_work(house, telegram, voice=voice):
            user.says("读给我听")
            await user.hears()
            await until(lambda: len(voice.said) >= 2)
            user.says("你好")
            await user.hears()
            await until(lambda: len(voice.said) >= 4)
            await asyncio.sleep(0.5)
        with house.database.read() as work:
            waiting = work.figures.outbox()

    assert waiting == {}


# -- real servers -----------------------------------------------------------------------------


def lines_with(database: Database, user_id: int) -> list[Any]:
    with database.read() as work:
        stored = work.conversations.find("telegram", str(user_id))
        return list(work.messages.latest(stored.conversation.id, 100)) if stored else []


def nothing_waits(database: Database) -> bool:
    with database.read() as work:
        return work.figures.outbox() == {}


async def test_a_server_killed_in_the_middle_and_started_again_answers_everything_once(
    database_url: str, tmp_path: Path, mind: Mind, pytestconfig: pytest.Config
) -> None:
    words = ("你好", "残疾证怎么办", "返回", "帮助", "再说一遍", "慢一点", "返回", "你好")
    balancer = Balancer()
    model = Path(pytestconfig.cache.mkdir("understanding"))
    with ExitStack() as stack:
        async with BotApiEmulator() as telegram, balancer.open() as address:
            settings = {
                "ZHUCAN_DATABASE_URL": database_url,
                "ZHUCAN_SECRET_KEY": SECRET,
                "ZHUCAN_TELEGRAM_TOKEN": telegram.token,
                "ZHUCAN_TELEGRAM_API_BASE": telegram.base,
                "ZHUCAN_TELEGRAM_WEBHOOK_URL": address,
                "ZHUCAN_TELEGRAM_WEBHOOK_SECRET": HOOK,
                "ZHUCAN_TENANT": "pudong",
            }

            async def start(folder: Path) -> Any:
                room = running_server(folder, model, **settings)
                server = await asyncio.to_thread(stack.enter_context, room)
                balancer.behind = [server.url]
                return server

            server = await start(tmp_path / "one")
            user = telegram.user()
            for number, one in enumerate(words):
                user.says(one)
                await asyncio.sleep(0.12)
                if number == 3:
                    await until(lambda: len(telegram.chats[user.id]) >= 2, within=20)
                    server.process.send_signal(signal.SIGKILL)
            await start(tmp_path / "two")
            database = open_database(database_url, tenant="pudong", secrets=(SECRET,))
            stack.callback(database.close)
            # One may come twice, so that their number alone does not tell that all have come.
            await until(
                lambda: (
                    len(lines_with(database, user.id)) == 2 * len(words)
                    and nothing_waits(database)
                ),
                within=30,
            )
        lines = lines_with(database, user.id)
    heard = [message["text"] for message in telegram.chats[user.id]]

    assert [line.direction for line in lines] == ["in", "out"] * len(words)
    assert repeats(heard, [line.reply.as_plain_text() for line in lines if line.reply]) <= 1
