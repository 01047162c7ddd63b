"""Attacks on the caseworkers' console and on what every answer of the service carries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from attack_house import (
    PAYLOAD,
    SECRET,
    WEBHOOK,
    UnderAttack,
    active_content,
    helped,
    in_production,
    under_attack,
)
from console_room import ID_NUMBER, PASSWORD, STAFF, csrf, hidden, sign_in
from test_attacks_web import FORGED, is_kind, jpeg, package

from actions.sign_in import LIMITS
from bot.safety import POLICY
from casework.models import CaseState
from console.auth import SESSION_COOKIE

EXPORTS = {"/console/misunderstood.jsonl"}
"""What a caseworker can take away as data. Something a spreadsheet opens must not begin a cell with = + - @."""
SQL = (
    "' OR '1'='1",
    "'; DROP TABLE case_file; --",
    '" UNION SELECT password_hash FROM staff --',
    "1) OR 1=1 --",
    "%' ESCAPE '%",
    "\\'; --",
    "{{7*7}}",
    "$(id)",
    "\x00",
    "😀" * 100,
)


@pytest.fixture(scope="module")
def house(tmp_path_factory, mind) -> Iterator[UnderAttack]:
    with under_attack(tmp_path_factory.mktemp("attacked"), mind) as opened:
        yield opened


@pytest.fixture(scope="module")
def zhang(house) -> httpx.Client:
    return house.caseworker("zhang")


@pytest.fixture(scope="module")
def zhao(house) -> httpx.Client:
    """Of another office."""
    return house.caseworker("zhao")


def console_paths(house: UnderAttack, method: str) -> list[str]:
    return [p for p in house.routes(method) if p.startswith("/console")]


# ---- words that would run


def test_every_text_of_a_resident_is_shown_as_words_on_every_page(house, zhang):
    told = ""
    for path in console_paths(house, "GET"):
        if "static" in path or path in EXPORTS or path.endswith(("/file", "/picture")):
            continue
        page = zhang.get(house.filled(path), follow_redirects=True).text
        assert active_content(page) == [], path
        assert "<script>alert" not in page, path
        told += page
    shown = zhang.post(
        house.filled("/console/cases/{case_id}/reveal"),
        data={"csrf": csrf(told), "what": "*"},
    ).text

    assert told.count("&lt;script&gt;alert(1)") >= 5
    assert "评价&lt;script&gt;alert(1)" in told, "what she wrote to her bad mark"
    assert "{{7*7}}" in told
    assert active_content(shown) == []


def test_what_a_helper_told_of_herself_and_of_a_case_is_shown_as_words(house, zhang):
    page = zhang.get(f"/console/cases/{helped(house.room).id}").text

    assert active_content(page) == []
    assert "<script>alert" not in page
    for text in ("帮手", "理由"):
        assert f"{text}&lt;script&gt;alert(1)" in page
    assert page.count("帮手&lt;script") == 2, "beside the case, and in its history"


def test_what_a_caseworker_types_comes_back_as_words(house, zhang):
    form = hidden(zhang.get(house.filled("/console/cases/{case_id}/act/not_accept")).text)
    page = zhang.post(
        house.filled("/console/cases/{case_id}/act/not_accept"),
        data={**form, "reason": PAYLOAD, "step": "preview"},
    ).text
    found = zhang.post("/console/find", data={"csrf": form["csrf"], "number": PAYLOAD}).text
    signing_in = house.client()
    refused = sign_in(signing_in, PAYLOAD, "x").text

    for text in (page, found, refused):
        assert active_content(text) == []
        assert "<script>alert" not in text


def test_marks_that_turn_text_around_are_shown_to_the_caseworker(house, zhang):
    house.room.says("照片\u202egpj.exe", peer="bidi")
    handover = house.room.hand_over(peer="bidi")
    page = zhang.get(f"/console/handovers/{handover}").text

    assert "\u202e" not in page
    assert "照片〔U+202E〕gpj.exe" in page


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("image/gif", b"GIF89a\x01\x00\x01\x00=1;alert(1)//"),
        ("image/jpeg", jpeg(10, 10) + b"<html><script>alert(1)</script>"),
        ("image/jpeg", jpeg(10, 10) + package()),
        ("application/pdf", b"%PDF-1.7 /JS (app.alert(1))"),
    ],
)
def test_a_file_of_two_natures_is_handed_out_as_what_it_is_and_can_run_nothing(
    house, zhang, media_type, data
):
    paper = house.room.paper(data, f"{PAYLOAD}.html", media_type=media_type)
    case = house.room.file(peer="files", papers=(paper,))
    for way in ("file", "picture"):
        answer = zhang.get(f"/console/cases/{case.id}/papers/{paper.id}/{way}")
        assert answer.headers["content-type"].split(";")[0] == media_type
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        named = answer.headers.get("content-disposition", "attachment")
        assert named.startswith("attachment")
        assert "html;" not in named
        assert "<" not in named


# ---- forms other sites send


@pytest.mark.parametrize("token", [None, "", "forged", "é", "of another session"])
def test_no_form_of_the_console_does_anything_without_its_token(house, zhang, token):
    """Every POST route there is, also one added tomorrow."""
    given = (
        csrf(house.caseworker("li").get("/console/").text)
        if token == "of another session"
        else token
    )
    values = {} if given is None else {"csrf": given}
    everything = {
        "version": "1", "step": "confirm", "what": "*", "number": house.case.number, "text": "你好",
        "password": PASSWORD, "new_password": "a whole new password", "again": "a whole new password",
        "login": "zhang", "code": "000000", "reason": "不行", "form_id": "1",
    }  # fmt: skip
    for path in console_paths(house, "POST"):
        answer = zhang.post(house.filled(path), data={**everything, **values})
        assert answer.status_code == 403, path
        assert ID_NUMBER[-4:] not in answer.text

    assert zhang.get("/console/").status_code == 200
    assert house.room.case(house.case.id).state is CaseState.SUBMITTED


def test_no_form_of_another_site_does_anything_even_with_the_token(house, zhang):
    token = csrf(zhang.get("/console/").text)
    for site in ("cross-site", "same-site"):
        for path in console_paths(house, "POST"):
            answer = zhang.post(
                house.filled(path),
                data={"csrf": token, "version": "1", "step": "confirm"},
                headers={"Sec-Fetch-Site": site},
            )
            assert answer.status_code == 403, path

    assert house.room.case(house.case.id).state is CaseState.SUBMITTED


# ---- somebody else's


def test_nothing_of_the_console_is_there_for_whoever_is_not_signed_in(house):
    stranger = house.client()
    for path in console_paths(house, "GET"):
        if path in ("/console", "/console/static/console.css", "/console/{path:path}"):
            continue
        answer = stranger.get(house.filled(path))
        is_sign_in = path.startswith("/console/sign-in")
        assert answer.status_code == (200 if path == "/console/sign-in" else 303), path
        if not is_sign_in:
            # An address of a form posted before leads back to its page, and from there to signing in.
            end = stranger.get(house.filled(path), follow_redirects=True)
            assert end.url.path == "/console/sign-in", path
        assert house.case.number not in answer.text
    for path in console_paths(house, "POST"):
        answer = stranger.post(house.filled(path), data={"csrf": "x", "what": "*"})
        assert answer.status_code in (401, 403), path
        assert PAYLOAD[:7] not in answer.text


def test_nothing_of_an_office_is_there_for_another(house, zhang, zhao):
    """Every route that names a case, a paper or a conversation, also one added tomorrow."""
    token = csrf(zhao.get("/console/").text)
    reads = house.room.reads(house.case.id)
    for method in ("GET", "POST"):
        for path in console_paths(house, method):
            if "_id}" not in path:
                continue
            data = {"csrf": token, "version": "1", "step": "confirm", "what": "*", "text": "你好"}
            answer = zhao.request(
                method,
                house.filled(path),
                data=data if method == "POST" else None,
                follow_redirects=method == "GET",
            )
            assert answer.status_code == 404, (method, path)
            assert house.case.number not in answer.text
    lists = {p for p in console_paths(house, "GET") if "{" not in p and "static" not in p}
    assert lists >= {"/console/", "/console/handovers", "/console/ratings", *EXPORTS}
    for path in lists - {"/console", "/console/sign-in", "/console/sign-in/code"}:
        answer = zhao.get(path)
        assert answer.status_code in (200, 303), path
        page = answer.text + str(answer.headers)
        assert house.case.id not in page
        assert house.handover not in page
        assert "&lt;script" not in page
        assert "alert(1)" not in page
    assert house.case.id in found_by(house, zhang), "or the next line would prove nothing"
    assert house.case.id not in found_by(house, zhao)
    asked = zhao.get("/console/?office=310115005").text
    assert house.case.id not in asked
    assert house.room.reads(house.case.id) == reads


def found_by(house: UnderAttack, caseworker: httpx.Client) -> str:
    """What looking up the number of the case gives this caseworker: an address to go to, or a page."""
    token = csrf(caseworker.get("/console/").text)
    answer = caseworker.post("/console/find", data={"csrf": token, "number": house.case.number})
    return answer.headers.get("location", "") + answer.text


def test_a_resident_has_no_key_to_the_console_and_a_caseworker_none_to_a_conversation(
    house, zhang
):
    person = house.person()
    person.say("我妈妈瘫痪了")
    mixed = house.client()
    mixed.cookies.set(SESSION_COOKIE, person.token, path="/console")
    mixed.cookies.set("chat", zhang.cookies[SESSION_COOKIE][:43])

    assert mixed.get("/console/").status_code == 303
    assert "瘫痪" not in mixed.get("/").text


def test_a_session_planted_before_signing_in_is_never_the_one_let_in(house):
    client = house.client()
    for name in (SESSION_COOKIE, "zhucan_half", "zhucan_device"):
        client.cookies.set(name, "planted-by-somebody-else-0123456789abcdefgh", path="/console")
    sign_in(client, "zhang")
    other = house.client()
    for name in (SESSION_COOKIE, "zhucan_half"):
        other.cookies.set(name, "planted-by-somebody-else-0123456789abcdefgh", path="/console")

    assert other.get("/console/").status_code == 303
    values = [c.value for c in client.cookies.jar if c.name == SESSION_COOKIE]
    assert any(not value.startswith("planted") for value in values)


# ---- guessing


def test_a_claimed_address_buys_no_further_tries(house):
    login = f"guess{len(STAFF)}"
    for n in range(LIMITS[0][1]):
        client = house.client(headers={**FORGED, "X-Forwarded-For": f"10.0.0.{n}"})
        assert sign_in(client, login, "wrong").status_code == 422
    client = house.client(headers={"X-Forwarded-For": "10.9.9.9"})

    assert sign_in(client, login, "wrong").status_code == 429


def test_behind_our_own_proxy_each_household_has_its_own_tries(tmp_path, mind):
    """The proxy adds the address it sees at the end; what a visitor wrote before it is not believed."""
    with under_attack(tmp_path, mind, trusted_proxies="127.0.0.1") as house:
        for n in range(LIMITS[0][2]):
            client = house.client(headers={"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.7"})
            sign_in(client, f"somebody{n}", "wrong")
        same = house.client(headers={"X-Forwarded-For": "192.0.2.1, 203.0.113.7"})
        other = house.client(headers={"X-Forwarded-For": "203.0.113.7, 198.51.100.9"})

        assert sign_in(same, "zhang").status_code == 429
        assert sign_in(other, "zhang").status_code == 303


# ---- strings that would be commands


@pytest.mark.parametrize("text", SQL)
def test_a_string_in_any_search_or_filter_is_only_a_string(house, zhang, text):
    token = csrf(zhang.get("/console/").text)
    for name in ("state", "service", "office", "after", "done", "earlier", "nonsense"):
        for path in ("/console/", f"/console/handovers/{house.handover}", "/console/handovers"):
            answer = zhang.get(path, params={name: text})
            assert answer.status_code == 200, (path, name)
            assert "49" not in re.findall(r"value=\"([^\"]*)\"", answer.text)
    for name in ("number", "what", "csrf"):
        answer = zhang.post("/console/find", data={"csrf": token, "number": "1", name: text})
        assert answer.status_code in (200, 303, 403, 422)
    for path in ("/console/cases/{}", "/console/cases/{}/act/accept", "/console/handovers/{}"):
        answer = zhang.get(
            path.format(
                httpx.QueryParams({"x": text.replace("/", "")}).get("x").encode("utf-8").hex()
            )
        )
        assert answer.status_code == 404
        assert is_kind(answer)

    with house.room.desk.database.read() as work:
        assert work.cases.get(house.case.id) is not None
        assert len(work.staff.list()) == len(STAFF)


def test_nothing_is_exported_that_a_spreadsheet_would_run(house, zhang):
    """One line a message as JSON: a cell cannot begin with `=`. A new export must be looked at here."""
    exports = {
        p for p in console_paths(house, "GET") if re.search(r"\.(csv|xlsx?|tsv|jsonl?|zip)$", p)
    }
    assert exports == EXPORTS

    answer = zhang.get("/console/misunderstood.jsonl")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/jsonl"
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert any(row["text"].startswith("=") for row in rows)
    assert not any(
        line.startswith(("=", "+", "-", "@", "\t")) for line in answer.text.splitlines()
    )


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/console/../../evil", "/console//evil.example",
        "/console/\\evil", "javascript:alert(1)", "/console/%0d%0aX:y", "/consoleevil", "\\/\\/evil.example", "/console/\u202e",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(house, next_):
    client = house.client()
    page = client.get("/console/sign-in", params={"next": next_})
    given = {**hidden(page.text), "login": "li", "password": PASSWORD, "next": next_}
    answer = client.post("/console/sign-in", data=given)

    assert answer.status_code == 303
    assert re.fullmatch(r"/console/[^/\\]*", answer.headers["location"])


# ---- what every answer carries


@pytest.fixture(scope="module")
def production(tmp_path_factory, mind) -> Iterator[tuple[httpx.Client, UnderAttack]]:
    client, attacked = in_production(tmp_path_factory.mktemp("production"), mind)
    yield client, attacked
    client.close()
    attacked.chat.house.close()


def test_every_answer_of_every_route_carries_the_safety_headers(production):
    client, house = production
    paths = [p for p in house.routes("GET") if p != "/events"]
    asked = [("GET", house.filled(p)) for p in paths] + [
        ("POST", house.filled(p)) for p in house.routes("POST")
    ]
    asked += [("GET", "/nowhere"), ("PUT", "/"), ("GET", "/static/chat/x/nothing.css")]
    for method, path in asked:
        headers = client.request(method, path).headers
        assert headers["content-security-policy"] in (POLICY, "default-src 'none'; sandbox"), path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cross-origin-opener-policy"] == "same-origin", path
        assert headers["strict-transport-security"].startswith("max-age=31536000"), path
        assert "server" not in headers, path
        assert "x-powered-by" not in headers, path
        is_static = path.startswith(("/static/chat/x/chat.css", "/console/static/"))
        assert is_static or headers["cache-control"] == "no-store", path


def test_the_policy_allows_no_inline_script_and_no_frame():
    for word in ("unsafe-inline", "unsafe-eval", "*", "http:", "https:"):
        assert word not in POLICY
    for part in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert part in POLICY


def test_our_own_fault_carries_them_too(production, monkeypatch):
    client, _ = production
    monkeypatch.setattr("bot.channels.webchat.pages.Pages.left", lambda _self: 1 / 0)
    client._transport.raise_server_exceptions = False
    answer = client.get("/left")

    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["strict-transport-security"]
    assert answer.headers["cache-control"] == "no-store"
    assert "ZeroDivision" not in answer.text
    assert is_kind(answer)


def test_every_cookie_is_for_this_site_over_tls_and_not_for_scripts(production):
    client, house = production
    answers = [
        client.get("/"),
        client.post("/look", data={"look": "big"}),
        client.get("/console/sign-in"),
    ]
    given = {**hidden(answers[-1].text), "login": "zhang", "password": PASSWORD}
    answers.append(client.post("/console/sign-in", data=given))
    cookies = [c.lower() for answer in answers for c in answer.headers.get_list("set-cookie")]
    names = {cookie.split("=")[0] for cookie in cookies}

    assert {
        "__host-chat",
        "__host-look",
        "zhucan_staff",
        "zhucan_before",
        "zhucan_half",
        "zhucan_device",
    } == names
    for cookie in cookies:
        assert "; secure" in cookie, cookie
        assert "; httponly" in cookie, cookie
        assert "samesite=strict" in cookie or "samesite=lax" in cookie, cookie
        assert "domain=" not in cookie, cookie
        value = cookie.split("=", 1)[1].split(";")[0]
        assert "zhang" not in value
        assert house.case.number not in value


def test_every_page_would_be_harmless_even_without_the_policy(house, zhang):
    for client in (zhang, house.person().web):
        for path in house.routes("GET"):
            if path.startswith(("/static", "/audio", "/events", "/metrics")) or path.endswith(
                ("/file", "/picture")
            ):
                continue
            page = client.get(house.filled(path), follow_redirects=True)
            if "html" in page.headers["content-type"]:
                assert active_content(page.text) == [], path


def test_the_district_s_own_people_need_a_second_factor_in_production(production):
    client, house = production
    district = house.room.desk.catalog.district_office.id
    with house.room.desk.database.write() as work:
        zhang = work.staff.by_login("zhang")
        work.staff.add("boss", "区里", district, zhang.password_hash, zhang.created_at)
        work.commit()
    client.cookies.clear()
    answer = sign_in(client, "boss")

    assert answer.headers["location"] == "/console/account/second-factor"


def test_without_a_contact_there_is_no_security_txt_and_the_start_says_so(tmp_path, mind, capsys):
    from bot.first_start import announce

    client, house = in_production(tmp_path, mind)
    settings = house.chat.house.settings.model_copy(update={"security_contact": ""})
    from dataclasses import replace

    bare = replace(house.chat.house, settings=settings)
    announce(bare)
    assert "ZHUCAN_SECURITY_CONTACT" in capsys.readouterr().out

    from bot.server import create_app

    app = create_app(bare, house.chat.voice)
    from fastapi.testclient import TestClient

    assert TestClient(app).get("/.well-known/security.txt").status_code == 404
    client.close()
    house.chat.house.close()


def test_the_webhook_secret_must_be_whole_and_a_body_must_be_an_update(house):
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    deep = b'{"update_id": 1, "message": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}"
    for body, status in {
        b"": 400, b"{": 400, b"[]": 400, b"null": 400, b'{"update_id": "1"}': 400, b'{"update_id": true}': 400,
        b'{"update_id": -1}': 400, b'{"update_id": 1e400}': 400, b'{"update_id": ' + b"9" * 5000 + b"}": 400,
        b"\xff\xfe": 400, deep: 400, b"x" * (1024 * 1024 + 1): 413, b'{"update_id": 5}': 200,
        b'{"update_id": 6, "message": 5}': 200, b'{"update_id": 7, "callback_query": {}}': 200,
    }.items():  # fmt: skip
        answer = httpx.post(house.url + WEBHOOK, content=body, headers=headers)
        assert answer.status_code == status, body[:60]
        assert not answer.content
