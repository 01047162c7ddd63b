"""A resident of a story who talks through the web page: real forms over HTTP, no script, and a clock of her own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tester import Clock, Tester
from webchat_house import JPEG, ChatAtWork, Person, open_chat

from actions.mind import Mind
from bot.channels.webchat import web_chat
from bot.channels.webchat.pace import Pace
from dialogue.messages import Pick, Reply


class ThroughWeb(Tester):
    """The same resident as `Tester`, with a browser between her and the bot."""

    def __init__(self, chat: ChatAtWork, mind: Mind, clock: Clock) -> None:
        super().__init__(chat.house.database, mind, channel="webchat", peer="", clock=clock)
        self._chat = chat
        self._person: Person = chat.person()

    def sends(self, **values: Any) -> Reply:
        self.clock.tick()
        pick: Pick | None = values.get("pick")
        if pick is not None:
            self._press(pick)
        else:
            self._person.send(text=values.get("text", ""), files=_files(values))
        self.peer = self._person.stored.peer
        self.reads_notice()
        return self.reply

    def _press(self, pick: Pick) -> None:
        """A button of the page as it stands, notices and all."""
        page = self._person.look()
        wanted = next(c.label for c in self.reply.choices if c.id == pick.choice)
        found = next((b for b in page.buttons if b.text.endswith(wanted)), None)
        assert found is not None, f"{wanted} is not on the page: {[b.text for b in page.buttons]}"
        self._person.send(**{found.name: found.value})

    def another(self, _name: str, _channel: str) -> ThroughWeb:
        """Somebody else, with a browser of her own."""
        return ThroughWeb(self._chat, self.mind, self.clock)


def _files(values: dict[str, Any]) -> list[tuple[str, bytes, str]]:
    return [(file.name, JPEG, "image/jpeg") for file in values.get("attachments", ())]


@contextmanager
def on_the_page(
    folder: Path, mind: Mind, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ThroughWeb]:
    """A web chat in which it is as late as the story says, and in which nobody is too quick."""

    class StoryTime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz)

    monkeypatch.setattr(web_chat, "datetime", StoryTime)
    monkeypatch.setattr(Pace, "allows", lambda *_: True)
    with open_chat(folder, mind) as chat:
        yield ThroughWeb(chat, mind, clock)
