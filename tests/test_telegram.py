"""The Telegram door against a Bot API emulator over real HTTP, by polling and by webhook."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from pydantic import ValidationError

from actions.tell_resident import tell_resident
from bot.assembly import House
from bot.channels.telegram import late_door, reception
from bot.channels.telegram.buttons import MAX_BYTES, Place, pack, pick_at, unpack
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.splitting import parts_of, units
from bot.channels.telegram.updates import read_update
from bot.channels.telegram.webhook import PATH
from bot.channels.telegram.wording import commands, without_command
from bot.server import create_app
from bot.settings import Settings
from bot.start_problems import told
from dialogue.messages import Choice, Pick, Reply
from dialogue.wording import say
from tests.bot_api_emulator import TOKEN, BotApiEmulator
from tests.telegram_at_work import (
    SECRET,
    a_house,
    at_work,
    model_folder,
    shared_mind,
    until,
)
from tests.telegram_user import User
from tests.webchat_house import HummingVoice

PHOTO = b"\xff\xd8\xff\xe0 a photo"
both_ways = pytest.mark.parametrize("is_webhook", [False, True], ids=["polling", "webhook"])


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiEmulator]:
    async with BotApiEmulator() as emulator:
        yield emulator


@pytest.fixture
def house(telegram: BotApiEmulator, tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path, telegram) as opened:
        yield opened


def stored(house: House, user: User) -> tuple[list[Any], list[Reply]]:
    """What came in and what went out in a user's conversation, in order."""
    with house.database.read() as work:
        found = work.conversations.find("telegram", str(user.id))
        messages = work.messages.after(found.conversation.id, 0, 1000) if found else ()
    return [m.message for m in messages if m.message], [m.reply for m in messages if m.reply]


def texts(house: House, user: User) -> list[str]:
    return [message.text for message in stored(house, user)[0]]


# -- conversations ---------------------------------------------------------------------------


@both_ways
async def test_a_conversation_from_the_first_word_to_a_filed_case(
    house: House, telegram: BotApiEmulator, is_webhook: bool
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=is_webhook):
        user.says("盲道上停满共享单车，走不过去")
        said = await user.hears()
        user.presses("现在开始办")
        for _ in range(30):
            (message,) = await user.hears()
            said.append(message)
            if not answer_as_a_resident(house, user, message):
                break

    with house.database.read() as work:
        found = work.conversations.find("telegram", str(user.id))
        (case,) = work.cases.of_person(found.person_id)
    assert case.service_id == "facility_complaint"
    assert [paper.media_type for paper in case.papers] == ["image/jpeg"]
    assert case.number[-4:] in said[-1]["text"].replace(" ", "")
    assert telegram.pending == [] or not is_webhook


def answer_as_a_resident(house: House, user: User, message: dict[str, Any]) -> bool:
    """Answer the question just asked by button, text or photo; False once the case is filed."""
    with house.database.read() as work:
        conversation = work.conversations.find("telegram", str(user.id)).conversation
    if conversation.focus.kind != "filling":
        return False
    labels = [row[0]["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", ())]
    progress = conversation.focus.progress
    for label in ("同意，交上去", "都对", "对", "可以问", "就这些"):
        if label in labels and (label != "就这些" or progress.papers or len(progress.answers) > 3):
            user.presses(label)
            return True
    spec = house.mind.catalog.fields[progress.asking]
    if spec.type.value == "files":
        user.sends_photo(PHOTO)
    elif labels:
        user.presses(labels[0])
    else:
        user.says(spec.example or "东方路 100 号门口")
    return True


@both_ways
async def test_twelve_quick_messages_are_answered_in_order(
    house: House, telegram: BotApiEmulator, is_webhook: bool
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=is_webhook):
        for number in range(12):
            user.says(f"第 {number} 句")
        heard = await user.hears(12)
        await user.hears_nothing()

    assert texts(house, user) == [f"第 {number} 句" for number in range(12)]
    told = [reply.as_plain_text() for reply in stored(house, user)[1]]
    assert [message["text"] for message in heard] == told


async def test_600_updates_in_30_chats_stay_in_order_in_each_chat(
    house: House, telegram: BotApiEmulator
) -> None:
    users = [telegram.user(2000 + n) for n in range(30)]
    async with at_work(house, telegram, is_webhook=True):
        for number in range(20):
            for user in users:
                user.says(f"{number}")
        for user in users:
            await user.hears(20, within=60)

    for user in users:
        assert texts(house, user) == [str(number) for number in range(20)]
        said = [message["text"] for message in telegram.chats[user.id]]
        assert said == [reply.as_plain_text() for reply in stored(house, user)[1]]


async def test_requests_of_one_chat_that_come_at_the_same_time_take_turns(
    house: House, telegram: BotApiEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = most = 0
    take = reception.Reception._message

    async def watched(self: Any, incoming: Any) -> Any:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return await take(self, incoming)

    monkeypatch.setattr(reception.Reception, "_message", watched)
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True) as work:
        telegram.chats[user.id] = []
        updates = [a_message(user, n, f"{n}") for n in range(10)]
        statuses = await asyncio.gather(*(post(work.address, update) for update in updates))
        await user.hears(10)
        gc.collect()
        assert len(work.door._reception._turns) == 0

    assert statuses == [200] * 10
    assert most == 1


async def test_the_same_update_three_times_gives_one_reply(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True):
        update = user.says("你好")
        telegram.push(update)
        telegram.push(update)
        await user.hears()
        await user.hears_nothing()

    assert texts(house, user) == ["你好"]
    assert [status for _, status in telegram.hooks] == [200, 200, 200]


async def test_an_update_that_comes_again_does_not_keep_its_photo_twice(
    house: House, telegram: BotApiEmulator, tmp_path: Path
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True):
        update = user.sends_photo(PHOTO)
        await user.hears()
        telegram.push(update)
        await until(lambda: len(telegram.hooks) == 2)

    assert len([p for p in (tmp_path / "papers").rglob("*") if p.is_file()]) == 1


# -- nothing is lost -------------------------------------------------------------------------


@both_ways
async def test_turns_that_fail_at_first_lose_nothing(
    house: House, telegram: BotApiEmulator, monkeypatch: pytest.MonkeyPatch, is_webhook: bool
) -> None:
    failures = iter(range(5))
    real = reception.receive_message

    def broken(*given: Any) -> Any:
        if next(failures, None) is not None:
            raise ConnectionError("the database is away")
        return real(*given)

    monkeypatch.setattr(reception, "receive_message", broken)
    monkeypatch.setattr("bot.channels.telegram.polling._LONGEST_PAUSE", 0.05)
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=is_webhook):
        for number in range(6):
            user.says(f"{number}")
        await user.hears(6, within=20)
        await user.hears_nothing()

    assert texts(house, user) == [str(number) for number in range(6)]
    if is_webhook:
        assert sum(status == 503 for _, status in telegram.hooks) == 5


async def test_polling_goes_on_after_telegram_was_away(
    house: House, telegram: BotApiEmulator
) -> None:
    telegram.fail("getUpdates", 502, times=2)
    telegram.fail("getUpdates", 429, retry_after=1)
    user = telegram.user()
    async with at_work(house, telegram):
        user.says("你好")
        await user.hears()

    assert texts(house, user) == ["你好"]


async def test_polling_removes_a_webhook_that_was_set_before(
    house: House, telegram: BotApiEmulator
) -> None:
    telegram.webhook = {"url": "http://127.0.0.1:9/elsewhere"}
    user = telegram.user()
    async with at_work(house, telegram):
        await until(lambda: not telegram.webhook)
        user.says("你好")
        await user.hears()


async def test_a_press_whose_query_is_too_old_is_still_answered(
    house: House, telegram: BotApiEmulator
) -> None:
    telegram.fail("answerCallbackQuery", 400, description="Bad Request: query is too old")
    user = telegram.user()
    async with at_work(house, telegram):
        user.says("你好")
        await user.hears()
        user.presses("能办什么")

        assert say("help_1") in await user.hears_text()


async def test_an_update_we_cannot_read_is_answered_and_holds_up_nobody(
    house: House, telegram: BotApiEmulator
) -> None:
    user, other = telegram.user(1), telegram.user(2)
    async with at_work(house, telegram):
        user.sends(text={"odd": True})
        user.sends(text="你好", photo="odd")
        telegram.push({"message": {"text": "from nowhere"}})
        telegram.push({"a_kind_of_update_of_next_year": {"id": 1}})
        other.says("你好")
        await user.hears(2)
        await other.hears()

    assert texts(house, user) == ["", "你好"]


# -- a whole process, killed -----------------------------------------------------------------


async def test_a_killed_process_loses_nothing_and_doubles_nothing(
    telegram: BotApiEmulator, tmp_path: Path
) -> None:
    user = telegram.user()
    shared_mind()
    shutil.copytree(model_folder(), tmp_path / "model")
    server = await serve(telegram, tmp_path)
    try:
        user.says("你好")
        await user.hears(1, within=60)
        await until(lambda: nothing_waits(tmp_path), within=10)
        telegram.fail("getFile", 500, hangs=3600)
        user.sends_photo(PHOTO)
        for number in range(5):
            user.says(f"第 {number} 句")
        await until(lambda: any(name == "getfile" for name, _ in telegram.calls))
    finally:
        server.send_signal(signal.SIGKILL)
        await server.wait()
    await user.hears_nothing()
    server = await serve(telegram, tmp_path)
    try:
        heard = await user.hears(6, within=60)
        await user.hears_nothing(1.0)
    finally:
        server.terminate()
        code = await asyncio.wait_for(server.wait(), 20)

    assert len(heard) == 6
    assert say("papers_for_what") in heard[0]["text"]
    assert count(tmp_path, "inbox") == 7
    assert code in (0, -signal.SIGTERM)


async def serve(telegram: BotApiEmulator, folder: Path) -> asyncio.subprocess.Process:
    """A real `zhucan serve`; returns once it is ready."""
    port = free_port()
    settings = {
        "ZHUCAN_DATA_DIR": str(folder),
        "ZHUCAN_PORT": str(port),
        "ZHUCAN_VOICES": "off",
        "ZHUCAN_TELEGRAM_TOKEN": telegram.token,
        "ZHUCAN_TELEGRAM_API_BASE": telegram.base,
    }
    with (folder / "log").open("ab") as log:
        server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "serve",
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
    async with aiohttp.ClientSession() as client:
        for _ in range(600):
            assert server.returncode is None, (folder / "log").read_text("utf-8")[-3000:]
            with suppress(aiohttp.ClientError):
                async with client.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return server
            await asyncio.sleep(0.1)
    raise AssertionError("not ready within a minute")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def count(folder: Path, table: str, where: str = "1") -> int:
    with sqlite3.connect(folder / "zhucan.sqlite3") as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])


def nothing_waits(folder: Path) -> bool:
    return count(folder, "outbox", "is_open") == 0


# -- buttons ---------------------------------------------------------------------------------


async def test_an_old_button_is_answered_gently_and_changes_nothing(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        user.says("我想配助听器")
        (introduced,) = await user.hears()
        user.presses("现在开始办")
        await user.hears()
        user.presses("换一件事", introduced)

        assert say("old_button") in await user.hears_text()
        with house.database.read() as work:
            conversation = work.conversations.find("telegram", str(user.id)).conversation
        assert conversation.focus.kind == "filling"


async def test_a_button_we_never_sent_changes_nothing(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        user.says("你好")
        (greeting,) = await user.hears()
        for data in ("", "x", "9" * 60, "1.", "1#999#0", "1#1#5", "-1.start", "1.nonsense"):
            user.presses_data(data, greeting)

            assert say("old_button") in await user.hears_text(), data


async def test_a_choice_too_long_for_a_button_is_found_in_the_stored_reply(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True):
        user.says("你好")
        await user.hears()
        long_id = "service:" + "x" * 60
        notice = Reply(
            paragraphs=("选一个。",), choices=(Choice(id=long_id, label="长的"),), kind="notice"
        )
        with house.database.write() as work:
            found = work.conversations.find("telegram", str(user.id))
            tell_resident(work, found.conversation.id, notice, datetime.now(UTC))
            work.commit()
        await user.hears()
        user.presses("长的")
        await user.hears()

    assert stored(house, user)[0][-1].pick == Pick(turn=1, choice=long_id)


def test_every_button_fits_into_64_bytes_and_comes_back_as_what_was_picked() -> None:
    ids = ("start", "service:family_doctor", "correct:" + "a" * 36, "长" * 21, "a" * 70)
    reply = Reply(
        paragraphs=("?",), choices=tuple(Choice(id=i, label="l") for i in ids), turn=123456
    )
    for index, choice in enumerate(reply.choices):
        data = pack(reply, 42, index)
        pressed = unpack(data)
        if isinstance(pressed, Place):
            assert pressed.seq == 42
            pressed = pick_at(pressed, reply)

        assert 1 <= len(data.encode()) <= MAX_BYTES
        assert pressed == Pick(turn=123456, choice=choice.id)


# -- what else a person may send ---------------------------------------------------------------


async def test_each_photo_of_an_album_is_a_message_of_its_own(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        for number in range(3):
            user.sends_photo(PHOTO, media_group_id="1", caption="残疾证" if number == 0 else "")
        await user.hears(3)

    messages, _ = stored(house, user)
    assert [m.attachments[0].media_type for m in messages] == ["image/jpeg"] * 3
    assert [house.papers.get(m.attachments[0].key) for m in messages] == [PHOTO] * 3
    assert messages[0].text == "残疾证"


async def test_a_file_we_cannot_take_is_refused_with_the_reason(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        for data, name, size, answer in (
            (b"%PDF-1.7 big", "big.pdf", 11 * 1024 * 1024, "file_too_big"),
            (b"%PDF-1.7 huge", "huge.pdf", 30 * 1024 * 1024, "file_too_big"),
            (b"%PDF-" + b"x" * (10 * 1024 * 1024 + 1), "lies.pdf", 100, "file_too_big"),
            (b"MZ program", "photo.jpg", None, "file_wrong_type"),
            (b"", "empty.pdf", None, "file_unreadable"),
        ):
            user.sends_document(data, name, size)

            assert say(answer) in await user.hears_text(), name


async def test_a_file_that_does_not_come_through_is_asked_for_again(
    house: House, telegram: BotApiEmulator
) -> None:
    telegram.fail("download", 500, times=2)
    user = telegram.user()
    async with at_work(house, telegram):
        user.sends_photo(PHOTO)

        assert say("file_not_received") in await user.hears_text()


async def test_a_file_that_comes_through_at_the_second_try_is_kept(
    house: House, telegram: BotApiEmulator
) -> None:
    telegram.fail("getFile", 500)
    user = telegram.user()
    async with at_work(house, telegram):
        user.sends_document(b"%PDF-1.7", "../../etc/证明.pdf")
        await user.hears()

    (message,), _ = stored(house, user)
    assert message.attachments[0].name == "证明.pdf"
    assert message.attachments[0].media_type == "application/pdf"


async def test_a_voice_note_is_answered_with_what_can_be_done_instead(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        user.sends_voice()

        assert say("voice_not_heard_1") in await user.hears_text()


async def test_what_holds_no_words_is_answered_by_the_dialogue(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        user.says("你好")
        await user.hears()
        for content in (
            {"sticker": {"file_id": "s", "emoji": "😀"}},
            {"location": {"latitude": 31.2, "longitude": 121.5}},
            {"something_new": {}},
        ):
            user.sends(**content)

            assert say("nothing_said") in await user.hears_text()


async def test_a_contact_is_read_as_its_phone_number(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        user.sends(contact={"phone_number": "+8613912345678", "first_name": "王"})
        await user.hears()

    assert texts(house, user) == ["+8613912345678"]


async def test_edits_reports_and_blockings_are_passed_over(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        message = user.says("你好")["message"]
        await user.hears()
        telegram.push({"edited_message": {**message, "text": "改了"}})
        telegram.push({"my_chat_member": {"chat": user.chat, "from": user.sender}})
        user.sends(pinned_message=message)
        user.sends(message_auto_delete_timer_changed={"message_auto_delete_time": 1})
        await user.hears_nothing()
        user.says("谢谢")
        await user.hears()

    assert texts(house, user) == ["你好", "谢谢"]


async def test_a_group_is_told_once_to_write_in_private(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user(-1001)
    user.chat = {"id": -1001, "type": "supergroup", "title": "邻居"}
    async with at_work(house, telegram):
        for _ in range(3):
            user.says("/start")
        heard = await user.hears_text()
        await user.hears_nothing()

    assert "私聊" in heard
    assert texts(house, user) == []


async def test_commands_are_words_of_the_dialogue(house: House, telegram: BotApiEmulator) -> None:
    user = telegram.user()
    async with at_work(house, telegram):
        for command, answer in (
            ("/start", "welcome_1"),
            ("/start from_a_link", "welcome_1"),
            ("/HELP@zhucan_bot", "help_1"),
            ("/status", "no_cases"),
            ("/human", "person_called"),
            ("/stop", "what_next"),
        ):
            user.says(command)

            assert say(answer) in await user.hears_text(), command
        assert [c["command"] for c in telegram.commands] == list(commands())


def test_an_unknown_command_is_read_without_its_slash() -> None:
    assert without_command("/助听器") == "/助听器"
    assert without_command("/hearing aid") == "hearing aid"
    assert without_command("1/2 的钱") == "1/2 的钱"


# -- the webhook's address is open to anybody --------------------------------------------------


def a_message(user: User, number: int, text: str) -> dict[str, Any]:
    message = {"message_id": number + 1, "date": 1, "chat": user.chat, "text": text}
    return {"update_id": 900 + number, "message": message}


async def post(address: str, body: Any, secret: str | None = SECRET, **headers: str) -> int:
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        aiohttp.ClientSession() as client,
        client.post(address, data=data, headers=headers) as answer,
    ):
        assert b"Traceback" not in await answer.read()
        return answer.status


async def test_a_forged_secret_is_refused(house: House, telegram: BotApiEmulator) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True) as work:
        update = a_message(user, 1, "你好")
        for secret in (None, "", "forged", SECRET + "x", SECRET.upper(), "秘密"):
            assert await post(work.address, update, secret) == 401
        assert (
            await post(work.address, update, "x", **{"X-Forwarded-For": "149.154.167.220"}) == 401
        )

    assert texts(house, user) == []


async def test_forwarded_addresses_make_no_difference(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True) as work:
        for number, address in enumerate(("149.154.167.220", "evil", "::1", "1.2.3.4, 5.6.7.8")):
            update = a_message(user, number, f"{number}")

            assert await post(work.address, update, **{"X-Forwarded-For": address}) == 200

    assert texts(house, user) == ["0", "1", "2", "3"]


MALFORMED = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"update_id": "1"}',
    b'{"update_id": true}',
    b'{"update_id": -1}',
    b'{"update_id": 1e400}',
    b'{"update_id": ' + b"9" * 5000 + b"}",
    b"[" * 100_000,
)


async def test_a_malformed_body_is_refused_without_a_trace(
    house: House, telegram: BotApiEmulator
) -> None:
    async with at_work(house, telegram, is_webhook=True) as work:
        for body in MALFORMED:
            assert await post(work.address, body) == 400, body[:40]


async def test_an_oversized_body_is_refused(house: House, telegram: BotApiEmulator) -> None:
    async with at_work(house, telegram, is_webhook=True) as work:
        assert await post(work.address, b" " * (1024 * 1024 + 1)) == 413


async def test_more_than_can_be_taken_is_sent_back_to_telegram(
    house: House, telegram: BotApiEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.webhook.AT_ONCE", 0)
    async with at_work(house, telegram, is_webhook=True) as work:
        assert await post(work.address, a_message(telegram.user(), 1, "你好")) == 503


async def test_without_a_secret_of_ours_nobody_can_post_while_polling(
    house: House, telegram: BotApiEmulator
) -> None:
    async with at_work(house, telegram) as work:
        assert await post(work.address, a_message(telegram.user(), 1, "你好"), "") == 401


async def test_neither_token_nor_words_reach_the_log(
    house: House, telegram: BotApiEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="zhucan")
    telegram.fail("sendMessage", 500)
    telegram.fail("getUpdates", 500)
    user = telegram.user(123454321)
    async with at_work(house, telegram):
        user.says("我叫王秀英")
        await user.hears()

    records = [r for r in caplog.records if r.name.startswith("zhucan")]
    assert "turn" in [r.getMessage() for r in records]
    ours = "\n".join(str(vars(record)) for record in records)
    for secret in (TOKEN.partition(":")[2], "王秀英", "123454321"):
        assert secret not in ours


async def test_the_door_opens_after_the_others_and_until_then_telegram_keeps_its_updates(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load = threading.Event()
    loaded = late_door._loaded
    monkeypatch.setattr(late_door, "_loaded", lambda: may_load.wait(30) and loaded())
    chosen = {**house.settings.model_dump(), "telegram_webhook_secret": SECRET}
    late = replace(house, settings=Settings(**chosen))
    update = {"update_id": 1, "message": {"message_id": 1, "chat": {"id": 5}, "text": "你好"}}

    async def post(client: httpx.AsyncClient, secret: str = SECRET) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return (await client.post(PATH, json=update, headers=headers)).status_code

    app = create_app(late, HummingVoice())
    asgi = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=asgi, base_url="http://here") as client,
    ):
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["telegram"]) == (200, "opening")
        assert (await client.get("/")).status_code == 200
        assert (await post(client), await post(client, "a guess")) == (503, 401)
        may_load.set()
        for _ in range(600):
            if (await client.get("/readyz")).json()["telegram"] == "open":
                break
            await asyncio.sleep(0.05)
        assert await post(client) == 200
    assert count(house.settings.data_dir, "inbox") == 1


def test_what_is_no_token_is_told_at_the_start() -> None:
    with pytest.raises(ValidationError, match="ZHUCAN_TELEGRAM_TOKEN") as refused:
        Settings(telegram_token="my bot")
    assert "my bot" not in told(refused.value)


def test_of_aiograms_models_only_those_in_use_are_built() -> None:
    """All 440 cost two seconds and 110 MB; each can still be had."""
    asked = """
        from bot.channels.telegram.late_door import _loaded
        _loaded()
        from aiogram import methods, types
        from pydantic import BaseModel
        models = [getattr(room, name) for room in (types, methods) for name in room.__all__]
        models = [m for m in models if isinstance(m, type) and issubclass(m, BaseModel)]
        theirs = [m for m in models if m.__module__.startswith("aiogram.types")]
        built = sum(m.__pydantic_complete__ for m in theirs)
        assert len(theirs) > 300 and built < 20, (built, len(theirs))
        said = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        assert types.Update.model_validate({"update_id": 1, "message": said}).message.text == "x"
        for model in models:
            model.model_rebuild()
        assert all(model.__pydantic_complete__ for model in models)
        assert BaseModel.model_rebuild.__func__.__module__ == "pydantic.main"
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(asked)], check=True, timeout=120)


# -- small parts -----------------------------------------------------------------------------


def test_a_long_text_is_parted_at_paragraphs_then_sentences_never_inside_a_character() -> None:
    text = "\n".join(["一句话。" * 30, "😀" * 100, "短。", "没有标点" * 40])
    parts = parts_of(text, 100)

    assert all(0 < units(part) <= 100 for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")
    assert parts[0] == "一句话。" * 25
    for part in parts:
        part.encode("utf-16-le")


def test_a_text_that_fits_stays_whole() -> None:
    assert parts_of("一\n\n二") == ("一\n\n二",)
    assert parts_of("  \n ") == ()


def test_the_pace_lets_a_small_burst_pass_then_one_a_second() -> None:
    pace = Pace(1.0, 3)

    assert [pace.reserve("a", 100.0) for _ in range(5)] == [0, 0, 0, 1, 2]
    assert pace.reserve("b", 100.0) == 0
    assert pace.reserve("a", 110.0) == 0


def test_the_largest_photo_that_may_be_kept_is_chosen() -> None:
    sizes = [
        {"file_id": "s", "width": 90, "height": 60, "file_size": 900},
        {"file_id": "m", "width": 900, "height": 600, "file_size": 90_000},
        {"file_id": "l", "width": 9000, "height": 6000, "file_size": 15_000_000},
    ]
    message = {"chat": {"id": 1, "type": "private"}, "photo": sizes}

    assert read_update({"update_id": 1, "message": message}).file.file_id == "m"
