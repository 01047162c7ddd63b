"""The page, its form and its news.

Everything works by plain forms; with a script the same form brings only what is new.
"""

from __future__ import annotations

import json
import logging
import secrets

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException

from bot.channels.webchat.events import stream
from bot.channels.webchat.incoming import Sent, TooBig, read_form
from bot.channels.webchat.pages import Trouble
from bot.channels.webchat.transcript import CHANNEL, Transcript, conversation_of, read_after
from bot.channels.webchat.visitor import Visitor, remember_look
from bot.channels.webchat.web_chat import WebChat

log = logging.getLogger("zhucan.webchat")


def talk_routes(chat: WebChat) -> APIRouter:
    """Showing, saying, and what is new."""
    routes = APIRouter()

    @routes.get("/")
    async def show(request: Request, before: int = 0) -> Response:
        visitor = chat.visitor(request)
        transcript = await chat.transcript(visitor, max(0, min(before, 10**9)))
        shut = await chat.switches.off()
        return chat.page(visitor, chat.pages.chat(visitor, transcript, shut=shut))

    @routes.post("/")
    async def say(request: Request) -> Response:
        visitor = chat.visitor(request)
        try:
            sent = await read_form(request)
        except (TooBig, HTTPException):
            return await chat.refusal(request, visitor, Trouble(code="too_big"))
        trouble, before = await _let_in(chat, request, visitor, sent)
        if trouble is None:
            trouble = await _taken(chat, visitor, sent)
        if trouble is not None:
            return await chat.refusal(request, visitor, trouble, sent.text)
        if before is not None and await _conversation(chat, visitor) != before:
            return _all_anew(request)
        return await _answered(chat, request, visitor, sent)

    @routes.get("/events")
    async def events(request: Request, after: int = 0) -> Response:
        visitor = chat.visitor(request)
        if visitor.is_new or chat.bells.is_full(visitor.token_hash):
            # 204 is the answer that tells a browser not to come back.
            return Response(status_code=204)
        last = request.headers.get("last-event-id", "")
        seen = int(last) if last.isdecimal() and len(last) <= 9 else max(0, min(after, 10**9))
        return EventSourceResponse(
            stream(chat.house.database, chat.bells, visitor.token_hash, seen, chat.pages.line),
            ping=20,
        )

    return routes


async def _conversation(chat: WebChat, visitor: Visitor) -> str | None:
    database = chat.house.database
    return await database.run_reading(conversation_of, database, visitor.token_hash)


async def _let_in(
    chat: WebChat, request: Request, visitor: Visitor, sent: Sent
) -> tuple[Trouble | None, str | None]:
    """Why a form is not taken, if so; and the conversation this browser stands for."""
    trouble = _refused(chat, request, visitor, sent)
    try:
        if trouble is None and await chat.switches.is_off(CHANNEL):
            trouble = Trouble(code="shut")
        before = await _conversation(chat, visitor)
    except Exception:
        trouble = Trouble(code="trouble", reference=secrets.token_hex(3))
        log.exception("not looked up code=%s", trouble.reference)
        return trouble, None
    if trouble is None and before is None:
        trouble = _crowded(chat.networks.wait_to_begin(request))
    return trouble, before


def _all_anew(request: Request) -> Response:
    """The browser stands for another conversation now (it was joined): the whole page is shown again."""
    if "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Refresh": "true"})
    return RedirectResponse("/#latest", status_code=303)


def _refused(chat: WebChat, request: Request, visitor: Visitor, sent: Sent) -> Trouble | None:
    crowded = _crowded(chat.networks.wait_to_send(request))
    if crowded is not None:
        return crowded
    if not visitor.may_post(request, sent.form_key):
        return Trouble(code="old_form")
    if not chat.pace.allows(visitor.token_hash):
        return Trouble(code="busy", wait=chat.pace.wait(visitor.token_hash))
    if sent.is_too_long:
        return Trouble(code="too_long")
    return Trouble(code="empty") if sent.is_empty else None


def _crowded(wait: int) -> Trouble | None:
    """Too much from one network address, for `wait` seconds."""
    return Trouble(code="crowded", wait=wait) if wait else None


async def _taken(chat: WebChat, visitor: Visitor, sent: Sent) -> Trouble | None:
    try:
        await chat.take(visitor, sent)
    except Exception:
        reference = secrets.token_hex(3)
        log.exception("not taken code=%s", reference)
        return Trouble(code="trouble", reference=reference)
    return None


async def _answered(chat: WebChat, request: Request, visitor: Visitor, sent: Sent) -> Response:
    if "hx-request" in request.headers:
        return await _news(chat, visitor, sent)
    if sent.draft:
        # No redirect: the words beside the button are in no address and no cookie, only in this page.
        html = chat.pages.chat(visitor, await chat.transcript(visitor), draft=sent.draft)
        return chat.page(visitor, html)
    transcript = await chat.transcript(visitor)
    return _with_look(chat, RedirectResponse("/#latest", status_code=303), transcript)


def _with_look(chat: WebChat, response: Response, transcript: Transcript) -> Response:
    """The size of the text follows her words at once, as it follows the button."""
    is_big = transcript.new_look
    if is_big is not None:
        remember_look(response, is_big=is_big, is_secure=chat.house.settings.is_secure)
        response.headers["HX-Trigger"] = json.dumps({"look": {"big": is_big}})
    return response


async def _news(chat: WebChat, visitor: Visitor, sent: Sent) -> Response:
    database = chat.house.database
    transcript = await chat.transcript(visitor)
    found = await database.run_reading(conversation_of, database, visitor.token_hash)
    lines = await database.run_reading(read_after, database, found, sent.seen) if found else ()
    html = chat.pages.news(lines, transcript)
    return _with_look(chat, chat.page(visitor, html), transcript)
