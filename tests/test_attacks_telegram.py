"""Attacks through Telegram, and through names and characters that are not what they seem, over real HTTP."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from attack_house import PAYLOAD

from actions.tell_resident import tell_resident
from bot.assembly import House
from bot.channels.telegram.buttons import unpack
from bot.channels.telegram.splitting import LIMIT, parts_of, units
from bot.channels.telegram.updates import read_update
from catalog.models import Catalog
from dialogue.messages import Reply
from intents.slot_types import Problem, Surroundings, read_answer
from tests.bot_api_emulator import BotApiEmulator
from tests.telegram_at_work import SECRET, a_house, at_work, until
from tests.telegram_user import User

FAMILY = "👨‍👩‍👧‍👦"
ODD_CHARACTERS = {
    "astral emoji": "😀" * 2000,
    "a family of eleven units": FAMILY * 370,
    "astral Chinese": "𠀀𪚥" * 1000,
    "combining marks without end": "a" + "\u0301" * 4000,
    "lone halves": "\ud83d\ude00\ud83d 我 \udc00",
    "direction": "\u202e\u2066我\u2069\u202c",
    "NUL and bells": "我\x00\x07\x1b[31m",
    "exactly the limit": "我" * 4096,
}


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiEmulator]:
    async with BotApiEmulator() as emulator:
        yield emulator


@pytest.fixture
def house(telegram: BotApiEmulator, tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path, telegram) as opened:
        yield opened


def stored(house: House, user: User) -> list[Any]:
    with house.database.read() as work:
        found = work.conversations.find("telegram", str(user.id))
        return list(work.messages.after(found.conversation.id, 0, 1000)) if found else []


async def post(address: str, body: bytes, **headers: str) -> int:
    sent = {"X-Telegram-Bot-Api-Secret-Token": SECRET, **headers}
    async with (
        aiohttp.ClientSession() as client,
        client.post(address, data=io.BytesIO(body), headers=sent) as answer,
    ):
        return answer.status


async def test_every_odd_text_is_answered_within_telegrams_limits(
    house: House, telegram: BotApiEmulator
) -> None:
    """The emulator refuses what Telegram refuses: halves of characters, texts beyond 4096 units."""
    async with at_work(house, telegram, is_webhook=True):
        for n, text in enumerate(ODD_CHARACTERS.values()):
            user = telegram.user(5000 + n)
            user.says(text)
            (heard,) = await user.hears()
            assert units(heard["text"]) <= 4096
            assert re.search("[\u4e00-\u9fff]", heard["text"])
            assert len(stored(house, user)) == 2


@pytest.mark.parametrize("text", ODD_CHARACTERS.values(), ids=ODD_CHARACTERS)
def test_a_long_text_is_parted_between_characters_and_nothing_is_lost(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode() * 5
    parts = parts_of(whole)

    assert all(units(part) <= LIMIT for part in parts)
    assert "".join(parts) == whole
    for part in parts:
        part.encode("utf-16-le")


async def test_a_name_or_a_file_name_of_telegrams_own_reaches_nobody_as_markup(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    user.sender |= {"first_name": PAYLOAD, "last_name": PAYLOAD, "username": PAYLOAD}
    user.chat |= {"first_name": PAYLOAD, "title": PAYLOAD}
    async with at_work(house, telegram, is_webhook=True):
        user.says("你好")
        user.sends_document(b"\xff\xd8\xff\xe0 photo", f"../../\u202e{PAYLOAD}.jpg")
        user.sends_document(b"\xff\xd8\xff\xe0", f"../\u202e{PAYLOAD}.jpg", size=15 * 1024 * 1024)
        heard = await user.hears(3)

    assert not any(message.get("parse_mode") for message in heard)
    assert not any("script" in message["text"] for message in heard)
    names = [f.name for m in stored(house, user) if m.message for f in m.message.attachments]
    assert len(names) == 2
    for name in names:
        assert "/" not in name
        assert "\u202e" not in name


async def test_a_replayed_update_is_answered_once_and_another_ones_number_is_no_way_in(
    house: House, telegram: BotApiEmulator
) -> None:
    """Whoever saw an update and sends it again, even from another chat under the same number, gets nothing."""
    user, thief = telegram.user(1), telegram.user(2)
    async with at_work(house, telegram, is_webhook=True):
        update = user.says("我妈妈瘫痪了，有护理补贴吗")
        await user.hears()
        telegram.push(update)
        stolen = {
            **update,
            "message": {**update["message"], "chat": thief.chat, "from": thief.sender},
        }
        telegram.push(stolen)
        await until(lambda: len(telegram.hooks) == 3)
        await user.hears_nothing()

    assert telegram.chats.get(thief.id, []) == []
    assert len(stored(house, user)) == 2
    assert stored(house, thief) == []


async def test_buttons_of_another_conversation_or_of_nobody_do_nothing(
    house: House, telegram: BotApiEmulator
) -> None:
    owner, thief = telegram.user(1), telegram.user(2)
    async with at_work(house, telegram, is_webhook=True):
        owner.says("我妈妈瘫痪了，有护理补贴吗")
        (shown,) = await owner.hears()
        thief.says("你好")
        await thief.hears()
        data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        for pressed in (
            data,
            "1.submit",
            "9#9#9",
            "1.withdraw_yes",
            "x" * 64,
            "",
            "0." + "\ud800",
        ):
            thief.presses_data(pressed, {**shown, "chat": thief.chat})
            (heard,) = await thief.hears()
            assert "护理" not in heard["text"]

    with house.database.read() as work:
        found = work.conversations.find("telegram", "2")
        assert work.cases.of_person(found.person_id) == ()


@pytest.mark.parametrize(
    "data", ["", "1", "1.", ".x", "9" * 40 + ".x", "1#2", "1#2#3#4", "\x00", "١.x", "1.\n2"]
)
def test_any_button_data_is_read_without_complaint(data: str) -> None:
    assert unpack(data) is not None


async def test_a_group_never_hears_what_is_meant_for_one_person(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user(77)
    user.chat |= {"id": -100123, "type": "supergroup"}
    telegram.chats[-100123] = []
    async with at_work(house, telegram, is_webhook=True):
        for text in ("我叫王秀英，身份证 310115194803121228", "查进度"):
            user.says(text)
        await until(lambda: len(telegram.hooks) == 2)
        await asyncio.sleep(0.2)

    said = [message["text"] for message in telegram.chats.get(-100123, [])]
    assert len(said) == 1
    assert "王秀英" not in said[0]


async def test_bodies_that_are_no_update_take_no_conversation_along(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True) as work:
        wrong = {
            b'{"update_id": 1, "message": {"chat": {"id": 1e300}, "text": "x"}}': 200,
            b'{"update_id": 2, "message": {"chat": {"id": "1; DROP TABLE"}, "text": "x"}}': 200,
            b'{"update_id": 3, "message": {"chat": {"id": 1001, "type": "private"}, "text": {"a": 1}}}': 200,
            b'{"update_id": 4, "message": {"chat": {"id": 1001, "type": ["private"]}}}': 200,
            b'{"update_id": 5, "callback_query": {"id": {}, "from": {"id": []}, "data": []}}': 200,
            b'{"update_id": 6, "edited_message": {"chat": {"id": 1001}, "text": "x"}}': 200,
            b'{"update_id": 7' + b" " * (1024 * 1024): 413,
        }  # fmt: skip
        for body, status in wrong.items():
            assert await post(work.address, body) == status, body[:80]
        assert (
            await post(work.address, b"\x1f\x8b" + b"0" * 100, **{"Content-Encoding": "gzip"})
            == 400
        )
        user.says("你好")
        await user.hears()

    with house.database.read() as opened:
        assert opened.conversations.find("telegram", "1; DROP TABLE") is None


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "message": {"chat": {"id": 1, "type": "private"}, "text": "x" * 100_000}},
        {"update_id": 1, "message": {"chat": {"id": 1}, "photo": []}},
        {
            "update_id": 1,
            "message": {"chat": {"id": 1}, "photo": [{"file_id": "a", "width": -(10**30)}]},
        },
        {
            "update_id": 1,
            "message": {"chat": {"id": 1}, "document": {"file_id": "a", "file_size": -5}},
        },
        {"update_id": 1, "message": {"chat": {"id": 1}, "contact": {"phone_number": PAYLOAD}}},
        {"update_id": 1, "message": {"chat": {"id": 1}, "text": "/start@x " + PAYLOAD}},
        {"update_id": 1, "message": {"chat": {"id": 1}, "caption": "\ud800"}},
    ],
)
def test_odd_members_of_a_message_are_read_without_complaint(update: dict[str, Any]) -> None:
    assert read_update(update) is not None


async def test_a_notice_full_of_markup_is_sent_as_it_is_written(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    async with at_work(house, telegram, is_webhook=True):
        user.says("你好")
        await user.hears()
        with house.database.write() as opened:
            found = opened.conversations.find("telegram", str(user.id))
            notice = Reply(
                paragraphs=("<b>*_[x](https://evil.example)_*</b> " + FAMILY * 600,), kind="notice"
            )
            tell_resident(opened, found.conversation.id, notice, datetime.now(UTC))
            opened.commit()
        heard = await user.hears(2)

    assert heard[0]["text"].startswith("<b>*_[x](https://evil.example)_*</b>")
    assert all("parse_mode" not in message for message in heard)


# -- names that are not what they seem -------------------------------------------------------


def the_name(catalog: Catalog, text: str) -> str | None:
    """The name an answer gives, or None when it is asked again."""
    around = Surroundings(offices=catalog.offices, today=date(2026, 11, 25))
    read = read_answer(catalog.fields["name"], text, around)
    return None if isinstance(read, Problem) else str(read.value)


@pytest.mark.parametrize(
    "same",
    [
        "王\u200b秀英", "王秀\u2060英", "\ufeff王秀英", "王\u00ad秀英", "\u202d王秀英\u202c", "王\u3000秀英", "王秀英\ufe00",
        "王秀英\U000e0100", "我叫王秀英。", "\u2068王秀英\u2069",
    ],
)  # fmt: skip
def test_a_name_that_looks_the_same_is_the_same_name(catalog: Catalog, same: str) -> None:
    assert the_name(catalog, same) == "王秀英"


@pytest.mark.parametrize(
    "mixed",
    [
        "Аnna",
        "Annа",
        "王秀\u2f17",
        "⺩秀英",
        "王秀英<b>",
        "王{name}",
        "王秀英\u0301",
        "ﻯ王秀英",
        "𝐀𝐧𝐧𝐚",
        "王秀英; DROP",
        "=王秀英",
    ],
)
def test_a_name_of_letters_that_only_look_so_is_asked_again(catalog: Catalog, mixed: str) -> None:
    assert the_name(catalog, mixed) is None


def test_two_names_a_person_can_tell_apart_stay_two(catalog: Catalog) -> None:
    """The machine does not correct names: 王秀瑛 is not 王秀英, and 赵 turned around stays as it was read."""
    assert the_name(catalog, "王秀瑛") == "王秀瑛"
    assert the_name(catalog, "\u202e英秀王") == "英秀王"
    assert the_name(catalog, "福\ufa1b") == "福福"
