"""The caseworkers' console: who comes in, what she sees, what she does, and what the resident is told."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console_room import (
    ID_NUMBER,
    MOBILE,
    OFFICE,
    OTHER_OFFICE,
    PASSWORD,
    Room,
    TestClient,
    act,
    app_of,
    csrf,
    hidden,
    open_room,
    password_hash,
    question,
    room_over,
    sign_in,
    the_catalog,
)
from databases import SECRETS

from actions import sign_in as sign_in_action
from actions.answer_person import CHANNEL
from actions.cover_numbers import cover_numbers
from actions.make_demo_staff import make_demo_staff
from actions.manage_staff import disable_staff
from actions.read_queue import PAGE, due_of
from actions.sign_in import token_hash
from casework.lifecycle import CaseError, allowed_actions
from casework.models import Action, CaseState
from console import auth, pages
from console.act_form import FIELDS
from console.auth import SESSION_COOKIE, way_back
from console.forms import MAX_BYTES
from storage.crypto import Keyring
from storage.papers import PaperStore

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def room(sqlite_template: Path, tmp_path: Path) -> Iterator[Room]:
    """A console with three caseworkers and nothing to do."""
    shutil.copy(sqlite_template, tmp_path / "zhucan.sqlite3")
    opened = open_room(tmp_path)
    yield opened
    opened.desk.database.close()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the console's clock."""

    def move(by: timedelta) -> None:
        monkeypatch.setattr(auth, "clock", lambda: datetime.now(UTC) + by)

    return move


# ---- signing in


def test_whoever_is_not_signed_in_is_asked_to_and_brought_back(room):
    client = room.visitor()
    case = room.file()

    refused = client.get(f"/console/cases/{case.id}")
    assert refused.status_code == 303
    assert refused.headers["location"] == f"/console/sign-in?next=/console/cases/{case.id}"

    form = client.get(refused.headers["location"])
    given = {**hidden(form.text), "login": "zhang", "password": PASSWORD}
    come_in = client.post("/console/sign-in", data=given)
    assert come_in.status_code == 303
    assert come_in.headers["location"] == f"/console/cases/{case.id}"
    assert client.get(come_in.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/console//evil",
        "/\\evil",
        "/console/\n",
        "/x",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(path):
    assert way_back(path) == "/console/"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(room):
    cookies = sign_in(room.visitor(), "zhang").headers.get_list("set-cookie")
    cookie = next(c for c in cookies if c.startswith("zhucan_staff=")).lower()

    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/console" in cookie
    assert "max-age" not in cookie


def test_in_production_cookies_go_over_tls_only(room):
    client = TestClient(
        app_of(replace(room.desk, is_secure=True)),
        base_url="https://testserver",
        follow_redirects=False,
    )

    assert "secure" in sign_in(client, "zhang").headers["set-cookie"].lower()


def test_only_the_hash_of_a_session_is_stored(room):
    client = room.signed_in()
    token = client.cookies[SESSION_COOKIE]

    with room.desk.database.read() as work:
        assert work.staff_sessions.find(token, datetime.now(UTC)) is None
        assert work.staff_sessions.find(token_hash(token), datetime.now(UTC)) is not None


@pytest.mark.parametrize(
    ("login", "password"), [("zhang", "wrong"), ("nobody", PASSWORD), ("", "")]
)
def test_a_wrong_sign_in_does_not_tell_what_was_wrong(room, login, password):
    client = room.visitor()

    answer = sign_in(client, login, password)

    assert answer.status_code == 422
    assert "登录名或密码不对" in answer.text
    assert "<title>错误：" in answer.text
    assert PASSWORD not in answer.text
    assert SESSION_COOKIE not in client.cookies


def test_an_unknown_login_costs_the_same_work_as_a_known_one(room, monkeypatch):
    checked, real = [], sign_in_action.hasher

    class Counting:
        def verify(self, expected, password):
            checked.append(expected)
            return real.verify(expected, password)

    sign_in_action._hash_of_nobody()
    monkeypatch.setattr(sign_in_action, "hasher", Counting())
    sign_in(room.visitor(), "nobody", "x")
    sign_in(room.visitor(), "zhang", "x")

    assert len(checked) == 2
    assert checked[0].split("$")[:4] == checked[1].split("$")[:4]


def test_a_disabled_caseworker_is_out_at_once(room):
    client = room.signed_in()
    disable_staff(room.desk.database, "zhang")

    assert client.get("/console/").status_code == 303
    assert sign_in(room.visitor(), "zhang").status_code == 422


def test_a_session_planted_before_signing_in_is_worth_nothing(room):
    client = room.visitor()
    planted = secrets.token_urlsafe(32)
    client.cookies.set(SESSION_COOKIE, planted, path="/console")
    sign_in(client, "zhang")
    other = room.visitor()
    other.cookies.set(SESSION_COOKIE, planted, path="/console")

    assert other.get("/console/").status_code == 303


def test_signing_in_again_ends_the_session_before(room):
    client = room.signed_in()
    before = client.cookies[SESSION_COOKIE]
    form = room.visitor()
    form.cookies.set(SESSION_COOKIE, before, path="/console")
    page = room.visitor().get("/console/sign-in")
    given = {**hidden(page.text), "login": "zhang", "password": PASSWORD}
    form.cookies.set("zhucan_before", given["csrf"], path="/console")
    assert form.post("/console/sign-in", data=given).status_code == 303

    assert client.get("/console/").status_code == 303


def test_the_sign_in_form_must_be_ours(room):
    client = room.visitor()
    given = {"login": "zhang", "password": PASSWORD, "csrf": "guessed"}

    assert client.post("/console/sign-in", data=given).status_code == 403
    assert SESSION_COOKIE not in client.cookies


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(room):
    client = room.signed_in()
    copy = room.visitor()
    copy.cookies.set(SESSION_COOKIE, client.cookies[SESSION_COOKIE], path="/console")
    token = csrf(client.get("/console/").text)

    assert client.post("/console/sign-out", data={"csrf": token}).status_code == 303
    assert copy.get("/console/").status_code == 303
    assert SESSION_COOKIE not in client.cookies


def test_five_failures_make_a_login_wait_even_with_the_right_password(room, at):
    for _ in range(5):
        sign_in(room.visitor(), "zhang", "wrong")

    waiting = sign_in(room.visitor(), "zhang")
    assert waiting.status_code == 429
    assert waiting.headers["retry-after"] == "60"
    assert "1 分钟" in waiting.text

    at(timedelta(seconds=61))
    assert sign_in(room.visitor(), "zhang").status_code == 303


def test_the_wait_grows_with_the_failures(room, at):
    for minute in range(4):
        at(timedelta(minutes=minute * 1.1))
        for _ in range(3):
            sign_in(room.visitor(), "zhang", "wrong")

    at(timedelta(minutes=4.5))
    assert sign_in(room.visitor(), "zhang").headers["retry-after"] in ("300", "900")


def test_one_person_failing_does_not_lock_the_office_out(room):
    for _ in range(30):
        sign_in(room.visitor(), "zhang", "wrong")

    assert sign_in(room.visitor(), "zhang").status_code == 429
    assert sign_in(room.visitor(), "li").status_code == 303


def test_an_address_that_tries_many_logins_must_wait(room, monkeypatch):
    monkeypatch.setattr(sign_in_action, "LIMITS", ((1, 5, 8),))
    for n in range(8):
        sign_in(room.visitor(headers={"X-Forwarded-For": f"10.0.0.{n}"}), f"guess{n}", "wrong")

    assert sign_in(room.visitor(headers={"X-Forwarded-For": "10.9.9.9"}), "li").status_code == 429


# ---- sessions end, text does not


def test_half_an_hour_of_nothing_ends_a_session(room, at):
    client = room.signed_in()
    at(timedelta(minutes=20))
    assert client.get("/console/").status_code == 200
    at(timedelta(minutes=45))
    assert client.get("/console/").status_code == 200

    at(timedelta(minutes=76))
    assert client.get("/console/").status_code == 303


def test_after_twelve_hours_even_a_busy_session_ends(room, at):
    client = room.signed_in()
    for quarter in range(12 * 4):
        at(timedelta(minutes=15 * quarter))
        assert client.get("/console/misunderstood").status_code == 200

    at(timedelta(hours=12, minutes=1))
    assert client.get("/console/misunderstood").status_code == 303


def test_text_typed_before_the_session_ended_is_there_after_signing_in(room, at):
    client, case = room.signed_in(), room.file()
    form = hidden(client.get(f"/console/cases/{case.id}/act/not_accept").text)
    words = "这件归\n“街道”办，<请>去潍坊。"
    at(timedelta(minutes=31))

    ended = client.post(
        f"/console/cases/{case.id}/act/not_accept",
        data={**form, "reason": words, "step": "preview"},
    )
    assert ended.status_code == 401
    assert "你写的内容都留着" in ended.text
    assert room.case(case.id).state is CaseState.SUBMITTED

    given = {**hidden(ended.text), "login": "zhang", "password": "wrong"}
    again = client.post("/console/sign-in", data=given)
    given = {**hidden(again.text), "login": "zhang", "password": PASSWORD}
    back = client.post("/console/sign-in", data=given)
    assert back.status_code == 200
    assert "这件归\n“街道”办，&lt;请&gt;去潍坊。</textarea>" in back.text

    done = client.post(
        f"/console/cases/{case.id}/act/not_accept",
        data={**hidden(back.text), "reason": words, "step": "confirm"},
    )
    assert done.status_code == 303
    assert room.case(case.id).state is CaseState.NOT_ACCEPTED


def test_a_reply_typed_before_the_session_ended_is_there_too(room, at):
    room.says("有人吗")
    client, handover = room.signed_in(), room.hand_over()
    form = hidden(client.get(f"/console/handovers/{handover}").text)
    at(timedelta(minutes=31))
    ended = client.post(
        f"/console/handovers/{handover}/reply", data={**form, "text": "在的，请讲"}
    )
    given = {**hidden(ended.text), "login": "zhang", "password": PASSWORD}

    assert "在的，请讲</textarea>" in client.post("/console/sign-in", data=given).text


def test_kept_text_about_a_case_of_another_office_is_not_shown(room, at):
    client, case = room.signed_in(), room.file()
    form = hidden(client.get(f"/console/cases/{case.id}/act/not_accept").text)
    at(timedelta(minutes=31))
    ended = client.post(
        f"/console/cases/{case.id}/act/not_accept",
        data={**form, "reason": "秘密", "step": "preview"},
    )
    given = {**hidden(ended.text), "login": "zhao", "password": PASSWORD}
    answer = client.post("/console/sign-in", data=given)

    assert answer.status_code == 303
    assert "秘密" not in client.get(answer.headers["location"], follow_redirects=True).text
    assert SESSION_COOKIE in client.cookies


def test_a_form_from_before_the_last_sign_in_comes_back_with_its_text(room):
    client, case = room.signed_in(), room.file()
    given = {
        "csrf": "of the session before",
        "version": "1",
        "reason": "写了很久",
        "step": "confirm",
    }
    path = f"/console/cases/{case.id}/act/not_accept"

    answer = client.post(path, data=given, headers=SAME_ORIGIN)

    assert answer.status_code == 403
    assert "写了很久</textarea>" in answer.text
    assert room.case(case.id).state is CaseState.SUBMITTED


# ---- forged forms


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_form_without_our_token_does_nothing(room, token):
    client, case, handover = room.signed_in(), room.file(), room.hand_over()
    room.says("在吗")
    values = {} if token is None else {"csrf": token}
    posts = {
        f"/console/cases/{case.id}/act/accept": {"version": "1", "step": "confirm"},
        f"/console/cases/{case.id}/reveal": {"what": "id_number"},
        f"/console/handovers/{handover}/reply": {"text": "你好", "form_id": "1"},
        f"/console/handovers/{handover}/take": {},
        f"/console/handovers/{handover}/take-over": {},
        f"/console/handovers/{handover}/close": {},
        f"/console/handovers/{handover}/numbers": {},
        "/console/find": {"number": case.number},
        "/console/sign-out": {},
    }

    for path, given in posts.items():
        answer = client.post(path, data={**given, **values})
        assert answer.status_code == 403, path
        assert ID_NUMBER[-4:] not in answer.text
    assert client.get("/console/").status_code == 200
    assert room.case(case.id).state is CaseState.SUBMITTED
    assert room.reads(case.id) == []
    assert "经办人" not in room.hears()


def test_the_token_of_another_session_does_not_help(room):
    client, case = room.signed_in(), room.file()
    foreign = csrf(room.signed_in("li").get("/console/").text)
    given = {"csrf": foreign, "version": "1", "step": "confirm"}

    assert client.post(f"/console/cases/{case.id}/act/accept", data=given).status_code == 403
    assert room.case(case.id).state is CaseState.SUBMITTED


def test_a_form_another_site_sends_is_refused_whatever_it_holds(room):
    client, case = room.signed_in(), room.file()
    token = csrf(client.get("/console/").text)
    given = {"csrf": token, "version": "1", "step": "confirm"}
    foreign = {"Sec-Fetch-Site": "cross-site"}

    answer = client.post(f"/console/cases/{case.id}/act/accept", data=given, headers=foreign)

    assert answer.status_code == 403
    assert room.case(case.id).state is CaseState.SUBMITTED


@pytest.mark.parametrize("body", [b"x" * (MAX_BYTES + 1), b"a=%ff", b"&".join([b"a=1"] * 400)])
def test_a_broken_form_gets_a_calm_answer(room, body):
    client = room.signed_in()

    answer = client.post("/console/find", content=body)

    assert answer.status_code == 400
    assert "没有收到" in answer.text


# ---- the queue


def test_the_queue_is_sorted_by_what_is_due_and_says_so_in_words(room):
    now = datetime.now(UTC)
    room.file(due_at=now + timedelta(days=20))
    late = room.file(due_at=now - timedelta(days=8))
    text = room.signed_in().get("/console/").text

    first = text.split("<tbody")[1].split("</tr>")[0]
    assert late.id in first
    assert re.search(r"超期 \d+ 个工作日", first)
    assert re.search(r"还剩 \d+ 个工作日", text)
    assert "共 <strong>2 件" in text
    assert "超期 1 件" in text


def test_a_deadline_is_told_in_working_days():
    now = datetime(2026, 11, 25, 2, tzinfo=UTC)

    assert due_of(datetime(2026, 11, 25, 9, tzinfo=UTC), now, is_internal=True).kind == "today"
    assert due_of(datetime(2026, 11, 25, 1, tzinfo=UTC), now, is_internal=True).kind == "overdue"
    assert due_of(datetime(2026, 11, 30, 9, tzinfo=UTC), now, is_internal=True).days == 3
    assert due_of(None, now, is_internal=True).kind == "none"


def test_the_queue_holds_nothing_a_resident_told_us(room):
    room.file()
    text = room.signed_in().get("/console/").text

    for told in ("王秀英", ID_NUMBER, MOBILE, "南泉路"):
        assert told not in text


def test_filters_narrow_the_list_and_the_count(room):
    accepted = room.file(state=CaseState.ACCEPTED)
    other = room.file(service_id="cert_new", service_name="残疾人证新办（首次申领）")
    closed = room.file(state=CaseState.DECLINED)
    client = room.signed_in()

    everything = client.get("/console/").text
    by_state = client.get("/console/?state=accepted").text
    by_service = client.get("/console/?state=&service=cert_new").text
    assert accepted.id in everything
    assert other.id in everything
    assert closed.id not in everything
    assert accepted.id in by_state
    assert other.id not in by_state
    assert "共 <strong>1 件" in by_state
    assert other.id in by_service
    assert accepted.id not in by_service
    assert closed.id in client.get("/console/?state=declined").text
    assert client.get("/console/?state=nonsense&service=1&after=~x").status_code == 200


def test_pages_follow_each_other_without_gap_or_repetition(room):
    now = datetime.now(UTC)
    cases = [room.file(due_at=now + timedelta(days=n)) for n in range(PAGE)]
    cases += [room.file(state=CaseState.NEEDS_CORRECTION, due_at=None) for _ in range(PAGE + 2)]
    client, seen, path = room.signed_in(), [], "/console/"
    while path:
        text = client.get(path).text
        seen += re.findall(r'href="/console/cases/([^"]+)"', text)
        assert f"共 <strong>{len(cases)} 件" in text
        after = re.search(r'href="(/console/\?[^"]*after=[^"]*)"', text)
        path = after[1].replace("&amp;", "&") if after else ""

    assert len(seen) == len(set(seen)) == len(cases)
    assert set(seen) == {case.id for case in cases}
    assert "回到开头" in text


def test_a_number_leads_to_its_case_however_it_is_typed(room):
    case, client = room.file(), room.signed_in()
    token = csrf(client.get("/console/").text)
    number = case.number
    wide = number.translate({ord(str(n)): 0xFF10 + n for n in range(10)})

    for typed in (number, f"{number[:4]}-{number[4:]}", f"  {number[:4]} {number[4:]} ", wide):
        answer = client.post("/console/find", data={"csrf": token, "number": typed})
        assert answer.headers["location"] == f"/console/cases/{case.id}", typed
    wrong = client.post("/console/find", data={"csrf": token, "number": "12345678"})
    assert wrong.status_code == 422
    assert "<title>错误：" in wrong.text


# ---- another office


def test_another_office_sees_nothing(room):
    case = room.file(papers=(room.paper(),))
    handover = room.hand_over()
    client = room.signed_in("zhao")
    token = csrf(client.get("/console/").text)
    paper = case.papers[0].id

    assert case.id not in client.get("/console/").text
    assert handover not in client.get("/console/handovers").text
    for path in (
        f"/console/cases/{case.id}",
        f"/console/cases/{case.id}/act/accept",
        f"/console/cases/{case.id}/papers/{paper}",
        f"/console/cases/{case.id}/papers/{paper}/file",
        f"/console/cases/{case.id}/papers/{paper}/picture",
        f"/console/handovers/{handover}",
        "/console/cases/nonsense",
        "/console/cases/nonsense/act/accept",
        f"/console/cases/{case.id}/act/withdraw",
        "/console/handovers/nonsense",
        "/console/nowhere",
    ):
        assert client.get(path).status_code == 404, path
    for path in (
        f"/console/cases/{case.id}/reveal",
        f"/console/cases/{case.id}/act/accept",
        f"/console/handovers/{handover}/reply",
        f"/console/handovers/{handover}/take",
        f"/console/handovers/{handover}/take-over",
        f"/console/handovers/{handover}/close",
        f"/console/handovers/{handover}/numbers",
    ):
        given = {"csrf": token, "version": "1", "step": "confirm", "what": "*", "text": "你好"}
        assert client.post(path, data=given).status_code == 404, path
    find = client.post("/console/find", data={"csrf": token, "number": case.number})
    assert find.status_code == 200
    assert case.id not in find.text
    assert room.reads(case.id) == []
    assert room.case(case.id).state is CaseState.SUBMITTED


def test_a_paper_of_another_case_is_not_reached_through_mine(room):
    mine = room.file(papers=(room.paper(),))
    foreign = room.file(office_id=OTHER_OFFICE, papers=(room.paper(),))
    client = room.signed_in()

    for way in ("", "/file", "/picture"):
        path = f"/console/cases/{mine.id}/papers/{foreign.papers[0].id}{way}"
        assert client.get(path).status_code == 404


# ---- masked until opened, and the opening is logged


def test_sensitive_answers_are_masked_until_opened_one_by_one(room):
    case, client = room.file(), room.signed_in()

    page = client.get(f"/console/cases/{case.id}").text
    assert "王秀英" in page
    for told in (ID_NUMBER, "310115 19480312 1228", "138 1234 5678", "南泉路"):
        assert told not in page
    given = {"csrf": csrf(page), "what": "id_number"}
    opened = client.post(f"/console/cases/{case.id}/reveal", data=given)
    assert "310115 19480312 1228" in opened.text
    assert "138 1234 5678" not in opened.text
    assert "310115 19480312 1228" not in client.get(f"/console/cases/{case.id}").text
    assert room.reads(case.id) == [
        ("张科员", "case"), ("张科员", "id_number"), ("张科员", "case"),
    ]  # fmt: skip


def test_opening_all_is_logged_for_each_of_them(room):
    case, client = room.file(), room.signed_in("li")
    given = {"csrf": csrf(client.get("/console/").text), "what": "*"}

    page = client.post(f"/console/cases/{case.id}/reveal", data=given).text

    assert "138 1234 5678" in page
    assert [what for _, what in room.reads(case.id)] == [
        "id_number",
        "mobile",
        "residence_address",
    ]
    assert "看“公民身份号码、手机号、居住地址”" in page


def test_opening_what_a_case_does_not_have_opens_nothing(room):
    case, client = room.file(), room.signed_in()
    given = {"csrf": csrf(client.get("/console/").text), "what": "bank_account_no"}
    page = client.post(f"/console/cases/{case.id}/reveal", data=given).text

    assert "138 1234 5678" not in page
    assert room.reads(case.id) == [("张科员", "case")]


def test_numbers_said_in_the_conversation_are_covered_until_opened(room):
    room.says(f"身份证{ID_NUMBER}，手机 138 1234 5678，号码一三八一二三四五六七八")
    case, client = room.file(), room.signed_in()
    page = client.get(f"/console/cases/{case.id}").text
    assert "身份证" in page
    for told in (ID_NUMBER, "138 1234 5678", "一三八一二三四五六七八"):
        assert told not in page

    given = {"csrf": csrf(page), "what": "conversation"}
    page = client.post(f"/console/cases/{case.id}/reveal", data=given).text
    assert ID_NUMBER in page
    assert ("张科员", "conversation") in room.reads(case.id)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("手机13812345678", "手机＊＊＊＊＊＊78"),
        ("卡号 6222 0202 0011 2233 445", "卡号 ＊＊＊＊＊＊45"),
        ("31011519480312122X", "＊＊＊＊＊＊2X"),
        ("发到 wang@example.com 吧", "发到 ＊＊＊＊@＊＊＊＊ 吧"),
        ("一级残疾，80 岁，打 12385", "一级残疾，80 岁，打 12385"),
        ("2026年11月25日", "2026年11月25日"),
        ("号码 3449-3072 办好了", "号码 3449-3072 办好了"),
        ("电话 6888-1234", "电话 ＊＊＊＊＊＊34"),
    ],
)
def test_long_numbers_are_covered_and_short_ones_are_not(text, covered):
    assert cover_numbers(text) == covered


def test_sensitive_answers_are_covered_in_the_conversation_too(room):
    room.says(
        "住在潍坊新村街道南泉路 1 弄 2 号 301 室",
        answer=("居住地址：潍坊新村街道南泉路 1 弄 2 号 301 室。",),
    )
    case, client = room.file(), room.signed_in()

    page = client.get(f"/console/cases/{case.id}").text
    assert "住在＊＊＊＊" in page
    assert "南泉路" not in page


def test_what_is_said_of_other_matters_is_not_on_the_page_of_a_case(room):
    room.says("我还有抑郁症在吃药", number="")
    room.says("换个号码的事", number="87654321")
    room.says("这件事要办补贴")
    case, client = room.file(), room.signed_in()

    page = client.get(f"/console/cases/{case.id}?earlier=1").text
    assert "这件事要办补贴" in page
    assert "抑郁症" not in page
    assert "换个号码的事" not in page


@pytest.mark.parametrize("way", [{"text": "", "pick": "yes"}, {"text": "1"}])
def test_what_was_picked_is_told_by_its_label(room, way):
    room.says("要办补贴")
    room.says(**way)
    case = room.file()

    assert "选了：有" in room.signed_in().get(f"/console/cases/{case.id}").text


def test_only_the_latest_lines_are_shown_until_more_are_wanted(room):
    for n in range(20):
        room.says(f"第 {n} 句")
    case, handover, client = room.file(), room.hand_over(), room.signed_in()

    for path in (f"/console/cases/{case.id}", f"/console/handovers/{handover}"):
        page = client.get(path).text
        assert "第 19 句" in page
        assert "第 3 句" not in page
        assert f"{path}?earlier=1" in page
        assert "第 3 句" in client.get(f"{path}?earlier=1").text


def test_the_address_of_an_opened_answer_leads_back_to_the_case(room):
    case, handover, client = room.file(), room.hand_over(), room.signed_in()

    for path in (f"/console/cases/{case.id}/reveal", f"/console/handovers/{handover}/reply"):
        assert client.get(path).headers["location"] == path.rsplit("/", 1)[0]


# ---- papers


def test_a_paper_is_an_attachment_that_no_browser_runs_and_its_opening_is_logged(room):
    case = room.file(papers=(room.paper(),))
    paper = case.papers[0].id
    client = room.signed_in()

    answer = client.get(f"/console/cases/{case.id}/papers/{paper}/file")

    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer.headers["content-disposition"].startswith('attachment; filename="paper.jpg"')
    assert "%E6%AE%8B%E7%96%BE%E4%BA%BA%E8%AF%81.jpg" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"] == "no-store"
    assert room.reads(case.id) == [("张科员", paper)]
    assert "看材料“残疾人证.jpg”" in client.get(f"/console/cases/{case.id}").text


def test_only_pictures_are_shown_in_the_browser(room):
    pdf = room.paper(b"%PDF-1.7", "x.pdf", media_type="application/pdf")
    case = room.file(papers=(room.paper(), pdf))
    client, path = room.signed_in(), f"/console/cases/{case.id}/papers"

    picture = client.get(f"{path}/{case.papers[0].id}/picture")
    document = client.get(f"{path}/{pdf.id}/picture")
    assert picture.headers["content-type"] == "image/jpeg"
    assert "content-disposition" not in picture.headers
    assert document.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("证.html", "%E8%AF%81.html.jpg"),
        ('a"; filename="b.exe', "a%22%3B%20filename%3D%22b.exe.jpg"),
        ("x\r\nSet-Cookie: a=b.jpg", "x%0D%0ASet-Cookie%3A%20a%3Db.jpg"),
        ("", "paper.jpg"),
        ("OLD.JPEG", "OLD.JPEG"),
    ],
)
def test_a_file_name_cannot_pretend_or_break_out(room, name, saved):
    case = room.file(papers=(room.paper(name=name),))
    answer = room.signed_in().get(f"/console/cases/{case.id}/papers/{case.papers[0].id}/file")

    assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{saved}")
    assert "set-cookie" not in answer.headers


def test_a_paper_whose_bytes_were_deleted_is_gone_calmly(room):
    case = room.file(papers=(room.paper(),))
    room.desk.papers.delete(case.papers[0].key)

    answer = room.signed_in().get(f"/console/cases/{case.id}/papers/{case.papers[0].id}/file")

    assert answer.status_code == 404


# ---- transitions


WAYS = (
    (CaseState.SUBMITTED, "accept", {}, CaseState.ACCEPTED, "已经受理"),
    (
        CaseState.SUBMITTED,
        "request_corrections",
        {"items": ["mobile", "extra_papers"], "reason": "照片太暗"},
        CaseState.NEEDS_CORRECTION,
        "还差 2 样：手机号、补充材料",
    ),
    (
        CaseState.SUBMITTED,
        "not_accept",
        {"reason": "归街道办"},
        CaseState.NOT_ACCEPTED,
        "归街道办。",
    ),
    (
        CaseState.NEEDS_CORRECTION,
        "end_corrections",
        {"reason": "窗口收到了照片"},
        CaseState.SUBMITTED,
        "现在不用再补了",
    ),
    (CaseState.ACCEPTED, "start_review", {}, CaseState.IN_REVIEW, "开始办了"),
    (
        CaseState.IN_REVIEW,
        "suspend",
        {"reason": "要公示 5 天"},
        CaseState.SUSPENDED,
        "要公示 5 天。",
    ),
    (CaseState.SUSPENDED, "resume", {}, CaseState.IN_REVIEW, "接着办了"),
    (CaseState.IN_REVIEW, "approve", {"reason": ""}, CaseState.APPROVED, "办好了"),
    (CaseState.IN_REVIEW, "approve", {"reason": "下月到账"}, CaseState.APPROVED, "下月到账。"),
    (
        CaseState.IN_REVIEW,
        "decline",
        {"reason": "等级不符"},
        CaseState.DECLINED,
        "原因：等级不符。",
    ),
    (
        CaseState.SUBMITTED,
        "transfer",
        {"office_id": OTHER_OFFICE, "reason": "户口在那边"},
        CaseState.TRANSFERRED,
        "已经转给潍坊新村街道",
    ),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[1])
def test_each_transition_is_previewed_done_and_told(room, way):
    state, action, given, target, told = way
    case, client = room.file(state=state), room.signed_in()

    preview = act(client, case, action, "preview", **given)
    assert preview.status_code == 200
    assert told in preview.text
    assert room.case(case.id).state is state

    done = client.post(
        f"/console/cases/{case.id}/act/{action}",
        data={**hidden(preview.text), "step": "confirm", "items": given.get("items", [])},
    )
    assert done.status_code == 303
    changed = room.case(case.id)
    assert changed.state is target
    assert changed.last_event is not None
    assert changed.last_event.by.name == "张科员"
    assert told in room.hears()
    arrived = client.get(done.headers["location"])
    assert arrived.status_code == 200
    assert 'role="status"' in arrived.text


def test_every_transition_of_the_lifecycle_has_a_form():
    possible = {action for state in CaseState for action in allowed_actions(state)}

    assert possible == set(FIELDS)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (CaseState.SUBMITTED, "accept"),
        (CaseState.ACCEPTED, "start_review"),
        (CaseState.IN_REVIEW, "approve"),
        (CaseState.SUSPENDED, "resume"),
    ],
)
def test_the_step_that_takes_a_case_on_comes_first(room, state, step):
    case = room.file(state=state)
    page = room.signed_in().get(f"/console/cases/{case.id}").text

    assert re.findall(r"/act/(\w+)", page)[0] == step


def test_every_state_action_and_error_has_words():
    told = pages.words()

    assert set(told["states"]) == set(CaseState)
    assert set(told["actions"]) == set(Action)
    assert {error.code for error in CaseError.__subclasses__()} <= set(told["errors"])
    for action in FIELDS:
        assert {"label", "done", "confirm", "said", "explain"} <= set(told["actions"][action])


def test_declining_without_a_reason_says_what_is_missing_and_keeps_everything(room):
    case, client = room.file(state=CaseState.IN_REVIEW), room.signed_in()

    answer = act(client, case, "decline", reason="  ")

    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert 'href="#reason"' in answer.text
    assert 'id="reason-error"' in answer.text
    assert 'aria-describedby="reason-hint reason-error"' in answer.text
    assert room.case(case.id).state is CaseState.IN_REVIEW


def test_everything_missing_in_a_correction_is_said_at_once(room):
    case, client = room.file(), room.signed_in()

    nothing = act(client, case, "request_corrections")
    assert 'href="#items"' in nothing.text
    assert 'href="#reason"' in nothing.text

    half = act(client, case, "request_corrections", items=["mobile"], reason="")
    assert 'value="mobile" checked' in half.text
    other = act(client, case, "request_corrections", items=[], reason="请补照片")
    assert "请补照片</textarea>" in other.text
    forged = act(client, case, "request_corrections", items=["no_such_field"], reason="请补")
    assert forged.status_code == 422


def test_a_transfer_needs_another_office(room):
    case, client = room.file(), room.signed_in()

    for office in ("", OFFICE, "nowhere"):
        answer = act(client, case, "transfer", office_id=office, reason="给你们")
        assert answer.status_code == 422
        assert 'href="#office_id"' in answer.text
        assert "给你们</textarea>" in answer.text


def test_after_a_transfer_the_other_office_has_the_case(room):
    case = room.file()
    act(room.signed_in(), case, "transfer", office_id=OTHER_OFFICE)

    assert room.signed_in().get(f"/console/cases/{case.id}").status_code == 404
    assert room.signed_in("zhao").get(f"/console/cases/{case.id}").status_code == 200


def test_words_too_long_are_refused_with_the_text_kept(room):
    case, client = room.file(state=CaseState.IN_REVIEW), room.signed_in()
    answer = act(client, case, "decline", reason="长" * 1001)

    assert answer.status_code == 422
    assert "长" * 1001 in answer.text


def test_what_is_not_possible_now_is_said_so(room):
    case, client = room.file(state=CaseState.APPROVED), room.signed_in()

    assert client.get(f"/console/cases/{case.id}/act/accept").status_code == 409
    assert act(client, case, "accept").status_code == 409
    assert "下一步" not in client.get(f"/console/cases/{case.id}").text


def test_going_back_to_edit_keeps_the_text(room):
    case, client = room.file(state=CaseState.IN_REVIEW), room.signed_in()

    back = act(client, case, "decline", "edit", reason="还没想好")

    assert back.status_code == 200
    assert "还没想好</textarea>" in back.text
    assert room.case(case.id).state is CaseState.IN_REVIEW


def test_when_another_one_was_quicker_both_states_and_the_text_are_shown(room):
    case, zhang, li = room.file(), room.signed_in(), room.signed_in("li")
    act(li, case, "accept")

    answer = act(zhang, case, "request_corrections", items=["mobile"], reason="号码少一位")

    assert answer.status_code == 409
    assert "你打开时" in answer.text
    assert "已提交" in answer.text
    assert "已受理" in answer.text
    assert "李科员：受理" in answer.text
    assert "号码少一位</textarea>" in answer.text
    assert room.case(case.id).state is CaseState.ACCEPTED

    again = zhang.post(
        f"/console/cases/{case.id}/act/request_corrections",
        data={
            **hidden(answer.text),
            "items": ["mobile"],
            "reason": "号码少一位",
            "step": "confirm",
        },
    )
    assert again.status_code == 303
    assert room.case(case.id).state is CaseState.NEEDS_CORRECTION


def test_text_survives_even_when_the_step_is_no_longer_possible(room):
    case, zhang, li = room.file(), room.signed_in(), room.signed_in("li")
    act(li, case, "not_accept", reason="归街道")

    answer = act(zhang, case, "request_corrections", items=["mobile"], reason="号码少一位")

    assert answer.status_code == 409
    assert "号码少一位</textarea>" in answer.text
    assert "readonly" in answer.text
    assert 'value="preview"' not in answer.text


def test_confirming_twice_acts_once(room):
    case, client = room.file(), room.signed_in()
    assert act(client, case, "accept").status_code == 303

    again = act(client, case, "accept")
    assert (again.status_code, again.headers["location"]) == (
        303,
        f"/console/cases/{case.id}?done=accept",
    )
    assert act(room.signed_in("li"), case, "accept").status_code == 409
    assert len(room.case(case.id).events) == 2


# ---- hand-overs


def test_a_hand_over_shows_why_since_when_and_the_latest_words(room):
    room.says(f"找真人，我的电话 {MOBILE}")
    room.hand_over("asked")
    room.says("着火了", peer="qian")
    room.hand_over("emergency", peer="qian")
    page = room.signed_in().get("/console/handovers").text

    assert page.index("紧急情况") < page.index("居民要找真人")
    assert "找真人，我的电话" in page
    assert MOBILE not in page
    assert "有 2 个人在等真人回话" in room.signed_in().get("/console/").text


def test_an_answer_reaches_the_resident_once_and_takes_the_hand_over(room):
    room.says("有人吗")
    handover, client = room.hand_over(), room.signed_in()
    form = hidden(client.get(f"/console/handovers/{handover}").text)
    for _ in range(2):
        answer = client.post(
            f"/console/handovers/{handover}/reply", data={**form, "text": " 在的，请讲 "}
        )
        assert answer.status_code == 303

    assert room.hears() == "经办人说：在的，请讲"
    page = client.get(answer.headers["location"]).text
    assert page.count("经办人说：在的，请讲") == 1
    assert "已经发给居民" in page
    with room.desk.database.read() as work:
        assert work.inbox.find(CHANNEL, "x") is None


@pytest.mark.parametrize(
    ("text", "told"), [("  ", "请写上要说的话"), ("长" * 1001, "请缩到 1000 字以内")]
)
def test_an_answer_that_does_not_fit_is_kept(room, text, told):
    room.says("有人吗")
    handover, client = room.hand_over(), room.signed_in()
    form = hidden(client.get(f"/console/handovers/{handover}").text)

    answer = client.post(f"/console/handovers/{handover}/reply", data={**form, "text": text})

    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    assert told in answer.text
    assert f"{text}</textarea>" in answer.text


def test_who_takes_a_conversation_has_it_until_she_is_done(room):
    room.says("有人吗")
    handover, zhang, li = room.hand_over(), room.signed_in(), room.signed_in("li")
    path = f"/console/handovers/{handover}"
    token = {"csrf": csrf(zhang.get(path).text)}
    form = hidden(li.get(path).text)
    assert zhang.post(f"{path}/take", data=token).status_code == 303

    busy = li.post(f"{path}/reply", data={**form, "text": "我也来说一句"})
    assert busy.status_code == 409
    assert "我也来说一句</textarea>" in busy.text
    assert li.post(f"{path}/close", data=form).status_code == 409
    assert li.post(f"{path}/take", data=form).status_code == 409
    assert "经办人说" not in room.hears()
    assert zhang.post(f"{path}/close", data=token).status_code == 303
    assert handover not in zhang.get("/console/handovers").text
    assert (
        zhang.post(f"{path}/reply", data={**token, "form_id": "9", "text": "还有"}).status_code
        == 409
    )


def test_a_colleague_who_is_not_there_is_relieved(room):
    room.says("有人吗")
    handover, zhang, li = room.hand_over(), room.signed_in(), room.signed_in("li")
    path = f"/console/handovers/{handover}"
    zhang.post(f"{path}/take", data={"csrf": csrf(zhang.get(path).text)})

    page = li.get(path).text
    assert "张科员在处理" in page
    token = {"csrf": csrf(page)}
    assert li.post(f"{path}/take-over", data=token).status_code == 303
    answer = li.post(f"{path}/reply", data={**token, "form_id": "1", "text": "张科员休息，我来"})
    assert answer.status_code == 303
    assert room.hears() == "经办人说：张科员休息，我来"
    assert li.post(f"{path}/close", data=token).status_code == 303
    assert li.post(f"{path}/take-over", data=token).status_code == 409


def test_numbers_in_a_handed_over_conversation_are_opened_knowingly(room):
    room.says(f"电话 {MOBILE}")
    case, handover, client = room.file(), room.hand_over(), room.signed_in()
    path = f"/console/handovers/{handover}"
    page = client.get(path).text
    assert MOBILE not in page
    assert case.id in page

    opened = client.post(f"{path}/numbers", data={"csrf": csrf(page)})
    assert MOBILE in opened.text
    assert room.reads(case.id) == [("张科员", "conversation")]


def test_what_was_not_understood_is_listed_without_numbers(room):
    room.file()
    with room.desk.database.write() as work:
        stored = work.conversations.for_peer("web", "wang", datetime.now(UTC))
        work.misunderstood.add(stored.conversation.id, f"阿拉电话 {MOBILE}", datetime.now(UTC))
        work.commit()
    page = room.signed_in().get("/console/misunderstood").text

    assert "阿拉电话" in page
    assert MOBILE not in page


# ---- nothing a resident writes becomes part of the page


def test_what_a_resident_writes_is_never_run(room):
    room.says(SCRIPT)
    paper = room.paper(name=f'{SCRIPT}" onerror="x.jpg')
    case = room.file(
        questions=(
            question("name", SCRIPT),
            question("mobile", f'"><img src=x onerror={MOBILE}>'),
        ),
        papers=(paper,),
        wanted=("name",),
        wanted_reason=SCRIPT,
    )
    handover, client = room.hand_over(), room.signed_in()
    with room.desk.database.write() as work:
        stored = work.conversations.for_peer("web", "wang", datetime.now(UTC))
        work.misunderstood.add(stored.conversation.id, f"问{SCRIPT[:8]}", datetime.now(UTC))
        work.commit()
    token = csrf(client.get("/console/").text)
    given = {"csrf": token, "version": "1", "step": "preview", "reason": SCRIPT, "text": SCRIPT}
    texts = [
        client.get(f"/console/cases/{case.id}").text,
        client.post(f"/console/cases/{case.id}/reveal", data={"csrf": token, "what": "*"}).text,
        client.get(f"/console/cases/{case.id}/papers/{paper.id}").text,
        client.post(f"/console/cases/{case.id}/act/not_accept", data=given).text,
        client.post(
            f"/console/handovers/{handover}/reply", data={**given, "text": "长" * 1001 + SCRIPT}
        ).text,
        client.get("/console/handovers").text,
        client.get(f"/console/handovers/{handover}").text,
        client.get("/console/misunderstood").text,
        client.post("/console/find", data={"csrf": token, "number": f'">{SCRIPT}'}).text,
        room.visitor().get(f'/console/sign-in?next=/console/">{SCRIPT}').text,
    ]

    for text in texts:
        assert "<script" not in text
        assert "<img src=x" not in text
        assert 'onerror="x' not in text
    assert all("&lt;script&gt;" in text for text in texts[:-1])


def test_pages_carry_no_inline_script_or_style_and_no_personal_data_in_titles(room):
    room.says("你好")
    case, handover, client = room.file(), room.hand_over(), room.signed_in()
    for path in (
        "/",
        f"/cases/{case.id}",
        f"/cases/{case.id}/act/decline",
        f"/handovers/{handover}",
        "/x",
    ):
        answer = client.get(f"/console{path}")
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", answer.text)
        assert '<html lang="zh-CN">' in answer.text
        assert answer.text.count("<h1") == 1
        title = re.search("<title>(.*?)</title>", answer.text)
        assert title
        assert "王秀英" not in title[1]


def test_our_own_fault_gets_a_number_and_no_stack_trace(room, monkeypatch):
    client = room.signed_in()

    def fail(*_: object) -> None:
        raise RuntimeError(ID_NUMBER)

    monkeypatch.setattr("console.queue_pages.read_queue", fail)
    answer = client.get("/console/")

    assert answer.status_code == 500
    assert "编号" in answer.text
    assert ID_NUMBER not in answer.text
    assert "Traceback" not in answer.text


def test_a_day_at_the_console_on_both_databases(database, tmp_path):
    room = room_over(database, PaperStore(tmp_path / "papers", Keyring.from_secrets(SECRETS)))
    room.says("有人吗")
    cases = [room.file(papers=(room.paper(),), due_at=None) for _ in range(PAGE + 1)]
    case, client, handover = cases[0], room.signed_in(), room.hand_over()
    assert "后面的" in client.get("/console/").text
    page = client.get(f"/console/cases/{case.id}").text
    assert "3101**********1228" in page
    given = {"csrf": csrf(page), "what": "*"}
    assert "138 1234 5678" in client.post(f"/console/cases/{case.id}/reveal", data=given).text
    assert (
        client.get(f"/console/cases/{case.id}/papers/{case.papers[0].id}/file").status_code == 200
    )
    for _ in range(2):
        assert act(client, case, "accept").status_code == 303
    form = hidden(client.get(f"/console/handovers/{handover}").text)
    for _ in range(2):
        client.post(f"/console/handovers/{handover}/reply", data={**form, "text": "在的"})

    assert room.hears() == "经办人说：在的"
    assert len(room.case(case.id).events) == 2
    assert [what for _, what in room.reads(case.id)][:2] == ["case", "id_number"]


def test_demonstration_caseworkers_are_made_once_and_can_sign_in(tmp_path):
    room = open_room(tmp_path, staff={})
    made = make_demo_staff(room.desk.database, the_catalog())

    assert make_demo_staff(room.desk.database, the_catalog()) == made
    for login, password in made:
        assert sign_in(room.visitor(), login, password).status_code == 303
    room.desk.database.close()


def test_the_district_sees_every_office_and_a_street_only_its_own(room):
    case = room.file()
    with room.desk.database.write() as work:
        district = room.desk.catalog.district_office
        work.staff.add("qu", "区科员", district.id, password_hash(), datetime.now(UTC))
        work.commit()

    district_page = room.signed_in("qu").get("/console/")

    assert f"/console/cases/{case.id}" in district_page.text
    assert "受理点" in district_page.text
    assert room.signed_in("qu").get(f"/console/cases/{case.id}").status_code == 200
    assert (
        f"/console/cases/{case.id}"
        not in room.signed_in("qu").get("/console/?office=310115004").text
    )
    assert (
        f"/console/cases/{case.id}"
        not in room.signed_in("zhao").get("/console/?office=310115005").text
    )
    assert room.signed_in("zhao").get(f"/console/cases/{case.id}").status_code == 404


def test_an_office_is_not_shown_what_residents_of_another_said(room):
    room.file()
    with room.desk.database.write() as work:
        stored = work.conversations.for_peer("web", "wang", datetime.now(UTC))
        work.misunderstood.add(stored.conversation.id, "阿拉姆妈讲勿清爽", datetime.now(UTC))
        work.commit()

    assert "阿拉姆妈讲勿清爽" in room.signed_in().get("/console/misunderstood").text
    assert "阿拉姆妈讲勿清爽" not in room.signed_in("zhao").get("/console/misunderstood").text
    assert "阿拉姆妈" not in room.signed_in("zhao").get("/console/misunderstood.jsonl").text


def test_misunderstood_messages_come_out_as_lines_to_be_labelled(room):
    room.file()
    with room.desk.database.write() as work:
        stored = work.conversations.for_peer("web", "wang", datetime.now(UTC))
        work.misunderstood.add(stored.conversation.id, f"阿拉电话 {MOBILE}", datetime.now(UTC))
        work.commit()

    (line,) = room.signed_in().get("/console/misunderstood.jsonl").text.splitlines()

    assert json.loads(line)["labels"] == []
    assert MOBILE not in line
