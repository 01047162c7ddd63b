"""The server as a whole: health, addresses that lead nowhere, our own faults, headers."""

from __future__ import annotations

import httpx
import pytest
from webchat_house import open_chat


@pytest.fixture
def chat(tmp_path, mind):
    with open_chat(tmp_path / "data", mind) as at_work:
        yield at_work


def test_it_is_alive_and_ready(chat):
    assert httpx.get(f"{chat.url}/healthz").json() == {"alive": True}
    assert httpx.get(f"{chat.url}/readyz").json()["database"] is True


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
