"""The web chat: forms without scripts, the same forms with them, new lines, files, sound, and whose is what."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from browser import OpenPage
from databases import away
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect
from webchat_house import JPEG, ChatAtWork, Person, open_chat

from actions.end_web_session import end_web_session
from actions.mind import Mind
from actions.open_web_session import open_web_session
from actions.receive_message import receive_message
from actions.switch_channel import switch_channel
from bot.channels.webchat import assets
from bot.channels.webchat.events import MOST_STREAMS
from bot.channels.webchat.pace import Pace
from bot.channels.webchat.transcript import CHANNEL
from dialogue.focuses import Filling
from dialogue.messages import Message
from storage.database import Database

SERVICE = "我想申请重残护理补贴"
FORMATS = ("ogg", "mp3")


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory, mind: Mind) -> Iterator[ChatAtWork]:
    """One web chat for all tests here."""
    with open_chat(tmp_path_factory.mktemp("house"), mind) as at_work:
        yield at_work


# ---- the page without scripts


def test_the_first_page_says_who_speaks_and_asks_for_nothing(chat: ChatAtWork):
    page = chat.person().page

    assert "机器人" in page.lines[0]
    assert page.title == "和助残小帮手对话 · 助残一件事"
    assert page.html.count("<main") == 1
    assert 'lang="zh-CN"' in page.html


def test_looking_stores_nothing(chat: ChatAtWork):
    person = chat.person()

    assert chat.conversation(person.token) is None


def test_a_sentence_is_answered_after_a_redirect_to_the_answer(chat: ChatAtWork):
    person = chat.person()

    answer = person.send(text=SERVICE, follow=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/#latest")
    assert "护理补贴" in person.look().last
    assert 'id="latest"' in person.page.html


def test_who_said_it_and_when_is_text(chat: ChatAtWork):
    page = chat.person().say(SERVICE)

    assert re.search(r"你\s+\d{1,2}:\d\d", page.lines[-2])
    assert re.search(r"助手\s+\d{1,2}:\d\d", page.last)


def test_the_same_place_is_reached_by_buttons_by_numbers_and_by_words(chat: ChatAtWork):
    by_button, by_number, by_word = chat.person(), chat.person(), chat.person()
    for person in (by_button, by_number, by_word):
        person.say(SERVICE)

    by_button.press("现在开始办")
    by_button.press("给我自己办")
    by_number.say("1")
    by_number.say("1")
    by_word.say("开始办")
    by_word.say("给我自己办")

    places = [p.stored.conversation.focus for p in (by_button, by_number, by_word)]
    assert all(isinstance(place, Filling) for place in places)
    reached = {
        (f.progress.service_ids, f.progress.asking, json.dumps(sorted(f.progress.answers)))
        for f in places
        if isinstance(f, Filling)
    }
    assert len(reached) == 1


def test_a_button_pressed_is_shown_as_words(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    page = person.press("现在开始办")

    assert "现在开始办" in page.lines[-2]


def test_only_the_last_answer_has_buttons(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    page = person.press("现在开始办")

    turns = {b.value.partition(":")[0] for b in page.buttons if b.name == "pick"}
    assert turns == {"2"}


def test_a_button_of_an_old_page_changes_nothing(chat: ChatAtWork):
    person = chat.person()
    old = person.say(SERVICE)
    person.press("现在开始办")
    focus = person.stored.conversation.focus

    person.send(pick=old.buttons[0].value)

    assert "过去了" in person.page.last
    assert person.stored.conversation.focus == focus


def test_help_is_always_in_the_same_place(chat: ChatAtWork):
    person = chat.person()
    places = []
    for page in (person.page, person.say(SERVICE), person.say("救命，着火了"), person.say("")):
        helps = page.html.partition('<aside class="help"')[2]
        places.append(
            [b for b in ("人工", "再说一遍", "查进度", "读给我听") if f'value="{b}"' in helps]
        )

    assert places == [["人工", "再说一遍", "查进度", "读给我听"]] * 4


def test_help_words_are_said_in_the_persons_name(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    page = person.press("人工")

    assert "经办人" in page.last
    assert "人工" in page.lines[-2]


def test_an_empty_form_is_a_mistake_that_can_be_found(chat: ChatAtWork):
    person = chat.person()

    answer = person.send(text="  \n ")

    assert answer.status_code == 422
    assert person.page.title.startswith("错误：")
    assert "请打几个字" in person.page.trouble
    assert 'href="#text"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert chat.conversation(person.token) is None


def test_ten_thousand_characters_are_answered(chat: ChatAtWork):
    page = chat.person().say("我想办残疾证。" * 1500)

    assert "太长" in page.last


def test_a_line_break_stays_one(chat: ChatAtWork):
    person = chat.person()

    person.say("我想办残疾证\r\n给我妈")

    with chat.house.database.read() as work:
        first = work.messages.get(person.stored.conversation.id, 1)
    assert first is not None
    assert first.message is not None
    assert first.message.text == "我想办残疾证\n给我妈"


def test_words_typed_beside_a_button_stay_in_the_field(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    person.send(text="还没写完的话", pick=person.page.buttons[0].value)

    assert person.page.field.strip() == "还没写完的话"
    assert isinstance(person.stored.conversation.focus, Filling)


def test_old_lines_are_a_link_away(chat: ChatAtWork):
    person = chat.person()
    person.say("谢谢")
    said_before = Message(
        channel=CHANNEL, event_id="", peer=person.stored.peer, at=datetime.now(UTC), text="谢谢"
    )
    for number in range(21):
        message = replace(said_before, event_id=f"{person.token} {number}")
        receive_message(chat.house.database, chat.house.mind, message)
    link = re.search(r'href="(/[?]before=\d+)#main"', person.look().html)
    assert link

    older = person.look(link[1])

    assert len(older.lines) == 1 + 4
    assert not [b for b in older.buttons if b.name == "pick"]


# ---- once is once


def test_a_form_sent_twice_is_one_message(chat: ChatAtWork):
    person = chat.person()

    first = person.send(text=SERVICE, follow=False)
    again = person.send(text=SERVICE, follow=False)

    assert first.status_code == again.status_code == 303
    assert len(person.look().lines) == 3


def test_a_double_click_at_the_same_moment_is_one_message(chat: ChatAtWork):
    person = chat.person()
    parts = [(n, (None, v.encode())) for n, v in {**person.page.hidden, "text": SERVICE}.items()]
    cookies = dict(person.web.cookies)
    answers: list[int] = []

    def click() -> None:
        answers.append(httpx.post(chat.url + "/", files=parts, cookies=cookies).status_code)

    clicks = [threading.Thread(target=click) for _ in range(3)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert answers == [303, 303, 303]
    assert len(person.look().lines) == 3


def test_the_same_page_sent_with_other_words_is_another_message(chat: ChatAtWork):
    person = chat.person()
    person.send(text=SERVICE, follow=False)

    person.send(text="查进度", follow=False)

    assert len(person.look().lines) == 5


# ---- files


def test_several_files_arrive_in_one_go(chat: ChatAtWork):
    person = chat.person()
    files = [("证.jpg", JPEG, "image/jpeg"), ("病历.pdf", b"%PDF-1.7 x", "application/pdf")]

    person.send(files=files)

    assert "证.jpg" in person.page.lines[-2]
    assert "病历.pdf" in person.page.lines[-2]


def test_files_and_a_button_together_lose_neither(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)
    pick = next(b for b in person.page.buttons if "现在开始办" in b.text)

    person.send(files=[("证.jpg", JPEG, "image/jpeg")], pick=pick.value)

    assert "证.jpg" in person.page.html
    assert isinstance(person.stored.conversation.focus, Filling)


def test_a_file_that_lies_about_itself_is_not_taken(chat: ChatAtWork):
    person = chat.person()

    person.send(files=[("照片.jpg", b"<script>alert(1)</script>", "image/jpeg")])

    assert "打不开" in person.page.last
    assert "没有收下" in person.page.lines[-2]


def test_more_than_twelve_megabytes_gets_a_clear_page(chat: ChatAtWork):
    person = chat.person()

    answer = person.send(files=[("大.jpg", JPEG + b"x" * (13 * 1024 * 1024), "image/jpeg")])

    assert answer.status_code == 413
    assert "12 MB" in person.page.trouble
    assert person.page.title.startswith("错误：")


def test_more_than_ten_files_get_a_clear_page(chat: ChatAtWork):
    answer = chat.person().send(files=[(f"{n}.jpg", JPEG, "image/jpeg") for n in range(11)])

    assert answer.status_code == 413


# ---- whose is what


def test_the_token_is_random_hidden_from_scripts_and_stored_as_a_hash_only(chat: ChatAtWork):
    person = chat.person()
    answer = person.web.get("/")
    person.say(SERVICE)

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=31536000" in cookie
    stored = chat.house.settings.data_dir / "zhucan.sqlite3"
    everything = b"".join(p.read_bytes() for p in stored.parent.glob("zhucan.sqlite3*"))
    assert person.token.encode() not in everything


def test_in_production_cookies_go_over_tls_only(tmp_path: Path, mind: Mind):
    with open_chat(
        tmp_path,
        mind,
        environment="production",
        secret_key="correct-horse-battery-staple-98127364",
    ) as at_work:
        cookie = httpx.get(at_work.url + "/").headers["set-cookie"]

    assert cookie.startswith("__Host-chat=")
    assert "Secure" in cookie


def test_pages_with_personal_data_are_kept_nowhere(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    for address in ("/", "/audio/2.ogg", "/leave"):
        assert person.web.get(address).headers["cache-control"] == "no-store"


def test_another_browser_sees_hears_and_gets_nothing(chat: ChatAtWork):
    person, stranger = chat.person(), chat.person()
    person.say(SERVICE)
    stranger.say("查进度")

    assert "护理补贴" not in stranger.look().html
    assert "护理补贴" not in stranger.look("/?before=3").html
    asked = len(chat.voice.asked)
    assert stranger.web.get("/audio/4.ogg").status_code == 404
    assert chat.person().web.get("/audio/2.ogg").status_code == 404
    assert len(chat.voice.asked) == asked
    assert "护理补贴" not in "".join(events(stranger, after=0, want=2))


def test_another_browsers_event_id_brings_nothing_of_hers(chat: ChatAtWork):
    person, stranger = chat.person(), chat.person()
    event = person.page.hidden["event"]
    person.say(SERVICE)

    stranger.send(text=SERVICE, event=event)

    assert len(stranger.page.lines) == 3
    assert stranger.stored.conversation.id != person.stored.conversation.id


def test_a_form_from_elsewhere_is_refused_and_words_are_kept(chat: ChatAtWork):
    person = chat.person()

    answer = person.send(text="我的话", key="0" * 64)

    assert answer.status_code == 403
    assert person.page.field.strip() == "我的话"
    assert chat.conversation(person.token) is None
    assert person.send(text="我的话").status_code == 200


def test_a_form_sent_across_sites_is_refused(chat: ChatAtWork):
    person = chat.person()
    person.web.headers["sec-fetch-site"] = "cross-site"

    assert person.send(text=SERVICE).status_code == 403


def test_leaving_closes_the_conversation_on_this_computer(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)
    token = person.token
    key = person.look("/leave").hidden["key"]

    answer = person.web.post("/leave", data={"key": key})

    assert answer.headers["location"] == "/left"
    assert "cache" in answer.headers["clear-site-data"]
    assert "chat" not in person.web.cookies
    assert "护理补贴" not in httpx.get(chat.url + "/", cookies={"chat": token}).text
    assert chat.conversation(token) is None


def test_nobody_can_be_made_to_leave_from_elsewhere(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    person.web.post("/leave", data={"key": "wrong"})

    assert chat.conversation(person.token) is not None


def test_html_in_words_and_file_names_stays_text(chat: ChatAtWork):
    person = chat.person()
    person.say("<script>alert(1)</script><img src=x onerror=alert(1)>")
    person.send(files=[('"><img src=x onerror=alert(2)>.jpg', JPEG, "image/jpeg")])

    assert "<script>alert" not in person.page.html
    assert "<img src=x" not in person.page.html
    assert "&lt;script&gt;" in person.page.html


def test_too_many_at_once_are_asked_to_wait_and_nothing_is_lost(chat: ChatAtWork):
    person = chat.person()
    statuses = []
    for _ in range(30):
        statuses.append(person.send(text="谢谢").status_code)
        if statuses[-1] == 429:
            break

    assert statuses[:15] == [200] * 15
    assert statuses[-1] == 429
    assert person.page.field.strip() == "谢谢"


def test_the_pace_recovers_and_browsers_do_not_disturb_each_other():
    pace = Pace(burst=2, per_second=1)

    assert [pace.allows("a", now) for now in (0.0, 0.0, 0.0, 1.0)] == [True, True, False, True]
    assert pace.allows("b", 0.0)


def test_our_own_fault_keeps_the_words_and_gives_a_number(
    chat: ChatAtWork, monkeypatch: pytest.MonkeyPatch
):
    person = chat.person()
    monkeypatch.setattr(
        "bot.channels.webchat.web_chat.receive_message", lambda *_: (_ for _ in ()).throw(OSError)
    )

    answer = person.send(text="我的话")

    assert answer.status_code == 503
    assert "编号" in person.page.trouble
    assert "Traceback" not in answer.text
    assert person.page.field.strip() == "我的话"


@pytest.mark.parametrize("is_new", [True, False], ids=["her first words", "in the middle"])
def test_with_the_database_away_the_words_stay_in_the_field_and_go_through_after(
    chat: ChatAtWork, is_new: bool
):
    person = chat.person()
    if not is_new:
        person.say("你好")
    with away(chat.house.database):
        answer = person.send(text="我的话")
        refused = person.page

    assert answer.status_code == 503
    assert "编号" in refused.trouble
    assert refused.field.strip() == "我的话"
    said = [line for line in person.say(refused.field.strip()).lines if "我的话" in line]
    assert len(said) == 1
    assert "我的话" not in person.page.last


def test_a_page_shut_by_an_operator_takes_nothing_keeps_the_words_and_opens_again(
    chat: ChatAtWork,
):
    person = chat.person()
    person.say("你好")
    before = person.look().lines
    switch_channel(chat.house.database, CHANNEL, is_off=True, by="root", now=datetime.now(UTC))
    try:
        _until(lambda: "暂时停用" in person.look().html)
        answer = person.send(text="我的话")
        assert (answer.status_code, person.page.field.strip()) == (503, "我的话")
        assert "12345" in answer.text
        assert person.look().lines == before
    finally:
        switch_channel(
            chat.house.database, CHANNEL, is_off=False, by="root", now=datetime.now(UTC)
        )
    _until(lambda: "暂时停用" not in person.look().html)

    assert len(person.say("我的话").lines) == len(before) + 2


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_browser_gets_one_address_until_it_leaves(database: Database):
    now = datetime.now(UTC)
    first = open_web_session(database, "hash", now)

    assert open_web_session(database, "hash", now) == first
    assert open_web_session(database, "other", now) != first
    end_web_session(database, "hash")
    end_web_session(database, "hash")
    assert open_web_session(database, "hash", now) != first


# ---- sound


@pytest.mark.parametrize("kind", FORMATS)
def test_an_answer_can_be_heard(chat: ChatAtWork, kind: str):
    person = chat.person()
    person.say(SERVICE)

    answer = person.web.get(f"/audio/2.{kind}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == {"ogg": "audio/ogg", "mp3": "audio/mpeg"}[kind]
    assert chat.voice.asked[-1]["audio_format"] == kind
    assert "1. 现在开始办" in chat.voice.asked[-1]["text"]


def test_a_part_of_a_sound_can_be_fetched(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    answer = person.web.get("/audio/2.ogg", headers={"Range": "bytes=2-4"})

    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["content-range"] == "bytes 2-4/10"


def test_without_a_voice_the_text_stays(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)
    chat.voice.is_mute = True
    try:
        assert person.web.get("/audio/2.ogg").status_code == 503
    finally:
        chat.voice.is_mute = False
    assert "护理补贴" in person.look().last


def test_what_the_person_said_is_never_spoken(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)

    assert person.web.get("/audio/1.ogg").status_code == 404


def test_read_to_me_shows_a_player_at_once_and_can_be_turned_off(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)
    assert "<details" in person.page.html

    loud = person.press("读给我听").html.rpartition('class="line')[2]

    assert '<div class="listen"><audio controls preload="none" aria-label="朗读助手' in " ".join(
        loud.split()
    ).replace("> <", "><")
    assert "autoplay" not in loud
    person.press("不要出声")
    assert "读给我听" in person.page.html


def test_a_house_without_voices_shows_no_player(tmp_path: Path, mind: Mind):
    with open_chat(tmp_path, mind, voices="off") as at_work:
        person = at_work.person()
        person.say(SERVICE)

        assert "<audio" not in person.page.html
        assert "读给我听" not in person.page.html.partition("<aside")[2]


# ---- emergency


def test_danger_is_marked_by_words_and_the_numbers_can_be_called(chat: ChatAtWork):
    page = chat.person().say("着火了，救命")

    assert "紧急" in page.last
    assert page.classes[-1].endswith("emergency")
    assert 'href="tel:119"' in page.html
    assert 'href="sms:12110"' in page.html
    assert 'role="region" aria-labelledby="who-2"' in page.html


# ---- size of the text, static files


def test_larger_text_works_by_a_form_and_stays(chat: ChatAtWork):
    person = chat.person()

    answer = person.web.post("/look", data={"look": "big"})

    assert answer.status_code == 303
    assert '<html lang="zh-CN" class="big">' in person.look().html


def test_static_files_are_kept_for_good_under_an_address_that_changes_with_them(chat: ChatAtWork):
    answer = httpx.get(chat.url + assets.address("chat.css"))

    assert "immutable" in answer.headers["cache-control"]
    assert httpx.get(f"{chat.url}/static/chat/old/chat.css").headers["cache-control"] == "no-cache"
    assert httpx.get(f"{chat.url}/static/chat/{assets.version()}/nothing.css").status_code == 404


def test_a_page_weighs_less_than_sixty_kilobytes(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)
    html = person.look().html

    weight = len(html.encode()) + sum(
        len(assets.assets()[name].zipped)
        for name in set(re.findall(r"/([\w.]+\.(?:css|js|svg))", html))
    )

    assert weight < 60_000


def test_pages_hold_no_style_and_no_script_of_their_own(chat: ChatAtWork):
    page = chat.person().say(SERVICE)

    assert not re.search(r"<style|style=|<script(?![^>]* src=)| on\w+=", page.html)


# ---- new lines


def events(
    person: Person, *, after: int, want: int, last_id: str = "", seconds: float = 8
) -> list[str]:
    """The next events of a stream, as they came over the wire."""
    address = urlsplit(person.chat.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=seconds)
    headers = {"Cookie": f"chat={person.token}"}
    if last_id:
        headers["Last-Event-ID"] = last_id
    connection.request("GET", f"/events?after={after}", headers=headers)
    answer = connection.getresponse()
    found: list[str] = []
    block = ""
    until = time.monotonic() + seconds
    while len(found) < want and time.monotonic() < until:
        try:
            line = answer.readline().decode()
        except TimeoutError:
            break
        if not line:
            break
        block += line
        if not line.strip():
            if "event: message" in block:
                found.append(block)
            block = ""
    answer.close()
    connection.close()
    return found


def test_after_a_break_the_stream_takes_up_where_it_stopped(chat: ChatAtWork):
    person = chat.person()
    for words in (SERVICE, "查进度"):
        person.say(words)

    replayed = events(person, after=0, last_id="2", want=2)

    assert [re.search(r"id: (\d+)", e)[1] for e in replayed] == ["3", "4"]  # type: ignore[index]
    assert 'id="m-4"' in replayed[1]


def test_a_notice_arrives_without_a_reload(chat: ChatAtWork):
    person = chat.person()
    person.say(SERVICE)
    chat.caseworker_writes(person.token, "材料齐了")

    (event,) = events(person, after=2, want=1)

    assert "材料齐了" in event
    assert "通知" in event


def test_open_pages_of_one_browser_are_few_and_a_closed_one_makes_room(chat: ChatAtWork):
    person = chat.person()
    address = urlsplit(chat.url)
    opened = []
    for _ in range(MOST_STREAMS):
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
        connection.request("GET", "/events", headers={"Cookie": f"chat={person.token}"})
        opened.append((connection, connection.getresponse()))

    assert person.web.get("/events").status_code == 204
    for connection, answer in opened:
        answer.close()
        connection.close()
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with person.web.stream("GET", "/events") as answer:
            if answer.status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail("no room was made")


def test_a_browser_without_a_token_gets_no_stream(chat: ChatAtWork):
    assert httpx.get(chat.url + "/events").status_code == 204


# ---- with scripts


def said(page: BrowserPage, text: str) -> None:
    """Type and send, and wait for the answer."""
    count = page.locator("#lines > .by-bot").count()
    page.fill("#text", text)
    page.click("#send")
    page.locator("#lines > .by-bot").nth(count).wait_for()


def token_of(page: BrowserPage) -> str:
    return next(c["value"] for c in page.context.cookies() if c["name"] == "chat")


def test_with_scripts_the_page_stays_and_focus_with_it(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    page.evaluate("window.stayed = true")

    said(page, SERVICE)

    assert page.evaluate("window.stayed")
    assert page.evaluate("document.activeElement.id") == "send"
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#lines > .by-me")).to_have_count(1)


def test_with_scripts_an_answer_is_announced_once(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    page.evaluate(
        """() => { window.heard = []; new MutationObserver(changes => changes.forEach(c =>
            c.addedNodes.forEach(n => window.heard.push(n.textContent)))).observe(
            document.getElementById('announcer'), {childList: true}); }"""
    )

    said(page, SERVICE)
    page.wait_for_timeout(3500)

    heard = page.evaluate("window.heard")
    assert len(heard) == 1
    assert heard[0].startswith("助手说：")
    assert "1. 现在开始办" in heard[0]
    assert page.locator("[aria-live]").count() == 1


def test_with_scripts_a_pressed_button_keeps_the_focus_and_tab_leads_to_the_new_ones(
    chat: ChatAtWork, open_page: OpenPage
):
    page = open_page(chat.url)
    said(page, SERVICE)

    page.get_by_role("button", name="1. 现在开始办").press("Enter")
    page.locator("#lines > .by-bot").nth(2).wait_for()

    assert "现在开始办" in page.evaluate("document.activeElement.innerText")
    expect(page.locator("[aria-disabled=true]")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "给我自己办" in page.evaluate("document.activeElement.innerText")
    expect(page.locator("[aria-disabled=true]")).to_have_count(0)


def test_with_scripts_an_empty_form_says_so_where_the_focus_goes(
    chat: ChatAtWork, open_page: OpenPage
):
    page = open_page(chat.url)

    page.click("#send")
    page.locator("#trouble .summary").wait_for()

    expect(page.locator("#trouble .summary")).to_be_focused()
    assert page.title().startswith("错误：")
    said(page, "查进度")
    assert not page.title().startswith("错误：")
    expect(page.locator("#trouble .summary")).to_have_count(0)


def test_with_scripts_a_notice_appears_and_moves_nobody(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    said(page, SERVICE)
    page.focus("#text")

    chat.caseworker_writes(token_of(page), "材料齐了")
    page.locator("#lines > .notice").wait_for()

    assert page.evaluate("document.activeElement.id") == "text"
    expect(page.locator("#announcer")).to_contain_text("新通知，助手说：")
    expect(page.get_by_role("button", name="1. 现在开始办")).to_be_visible()


def test_with_scripts_a_lost_network_keeps_the_words(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url, ignoring="htmx:")
    page.fill("#text", "我的话")
    page.route("**/", lambda route: route.abort())

    page.click("#send")
    page.locator("#trouble .summary").wait_for()

    expect(page.locator("#text")).to_have_value("我的话")
    expect(page.locator("#trouble")).to_contain_text("网络断了")


def test_with_scripts_a_page_kept_too_long_takes_the_words_at_the_second_try(
    chat: ChatAtWork, open_page: OpenPage
):
    page = open_page(chat.url, ignoring="[object Event]")
    page.context.clear_cookies()
    page.fill("#text", SERVICE)
    page.click("#send")
    page.locator("#trouble .summary").wait_for()
    expect(page.locator("#text")).to_have_value(SERVICE)

    page.click("#send")

    expect(page.locator("#lines > .by-me")).to_have_count(1)


def test_after_leaving_the_back_button_shows_nothing(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    said(page, SERVICE)
    page.get_by_role("link", name="退出").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/left")

    page.go_back()
    page.go_back()

    expect(page.locator("h1")).to_have_text("说说你遇到的事")
    expect(page.locator("#lines > .by-me")).to_have_count(0)


def test_with_scripts_a_second_click_of_a_trembling_hand_is_no_mistake(
    chat: ChatAtWork, open_page: OpenPage
):
    page = open_page(chat.url)
    page.fill("#text", SERVICE)

    page.dblclick("#send")
    page.locator("#lines > .by-bot").nth(1).wait_for()
    page.click("#send")
    page.wait_for_timeout(300)

    expect(page.locator("#lines > .by-me")).to_have_count(1)
    expect(page.locator("#trouble .summary")).to_have_count(0)


def test_with_scripts_several_files_are_sent_and_the_field_is_cleared(
    chat: ChatAtWork, open_page: OpenPage
):
    page = open_page(chat.url)
    page.set_input_files(
        "#files",
        [
            {"name": "一.jpg", "mimeType": "image/jpeg", "buffer": JPEG},
            {"name": "二.jpg", "mimeType": "image/jpeg", "buffer": JPEG},
        ],
    )

    page.click("#send")
    page.locator("#lines > .by-me").wait_for()

    expect(page.locator("#lines > .by-me")).to_contain_text("二.jpg")
    assert page.evaluate("document.getElementById('files').value") == ""


def test_with_scripts_larger_text_comes_without_losing_what_was_typed(
    chat: ChatAtWork, open_page: OpenPage
):
    page = open_page(chat.url)
    page.fill("#text", "还没写完")

    page.click("#look")
    page.locator("html.big").wait_for()

    expect(page.locator("#text")).to_have_value("还没写完")
    expect(page.locator("#look")).to_have_text("普通字")
    assert page.evaluate("document.activeElement.id") == "look"
    page.reload()
    expect(page.locator("html.big")).to_be_visible()


def test_with_scripts_a_server_that_comes_back_is_found_again(
    tmp_path: Path, mind: Mind, open_page: OpenPage
):
    with open_chat(tmp_path, mind) as first:
        page = open_page(first.url, ignoring="[object Event]")
        said(page, SERVICE)
        token = token_of(page)
        port = urlsplit(first.url).port
    with open_chat(tmp_path, mind, port=port) as second:
        second.caseworker_writes(token, "材料齐了")

        page.locator("#lines > .notice").wait_for(timeout=15_000)

    expect(page.locator("#lines > .by-me")).to_have_count(1)


def test_without_javascript_a_browser_can_do_it_all(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url, javascript=False)

    page.fill("#text", SERVICE)
    page.click("#send")
    assert page.url.endswith("/#latest")
    page.get_by_role("button", name="1. 现在开始办").click()
    page.get_by_role("button", name="1. 给我自己办").click()
    page.get_by_role("link", name="刷新对话").click()

    expect(page.locator("#lines > .by-me")).to_have_count(3)
    page.click("#send")
    assert page.title().startswith("错误：")


def test_a_stored_script_does_not_run(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))

    said(page, "<img src=x onerror=alert(1)><script>alert(2)</script>")
    page.reload()

    expect(page.locator("#lines > .by-me img")).to_have_count(0)
