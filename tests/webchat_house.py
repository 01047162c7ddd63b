"""The web chat at work for tests: a real house and server, a voice that hums, and a person without scripts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import httpx
from browser import served

from actions.mind import Mind
from actions.tell_resident import tell_resident
from bot.assembly import House
from bot.server import create_app
from bot.settings import Settings
from dialogue.notices import message_from_person
from speech import Audio, SpeechProcess
from speech.process import SpeechHealth
from storage.crypto import Keyring
from storage.database import Database
from storage.models import StoredConversation
from storage.papers import PaperStore

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 100


@dataclass
class HummingVoice:
    """Says every text as a few bytes, and keeps what it was asked; mute on demand."""

    is_mute: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, text: str, **options: Any) -> Audio | None:
        self.asked.append({"text": text, **options})
        if self.is_mute:
            return None
        media_type = "audio/mpeg" if options.get("audio_format") == "mp3" else "audio/ogg"
        return Audio(
            data=b"0123456789", media_type=media_type, seconds=1.0, engine="hum", cached=False
        )

    def health(self) -> SpeechHealth:
        return SpeechHealth(
            running=False, pid=None, waiting=0, to_prerender=0, starts=0, failures=0, resting=False
        )


@dataclass
class ChatAtWork:
    """A running web chat, and what lies behind it."""

    url: str
    house: House
    voice: HummingVoice
    browsers: list[httpx.Client] = field(default_factory=list)

    def person(self) -> Person:
        """Somebody with a browser of her own, and no scripts in it."""
        self.browsers.append(httpx.Client(base_url=self.url, timeout=30))
        return Person(self, self.browsers[-1])

    def conversation(self, token: str) -> StoredConversation | None:
        """What is stored for the browser with this cookie."""
        with self.house.database.read() as work:
            peer = work.web_sessions.peer_of(hashlib.sha256(token.encode()).hexdigest())
            return work.conversations.find("webchat", peer) if peer else None

    def caseworker_writes(self, token: str, words: str) -> None:
        """A notice arrives in that browser's conversation, from another process as it were."""
        stored = self.conversation(token)
        assert stored is not None
        with self.house.database.write() as work:
            notice = message_from_person(words)
            tell_resident(work, stored.conversation.id, notice, datetime.now(UTC))
            work.commit()


def open_house_in(folder: Path, mind: Mind, **settings: Any) -> House:
    """A house with everything of its own but what was learned."""
    made = Settings(data_dir=folder, **settings)
    keyring = Keyring.from_secrets(made.master_secrets())
    database = Database(made.url, made.tenant, keyring)
    database.migrate()
    return House(
        settings=made,
        mind=mind,
        database=database,
        papers=PaperStore(folder / "papers", keyring),
    )


@contextmanager
def open_chat(folder: Path, mind: Mind, *, port: int = 0, **settings: Any) -> Iterator[ChatAtWork]:
    """A web chat in a folder; every person in it has a browser, and so a conversation, of her own."""
    house = open_house_in(folder, mind, **{"voices": "kokoro", **settings})
    voice = HummingVoice()
    try:
        with served(create_app(house, cast("SpeechProcess", voice)), port=port) as url:
            at_work = ChatAtWork(url=url, house=house, voice=voice)
            yield at_work
            for client in at_work.browsers:
                client.close()
    finally:
        house.close()


@dataclass
class Button:
    """A submit button of the big form."""

    text: str
    name: str
    value: str


class Page(HTMLParser):
    """What somebody gets out of a page without a style and without a script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.title = ""
        self.lines: list[str] = []
        self.classes: list[str] = []
        self.buttons: list[Button] = []
        self.hidden: dict[str, str] = {}
        self.trouble = ""
        self.field = ""
        self._into: list[str] = []
        self._depths: dict[str, int] = {}
        self.feed(html)

    @property
    def last(self) -> str:
        return self.lines[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kinds = given.get("class", "").split()
        if tag == "li" and "line" in kinds:
            self.lines.append("")
            self.classes.append(given["class"])
            self._enter("line", tag)
        elif tag == "button" and given.get("form") == "say":
            self.buttons.append(Button("", given["name"], given["value"]))
            self._enter("button", tag)
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")
        elif tag in ("title", "textarea"):
            self._enter(tag, tag)
        elif "summary" in kinds and tag == "div" and "template" not in self._into:
            self._enter("trouble", tag)
        elif tag == "template":
            self._enter("template", tag)
        elif self._into and tag in ("li", "div"):
            self._into.append("")

    def _enter(self, what: str, tag: str) -> None:
        self._into.append(what)
        self._depths[what] = 1

    def handle_endtag(self, tag: str) -> None:
        if self._into and tag in ("li", "div", "button", "title", "textarea", "template"):
            if tag == "button" and self._into[-1] != "button":
                return
            self._into.pop()

    def handle_data(self, data: str) -> None:
        if "template" in self._into:
            return
        if "title" in self._into:
            self.title += data
        if "textarea" in self._into:
            self.field += data
        if "line" in self._into:
            self.lines[-1] += data
        if "button" in self._into:
            self.buttons[-1].text += data
        if "trouble" in self._into:
            self.trouble += data


class Person:
    """Somebody who talks by plain forms: no script, no picture, no hurry."""

    def __init__(self, chat: ChatAtWork, web: httpx.Client) -> None:
        self.chat = chat
        self.web = web
        self.page = self.look()

    @property
    def token(self) -> str:
        return str(self.web.cookies["chat"])

    @property
    def stored(self) -> StoredConversation:
        found = self.chat.conversation(self.token)
        assert found is not None
        return found

    def look(self, address: str = "/") -> Page:
        self.page = Page(self.web.get(address).text)
        return self.page

    def send(self, *, files: Any = None, follow: bool = True, **values: str) -> httpx.Response:
        """Send the form of the page as it is, with these values."""
        data = {**self.page.hidden, "text": "", **values}
        parts: list[Any] = [(name, (None, value.encode())) for name, value in data.items()]
        parts += [("files", file) for file in files or [("", b"", "application/octet-stream")]]
        answer = self.web.post("/", files=parts, follow_redirects=follow)
        if follow:
            self.page = Page(answer.text)
        return answer

    def say(self, text: str) -> Page:
        self.send(text=text)
        return self.page

    def press(self, label: str) -> Page:
        """Press a button by what is written on it."""
        found = [b for b in self.page.buttons if label in b.text]
        assert found, f"no button {label}: {[b.text for b in self.page.buttons]}"
        self.send(**{found[0].name: found[0].value})
        return self.page
