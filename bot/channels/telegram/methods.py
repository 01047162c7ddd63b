"""Calls whose answers are taken as plain JSON.

aiogram's own return types refuse an answer with a member they do not expect. For a message that was sent
this would mean sending it again, for updates that one odd update stops all others.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from aiogram.methods import GetUpdates, SendMessage, SendVoice

Json: TypeAlias = dict[str, Any]


class GetPlainUpdates(GetUpdates):
    """getUpdates."""

    __returning__ = list[Json]


class SendText(SendMessage):
    """sendMessage."""

    __returning__ = Json


class SendSound(SendVoice):
    """sendVoice."""

    __returning__ = Json
