"""What is around the talk: hearing an answer, larger text, leaving a shared computer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from actions.end_web_session import end_web_session
from bot.channels.webchat import audio
from bot.channels.webchat.incoming import read_button
from bot.channels.webchat.transcript import reply_to_hear
from bot.channels.webchat.visitor import forget, refuse_foreign, remember_look
from bot.channels.webchat.web_chat import WebChat
from speech import AudioFormat


def around_routes(chat: WebChat) -> APIRouter:
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
                reply_to_hear, database, visitor.token_hash, max(0, min(seq, 10**9))
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
        refuse_foreign(request)
        form = await read_button(request)
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
        form = await read_button(request)
        if not visitor.may_post(request, form.get("key", "")):
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
