"""The web chat: a page that works without scripts, with large or small text, by keyboard, by ear.

Like every channel it decides nothing: it turns a form into a message and a reply into a page.
"""

from __future__ import annotations

from fastapi import APIRouter

from bot.assembly import House
from bot.channels.webchat import assets
from bot.channels.webchat.around import around_routes
from bot.channels.webchat.own_copy import own_copy_routes
from bot.channels.webchat.talking import talk_routes
from bot.channels.webchat.web_chat import WebChat
from speech import SpeechProcess


def router(house: House, voice: SpeechProcess) -> APIRouter:
    """All routes of the web chat."""
    chat = WebChat.open(house, voice)
    routes = APIRouter()
    routes.include_router(talk_routes(chat))
    routes.include_router(around_routes(chat))
    routes.include_router(own_copy_routes(chat))
    routes.include_router(assets.router())
    return routes
