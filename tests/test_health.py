"""Alive, ready, counted: what machines ask, who may ask it, and that it answers when things are broken."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import httpx
import pytest
from browser import served
from fastapi import FastAPI
from webchat_house import HummingVoice, open_chat, open_house_in

from bot.health import EngineHealth, add_health
from speech import SpeechProcess


@pytest.fixture
def chat(tmp_path, mind):
    with open_chat(tmp_path / "data", mind) as at_work:
        yield at_work


@pytest.fixture
def house(tmp_path, mind):
    opened = open_house_in(tmp_path / "data", mind, metrics_token="a token of the tests")
    yield opened
    opened.close()


def health_of(house, *, engine=EngineHealth, voice=None):
    app = FastAPI()
    add_health(app, house, cast("SpeechProcess", voice or HummingVoice()), engine)
    return served(app)


def test_it_is_alive_and_ready(chat):
    ready = httpx.get(f"{chat.url}/readyz")

    assert httpx.get(f"{chat.url}/healthz").json() == {"alive": True}
    assert ready.status_code == 200
    assert ready.json() == {"database": True, "engine": True, "voice": "asleep"}


def test_without_its_tables_it_is_alive_but_not_ready(house, monkeypatch):
    monkeypatch.setattr("storage.revisions.is_newest", lambda _: False)
    with health_of(house) as url:
        ready = httpx.get(f"{url}/readyz")

        assert httpx.get(f"{url}/healthz").status_code == 200
    assert (ready.status_code, ready.json()["database"]) == (503, False)


def test_a_database_that_does_not_answer_is_told_in_time(house, monkeypatch):
    def hangs() -> bool:
        raise TimeoutError("the words of somebody")

    monkeypatch.setattr("storage.database.Database.is_ready", lambda _: hangs())
    monkeypatch.setattr("bot.health.measure_queues", lambda *_: hangs())
    with health_of(house) as url:
        ready, counted = httpx.get(f"{url}/readyz"), httpx.get(f"{url}/metrics")

    assert ready.status_code == 503
    assert counted.status_code == 200
    assert "zhucan_database_up 0.0" in counted.text
    assert "zhucan_cases_open" not in counted.text
    assert "words" not in ready.text + counted.text


def test_without_its_engine_it_is_not_ready(house):
    with health_of(house, engine=lambda: EngineHealth(is_running=False)) as url:
        ready = httpx.get(f"{url}/readyz")

    assert (ready.status_code, ready.json()["engine"]) == (503, False)


def test_a_broken_voice_does_not_make_it_unready(house):
    class Broken(HummingVoice):
        def health(self):
            return replace(super().health(), resting=True)

    with health_of(house, voice=Broken()) as url:
        ready = httpx.get(f"{url}/readyz")

    assert (ready.status_code, ready.json()["voice"]) == (200, "failing")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "127.0.0.1"}, 404),
        ({"Forwarded": "for=127.0.0.1"}, 404),
        ({"X-Real-IP": "127.0.0.1"}, 404),
        ({"Via": "1.1 proxy"}, 404),
        ({"X-Forwarded-For": "10.0.0.9", "Authorization": "Bearer a token of the tests"}, 200),
        ({"X-Forwarded-For": "10.0.0.9", "Authorization": "Bearer another token"}, 404),
        ({"X-Forwarded-For": "10.0.0.9", "Authorization": "Bearer"}, 404),
    ],
)
def test_figures_are_for_this_machine_or_for_who_knows_the_token(house, headers, status):
    with health_of(house) as url:
        assert httpx.get(f"{url}/metrics", headers=headers).status_code == status


def test_an_empty_token_lets_nobody_in(tmp_path, mind):
    house = open_house_in(tmp_path / "data", mind)
    with health_of(house) as url:
        headers = {"X-Forwarded-For": "10.0.0.9", "Authorization": "Bearer"}

        assert httpx.get(f"{url}/metrics", headers=headers).status_code == 404
    house.close()
