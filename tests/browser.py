"""A real browser for tests: Debian's Chromium through Playwright, axe, and the checks axe cannot do.

`conftest.py` imports the fixtures. `tests/set_up_browser.sh` installs the browser; without it tests
fail, they are never skipped. Pages reach loopback only, and whatever the page complains of in its
console (a blocked inline script, a missing file) fails the test that opened it.

    def test_the_queue_is_accessible(open_page, console_url):
        page = open_page(console_url)
        assert violations(page) == []

Under our content security policy `page.wait_for_function` does not work (wait for locators instead), and
`page.screenshot` needs `caret="initial"`, or the style it injects is complained of.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    sync_playwright,
)

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE_OPTIONS = {
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ],
    "rules": {
        "color-contrast-enhanced": {"enabled": True},
        "target-size": {"enabled": True},
        "identical-links-same-purpose": {"enabled": True},
    },
    "resultTypes": ["violations"],
}  # fmt: skip
"""A, AA, 2.2 and best practice, and by name what axe leaves off: 7:1 contrast, targets, links."""
SMALLEST_TARGET = 44
"""CSS pixels, WCAG 2.5.5."""

OpenPage = Callable[..., Page]


def chromium_path() -> str:
    """Where Debian's Chromium is; fails loudly without it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("no Chromium: run `sh tests/set_up_browser.sh` (make test does)")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a test module.

    Not for the whole session: while Playwright's synchronous API is open, its event loop runs in this
    thread, and the asynchronous tests of other modules could not.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens an address as a fresh visitor; takes what `Browser.new_context` takes.

    For instance `javascript=False`, `width=320`, `color_scheme="dark"`, `forced_colors="active"`.
    `ignoring` is a word of complaints that belong to the test, such as a broken network.
    With `scripts=False` JavaScript is on, but the page's own script files never arrive.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        url: str,
        *,
        javascript: bool = True,
        scripts: bool = True,
        width: int = 1024,
        ignoring: str = "",
        **options: Any,
    ) -> Page:
        viewport = options.pop("viewport", {"width": width, "height": 800})
        context = browser.new_context(
            viewport=viewport, java_script_enabled=javascript, locale="zh-CN", **options
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.route("**/*", lambda route: _only_loopback(route, complaints))
        if not scripts:
            context.route("**/*.js*", lambda route: route.abort())
        page = context.new_page()
        page.on("console", lambda message: _listen(message, complaints, ignoring))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    if complaints:
        pytest.fail("the page complains:\n" + "\n".join(complaints))


def _only_loopback(route: Route, complaints: list[str]) -> None:
    address = urlsplit(route.request.url)
    if address.scheme in ("data", "blob") or address.hostname in ("127.0.0.1", "localhost", "::1"):
        route.continue_()
        return
    complaints.append(f"asked for {address.hostname}")
    route.abort()


def _listen(message: ConsoleMessage, complaints: list[str], ignoring: str) -> None:
    """Errors and warnings count; that a form was refused with 4xx is the page working as it should."""
    if message.type not in ("error", "warning") or "Failed to load resource" in message.text:
        return
    if not ignoring or ignoring not in message.text:
        complaints.append(message.text)


@contextmanager
def served(app: FastAPI, *, port: int = 0, config: uvicorn.Config | None = None) -> Iterator[str]:
    """The app on a free loopback port in a thread; gives its address, without a slash at the end."""
    config = config or uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            pytest.fail("the server did not start")
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is: rule, and the HTML it is about; empty when all is well.

    axe is a script: it times out on a page opened with `javascript=False`. To check such a page, open it
    with `scripts=False`, which keeps the page's own scripts away but not axe.
    """
    page.evaluate(AXE_SCRIPT)
    page.evaluate(
        f"void axe.run({json.dumps(AXE_OPTIONS)}).then(r => {{ window.axeFound = r.violations }})"
    )
    until = time.monotonic() + 30
    # Asked again and again: `wait_for_function` needs eval, which our pages forbid.
    while (found := page.evaluate("window.axeFound")) is None:
        if time.monotonic() > until:
            pytest.fail("axe gave no answer: is JavaScript off in this page?")
        page.wait_for_timeout(50)
    page.evaluate("delete window.axeFound")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide


def small_targets(page: Page, smallest: int = SMALLEST_TARGET) -> list[str]:
    """Visible controls smaller than that; links within a sentence are not meant (WCAG 2.5.5)."""
    found: list[str] = page.evaluate(_SMALL_TARGETS, smallest)
    return found


def tab_through(page: Page, most: int = 60) -> list[str]:
    """What Tab reaches, in order, from the top of the page to its end: `button 发送`, `a 跳到对话`."""
    reached: list[str] = []
    page.evaluate("document.activeElement && document.activeElement.blur()")
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(_FOCUSED)
        if not name:
            break
        reached.append(name)
    return reached


def enlarge_text(page: Page, percent: int = 200) -> None:
    """Larger text and WCAG's text spacing (1.4.4, 1.4.12), as a reader's own style would set them."""
    page.evaluate(
        """percent => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`html { font-size: ${percent}% !important }
                * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                    word-spacing: 0.16em !important }
                p { margin-bottom: 2em !important }`);
            document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
        }""",
        percent,
    )


_SMALL_TARGETS = """smallest => {
    const found = [];
    for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
        const box = (e.labels && e.labels.length && ['checkbox', 'radio'].includes(e.type)
            ? e.labels[0] : e).getBoundingClientRect();
        const style = getComputedStyle(e);
        if (!box.width || style.visibility === 'hidden' || box.right < 0 || box.bottom < 0) continue;
        if (e.tagName === 'A' && style.display === 'inline') continue;
        if (box.width < smallest || box.height < smallest)
            found.push(`${e.tagName.toLowerCase()} ${(e.innerText || e.name || '').trim()} ` +
                `${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return found;
}"""

_FOCUSED = """() => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return '';
    const name = e.getAttribute('aria-label') || (e.labels && e.labels.length ? e.labels[0].innerText : '')
        || e.innerText || e.value || '';
    return `${e.tagName.toLowerCase()} ${name.trim()}`.trim();
}"""
