"""The console for caseworkers who do not see, do not use a mouse, or need it large: axe, keyboard, 320 px."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyotp
import pytest
from browser import (
    OpenPage,
    enlarge_text,
    scrolls_sideways,
    served,
    small_targets,
    tab_through,
    violations,
)
from console_room import MOBILE, OFFICE, PASSWORD, Room, open_room, password_hash, the_catalog
from playwright.sync_api import Page, expect

from casework.deadlines import add_working_days
from casework.models import Action, Actor, CaseEvent, CaseState, PaperOnFile
from dialogue.needs import Contact, NeedsProfile

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SERVICES = ("nursing_subsidy", "cert_new", "cert_renew", "home_retrofit", "assistive_device")
STATES = (CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.IN_REVIEW, CaseState.NEEDS_CORRECTION)


PAGES = (
    "/",
    "/?state=withdrawn",
    "/cases/{case}",
    "/cases/{case}/act/accept",
    "/cases/{case}/act/request_corrections",
    "/cases/{case}/act/transfer",
    "/cases/{case}/act/not_accept",
    "/cases/{case}/papers/{paper}",
    "/handovers",
    "/handovers/{handover}",
    "/handovers/{danger}",
    "/handovers/{danger}/close",
    "/handovers/{handover}/pass",
    "/handovers/closed",
    "/ratings",
    "/misunderstood",
    "/account",
    "/account/password",
    "/account/second-factor",
    "/nowhere",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A console full of work, and how to get into it."""

    url: str
    room: Room
    ids: dict[str, str]

    def enter(
        self, open_page: OpenPage, path: str = "/", login: str = "zhang", **options: object
    ) -> Page:
        """A page of 张科员's, or another's; she signs in with the keyboard."""
        page = open_page(f"{self.url}/console/sign-in", **options)
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/")
        if path != "/":
            page.goto(f"{self.url}/console{path.format(**self.ids)}")
        return page


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Served over real HTTP."""
    room = open_room(tmp_path_factory.mktemp("console"))
    ids = fill(room)
    with served(room.app) as url:
        yield Served(url=url, room=room, ids=ids)
    room.desk.database.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_passes_axe_has_large_targets_and_fits_a_narrow_window(
    console, open_page, path
):
    page = console.enter(open_page, path)
    assert violations(page) == []
    assert small_targets(page) == []

    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))

    page.set_viewport_size({"width": 320, "height": 640})
    assert not scrolls_sideways(page)
    assert small_targets(page) == []
    enlarge_text(page)
    assert not scrolls_sideways(page)


def test_a_warning_about_words_is_announced_kept_apart_and_answered_with_the_keyboard(
    console, open_page
):
    """Without scripts of ours; nothing typed is lost, and the box is large enough."""
    page = console.enter(open_page, "/cases/{case}/act/not_accept", scripts=False)
    page.get_by_label("不受理的原因").fill("证号 310115198506065519 不归这里")
    page.get_by_role("button", name="下一步：看居民会收到什么").click()

    expect(page.get_by_role("alert")).to_contain_text("还没有发出")
    assert violations(page) == []
    assert small_targets(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert not scrolls_sideways(page)
    page.get_by_label("看过了，就这样做").press("Space")
    page.get_by_role("button", name="下一步：看居民会收到什么").press("Enter")
    expect(page.get_by_role("heading", name="居民会收到")).to_be_visible()
    expect(page.locator(".preview")).to_contain_text("310115198506065519")


@pytest.mark.parametrize("path", ["/", "/cases/{case}", "/handovers/{handover}"])
def test_the_dark_colors_have_the_contrast_too(console, open_page, path):
    page = console.enter(open_page, path, color_scheme="dark")

    assert violations(page) == []


def test_the_sign_in_page_is_accessible_and_leaves_password_managers_alone(console, open_page):
    page = open_page(f"{console.url}/console/sign-in")
    assert violations(page) == []
    assert small_targets(page) == []
    assert page.get_by_label("登录名").get_attribute("autocomplete") == "username"
    assert page.get_by_label("密码").get_attribute("autocomplete") == "current-password"

    page.get_by_label("登录名").fill("zhang")
    page.get_by_label("密码").fill("wrong")
    page.keyboard.press("Enter")
    expect(page).to_have_title("错误：登录 · 助残一件事经办台")
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/cases/{case}"])
def test_forced_colors_keep_every_state_visible(console, open_page, path):
    page = console.enter(open_page, path, forced_colors="active")

    assert (
        page.locator(".state").first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    )
    assert small_targets(page) == []


def test_the_queue_is_a_table_a_screen_reader_can_read(console, open_page):
    for width in (1280, 320):
        page = console.enter(open_page, width=width)
        table = page.get_by_role("table", name="急的在前面")

        assert table.get_by_role("row").count() == 31
        expect(table.get_by_role("row").nth(1)).to_contain_text("超期")
        assert table.get_by_role("rowheader").count() == 30
        assert table.get_by_role("columnheader").count() == 4
        first = table.get_by_role("link").first
        assert first.inner_text().replace("\n", " ").startswith("00")


def test_links_and_buttons_name_what_they_are_about(console, open_page):
    page = console.enter(open_page, "/cases/{case}")

    for label in ("公民身份号码", "手机号"):
        assert page.get_by_role("button", name=re.compile(f"显示 ?{label}")).count() == 1
    assert (
        page.get_by_role("link", name=re.compile("^受理 ?："))
        .first.inner_text()
        .endswith("重度残疾人护理补贴")
    )
    assert (
        page.get_by_role("link", name=re.compile("下载 ?：病历和诊断证明 病历 全部.pdf")).count()
        == 1
    )


def test_tab_goes_through_the_page_in_the_order_it_is_read(console, open_page):
    page = console.enter(open_page)
    reached = tab_through(page, 16)

    assert reached[0] == "a 跳到正文"
    assert reached[1:7] == [
        "a 助残一件事经办台",
        "a 办件",
        "a 转人工",
        "a 评价",
        "a 没听懂",
        "a 我的账户：张科员",
    ]
    assert reached[7] == "button 退出"
    assert reached[8] == "a 有 2 个人在等真人回话"
    assert reached[9:14] == [
        "select 状态",
        "select 事项",
        "button 筛选",
        "input 申请号码",
        "button 找",
    ]
    assert re.fullmatch("a 在等居民补的 [0-9]+ 件", reached[14])
    assert reached[15].startswith("a 00")


def test_focus_is_always_to_be_seen(console, open_page):
    page = console.enter(open_page, "/cases/{case}")
    for _ in range(20):
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 3


@pytest.mark.parametrize("javascript", [True, False])
def test_a_second_factor_is_set_up_and_used_with_the_keyboard_alone(
    console, open_page, javascript
):
    with console.room.desk.database.write() as work:
        login = f"keys{javascript}".lower()
        work.staff.add(login, "李科员", OFFICE, password_hash(), datetime.now(UTC))
        work.commit()
    page = console.enter(open_page, "/account", login=login, javascript=javascript)
    page.get_by_role("link", name="开通两步验证").press("Enter")
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="二维码，内容就是上面的密钥")).to_be_visible()
    key = page.locator("#key").inner_text().replace(" ", "")
    page.get_by_label("验证器显示的 6 位数字").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("验证码不对")
    assert page.locator("#key").inner_text().replace(" ", "") == key
    if javascript:
        _is_accessible(page)
    page.get_by_label("验证器显示的 6 位数字").fill(pyotp.TOTP(key).now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("请记下备用码")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    if javascript:
        _is_accessible(page)

    page.get_by_role("button", name="退出").press("Enter")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("两步验证 · 助残一件事经办台")
    if javascript:
        _is_accessible(page)
    page.get_by_label("验证码").fill(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")


def _is_accessible(page: Page) -> None:
    assert violations(page) == []
    assert small_targets(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_case_is_handled_with_the_keyboard_alone(console, open_page, javascript):
    case = console.room.file(peer="keyboard")
    page = console.enter(open_page, f"/cases/{case.id}", javascript=javascript)

    page.get_by_role("link", name=re.compile("要求补正 ?：")).press("Enter")
    page.get_by_label("补充材料").press("Space")
    page.get_by_role("button", name="下一步").press("Enter")
    expect(page).to_have_title("错误：要求补正：" + _titled(case))
    page.get_by_role("link", name="请写上原因").press("Enter")
    page.keyboard.insert_text("请补一张诊断证明的照片")
    if javascript:
        assert violations(page) == []
    assert page.get_by_label("补充材料").is_checked()
    page.get_by_role("button", name="下一步").press("Enter")
    expect(page.get_by_role("region", name="居民会收到")).to_contain_text(
        "请补一张诊断证明的照片。"
    )
    page.get_by_role("button", name="确定发出").press("Enter")

    expect(page.get_by_role("status")).to_have_text("补正要求已经发给居民。")
    assert console.room.case(case.id).state is CaseState.NEEDS_CORRECTION


def test_an_opened_answer_is_where_the_page_begins_again(console, open_page):
    page = console.enter(open_page, "/cases/{case}", javascript=False)
    page.get_by_role("button", name=re.compile("显示 ?手机号")).press("Enter")

    expect(page.get_by_role("row", name="手机号")).to_contain_text("138 1234 5678")
    assert page.url.endswith("#answer-mobile")


def test_a_page_changed_by_another_one_is_accessible(console, open_page):
    case = console.room.file(peer="quick")
    page = console.enter(open_page, f"/cases/{case.id}/act/not_accept")
    other = console.enter(open_page, f"/cases/{case.id}/act/accept")
    other.get_by_role("button", name="确定受理").press("Enter")
    page.get_by_label("不受理的原因").fill("归街道办")
    page.get_by_role("button", name="下一步").press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("这件刚刚有变化")
    assert page.get_by_label("不受理的原因").input_value() == "归街道办"
    assert violations(page) == []


def test_pictures_of_the_console_for_the_documents(open_page, tmp_path):
    """Made anew with `ZHUCAN_PICTURES=1`; otherwise only checked that they can be."""
    folder = IMAGES if os.environ.get("ZHUCAN_PICTURES") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    room = open_room(tmp_path)
    ids = fill(room)
    with served(room.app) as url:
        console = Served(url=url, room=room, ids=ids)
        page = console.enter(open_page, viewport={"width": 1200, "height": 860})
        page.screenshot(path=folder / "console.png")
        page.goto(f"{url}/console/cases/{ids['case']}")
        page.screenshot(path=folder / "console-case.png", full_page=True)
    room.desk.database.close()

    assert (folder / "console.png").stat().st_size > 20_000
    assert (folder / "console-case.png").stat().st_size > 20_000


# ---- a day's work


def _titled(case) -> str:
    return f"{case.number[:4]}-{case.number[4:]} {case.service_name} · 助残一件事经办台"


def fill(room: Room) -> dict[str, str]:
    """A day's work: 34 cases, two people waiting, some words not understood."""
    now = datetime.now(UTC)
    _tell_the_story(room, now)
    paper = room.paper(a_picture(), "户口簿.png", media_type="image/png", field="photo")
    case = room.file(
        papers=(paper, _document(room)),
        due_at=add_working_days(now, 1),
        also=("cert_renew",),
        now=now - timedelta(days=2),
        events=_history(now),
    )
    for n in range(32):
        service = _services()[n % len(_services())]
        room.file(
            peer=f"peer{n}",
            service_id=service,
            service_name=_name(service),
            **_state(n, now),
        )
    room.says("我想找真人问一句，补贴什么时候到，我的手机 13912345678", peer="sun")
    handover = room.hand_over(peer="sun")
    room.says("家里着火了", peer="qian")
    danger, over = room.hand_over("emergency", peer="qian"), room.hand_over(peer="zhou")
    room.says("谢谢", peer="zhou")
    with room.desk.database.write() as work:
        zhang = work.staff.by_login("zhang")
        assert zhang is not None
        work.handovers.take(danger, zhang.id, now)
        work.handovers.close(over, zhang.id, now - timedelta(hours=1))
        for text in ("阿拉姆妈格只脚伐灵光了", "那个卡，就是上回那个，号码 6222020200112233445"):
            stored = work.conversations.for_peer("web", "sun", now)
            work.misunderstood.add(stored.conversation.id, text, now)
        needs = NeedsProfile(
            aloud=True,
            no_calls=True,
            sign_language=True,
            contact=Contact(name="女儿", phone=MOBILE),
        )
        for peer in ("wang", "sun"):
            stored = work.conversations.for_peer("web", peer, now)
            with_needs = replace(stored.conversation, preferences=needs)
            work.conversations.save(stored, with_needs, now)
        work.ratings.add(case.id, OFFICE, 2, now)
        work.ratings.explain(case.id, "照片要了两次才说清楚")
        work.commit()
    return {"case": case.id, "handover": handover, "danger": danger, "paper": paper.id}


def _tell_the_story(room: Room, now: datetime) -> None:
    day = now - timedelta(days=2)
    room.says(
        "我妈八十多了，瘫在床上，听说有护理补贴",
        at=day,
        answer=("好的，这是帮你妈妈问的。", "她叫什么名字？"),
    )
    room.says("王秀英", at=day + timedelta(minutes=1), answer=("请说一下身份证号。",))
    room.says(
        "310115194803121228，打我手机 13812345678",
        at=day + timedelta(minutes=2),
        answer=("都填好了，已经存好。", "每走一步我都会告诉你。"),
    )


def _history(now: datetime) -> tuple[CaseEvent, ...]:
    """Filed, asked back by 李, corrected."""
    resident, li = Actor(kind="resident"), Actor(kind="caseworker", id="1", name="李科员")
    return (
        CaseEvent(
            at=now - timedelta(days=2),
            action=Action.SUBMIT,
            by=resident,
            state=CaseState.SUBMITTED,
        ),
        CaseEvent(
            at=now - timedelta(days=1),
            action=Action.REQUEST_CORRECTIONS,
            by=li,
            state=CaseState.NEEDS_CORRECTION,
            reason="病历太暗，看不清。请在窗边再拍一张。",
            items=("medical_records",),
        ),
        CaseEvent(
            at=now - timedelta(hours=3),
            action=Action.CORRECT,
            by=resident,
            state=CaseState.SUBMITTED,
            items=("medical_records",),
        ),
    )


def _services() -> list[str]:
    known = the_catalog().services_by_id
    return [s for s in SERVICES if s in known] or list(known)[:5]


def _name(service_id: str) -> str:
    return the_catalog().services_by_id[service_id].name


def _document(room: Room) -> PaperOnFile:
    return room.paper(
        b"%PDF-1.7 nothing",
        "病历 全部.pdf",
        field="medical_records",
        media_type="application/pdf",
    )


def _state(n: int, now: datetime) -> dict[str, object]:
    """Every state, and deadlines from overdue to far off."""
    state = STATES[n % len(STATES)]
    filed = now - timedelta(days=9, minutes=n)
    due = None if state is CaseState.NEEDS_CORRECTION else add_working_days(filed, 2 + n)
    events = (
        CaseEvent(
            at=filed, action=Action.SUBMIT, by=Actor(kind="resident"), state=CaseState.SUBMITTED
        ),
    )
    return {"state": state, "due_at": due, "now": filed, "events": events}


def a_picture(width: int = 240, height: int = 150) -> bytes:
    """A small gray PNG."""
    rows = b"".join(b"\x00" + bytes(200 - y // 3 for _ in range(width)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
