"""The console's account pages: a second factor, recovery codes, a new password; and whose guesses slow whom down."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from console_room import PASSWORD, Room, TestClient, app_of, csrf, hidden, open_room, sign_in

from actions.make_demo_staff import close_demo_staff, make_demo_staff
from actions.manage_staff import StaffProblem, add_staff, reset_password, reset_second_factor
from actions.passwords import problem_of
from actions.second_factor import SECONDS, grouped, is_required, new_key, step_of, typed_code
from actions.tries import network_of
from console import auth
from console.auth import BEFORE_COOKIE, DEVICE_COOKIE, HALF_COOKIE, SESSION_COOKIE
from storage.database import Database

NEW = "一句很长很长的话谁也猜不到"
NOON = datetime(2026, 11, 25, 4, 0, 5, tzinfo=UTC)


@pytest.fixture
def room(sqlite_template: Path, tmp_path: Path) -> Iterator[Room]:
    """A console with three caseworkers; 张 and 李 share an office."""
    shutil.copy(sqlite_template, tmp_path / "zhucan.sqlite3")
    opened = open_room(tmp_path)
    yield opened
    opened.desk.database.close()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Moves the console's clock, which stands still at noon until then."""
    monkeypatch.setattr(auth, "clock", lambda: NOON)

    def move(by: timedelta) -> datetime:
        monkeypatch.setattr(auth, "clock", lambda: NOON + by)
        return NOON + by

    return move


def code(key: str, now: datetime = NOON) -> str:
    """What the authenticator shows."""
    return pyotp.TOTP(key).at(now)


def send(client: TestClient, path: str, **values: str):
    """Post a form of the account with the token of the session."""
    token = csrf(client.get("/console/account").text)
    return client.post(f"/console{path}", data={"csrf": token, **values})


def set_up(client: TestClient, now: datetime = NOON) -> tuple[str, list[str]]:
    """Set the second factor up; the key and the recovery codes."""
    shown = send(client, "/account/second-factor", password=PASSWORD)
    assert shown.status_code == 200, shown.text
    key = re.search(r'<code id="key">([A-Z2-7 ]+)</code>', shown.text)[1].replace(" ", "")
    done = send(client, "/account/second-factor/confirm", code=code(key, now))
    assert done.status_code == 200, done.text
    return key, re.findall(r"<code>([\d ]+)</code>", done.text)


def second_step(client: TestClient, page, typed: str):
    """Send the code form that this page shows."""
    return client.post("/console/sign-in/code", data={**hidden(page.text), "code": typed})


# ---- setting up


def test_the_key_is_shown_as_text_in_groups_and_as_a_picture_with_a_name(room, at):
    client = room.signed_in()
    shown = send(client, "/account/second-factor", password=PASSWORD).text

    groups = re.search(r'<code id="key">([^<]+)</code>', shown)[1].split(" ")
    assert [len(group) for group in groups] == [4] * 8
    assert 'role="img" aria-label="二维码' in shown
    address = html.unescape(re.search(r'href="(otpauth:[^"]+)"', shown)[1])
    assert pyotp.parse_uri(address).secret == "".join(groups)
    assert pyotp.parse_uri(address).name == "zhang"


def test_signing_in_asks_for_the_code_and_only_then_opens_the_console(room, at):
    key, codes = set_up(room.signed_in())
    assert len(codes) == len(set(codes)) == 10
    now = at(timedelta(minutes=1))
    client = room.visitor()
    asked = sign_in(client, "zhang")

    assert asked.status_code == 200
    assert "验证码" in asked.text
    assert SESSION_COOKIE not in client.cookies
    assert client.get("/console/").status_code == 303
    client.cookies.set(SESSION_COOKIE, client.cookies[HALF_COOKIE], path="/console")
    assert client.get("/console/").status_code == 303
    client.cookies.delete(SESSION_COOKIE)

    done = second_step(client, asked, code(key, now))
    assert done.status_code == 303
    assert done.headers["location"] == "/console/"
    assert client.get("/console/").status_code == 200
    assert HALF_COOKIE not in client.cookies


def test_a_code_is_taken_once(room, at):
    """Also the one that confirmed the key, and an older one after a newer."""
    key, _ = set_up(room.signed_in())
    first = room.visitor()
    assert second_step(first, sign_in(first, "zhang"), code(key)).status_code == 422

    now = at(timedelta(seconds=2 * SECONDS))
    assert second_step(first, sign_in(first, "zhang"), code(key, now)).status_code == 303
    second = room.visitor()
    asked = sign_in(second, "zhang")
    refused = second_step(second, asked, code(key, now))
    assert refused.status_code == 422
    assert "已经用过" in refused.text
    older = code(key, now - timedelta(seconds=SECONDS))
    assert second_step(second, refused, older).status_code == 422


@pytest.mark.parametrize(
    ("off", "is_fine"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_wrong(off, is_fine):
    key = new_key()
    shown = code(key, NOON + timedelta(seconds=SECONDS * off))

    assert (step_of(key, shown, NOON) is not None) == is_fine


@pytest.mark.parametrize("typed", ["１２３４５６", "123 456", " 123-456 ", "１２３　４５６"])
def test_a_code_may_be_typed_as_it_is_read(typed):
    assert typed_code(typed) == "123456"


def test_a_recovery_code_is_taken_once_and_the_account_says_how_many_are_left(room, at):
    _, codes = set_up(room.signed_in())
    client = room.visitor()
    assert second_step(client, sign_in(client, "zhang"), codes[3]).status_code == 303
    assert "还剩 <strong>9 个" in client.get("/console/account").text

    other = room.visitor()
    assert second_step(other, sign_in(other, "zhang"), codes[3]).status_code == 422


def test_setting_up_ends_every_other_session(room, at):
    elsewhere, here = room.signed_in(), room.signed_in()
    set_up(here)

    assert elsewhere.get("/console/").status_code == 303
    assert here.get("/console/").status_code == 200


def test_an_open_desk_is_not_enough_to_set_up_or_turn_off_a_factor(room, at):
    client = room.signed_in()
    refused = send(client, "/account/second-factor", password="wrong")
    assert refused.status_code == 422
    assert "密码不对" in refused.text
    assert "otpauth" not in refused.text
    assert send(client, "/account/second-factor/confirm", code="123456").status_code == 303

    key, codes = set_up(client)
    at(timedelta(minutes=2))
    assert send(client, "/account/second-factor/off", password=PASSWORD).status_code == 422
    given = {"password": "wrong", "code": codes[0]}
    assert send(client, "/account/second-factor/off", **given).status_code == 422
    assert send(client, "/account/recovery-codes", password=PASSWORD, code="1").status_code == 422
    given = {"password": PASSWORD, "code": code(key, NOON + timedelta(minutes=2))}
    assert send(client, "/account/second-factor/off", **given).status_code == 303
    assert sign_in(room.visitor(), "zhang").status_code == 303


def test_new_recovery_codes_make_the_old_ones_worthless(room, at):
    client = room.signed_in()
    key, old = set_up(client)
    now = at(timedelta(minutes=2))
    shown = send(client, "/account/recovery-codes", password=PASSWORD, code=code(key, now))
    new = re.findall(r"<code>([\d ]+)</code>", shown.text)
    assert len(new) == 10

    other = room.visitor()
    refused = second_step(other, sign_in(other, "zhang"), old[0])
    assert refused.status_code == 422
    assert second_step(other, refused, new[0]).status_code == 303


def test_guessing_codes_is_slowed_down_elsewhere_but_not_in_a_known_browser(room, at):
    known = room.signed_in()
    key, _ = set_up(known)
    # Setting up forgot all browsers: she signs in with two factors and is known again.
    known.cookies.clear()
    now = at(timedelta(minutes=10))
    assert second_step(known, sign_in(known, "zhang"), code(key, now)).status_code == 303

    guesser = room.visitor()
    asked = sign_in(guesser, "zhang")
    for n in range(5):
        asked = second_step(guesser, asked, f"00000{n}")
    assert second_step(guesser, asked, "000009").status_code == 429

    later = now + timedelta(seconds=40)
    at(timedelta(minutes=10, seconds=40))
    token = csrf(known.get("/console/").text)
    known.post("/console/sign-out", data={"csrf": token})
    assert second_step(known, sign_in(known, "zhang"), code(key, later)).status_code == 303


def test_the_half_session_ends_after_ten_minutes(room, at):
    key, _ = set_up(room.signed_in())
    client = room.visitor()
    asked = sign_in(client, "zhang")
    now = at(timedelta(minutes=11))
    late = second_step(client, asked, code(key, now))

    assert late.status_code == 303
    assert "过期" in client.get(late.headers["location"]).text


def test_a_code_form_that_is_not_of_this_browser_does_nothing(room, at):
    key, _ = set_up(room.signed_in())
    now = at(timedelta(minutes=1))
    client = room.visitor()
    asked = sign_in(client, "zhang")
    client.cookies.set(BEFORE_COOKIE, "planted", path="/console")

    assert second_step(client, asked, code(key, now)).status_code == 403
    assert SESSION_COOKIE not in client.cookies


def test_a_key_is_ciphertext_in_the_database_and_codes_are_no_codes(room, at, tmp_path):
    key, codes = set_up(room.signed_in())
    for file in tmp_path.glob("zhucan.sqlite3*"):
        data = file.read_bytes()
        assert key.encode() not in data
        assert codes[0].replace(" ", "").encode() not in data


# ---- required


@pytest.mark.parametrize(
    ("policy", "district", "office"),
    [("optional", False, False), ("district", True, False), ("required", True, True)],
)
def test_who_must_have_a_second_factor(policy, district, office):
    assert is_required(policy, is_district=True) == district
    assert is_required(policy, is_district=False) == office


def test_where_it_is_required_nothing_but_the_account_exists_before(room, at):
    desk = replace(room.desk, second_factor="required")
    strict = Room(desk=desk, app=app_of(desk))
    case = room.desk.catalog.district_office.id
    client = strict.visitor()
    come_in = sign_in(client, "zhang")
    assert come_in.headers["location"] == "/console/account/second-factor"
    for path in ("/", f"/cases/{case}", "/handovers", "/misunderstood.jsonl"):
        assert client.get(f"/console{path}").headers["location"].endswith("/second-factor"), path
    assert "先开通两步验证" in client.get("/console/account/second-factor").text

    _, codes = set_up(client)
    assert client.get("/console/").status_code == 200
    at(timedelta(minutes=1))
    given = {"password": PASSWORD, "code": codes[0]}
    assert send(client, "/account/second-factor/off", **given).status_code == 303
    assert "已经开通" in client.get("/console/account").text


def test_an_administrator_takes_a_lost_factor_away(room, at):
    client = room.signed_in()
    set_up(client)
    reset_second_factor(room.desk.database, "zhang")

    assert client.get("/console/").status_code == 303
    assert sign_in(room.visitor(), "zhang").status_code == 303
    with pytest.raises(StaffProblem):
        reset_second_factor(room.desk.database, "nobody")


# ---- passwords


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("short", "太短"),
        ("x" * 11, "太短"),
        ("password1234", "太常见"),
        ("Password1234", "太常见"),
        ("123456789012", "太常见"),
        ("abcabcabcabc", "太常见"),
        ("zhang1zhang2", "除了登录名"),
        ("１２３４５６７８９０１２", "太常见"),
        ("长" + "话" * 300, "太长"),
        (PASSWORD, "和现在的一样"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(room, new, words):
    client = room.signed_in()
    given = {"password": PASSWORD, "new_password": new, "again": new}
    refused = send(client, "/account/password", **given)

    assert refused.status_code == 422
    assert words in refused.text
    assert "<title>错误：" in refused.text
    assert PASSWORD not in refused.text
    assert sign_in(room.visitor(), "zhang").status_code == 303


@pytest.mark.parametrize(
    "good", ["correct horse battery", NEW, "aq1!zmxk29dl", "我 家 的 猫 叫 什么"]
)
def test_length_is_enough_no_marks_or_capitals_are_asked_for(good):
    assert problem_of(good, "zhang") == ""


def test_a_new_password_works_at_once_and_ends_every_other_session(room):
    elsewhere, here, other = room.signed_in(), room.signed_in(), room.signed_in("li")
    given = {"password": PASSWORD, "new_password": NEW, "again": NEW}
    done = send(here, "/account/password", **given)

    assert done.headers["location"] == "/console/account?done=password"
    assert "密码改好了" in here.get(done.headers["location"]).text
    assert elsewhere.get("/console/").status_code == 303
    assert other.get("/console/").status_code == 200
    assert sign_in(room.visitor(), "zhang").status_code == 422
    assert sign_in(room.visitor(), "zhang", NEW).status_code == 303


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "wrong"}, "现在的密码不对"),
        ({"again": NEW + "？"}, "不一样"),
        ({"new_password": "", "again": ""}, "太短"),
    ],
)
def test_a_password_is_not_changed_by_mistake(room, values, words):
    given = {"password": PASSWORD, "new_password": NEW, "again": NEW, **values}
    refused = send(room.signed_in(), "/account/password", **given)

    assert refused.status_code == 422
    assert words in refused.text


def test_the_same_password_typed_with_another_input_method_is_the_same(room):
    given = {"password": PASSWORD, "new_password": "２０２６ 年的春天", "again": "2026 年的春天"}
    refused = send(room.signed_in(), "/account/password", **given)
    assert "太短" in refused.text
    given |= {"new_password": "２０２６ 年的春天和秋天", "again": "2026 年的春天和秋天"}
    assert send(room.signed_in(), "/account/password", **given).status_code == 303
    assert sign_in(room.visitor(), "zhang", "2026 年的春天和秋天").status_code == 303


def test_a_found_desk_cannot_be_used_to_guess_the_password(room):
    client = room.signed_in()
    for n in range(5):
        send(client, "/account/password", password=f"guess{n}", new_password=NEW, again=NEW)

    given = {"password": PASSWORD, "new_password": NEW, "again": NEW}
    waiting = send(client, "/account/password", **given)
    assert waiting.status_code == 429
    assert "1 分钟" in waiting.text
    assert sign_in(room.visitor(), "zhang").status_code == 303


def test_an_administrator_gives_another_password(room):
    client = room.signed_in()
    reset_password(room.desk.database, "zhang", NEW)

    assert client.get("/console/").status_code == 303
    assert sign_in(room.visitor(), "zhang", NEW).status_code == 303
    with pytest.raises(StaffProblem, match="tries first"):
        reset_password(room.desk.database, "zhang", "111111111111")


# ---- guessing


def test_whoever_guesses_elsewhere_never_makes_her_wait_where_she_is_known(room):
    """Nobody can lock a caseworker out by failing in her name."""
    known = room.signed_in()
    assert DEVICE_COOKIE in known.cookies
    token = csrf(known.get("/console/").text)
    known.post("/console/sign-out", data={"csrf": token})
    for _ in range(20):
        sign_in(room.visitor(), "zhang", "wrong")

    assert sign_in(room.visitor(), "zhang").status_code == 429
    assert sign_in(known, "zhang").status_code == 303


def test_a_known_browser_has_tries_of_its_own_and_they_end_too(room):
    known = room.signed_in()
    known.post("/console/sign-out", data={"csrf": csrf(known.get("/console/").text)})
    for _ in range(5):
        sign_in(known, "zhang", "wrong")

    assert sign_in(known, "zhang").status_code == 429
    assert sign_in(room.visitor(), "zhang").status_code == 303


def test_the_browser_of_one_caseworker_is_no_known_browser_of_another(room):
    known = room.signed_in("li")
    known.post("/console/sign-out", data={"csrf": csrf(known.get("/console/").text)})
    for _ in range(5):
        sign_in(known, "zhang", "wrong")

    assert sign_in(room.visitor(), "zhang").status_code == 429


def test_a_care_home_behind_one_address_is_not_locked_out_by_successes_or_one_forgetful_person(
    room,
):
    for _ in range(30):
        sign_in(room.visitor(), "zhang", "wrong")
    for _ in range(30):
        assert sign_in(room.visitor(), "li").status_code == 303


def test_whoever_tries_many_logins_from_an_address_waits_but_known_browsers_there_do_not(room):
    known = room.signed_in("li")
    known.post("/console/sign-out", data={"csrf": csrf(known.get("/console/").text)})
    for n in range(12):
        sign_in(room.visitor(), f"guess{n}", "wrong")

    assert sign_in(room.visitor(), "zhao").status_code == 429
    assert sign_in(known, "li").status_code == 303


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_a_household(address, network):
    assert network_of(address) == network


def test_demonstration_accounts_do_not_survive_into_production(room):
    database, catalog = room.desk.database, room.desk.catalog
    reset_password(database, "zhang", "zhucan-demo-zhang")
    make_demo_staff(database, catalog)

    assert close_demo_staff(database) == ("zhang",)
    assert sign_in(room.visitor(), "zhang", "zhucan-demo-zhang").status_code == 422
    assert sign_in(room.visitor(), "zhao").status_code == 303


def test_a_new_account_needs_a_good_password_too(room):
    with pytest.raises(StaffProblem, match="hardly more"):
        add_staff(
            room.desk.database,
            room.desk.catalog,
            login="wanglili",
            name="",
            office="310115",
            password="wanglili2026",
        )


def test_groups_of_four():
    assert grouped("123456789012") == "1234 5678 9012"


def test_what_is_good_once_is_used_up_by_one_statement_on_both_engines(database: Database):
    with database.write() as work:
        staff = work.staff.add("zhang", "张", "310115005", "hash", NOON)
        other = work.staff.add("li", "李", "310115005", "hash", NOON)
        work.second_factors.set_key(staff.id, "KEY", 7, NOON)
        work.second_factors.set_recovery_codes(staff.id, ("123456789012", "210987654321"))
        work.staff_devices.add("device", staff.id, NOON)
        work.commit()

    with database.write() as work:
        assert work.staff.get(staff.id).factor_key == "KEY"
        taken = [work.second_factors.use_step(staff.id, step) for step in (7, 6, 8, 8, 9)]
        assert taken == [False, False, True, False, True]
        used = [
            work.second_factors.use_recovery_code(person.id, code, NOON)
            for person, code in (
                (other, "123456789012"), (staff, "0"), (staff, "123456789012"), (staff, "123456789012"),
            )
        ]  # fmt: skip
        assert used == [False, False, True, False]
        assert work.second_factors.recovery_codes_left(staff.id) == 1
        assert work.staff_devices.is_known("device", staff.id)
        assert not work.staff_devices.is_known("device", other.id)
        work.second_factors.clear(staff.id)
        work.staff_devices.forget_all_of(staff.id)
        assert work.staff.get(staff.id).factor_key is None
        assert work.second_factors.recovery_codes_left(staff.id) == 0
        assert not work.staff_devices.is_known("device", staff.id)
        work.commit()
