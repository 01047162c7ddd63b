"""The server as a whole: addresses that lead nowhere, our own faults, headers; its start and its end."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import UUID

import httpx
import pytest
from server_process import ROOT, running_server
from webchat_house import Page, open_chat


@pytest.fixture
def chat(tmp_path, mind):
    with open_chat(tmp_path / "data", mind) as at_work:
        yield at_work


@pytest.mark.parametrize(
    "address", ["/nowhere", "/static/chat/nothing.css", "/console/cases/1/2/3"]
)
def test_an_address_that_leads_nowhere_gets_a_chinese_page(chat, address):
    answer = httpx.get(chat.url + address)

    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert "Not Found" not in answer.text


def test_our_own_fault_shows_a_code_and_no_trace(chat, monkeypatch):
    def fail(*_args: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("storage.unit_of_work.WebSessionRepository.peer_of", fail)
    monkeypatch.setattr("storage.repositories.web_sessions.WebSessionRepository.peer_of", fail)
    answer = httpx.get(f"{chat.url}/", cookies={"chat": "x" * 43})

    assert answer.status_code == 500
    assert "编号" in answer.text
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text


def test_every_page_carries_the_safety_headers(chat):
    headers = httpx.get(f"{chat.url}/").headers

    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


# ---- a process of its own


@pytest.fixture
def server(tmp_path, mind, pytestconfig):
    """`mind` is asked for so that the recognizer is learned before it is copied."""
    model = pytestconfig.cache.mkdir("understanding")
    with running_server(tmp_path, model, ZHUCAN_LOG_FORMAT="json") as running:
        yield running


def _say(client: httpx.Client, text: str) -> httpx.Response:
    page = Page(client.get("/").text)
    return client.post("/", data={**page.hidden, "text": text})


def test_asked_to_stop_it_finishes_the_turn_refuses_new_ones_and_ends_well(server):
    client = httpx.Client(base_url=server.url, timeout=30)
    assert _say(client, "你好").status_code == 303
    page = Page(client.get("/").text)
    holder = sqlite3.connect(server.folder / "zhucan.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")  # the turn has begun and cannot end before this is let go
    with ThreadPoolExecutor(2) as threads:
        stream = threads.submit(_read_all, client)
        turn = threads.submit(client.post, "/", data={**page.hidden, "text": "残疾证丢了"})
        time.sleep(0.5)
        server.asked_to_stop()
        _until_refused(server.url)
        assert not turn.done()
        holder.execute("ROLLBACK")

        assert turn.result(20).status_code == 303
        assert "retry" in stream.result(20)
    assert server.ended() == 0
    said = holder.execute("SELECT count(*) FROM message").fetchone()
    holder.close()
    assert said == (4,)
    assert "Traceback" not in server.log


def _read_all(client: httpx.Client) -> str:
    """The stream of news until the server ends it."""
    with client.stream("GET", "/events?after=99") as answer:
        return "".join(answer.iter_text())


def _until_refused(url: str) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            httpx.get(f"{url}/healthz", timeout=2)
        except httpx.ConnectError:
            return
        time.sleep(0.05)
    raise AssertionError("it still takes new connections")


def test_its_log_is_one_object_a_line_and_a_turn_is_known_by_its_reply(server):
    client = httpx.Client(base_url=server.url, timeout=30)
    _say(client, "你好")
    server.asked_to_stop()
    server.ended()

    events = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    turn = next(event for event in events if event["event"] == "turn")
    with closing(sqlite3.connect(server.folder / "zhucan.sqlite3")) as stored:
        replies = stored.execute("SELECT id FROM message WHERE direction = 'out'").fetchall()
    assert [UUID(turn["turn"]).hex] == [reply for (reply,) in replies]
    assert any(event["logger"].startswith("uvicorn") for event in events)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ZHUCAN_DATABASE_URL": "postgresql://u:let-me-in@127.0.0.1:1/x"}, "数据库连不上"),
        ({"ZHUCAN_DATABASE_URL": "sqlite:////proc/nowhere/x.sqlite3"}, "数据库连不上"),
        ({"ZHUCAN_PORT": "eighty"}, "ZHUCAN_PORT"),
        ({"ZHUCAN_ENVIRONMENT": "production", "ZHUCAN_SECRET_KEY": "let-me-in"}, "设置有误"),
    ],
)
def test_what_keeps_it_from_starting_is_told_in_a_sentence(
    tmp_path, mind, pytestconfig, settings, told
):
    shutil.copytree(pytestconfig.cache.mkdir("understanding"), tmp_path / "model")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=ROOT,
        env={**os.environ, "ZHUCAN_DATA_DIR": str(tmp_path), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "let-me-in" not in done.stderr
