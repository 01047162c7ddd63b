"""Limits per network address on the web chat: whoever floods waits, forty people behind one address never do."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import Request
from webchat_house import ChatAtWork, Page, Person, open_chat

from actions.mind import Mind
from bot.channels.webchat.networks import PEOPLE, Networks
from bot.channels.webchat.pace import BURST

OUTSIDE = {"X-Forwarded-For": "203.0.113.7"}


def from_address(address: str) -> Request:
    return Request({"type": "http", "client": (address, 0), "headers": []})


@pytest.fixture
def crowded(tmp_path, mind: Mind, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatAtWork]:
    """A chat that takes three forms and two newcomers of an address, and then one in ten minutes."""
    narrow = Networks(forms=(3, 1 / 600), newcomers=(2, 1 / 600))
    monkeypatch.setattr("bot.channels.webchat.web_chat.Networks", lambda: narrow)
    with open_chat(tmp_path, mind) as chat:
        yield chat


def person_at(chat: ChatAtWork, address: str) -> Person:
    client = httpx.Client(base_url=chat.url, timeout=30, headers={"X-Forwarded-For": address})
    chat.browsers.append(client)
    return Person(chat, client)


def test_forty_people_behind_one_address_who_begin_and_type_as_fast_as_they_may_never_wait():
    home, here = Networks(), from_address("203.0.113.7")

    assert all(home.wait_to_begin(here) == 0 for _ in range(PEOPLE * 3))
    assert all(home.wait_to_send(here) == 0 for _ in range(PEOPLE * BURST))
    assert home.wait_to_send(here) == 1
    assert 1 <= home.wait_to_begin(here) <= 30


def test_another_address_is_not_concerned_but_the_rest_of_a_household_is():
    narrow = Networks(forms=(1, 0.01))

    assert narrow.wait_to_send(from_address("2001:db8::1")) == 0
    assert narrow.wait_to_send(from_address("2001:db8::2")) > 0
    assert narrow.wait_to_send(from_address("2001:db8:0:1::1")) == 0


def test_this_machine_is_nobody_s_address():
    """A proxy nobody told us of: everybody would be one."""
    narrow = Networks(forms=(1, 0.01))

    assert [narrow.wait_to_send(from_address("127.0.0.1")) for _ in range(5)] == [0] * 5


def test_no_address_is_kept_in_words():
    narrow = Networks()
    narrow.wait_to_send(from_address("203.0.113.7"))

    assert "203.0.113.7" not in repr(narrow._forms._buckets)
    assert list(narrow._forms._buckets) != list(_keys_of(Networks()))


def _keys_of(other: Networks) -> list[str]:
    other.wait_to_send(from_address("203.0.113.7"))
    return list(other._forms._buckets)


def test_whoever_sends_too_much_is_told_when_to_go_on_and_keeps_the_words(crowded: ChatAtWork):
    person = person_at(crowded, "203.0.113.7")
    for _ in range(3):
        assert person.send(text="你好").status_code == 200
    refused = person.send(text="我想办残疾人证 <b>")

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 600
    assert "你用的这个网络" in person.page.trouble
    assert "12345" in person.page.trouble
    assert "110" in person.page.trouble
    assert person.page.field.strip() == "我想办残疾人证 <b>"
    other = person_at(crowded, "198.51.100.9")
    assert other.send(text="你好").status_code == 200


def test_a_fresh_token_for_every_form_buys_nothing(crowded: ChatAtWork):
    first, second = (person_at(crowded, "203.0.113.7") for _ in range(2))
    assert first.send(text="你好").status_code == 200
    assert second.send(text="你好").status_code == 200
    third = person_at(crowded, "203.0.113.7")

    assert third.send(text="你好").status_code == 429
    assert "你用的这个网络" in third.page.trouble
    assert crowded.conversation(third.token) is None


def test_who_talks_already_goes_on_when_no_newcomer_may_begin(crowded: ChatAtWork):
    first = person_at(crowded, "203.0.113.7")
    assert first.send(text="你好").status_code == 200
    person_at(crowded, "203.0.113.7").send(text="你好")

    assert first.send(text="查进度").status_code == 200


def test_with_a_script_only_the_sentence_comes_and_when_to_go_on(crowded: ChatAtWork):
    person = person_at(crowded, "203.0.113.7")
    for _ in range(3):
        person.send(text="你好")
    data = {**person.page.hidden, "text": "还在吗"}
    parts = [(name, (None, value.encode())) for name, value in data.items()]
    answer = person.web.post("/", files=parts, headers={"HX-Request": "true"})

    assert answer.status_code == 429
    assert answer.headers["HX-Retarget"] == "#trouble"
    assert int(answer.headers["Retry-After"]) >= 1
    assert "你用的这个网络" in Page(answer.text).trouble
    assert "<html" not in answer.text


@pytest.mark.parametrize("javascript", [True, False])
def test_in_a_real_browser_the_sentence_is_shown_and_the_words_stay(
    crowded: ChatAtWork, open_page, javascript: bool
):
    page = open_page(
        crowded.url, javascript=javascript, extra_http_headers=OUTSIDE, ignoring="429"
    )
    for _ in range(3):
        page.fill("#text", "你好")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.click("#send")
        page.wait_for_load_state()
        if javascript:
            page.wait_for_function("document.getElementById('text').value === ''")
    page.fill("#text", "我想办残疾人证")
    page.click("#send")
    page.wait_for_selector(".summary")

    assert "你用的这个网络" in page.inner_text("#trouble")
    assert page.input_value("#text") == "我想办残疾人证"
