"""The web chat's doors: the page, the form, new lines, sound, leaving.

Everything works by plain forms; with a script the same form brings only what is new.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVarTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException

from actions.end_web_session import end_web_session
from actions.open_web_session import open_web_session
from actions.receive_message import receive_message
from bot.assembly import House
from bot.channels.webchat import audio
from bot.channels.webchat.events import Bells, stream
from bot.channels.webchat.incoming import (
    Sent,
    TooBig,
    keep_uploads,
    messages_of,
    read_form,
    still_good,
)
from bot.channels.webchat.pace import Pace
from bot.channels.webchat.pages import Pages, Trouble
from bot.channels.webchat.transcript import (
    Transcript,
    conversation_of,
    read_after,
    read_transcript,
    reply_to_hear,
)
from bot.channels.webchat.visitor import (
    Visitor,
    forget,
    remember,
    remember_look,
    visitor_of,
)
from dialogue.models import Reply
from speech import AudioFormat, SpeechProcess
from storage.errors import Conflict

log = logging.getLogger("zhucan.webchat")
Ts = TypeVarTuple("Ts")

STATUS = {"empty": 422, "too_big": 413, "busy": 429, "old_form": 403, "trouble": 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """What the routes share."""

    house: House
    pages: Pages
    sounds: audio.Sounds
    bells: Bells
    pace: Pace

    @classmethod
    def open(cls, house: House, voice: SpeechProcess) -> WebChat:
        """A web chat over an open house."""
        return cls(
            house=house,
            pages=Pages(has_voice=house.settings.voices.strip() not in ("", "off")),
            sounds=audio.Sounds(voice),
            bells=Bells(),
            pace=Pace(),
        )

    def visitor(self, request: Request) -> Visitor:
        """Who asks."""
        return visitor_of(request, is_secure=self.house.settings.is_secure)

    def page(self, visitor: Visitor, html: str, status: int = 200) -> Response:
        """A page, with the browser's token (again)."""
        response = HTMLResponse(html, status)
        remember(response, visitor, is_secure=self.house.settings.is_secure)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def transcript(self, visitor: Visitor, before: int = 0) -> Transcript:
        """The browser's conversation."""
        if visitor.is_new:
            return Transcript()
        database = self.house.database
        return await database.run_reading(read_transcript, database, visitor.token_hash, before)

    async def refusal(
        self, request: Request, visitor: Visitor, trouble: Trouble, draft: str = ""
    ) -> Response:
        """Why a form was not taken: as a part of the page for a script, as the whole page without."""
        status = STATUS[trouble.code]
        if "hx-request" in request.headers:
            response = self.page(visitor, self.pages.trouble(trouble, visitor), status)
            response.headers["HX-Retarget"] = "#trouble"
            response.headers["HX-Reswap"] = "innerHTML"
            return response
        transcript = await self.transcript(visitor)
        html = self.pages.chat(visitor, transcript, trouble=trouble, draft=draft)
        return self.page(visitor, html, status)

    async def take(self, visitor: Visitor, sent: Sent) -> None:
        """Have the form answered; what it says is stored when this returns."""
        database = self.house.database
        attachments = await asyncio.to_thread(keep_uploads, self.house.papers, sent)
        now = datetime.now(UTC)
        peer = await self._twice(open_web_session, database, visitor.token_hash, now)
        last: Reply | None = None
        for message in messages_of(sent, peer, attachments, now):
            received = await database.run(
                receive_message, database, self.house.mind, still_good(message, last)
            )
            last = received.reply.reply
        self.bells.ring(visitor.token_hash)

    async def _twice(self, function: Callable[[*Ts], str], *args: *Ts) -> str:
        try:
            return await self.house.database.run(function, *args)
        except Conflict:
            return await self.house.database.run(function, *args)


def talk_routes(chat: WebChat) -> APIRouter:
    """The page, its form and its news."""
    routes = APIRouter()

    @routes.get("/")
    async def show(request: Request, before: int = 0) -> Response:
        visitor = chat.visitor(request)
        transcript = await chat.transcript(visitor, max(0, min(before, 10**9)))
        return chat.page(visitor, chat.pages.chat(visitor, transcript))

    @routes.post("/")
    async def say(request: Request) -> Response:
        visitor = chat.visitor(request)
        try:
            sent = await read_form(request)
        except (TooBig, HTTPException):
            return await chat.refusal(request, visitor, Trouble(code="too_big"))
        trouble = _refused(chat, request, visitor, sent)
        if trouble is None:
            trouble = await _taken(chat, visitor, sent)
        if trouble is not None:
            return await chat.refusal(request, visitor, trouble, sent.text)
        return await _answered(chat, request, visitor, sent)

    @routes.get("/events")
    async def events(request: Request, after: int = 0) -> Response:
        visitor = chat.visitor(request)
        if visitor.is_new or chat.bells.is_full(visitor.token_hash):
            # 204 is the answer that tells a browser not to come back.
            return Response(status_code=204)
        last = request.headers.get("last-event-id", "")
        seen = int(last) if last.isdecimal() and len(last) <= 9 else max(0, after)
        return EventSourceResponse(
            stream(chat.house.database, chat.bells, visitor.token_hash, seen, chat.pages.line),
            ping=20,
        )

    return routes


def _refused(chat: WebChat, request: Request, visitor: Visitor, sent: Sent) -> Trouble | None:
    if not visitor.may_post(request, sent.form_key):
        return Trouble(code="old_form")
    if not chat.pace.allows(visitor.token_hash):
        return Trouble(code="busy")
    return Trouble(code="empty") if sent.is_empty else None


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
    return RedirectResponse("/#latest", status_code=303)


async def _news(chat: WebChat, visitor: Visitor, sent: Sent) -> Response:
    database = chat.house.database
    transcript = await chat.transcript(visitor)
    found = await database.run_reading(conversation_of, database, visitor.token_hash)
    lines = await database.run_reading(read_after, database, found, sent.seen) if found else ()
    html = chat.pages.news(lines, seen=transcript.last_seq, is_aloud=transcript.is_aloud)
    return chat.page(visitor, html)


def other_routes(chat: WebChat) -> APIRouter:
    """Sound, the size of text, leaving."""
    routes = APIRouter()
    is_secure = chat.house.settings.is_secure

    @routes.get("/audio/{seq}.{kind}")
    async def sound(request: Request, seq: int, kind: AudioFormat) -> Response:
        visitor = chat.visitor(request)
        database = chat.house.database
        reply = None
        if not visitor.is_new:
            reply = await database.run_reading(
                reply_to_hear, database, visitor.token_hash, min(seq, 10**9)
            )
        if reply is None:
            return Response(status_code=404)
        data = await chat.sounds.of(reply, (visitor.token_hash, seq, kind))
        if data is None:
            return Response(status_code=503, headers={"Retry-After": "10"})
        return audio.sound_response(
            data, audio.MEDIA_TYPES[kind], request.headers.get("range", "")
        )

    @routes.post("/look")
    async def look(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5)
        is_big = form.get("look") == "big"
        if "hx-request" in request.headers:
            response: Response = HTMLResponse(chat.pages.look(is_big=is_big))
            response.headers["HX-Trigger"] = '{"look": {"big": %s}}' % (
                "true" if is_big else "false"
            )
        else:
            response = RedirectResponse("/", status_code=303)
        remember_look(response, is_big=is_big, is_secure=is_secure)
        return response

    @routes.get("/leave")
    async def leave(request: Request) -> Response:
        visitor = chat.visitor(request)
        return chat.page(visitor, chat.pages.leave(visitor))

    @routes.post("/leave")
    async def left(request: Request) -> Response:
        visitor = chat.visitor(request)
        form = await request.form(max_files=0, max_fields=5)
        if not visitor.may_post(request, str(form.get("key", ""))):
            return RedirectResponse("/leave", status_code=303)
        database = chat.house.database
        await database.run(end_web_session, database, visitor.token_hash)
        chat.bells.ring(visitor.token_hash)
        response = RedirectResponse("/left", status_code=303)
        forget(response, is_secure=is_secure)
        return response

    @routes.get("/left")
    async def gone() -> Response:
        return HTMLResponse(chat.pages.left(), headers={"Cache-Control": "no-store"})

    return routes
