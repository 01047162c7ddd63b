"""What aiogram itself costs: one update in, the same words out over real HTTP, nothing remembered."""

from __future__ import annotations

import asyncio
import time

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

from benchmarks.fake_bot_api import TOKEN, fake_bot_api
from benchmarks.measuring import percentiles

_WARM_UP = 20


def echo(count: int) -> dict[str, float]:
    """So many updates, one after the other."""
    with fake_bot_api() as address:
        return asyncio.run(_echo(address, count))


async def _echo(address: str, count: int) -> dict[str, float]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(address))
    bot, dispatcher = Bot(TOKEN, session=session), Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(message.text or "")

    times = []
    for number in range(count + _WARM_UP):
        if number == _WARM_UP:
            cpu, began = time.process_time(), time.perf_counter()
        started = time.perf_counter()
        await dispatcher.feed_raw_update(bot, _update(number + 1))
        times.append(time.perf_counter() - started)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    await session.close()
    return {
        "per second": round(count / seconds, 1),
        **percentiles(times[_WARM_UP:]),
        "CPU ms": round(cpu / count * 1000, 3),
    }


def _update(number: int) -> dict[str, object]:
    chat = {"id": 1001, "type": "private", "first_name": "人"}
    sender = {"id": 1001, "is_bot": False, "first_name": "人"}
    said = {"message_id": number, "date": 1790000000, "chat": chat, "from": sender}
    return {"update_id": number, "message": {**said, "text": "我妈听不见了，想配助听器"}}
