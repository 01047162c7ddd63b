"""Outgoing messages: what the outbox holds reaches the channel once, in order, or a person is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import away
from webchat_house import HummingVoice

from actions import deliver_messages, deliver_one
from actions.deliver_messages import deliver_due
from actions.deliver_one import LEASES, MOST_ATTEMPTS, Courier, DeliveryFailed
from actions.hold_alone import hold_alone
from actions.switch_channel import channel_switches, switch_channel
from actions.tell_resident import tell_resident
from actions.watch_workers import Watch
from bot import keeping
from bot.assembly import House
from bot.channels.telegram.pace import Paces
from bot.channels.telegram.splitting import units
from bot.metrics import World
from dialogue.messages import Choice, Reply
from dialogue.needs import NeedsProfile
from storage.ids import new_id
from storage.models import Delivery
from tests.bot_api_emulator import BotApiEmulator
from tests.telegram_at_work import FakeVoice, a_house, at_work, until

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


class FakeChannel:
    """Takes deliveries, or fails as it was told to."""

    name = "telegram"

    def __init__(self, *outcomes: Exception) -> None:
        self.outcomes = list(outcomes)
        self.taken: list[Delivery] = []

    async def deliver(self, delivery: Delivery) -> str:
        if self.outcomes:
            raise self.outcomes.pop(0)
        self.taken.append(delivery)
        return f"{len(self.taken)}"

    @property
    def texts(self) -> list[str]:
        return [delivery.reply.text for delivery in self.taken]


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiEmulator]:
    async with BotApiEmulator() as emulator:
        yield emulator


@pytest.fixture
def house(telegram: BotApiEmulator, tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path, telegram) as opened:
        yield opened


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed deliveries are tried again sooner than in earnest."""
    monkeypatch.setattr(deliver_one, "_FIRST_PAUSE", 0.1)
    monkeypatch.setattr(deliver_messages, "_LOOK_EVERY_SECONDS", 0.1)


def tell(house: House, *told: str, peer: str = "1001", at: datetime = NOW, **more: Any) -> None:
    """Put notices into a conversation and the outbox."""
    with house.database.write() as work:
        found = work.conversations.for_peer("telegram", peer, at)
        for text in told:
            notice = Reply(paragraphs=tuple(text.split("\n")), kind="notice", **more)
            tell_resident(work, found.conversation.id, notice, at)
        work.commit()


def wants_voice(house: House, peer: str = "1001") -> None:
    with house.database.write() as work:
        found = work.conversations.for_peer("telegram", peer, NOW)
        spoken = NeedsProfile(aloud=True, rate=0.8)
        conversation = found.conversation
        changed = type(conversation)(id=conversation.id, preferences=spoken)
        work.conversations.save(found, changed, NOW)
        work.commit()


async def due(house: House, channel: FakeChannel, seconds: float = 0, form: Any = "text") -> int:
    """Deliver what is due so many seconds later."""
    courier = Courier(database=house.database, catalog=house.mind.catalog, channel=channel)
    return await deliver_due(courier, form, NOW + timedelta(seconds=seconds))


def undeliverable(house: House) -> list[str]:
    """Reasons of the hand-overs at the district's office."""
    with house.database.read() as work:
        waiting = work.handovers.waiting(house.mind.catalog.district_office.id)
    return [handover.reason for handover in waiting]


# -- the outbox and any channel -------------------------------------------------------------


async def test_what_was_sent_is_not_sent_again(house: House) -> None:
    channel = FakeChannel()
    tell(house, "一")

    assert await due(house, channel) == 1
    assert await due(house, channel, 10_000) == 0
    assert channel.texts == ["一"]


async def test_a_conversation_is_told_in_order_and_others_do_not_wait_for_it(house: House) -> None:
    channel = FakeChannel(DeliveryFailed("flood", retry_after=30))
    tell(house, "一", "二")
    tell(house, "甲", "乙", peer="1002")
    for seconds in (0, 1, 2, 29, 50, 51):  # how long a try took counts as well
        await due(house, channel, seconds)

    assert channel.texts == ["甲", "乙", "一", "二"]


async def test_a_failure_is_tried_again_after_longer_and_longer_pauses(house: House) -> None:
    channel = FakeChannel(*[DeliveryFailed("server_error") for _ in range(3)])
    tell(house, "一")
    tried = [s for s in range(12) if await due(house, channel, s + 0.5)]

    assert tried == [0, 2, 5, 10]
    assert channel.texts == ["一"]
    assert undeliverable(house) == []


async def test_the_channel_says_when_to_come_again(house: House) -> None:
    channel = FakeChannel(DeliveryFailed("flood", retry_after=100))
    tell(house, "一")
    await due(house, channel)

    assert await due(house, channel, 99) == 0
    assert await due(house, channel, 101) == 1


async def test_a_person_is_told_when_a_text_cannot_be_delivered(house: House) -> None:
    channel = FakeChannel(DeliveryFailed("blocked", permanent=True))
    tell(house, "一", "二")
    await due(house, channel)

    assert undeliverable(house) == ["undeliverable"]
    assert await due(house, channel, 1) == 1
    assert channel.texts == ["二"]


async def test_after_a_day_of_failures_a_person_is_told(house: House) -> None:
    channel = FakeChannel(*[DeliveryFailed("unreachable") for _ in range(MOST_ATTEMPTS["text"])])
    tell(house, "一")
    seconds = 0.0
    while not undeliverable(house):
        await due(house, channel, seconds)
        seconds += 301

    assert 20 * 3600 < seconds < 30 * 3600


async def test_a_voice_that_fails_for_good_is_given_up_in_silence(house: House) -> None:
    wants_voice(house)
    tell(house, "一")
    await due(house, FakeChannel())
    channel = FakeChannel(DeliveryFailed("not_spoken", permanent=True))

    assert await due(house, channel, form="voice") == 1
    assert await due(house, channel, 1000, form="voice") == 0
    assert undeliverable(house) == []


async def test_a_worker_that_died_leaves_its_message_to_the_next(house: House) -> None:
    class Dying(FakeChannel):
        async def deliver(self, delivery: Delivery) -> str:
            raise asyncio.CancelledError

    tell(house, "一")
    with pytest.raises(asyncio.CancelledError):
        await due(house, Dying())
    channel = FakeChannel()
    lease = LEASES["text"].total_seconds()

    assert await due(house, channel, lease - 1) == 0
    assert await due(house, channel, lease + 1) == 1


async def test_a_fault_of_ours_while_sending_is_only_a_failed_try(house: House) -> None:
    channel = FakeChannel(ZeroDivisionError())
    tell(house, "一")
    await due(house, channel)
    await due(house, channel, 2)

    assert channel.texts == ["一"]


async def test_a_sent_message_is_marked_even_if_the_database_was_away_for_a_moment(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, failures = deliver_one._mark_sent, iter(range(1))

    def broken(*given: Any) -> None:
        if next(failures, None) is not None:
            raise ConnectionError
        mark(*given)

    monkeypatch.setattr(deliver_one, "_mark_sent", broken)
    channel = FakeChannel()
    tell(house, "一")
    await due(house, channel)

    assert await due(house, channel, 10_000) == 0


# -- Telegram -------------------------------------------------------------------------------


async def test_a_notice_reaches_its_chat_within_two_seconds(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    telegram.chats[user.id] = []
    async with at_work(house, telegram):
        await asyncio.sleep(0.1)
        tell(house, "好消息。", at=datetime.now(UTC))

        assert await user.hears_text(within=2) == "好消息。"


async def test_two_errors_and_a_flood_limit_of_telegram_lose_nothing(
    house: House, telegram: BotApiEmulator, soon: None
) -> None:
    telegram.fail("sendMessage", 500, times=2)
    telegram.fail("sendMessage", 429, retry_after=1)
    user = telegram.user()
    telegram.chats[user.id] = []
    tell(house, "一", "二")
    async with at_work(house, telegram):
        heard = await user.hears(2, within=30)

    assert [message["text"] for message in heard] == ["一", "二"]


async def test_eight_messages_to_one_chat_keep_to_the_flood_limit(
    house: House, telegram: BotApiEmulator
) -> None:
    telegram.per_second = 20
    user = telegram.user()
    telegram.chats[user.id] = []
    tell(house, *(f"{number}" for number in range(8)))
    async with at_work(house, telegram, paces=Paces(per_chat=4, chat_burst=1)):
        heard = await user.hears(8)

    assert [message["text"] for message in heard] == [f"{number}" for number in range(8)]
    assert telegram.refused == 0


async def test_a_flood_limit_stricter_than_ours_is_obeyed(
    house: House, telegram: BotApiEmulator
) -> None:
    telegram.per_second = 2
    user = telegram.user()
    telegram.chats[user.id] = []
    tell(house, "一", "二", "三")
    async with at_work(house, telegram):
        heard = await user.hears(3, within=20)

    assert [message["text"] for message in heard] == ["一", "二", "三"]
    assert 1 <= telegram.refused <= 4


@pytest.mark.parametrize("is_blocked", [True, False], ids=["blocked", "chat not found"])
async def test_a_chat_that_cannot_be_reached_is_handed_over(
    house: House, telegram: BotApiEmulator, is_blocked: bool
) -> None:
    if is_blocked:
        telegram.blocked.add(1001)
    tell(house, "一")
    async with at_work(house, telegram):
        await until(lambda: undeliverable(house))
        await asyncio.sleep(1.2)

    assert [name for name, _ in telegram.calls].count("sendmessage") == 1
    assert undeliverable(house) == ["undeliverable"]


async def test_a_token_refused_is_no_fault_of_the_chat(
    house: House, telegram: BotApiEmulator, soon: None
) -> None:
    telegram.fail("sendMessage", 401, description="Unauthorized")
    telegram.fail("sendMessage", 404, description="Not Found")
    user = telegram.user()
    telegram.chats[user.id] = []
    tell(house, "一")
    async with at_work(house, telegram):
        await user.hears(1, within=20)

    assert undeliverable(house) == []


async def test_a_long_reply_comes_in_parts_with_the_buttons_on_the_last(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    telegram.chats[user.id] = []
    long = "\n".join(f"第 {number} 段。" + "说来话长。" * 180 for number in range(8))
    tell(house, long, choices=(Choice(id="yes", label="是"), Choice(id="no", label="不是")))
    async with at_work(house, telegram):
        heard = await user.hears(3)
        await user.hears_nothing()

    texts = [message["text"] for message in heard]
    assert all(units(text) <= 3000 for text in texts)
    assert "\n".join(texts) == f"{long}\n1. 是\n2. 不是"
    assert ["reply_markup" in message for message in heard] == [False, False, True]


async def test_a_part_already_sent_is_not_sent_again_when_the_next_one_fails(
    house: House, telegram: BotApiEmulator, soon: None
) -> None:
    user = telegram.user()
    telegram.chats[user.id] = []
    tell(house, "一" * 2999 + "。\n二")
    async with at_work(house, telegram, paces=Paces(per_chat=2, chat_burst=1)):
        await user.hears()
        telegram.fail("sendMessage", 500)
        second = await user.hears_text()
        await user.hears_nothing()

    assert second == "二"
    assert len(telegram.chats[user.id]) == 2


async def test_words_of_a_person_cannot_break_a_message(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    telegram.chats[user.id] = []
    odd = "a<b & *c* _d_ [e](http://f) `g` </html>"
    tell(house, odd)
    async with at_work(house, telegram):
        assert await user.hears_text() == odd

    (given,) = [given for name, given in telegram.calls if name == "sendmessage"]
    assert "parse_mode" not in given
    assert '"is_disabled": true' in given["link_preview_options"]


async def test_a_voice_note_follows_its_text_with_a_caption(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    telegram.chats[user.id] = []
    wants_voice(house)
    tell(house, "好消息。", private=True)
    voice = FakeVoice()
    async with at_work(house, telegram, voice=voice):
        text, sound = await user.hears(2)

    assert text["text"] == "好消息。"
    assert sound["voice"]["duration"] == 1
    assert sound["caption"]
    assert voice.said == [("好消息。", {"rate": 0.8, "private": True})]


async def test_texts_never_wait_for_a_slow_voice(
    house: House, telegram: BotApiEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(FakeVoice):
        async def say(self, text: str, **how: Any) -> None:
            await asyncio.sleep(30)

    monkeypatch.setattr(deliver_messages, "_LEAVE_SECONDS", 0.1)
    user = telegram.user()
    telegram.chats[user.id] = []
    wants_voice(house)
    tell(house, "一")
    async with at_work(house, telegram, voice=Slow()):
        await user.hears()
        await asyncio.sleep(1.2)
        tell(house, "二", at=datetime.now(UTC))

        assert await user.hears_text(within=1) == "二"


async def test_without_a_voice_there_is_text_alone(house: House, telegram: BotApiEmulator) -> None:
    user = telegram.user()
    telegram.chats[user.id] = []
    wants_voice(house)
    tell(house, "一")
    async with at_work(house, telegram, voice=FakeVoice(None)):
        await user.hears()
        await asyncio.sleep(1.2)

    assert len(telegram.chats[user.id]) == 1
    assert undeliverable(house) == []


async def test_a_message_under_way_when_the_service_stops_is_finished_and_marked(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    telegram.chats[user.id] = []
    tell(house, "一")
    telegram.fail("sendMessage", 200, hangs=0.5)
    async with at_work(house, telegram):
        await until(lambda: any(name == "sendmessage" for name, _ in telegram.calls))

    channel = FakeChannel()
    assert len(telegram.chats[user.id]) == 1
    assert await due(house, channel, 10**8) == 0


# -- another way, and no way ------------------------------------------------------------------


def joined(house: House, first: str, second: str) -> None:
    """Two addresses of one person in one conversation; the first one was used last."""
    with house.database.write() as work:
        talk = work.conversations.for_peer("telegram", first, NOW)
        work.conversations.for_peer("telegram", second, NOW)
        work.conversations.move_address(
            "telegram", second, talk.conversation.id, NOW - timedelta(hours=1)
        )
        work.commit()


async def test_who_cannot_be_reached_at_one_address_is_written_to_at_another(house: House) -> None:
    joined(house, "1001", "1002")
    tell(house, "一")
    channel = FakeChannel(DeliveryFailed("blocked", permanent=True))
    await due(house, channel)
    await due(house, channel, 1)

    assert [(one.peer, one.reply.text) for one in channel.taken] == [("1002", "一")]
    assert undeliverable(house) == ["undeliverable"]


async def test_an_address_that_failed_too_is_not_tried_for_ever(house: House) -> None:
    joined(house, "1001", "1002")
    tell(house, "一")
    failures = [DeliveryFailed("blocked", permanent=True) for _ in range(2)]
    channel = FakeChannel(*failures)
    tried = [await due(house, channel, seconds) for seconds in range(6)]

    assert tried == [1, 1, 0, 0, 0, 0]


async def test_news_go_to_the_persons_other_conversation_when_this_one_is_lost(
    house: House,
) -> None:
    with house.database.write() as work:
        talk = work.conversations.for_peer("telegram", "1001", NOW)
        work.conversations.for_peer("webchat", "her browser", NOW)
        work.session.connection().exec_driver_sql("UPDATE conversation SET person_id = (SELECT min(person_id) FROM conversation)")  # fmt: skip
        work.commit()
    tell(house, "一")
    await due(house, FakeChannel(DeliveryFailed("blocked", permanent=True)))
    with house.database.read() as work:
        other = work.conversations.find("webchat", "her browser")
        assert other is not None
        lines = work.messages.latest(other.conversation.id, 10)

    assert talk.conversation.id != other.conversation.id
    assert [line.reply.text for line in lines if line.reply] == ["一"]


async def test_a_channel_switched_off_keeps_everything_and_on_again_sends_it(
    house: House, telegram: BotApiEmulator
) -> None:
    user = telegram.user()
    switch_channel(house.database, "telegram", is_off=True, by="root", now=NOW)
    async with at_work(house, telegram, is_webhook=True):
        user.says("你好")
        tell(house, "一", peer="1002")
        telegram.chats[1002] = []
        await until(lambda: any(status == 503 for _, status in telegram.hooks))
        await asyncio.sleep(0.5)

        assert telegram.chats[user.id] == []
        assert telegram.chats[1002] == []
        switch_channel(house.database, "telegram", is_off=False, by="root", now=NOW)
        await user.hears()
        await telegram.user(1002).hears()
    switches = channel_switches(house.database)

    assert [(one.channel, one.is_off, one.by) for one in switches] == [
        ("telegram", True, "root"),
        ("telegram", False, "root"),
    ]
    assert undeliverable(house) == []


async def test_a_channel_shut_by_configuration_neither_hears_nor_speaks(
    telegram: BotApiEmulator, tmp_path: Path
) -> None:
    with a_house(tmp_path, telegram, channels_off="telegram") as house:
        user = telegram.user()
        user.says("你好")
        async with at_work(house, telegram):
            await user.hears_nothing(1.0)

    assert telegram.calls == []
    assert len(telegram.pending) == 1


async def test_one_process_at_a_time_polls_and_another_goes_on_when_it_has_gone(
    house: House, telegram: BotApiEmulator
) -> None:
    database = house.database
    first, second = (Watch(database, new_id()) for _ in range(2))
    for one in (first, second):
        one.begin()

    assert hold_alone(database, "telegram.polling", first.worker_id)
    assert not hold_alone(database, "telegram.polling", second.worker_id)
    assert hold_alone(database, "telegram.polling", first.worker_id)
    first.leave()
    assert hold_alone(database, "telegram.polling", second.worker_id)
    assert not hold_alone(database, "telegram.polling", first.worker_id)


async def test_what_a_process_had_claimed_and_not_sent_is_free_as_soon_as_it_goes(
    house: House,
) -> None:
    """Stopped on purpose it need not be found dead first; another one's claims it leaves alone."""
    now = datetime.now(UTC)
    tell(house, "一", at=now)
    tell(house, "甲", peer="1002", at=now)
    going, staying = (Watch(house.database, new_id()) for _ in range(2))
    for one in (going, staying):
        one.begin()
        assert len(claimed_by(house, one.worker_id, now, 1)) == 1
    assert claimed_by(house, new_id(), now + timedelta(seconds=5)) == []
    going.leave()

    assert claimed_by(house, new_id(), now + timedelta(seconds=5)) == ["一"]


def claimed_by(house: House, worker_id: str, at: datetime, limit: int = 9) -> list[str]:
    """What this process takes upon itself."""
    with house.database.write() as work:
        claimed = work.outbox.due("telegram", at, limit, LEASES["text"], worker_id=worker_id)
        work.commit()
    return [delivery.reply.text for delivery in claimed]


async def test_processes_share_what_the_whole_bot_may_send() -> None:
    paces = Paces(per_chat=1000, overall=20, overall_burst=1)
    paces.share(4)
    start = time.monotonic()
    for number in range(4):
        await paces.wait(str(number))

    assert 0.5 < time.monotonic() - start < 1.5


async def test_what_is_committed_anywhere_in_this_process_is_on_its_way_at_once(
    house: House,
) -> None:
    channel = FakeChannel()
    courier = Courier(database=house.database, catalog=house.mind.catalog, channel=channel)
    delivering = asyncio.create_task(deliver_messages.keep_delivering(courier, "text"))
    await asyncio.sleep(0.2)
    waits = []
    for number in range(10):
        await asyncio.to_thread(tell, house, f"{number}", at=datetime.now(UTC))
        start = time.monotonic()
        await until(lambda wanted=number + 1: len(channel.taken) == wanted)
        waits.append(time.monotonic() - start)
    delivering.cancel()

    assert sorted(waits)[5] < 0.3, "looking every second would take half a second on average"


async def test_nineteen_of_twenty_answers_are_with_telegram_within_300_milliseconds(
    house: House, telegram: BotApiEmulator
) -> None:
    """From the turn to Telegram's yes, as our own metric tells it. The best of three: others use this machine too."""
    shares = []
    async with at_work(house, telegram, is_webhook=True) as work:
        for first in (1000, 2000, 3000):
            before = _sent_within(work.house)
            for number in range(20):
                await asyncio.sleep(0.1)  # the one before is marked: nothing but the bell wakes us
                user = telegram.user(first + number)
                user.says("你好")
                await user.hears()
            await until(lambda wanted=before[1] + 20: _sent_within(work.house)[1] == wanted)
            after = _sent_within(work.house)
            shares.append((after[0] - before[0]) / 20)
            if shares[-1] >= 0.95:
                return

    raise AssertionError(f"within 0.3 s: {shares}; looking every second, it would be a third")


def _sent_within(house: House) -> tuple[float, float]:
    """How many texts were sent within 0.3 seconds, and how many in all."""
    text = house.metrics.text(World(queues=None, voice=HummingVoice().health())).decode()
    labels = 'channel="telegram",form="text"'
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if labels in line)
    within = found.get(f'zhucan_delivery_seconds_bucket{{{labels},le="0.3"}}')
    total = found.get(f"zhucan_delivery_seconds_count{{{labels}}}")
    return float(within or 0), float(total or 0)


@pytest.mark.parametrize("lease", [40, 2], ids=["shorter than the lease", "longer"])
async def test_with_the_database_away_nothing_is_lost_on_either_way_and_all_goes_on_after(
    house: House, telegram: BotApiEmulator, monkeypatch: pytest.MonkeyPatch, lease: int
) -> None:
    """Nobody hears twice either what Telegram took and could not be marked meanwhile."""
    monkeypatch.setitem(deliver_one.LEASES, "text", timedelta(seconds=lease))
    monkeypatch.setattr(deliver_one, "_MARGIN_SECONDS", 0)
    user, other = telegram.user(1001), telegram.user(1002)
    telegram.chats = {user.id: [], other.id: []}
    telegram.fail("sendMessage", 200, hangs=0.5)
    tell(house, "一")
    async with at_work(house, telegram, is_webhook=True):
        await until(lambda: any(name == "sendmessage" for name, _ in telegram.calls))
        with away(house.database):
            other.says("你好")
            await until(lambda: sum(status == 503 for _, status in telegram.hooks) >= 2)
            await asyncio.sleep(3)
            assert telegram.chats[other.id] == []
        tell(house, "二", at=datetime.now(UTC))
        await other.hears()
        await until(lambda: len(telegram.chats[user.id]) >= 2)
        await asyncio.sleep(1.5)

    assert [message["text"] for message in telegram.chats[user.id]] == ["一", "二"]
    assert len(telegram.chats[other.id]) == 1


async def test_a_job_of_the_process_that_fails_is_begun_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Delivery, polling and looking for what fell due live as long as the process does."""
    monkeypatch.setattr(keeping, "_PAUSE_SECONDS", 0.01)
    tries: list[int] = []

    async def job() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError
        await asyncio.sleep(3600)

    kept = asyncio.create_task(keeping.kept_alive(job))
    await until(lambda: len(tries) == 3)
    kept.cancel()
    with pytest.raises(asyncio.CancelledError):
        await kept
