"""The log: one event a line, errors without their words, and in a whole journey nothing about anybody."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from browser import served
from console_room import act, room_over
from tester import CERT, ID, Clock, Tester
from webchat_house import HummingVoice, Page, open_house_in

from actions import receive_message as door
from actions.measure_queues import measure_queues
from actions.mind import Mind
from bot.assembly import House
from bot.logs import EventFormatter, pass_on, set_up_logging
from bot.metrics import World
from bot.server import create_app
from catalog.loader import load_catalog
from speech import SpeechProcess
from storage.database import Database
from tests.bot_api_emulator import BotApiEmulator
from tests.telegram_at_work import FakeVoice, a_house, at_work, until

NAME, ID_NUMBER, MOBILE, CERTIFICATE = "欧阳秀英", ID, "13912345678", CERT
STREET, SECRET = "幸福路118弄", "只有我知道的秘密"
PRIVATE = (NAME, ID_NUMBER, MOBILE, CERTIFICATE, STREET, SECRET, "欧阳", ID[6:14])
ANSWERS = {
    "applicant_role": "给我自己办",
    "name": NAME,
    "id_number": ID_NUMBER,
    "disability_certificate_no": CERTIFICATE,
    "mobile": MOBILE,
    "residence_address": f"浦东新区花木街道{STREET}3号501室",
    "hukou_address": f"浦东新区花木街道{STREET}3号501室",
}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything logged at the finest level; the logging of the tests is put back after."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook)
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    set_up_logging("DEBUG", "json")
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)  # the emulator's, not ours
    yield out
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True
    root.handlers[:], sys.excepthook, threading.excepthook = before[0], before[2], before[3]
    root.setLevel(before[1])


def events(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_is_one_object_with_what_was_told(written):
    logging.getLogger("zhucan.turn").info("turn", extra={"turn": "0193", "ms": 4.2})

    (event,) = events(written)
    assert event.pop("at").endswith("Z")
    assert event == {
        "level": "INFO", "logger": "zhucan.turn", "event": "turn", "turn": "0193", "ms": 4.2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain", "value=plain"),
        ("two words", 'value="two words"'),
        ("a\nlevel=ERROR forged", 'value="a\\nlevel=ERROR forged"'),
        ('quoted "so"', 'value="quoted \\"so\\""'),
        ("", 'value=""'),
        (7, "value=7"),
    ],
)
def test_as_text_an_event_stays_on_its_line_and_can_be_taken_apart(value, line):
    record = logging.makeLogRecord({"name": "zhucan", "msg": "event", "value": value})

    assert EventFormatter("text").format(record).endswith(f"logger=zhucan event=event {line}")


def test_of_an_error_the_places_are_told_and_not_its_words(written):
    def fails() -> None:
        raise ValueError(f"cannot read {ID_NUMBER}")

    try:
        fails()
    except ValueError:
        logging.getLogger("zhucan").exception("failed")

    (event,) = events(written)
    assert event["error"] == "ValueError"
    assert event["where"].startswith("test_logs.py:")
    assert ID_NUMBER not in written.getvalue()


def test_a_trace_in_the_text_of_a_library_is_cut_to_the_kind_of_error(written):
    """Starlette and uvicorn tell so that the application did not start."""
    error = ValueError(f"cannot read {ID_NUMBER}\n{NAME}: nobody")
    trace = "".join(traceback.format_exception(error))
    text = f"Traceback (most recent call last):\n  …\n{trace}"
    logging.getLogger("uvicorn.error").error("It failed. %s", text)

    assert [event["event"] for event in events(written)] == ["It failed. ValueError"]


def test_what_nobody_caught_is_told_the_same_way(written):
    def fails() -> None:
        raise KeyError(NAME)

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    error = RuntimeError(NAME)
    sys.excepthook(RuntimeError, error, None)

    assert [event["error"] for event in events(written)[:2]] == ["KeyError", "RuntimeError"]
    assert NAME not in written.getvalue()


def test_a_record_that_cannot_be_formatted_is_not_printed_with_its_values(written):
    logging.getLogger("zhucan").info("%d", NAME)

    assert NAME not in written.getvalue()


def test_what_a_library_logs_comes_out_the_same_way(written):
    library = logging.getLogger("a_library")
    library.addHandler(logging.StreamHandler(written))
    library.propagate = False
    pass_on("a_library")
    library.warning("watch out")

    assert [event["event"] for event in events(written)] == ["watch out"]


# ---- a whole journey


@pytest.fixture
async def telegram() -> AsyncIterator[BotApiEmulator]:
    async with BotApiEmulator() as emulator:
        yield emulator


async def test_a_whole_journey_leaves_nothing_about_the_person(
    telegram: BotApiEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
):
    """Chat, form, filing, a caseworker's decision, delivery, voice, and faults on purpose."""
    addresses: list[str] = []
    with a_house(tmp_path / "telegram", telegram) as house:
        async with at_work(house, telegram, voice=FakeVoice()):
            user = telegram.user()
            user.says(f"我叫{NAME}，身份证{ID_NUMBER}，电话{MOBILE}")
            await until(lambda: telegram.chats.get(user.id))
            telegram.fail("sendMessage", 500)
            await asyncio.to_thread(_files, house.database, house.mind, str(user.id))
            await asyncio.to_thread(_decides, house, addresses)
            _breaks(monkeypatch)
            user.says(f"{SECRET} {NAME}")
            await until(
                lambda: "没能" in written.getvalue() or "turn failed" in written.getvalue()
            )
            monkeypatch.undo()
            monkeypatch.setattr(sys, "stderr", written)
            await until(lambda: len(telegram.chats[user.id]) > 3)
        counted = house.metrics.text(_world(house)).decode()
        telegram_files = tmp_path / "telegram"
        told = (written.getvalue(), counted, "\n".join(addresses))

    for private in PRIVATE:
        for text in told:
            assert private not in text
        for file in telegram_files.rglob("*"):
            assert not file.is_file() or private.encode() not in file.read_bytes(), file.name
    assert telegram.token not in written.getvalue()
    turns = [e for e in events(written) if e["event"] == "turn"]
    assert len(turns) > 5
    assert all(e["turn"] and e["conversation"] for e in turns)
    delivered = {e["turn"] for e in events(written) if e["event"] == "delivered"}
    assert delivered & {e["turn"] for e in turns}


def test_a_visitor_of_the_web_leaves_nothing_either(
    tmp_path: Path, mind: Mind, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
):
    house = open_house_in(tmp_path, mind, voices="kokoro")
    addresses: list[str] = []
    app = create_app(house, cast("SpeechProcess", HummingVoice()))
    with (
        served(app) as url,
        httpx.Client(base_url=url, event_hooks={"request": [_noting(addresses)]}) as client,
    ):
        _says(client, f"我叫{NAME}，住{STREET}")
        page = _says(client, f"我的手机{MOBILE}")
        client.get("/audio/2.ogg")
        _breaks(monkeypatch)
        _says(client, f"{SECRET}{ID_NUMBER}")
        monkeypatch.setattr("storage.repositories.web_sessions.WebSessionRepository.peer_of", _no)
        broken = client.get("/")
    house.close()

    assert NAME in page.html
    assert broken.status_code == 500
    assert "request failed" in written.getvalue()
    for private in PRIVATE:
        assert private not in written.getvalue() + "\n".join(addresses)
        for file in tmp_path.rglob("*"):
            assert not file.is_file() or private.encode() not in file.read_bytes(), file.name


def _no(*_: object) -> None:
    raise RuntimeError(f"could not find {NAME} {ID_NUMBER}")


def _breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(moment: Any) -> None:
        raise ValueError(f"{moment.message.text} {ID_NUMBER}")

    monkeypatch.setattr(door, "respond", fails)


def _files(database: Database, mind: Mind, peer: str) -> None:
    clock = Clock(datetime.now(UTC))
    resident = Tester(database, mind, clock=clock, channel="telegram", peer=peer)
    resident.says("我要办残疾人证", "现在开始办")
    resident.fills(ANSWERS)
    resident.says("都对", "同意，交上去")
    assert NAME in str(resident.case().questions)


def _decides(house: House, addresses: list[str]) -> None:
    with house.database.read() as work:
        case_id = work.cases.queue(None, limit=1)[0].case_id
        case = work.cases.get(case_id)
    assert case is not None
    room = room_over(house.database, house.papers, {"zhang": ("张科员", case.case.office_id)})
    client = room.signed_in()
    client.event_hooks["request"].append(_noting(addresses))
    assert NAME in client.get(f"/console/cases/{case_id}").text
    client.get(f"/console/find?number={case.case.number}")
    doubted = act(client, case.case, "accept").text  # what is not there yet is named first
    sure = re.search(r'name="sure" value="([^"]+)"', doubted)
    assert sure is not None
    assert act(client, case.case, "accept", sure=sure[1]).status_code == 303


def _noting(addresses: list[str]) -> Any:
    return lambda request: addresses.append(str(request.url))


def _says(client: httpx.Client, text: str) -> Page:
    page = Page(client.get("/").text)
    answer = client.post("/", data={**page.hidden, "text": text}, follow_redirects=True)
    return Page(answer.text)


def _world(house: House) -> World:
    queues = measure_queues(house.database, load_catalog(), datetime.now(UTC))
    return World(queues=queues, voice=HummingVoice().health())
