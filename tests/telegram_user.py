"""A person with Telegram, as a test plays her: she writes, sends files, presses buttons and listens."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bot_api_emulator import BotApiEmulator

Json = dict[str, Any]


class User:
    """A person with Telegram: writes to the bot and hears what it says."""

    def __init__(self, telegram: BotApiEmulator, chat_id: int) -> None:
        self.telegram, self.id = telegram, chat_id
        self.chat: Json = {"id": chat_id, "type": "private", "first_name": "人"}
        self.sender: Json = {"id": chat_id, "is_bot": False, "first_name": "人"}
        self._heard = 0

    def says(self, text: str, **more: Any) -> Json:
        """Write a text; the update."""
        return self.sends(text=text, **more)

    def sends(self, **content: Any) -> Json:
        """Send a message with these members; the update."""
        message = {
            "message_id": self.telegram.next_message_id(),
            "from": self.sender,
            "chat": self.chat,
            "date": int(time.time()),
            **content,
        }
        self.telegram.chats.setdefault(self.id, [])
        return self.telegram.push({"message": message})

    def sends_photo(self, data: bytes, **more: Any) -> Json:
        """Send a photo; Telegram offers it in a small size too."""
        small = {**self.telegram.keep(b"small"), "width": 90, "height": 60}
        large = {**self.telegram.keep(data), "width": 1280, "height": 960}
        return self.sends(photo=[small, large], **more)

    def sends_document(self, data: bytes, name: str, size: int | None = None, **more: Any) -> Json:
        """Send a file; `size` claims another size than the data's."""
        kept = {**self.telegram.keep(data, size), "file_name": name}
        return self.sends(document=kept, **more)

    def sends_voice(self, data: bytes = b"OggS") -> Json:
        """Send a voice note."""
        return self.sends(voice={**self.telegram.keep(data), "duration": 2})

    def presses(self, label: str, message: Json | None = None) -> Json:
        """Press a button of the newest message that has it, or of a given one."""
        where = [message] if message else reversed(self.telegram.chats[self.id])
        for shown in where:
            for row in shown.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"] == label:
                        return self.presses_data(button["callback_data"], shown)
        raise AssertionError(f"no button {label}")

    def presses_data(self, data: str, message: Json) -> Json:
        """Press a button that carries this data."""
        query = {
            "id": self.telegram.new_query(),
            "from": self.sender,
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        return self.telegram.push({"callback_query": query})

    async def hears(self, number: int = 1, within: float = 30.0) -> list[Json]:
        """The messages since last time, once there are so many."""
        said = self.telegram.chats.setdefault(self.id, [])
        try:
            async with asyncio.timeout(within):
                while len(said) - self._heard < number:
                    await self.telegram.wait_for_news()
        except TimeoutError:
            raise AssertionError(f"heard {said[self._heard :]}, not {number}") from None
        new, self._heard = said[self._heard :], len(said)
        return new

    async def hears_text(self, within: float = 30.0) -> str:
        """The text of the one next message."""
        (message,) = await self.hears(1, within)
        return str(message.get("text", ""))

    async def hears_nothing(self, during: float = 0.4) -> None:
        """Nothing comes for a while."""
        await asyncio.sleep(during)
        assert self.telegram.chats.get(self.id, [])[self._heard :] == []
