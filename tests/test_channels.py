"""One contract for every channel: the same conversation leads to the same case.

A new channel adds one class with `say` and one line to `CHANNELS`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bot_api_emulator import BotApiEmulator
from telegram_at_work import a_house, at_work
from webchat_house import open_chat

from actions.mind import Mind
from bot.assembly import House
from bot.channels.terminal import converse
from casework.models import Case

STORY = (
    "盲道上停满共享单车，走不过去",
    "1",
    "给我自己办",
    "可以问",
    "一三九，一二三四，五六七八",
    "不是这个，手机号是13912345679",
    "东方路100号门口",
    "被占了",
    "以后补",
    "跳过",
    "跳过",
    "都对",
    "同意，交上去",
)
"""Typed by number, by label and in words; the same words on every channel."""

Say = Callable[[str], object]


@asynccontextmanager
async def on_terminal(folder: Path, mind: Mind) -> AsyncIterator[tuple[House, str, Say]]:
    with open_chat(folder, mind) as chat:
        said: list[str] = []
        yield (
            chat.house,
            "terminal",
            lambda text: converse(chat.house, "wang", [text], said.append),
        )


@asynccontextmanager
async def on_the_web(folder: Path, mind: Mind) -> AsyncIterator[tuple[House, str, Say]]:
    with open_chat(folder, mind) as chat:
        yield chat.house, "webchat", chat.person().say


@asynccontextmanager
async def on_telegram(folder: Path, _mind: Mind) -> AsyncIterator[tuple[House, str, Say]]:
    async with BotApiEmulator() as telegram:
        user = telegram.user()

        async def say(text: str) -> None:
            user.says(text)
            await user.hears()

        with a_house(folder, telegram) as house:
            async with at_work(house, telegram):
                yield house, "telegram", say


CHANNELS = {"terminal": on_terminal, "webchat": on_the_web, "telegram": on_telegram}


@pytest.mark.parametrize("name", CHANNELS)
async def test_the_same_conversation_finds_the_same_case_at_the_end(name, tmp_path, mind):
    async with CHANNELS[name](tmp_path / "data", mind) as (house, channel, say):
        for text in STORY:
            answered = say(text)
            if hasattr(answered, "__await__"):
                await answered
        (case,) = cases_of(house)

    assert channel == name
    assert case.service_id == "facility_complaint"
    assert told(case) == {
        "applicant_role": "self",
        "mobile": "13912345679",
        "facility_location": "东方路100号门口",
        "facility_issue": "blocked",
    }


def cases_of(house: House) -> tuple[Case, ...]:
    with house.database.read() as work:
        rows = work.cases.queue(None)
        return tuple(work.cases.get(row.case_id).case for row in rows)


def told(case: Case) -> dict[str, object]:
    return {q.field: q.value for q in case.questions if q.value}
