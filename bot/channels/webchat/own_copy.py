"""A person fetches the copy of her data she asked for: once, and only from the browser she talks in.

Nothing of it is in an address: whose copy it is follows from the cookie, and that it may be fetched from the
conversation. A page with a button comes first, so that nothing a browser fetches ahead uses it up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from actions.export_person import take_copy
from bot.channels.webchat.incoming import read_button
from bot.channels.webchat.transcript import conversation_of
from bot.channels.webchat.visitor import Visitor
from bot.channels.webchat.web_chat import WebChat
from dialogue.wording import say
from storage.database import Database

PATH = "/my-data"


def own_copy_routes(chat: WebChat) -> APIRouter:
    """The page with the button, and the file."""
    routes = APIRouter()
    house = chat.house

    @routes.get(PATH)
    async def page(request: Request) -> Response:
        visitor = chat.visitor(request)
        is_waiting = await house.database.run_reading(_is_waiting, house.database, visitor)
        return chat.page(visitor, chat.pages.my_data(visitor, is_waiting=is_waiting))

    @routes.post(PATH)
    async def fetch(request: Request) -> Response:
        visitor = chat.visitor(request)
        form = await read_button(request)
        if not visitor.may_post(request, form.get("key", "")):
            return chat.page(visitor, chat.pages.my_data(visitor, is_waiting=False), 403)
        data = await house.database.run(_fetched, chat, visitor)
        if data is None:
            return chat.page(visitor, chat.pages.my_data(visitor, is_waiting=False), 404)
        name = quote(say("copy_name"))
        disposition = f"attachment; filename=my_data.zip; filename*=UTF-8''{name}"
        headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
        return Response(data, media_type="application/zip", headers=headers)

    return routes


def _is_waiting(database: Database, visitor: Visitor) -> bool:
    found = None if visitor.is_new else conversation_of(database, visitor.token_hash)
    if found is None:
        return False
    with database.read() as work:
        return work.data_copies.is_waiting(found)


def _fetched(chat: WebChat, visitor: Visitor) -> bytes | None:
    house = chat.house
    found = None if visitor.is_new else conversation_of(house.database, visitor.token_hash)
    if found is None:
        return None
    now = datetime.now(UTC)
    return take_copy(house.database, house.papers, house.mind.catalog, found, now)
