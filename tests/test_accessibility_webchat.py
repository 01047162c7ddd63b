"""The web chat for people who do not see, do not use a mouse, need it large, or cannot hear: axe and what axe cannot tell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import (
    OpenPage,
    enlarge_text,
    scrolls_sideways,
    small_targets,
    tab_through,
    violations,
)
from playwright.sync_api import Page, expect
from webchat_house import ChatAtWork, open_chat

from actions.mind import Mind

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SERVICE = "我想申请重残护理补贴"
DANGER = "救命，我家着火了"
WAYS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "narrow": {"width": 320},
    "short": {"viewport": {"width": 320, "height": 256}},
    "calm": {"reduced_motion": "reduce"},
    "without scripts": {"scripts": False},
}
KINDS = ("empty", "talking", "aloud", "mistake", "danger", "notice", "leave", "left")


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory, mind: Mind) -> Iterator[ChatAtWork]:
    """One web chat for all tests here."""
    with open_chat(tmp_path_factory.mktemp("house"), mind) as at_work:
        yield at_work


def arrange(page: Page, chat: ChatAtWork, kind: str) -> None:
    """Bring the page to this state, with or without scripts."""
    match kind:
        case "talking":
            send(page, SERVICE)
            press(page, "1. 现在开始办")
        case "aloud":
            send(page, SERVICE)
            press(page, "读给我听")
        case "mistake":
            page.click("#send")
            page.locator("#trouble .summary").wait_for()
        case "danger":
            send(page, DANGER)
            page.locator("#lines > .emergency").wait_for()
        case "notice":
            send(page, SERVICE)
            token = next(c["value"] for c in page.context.cookies() if c["name"] == "chat")
            chat.caseworker_writes(token, "材料齐了")
            page.reload()
            page.locator("#lines > .notice").wait_for()
        case "leave" | "left":
            page.goto(f"{chat.url}/{kind}")


def send(page: Page, text: str) -> None:
    """Type, press 发送, and wait for the answer."""
    count = page.locator("#lines > .by-bot").count()
    page.fill("#text", text)
    page.click("#send")
    page.locator("#lines > .by-bot").nth(count).wait_for()


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the answer."""
    count = page.locator("#lines > .by-bot").count()
    page.get_by_role("button", name=name).click()
    page.locator("#lines > .by-bot").nth(count).wait_for()


# ---- axe


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(chat: ChatAtWork, open_page: OpenPage, kind: str):
    page = open_page(chat.url)
    arrange(page, chat, kind)

    assert violations(page) == []


@pytest.mark.parametrize("way", [w for w in WAYS if w != "light"])
def test_axe_finds_nothing_whichever_way_it_is_looked_at(
    chat: ChatAtWork, open_page: OpenPage, way: str
):
    page = open_page(chat.url, **WAYS[way])
    send(page, SERVICE)
    page.get_by_role("button", name="1. 现在开始办").wait_for()
    send(page, DANGER)

    assert violations(page) == []


def test_axe_finds_nothing_in_forced_colors(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url, forced_colors="active")
    send(page, DANGER)

    # The colors are the person's own there: axe measures ours, which are not on the screen.
    assert [v for v in violations(page) if not v.startswith("color-contrast")] == []


# ---- what axe cannot tell


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_small_screen_all_can_be_hit_and_large_text_does_not_scroll_sideways(
    chat: ChatAtWork, open_page: OpenPage, kind: str
):
    page = open_page(chat.url, width=320)
    arrange(page, chat, kind)

    assert small_targets(page) == []
    enlarge_text(page, 200)
    assert not scrolls_sideways(page)


def test_tab_goes_through_the_page_as_it_is_read(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    send(page, SERVICE)
    page.reload()

    reached = tab_through(page)

    order = [
        "跳到最新的回答", "跳到输入框", "助残一件事", "大字", "退出", "朗读", "1. 现在开始办",
        "2. 再多讲一点", "3. 换一件事", "用自己的话说", "照片或文件", "发送", "人工", "再说一遍",
        "查进度", "读给我听", "12345", "12385", "12110",
    ]  # fmt: skip
    assert len(reached) == len(order), reached
    assert [name for name, got in zip(order, reached, strict=True) if name not in got] == []


def test_what_has_the_focus_is_never_hidden(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url, viewport={"width": 320, "height": 480}, reduced_motion="reduce")
    send(page, SERVICE)
    hidden = []
    for _ in range(20):
        page.keyboard.press("Tab")
        page.wait_for_timeout(30)
        if not page.evaluate(_IS_SEEN):
            hidden.append(page.evaluate("document.activeElement.outerHTML"))

    assert hidden == []


_IS_SEEN = """() => {
    const e = document.activeElement;
    if (e === document.body) return true;
    const box = e.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, 40) / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return box.bottom > 0 && box.top < innerHeight && (e.contains(top) || top.contains(e));
}"""


def test_the_whole_way_is_possible_by_keyboard_alone(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.insert_text(SERVICE)
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.id") != "send":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="1. 现在开始办").wait_for()
    while "现在开始办" not in page.evaluate("document.activeElement.innerText"):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="1. 给我自己办")).to_be_visible()


def test_a_screen_reader_finds_headings_names_and_one_live_region(
    chat: ChatAtWork, open_page: OpenPage
):
    page = open_page(chat.url)
    send(page, DANGER)

    expect(page.get_by_role("region", name="紧急 先保证安全")).to_be_visible()
    expect(page.get_by_role("complementary", name="随时能用")).to_be_visible()
    expect(page.get_by_role("textbox", name="用自己的话说")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("[aria-live], [role=log], [role=status]")).to_have_count(1)
    expect(page.locator("#announcer")).to_contain_text("紧急，助手说：")


def test_sound_has_a_name_and_does_not_start_by_itself(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    arrange(page, chat, "aloud")
    player = page.locator("#lines > .by-bot").last.locator("audio")

    assert player.get_attribute("aria-label")
    assert player.get_attribute("autoplay") is None
    assert player.get_attribute("preload") == "none"
    assert not any(call["text"] for call in chat.voice.asked)


def test_nothing_moves_by_itself(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    send(page, SERVICE)

    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_on_paper_only_the_words_remain(chat: ChatAtWork, open_page: OpenPage):
    page = open_page(chat.url)
    send(page, SERVICE)
    page.emulate_media(media="print")

    expect(page.locator("#say")).to_be_hidden()
    expect(page.locator(".help")).to_be_hidden()
    expect(page.locator("#lines > .by-bot").last).to_be_visible()


def test_picture_of_a_conversation_for_the_readme(
    chat: ChatAtWork, open_page: OpenPage, tmp_path: Path
):
    """Made anew with `ZHUCAN_PICTURES=1`; otherwise only checked that it can be."""
    folder = IMAGES if os.environ.get("ZHUCAN_PICTURES") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    page = open_page(chat.url, viewport={"width": 1180, "height": 1180})
    send(page, SERVICE)
    page.evaluate("scrollTo(0, 0)")

    page.screenshot(path=folder / "chat.png", caret="initial")

    assert (folder / "chat.png").stat().st_size > 20_000
