"""The Telegram door: updates come in by webhook or polling, replies go out from the outbox.

It decides nothing: an update becomes a `Message`, a `Reply` becomes text, buttons and voice.
"""

from bot.channels.telegram.door import TelegramDoor

__all__ = ["TelegramDoor"]
