"""What the routes share: the house, the pages, and how a form is taken or refused."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from actions.open_web_session import open_web_session
from actions.receive_message import receive_message
from bot.assembly import House
from bot.channels.webchat.audio import Sounds
from bot.channels.webchat.events import Bells
from bot.channels.webchat.incoming import Sent, keep_uploads, messages_of, still_good
from bot.channels.webchat.networks import Networks
from bot.channels.webchat.pace import Pace
from bot.channels.webchat.pages import Pages, Trouble
from bot.channels.webchat.transcript import Transcript, read_transcript
from bot.channels.webchat.visitor import Visitor, remember, visitor_of
from bot.switches import Switches
from dialogue.messages import Reply
from speech import SpeechProcess
from storage.errors import Conflict

log = logging.getLogger("zhucan.webchat")

STATUS = {
    "empty": 422,
    "too_big": 413,
    "too_long": 413,
    "busy": 429,
    "crowded": 429,
    "shut": 503,
    "old_form": 403,
    "trouble": 503,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """A web chat over an open house."""

    house: House
    pages: Pages
    sounds: Sounds
    bells: Bells
    pace: Pace
    networks: Networks
    switches: Switches

    @classmethod
    def open(cls, house: House, voice: SpeechProcess) -> WebChat:
        """A web chat over an open house."""
        return cls(
            house=house,
            pages=Pages(has_voice=house.settings.voices.strip() not in ("", "off")),
            sounds=Sounds(voice),
            bells=Bells(),
            pace=Pace(),
            networks=Networks(),
            switches=Switches(house),
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
        else:
            transcript = await self._transcript_if_any(visitor)
            html = self.pages.chat(visitor, transcript, trouble=trouble, draft=draft)
            response = self.page(visitor, html, status)
        if trouble.wait:
            response.headers["Retry-After"] = str(trouble.wait)
        return response

    async def _transcript_if_any(self, visitor: Visitor) -> Transcript:
        """An empty one while the database is away: what she typed must be in the page all the same."""
        try:
            return await self.transcript(visitor)
        except Exception as error:  # noqa: BLE001 - the page already says that something is wrong
            log.warning("shown without its lines", extra={"error": type(error).__name__})
            return Transcript()

    async def take(self, visitor: Visitor, sent: Sent) -> None:
        """Have the form answered; what it says is stored when this returns."""
        database = self.house.database
        attachments = await asyncio.to_thread(keep_uploads, self.house.papers, sent)
        now = datetime.now(UTC)
        peer = await self._address(visitor, now)
        last: Reply | None = None
        for message in messages_of(sent, peer, attachments, now):
            received = await database.run(
                receive_message, database, self.house.mind, still_good(message, last)
            )
            last = received.reply.reply
        self.bells.ring(visitor.token_hash)

    async def _address(self, visitor: Visitor, now: datetime) -> str:
        database = self.house.database
        try:
            return await database.run(open_web_session, database, visitor.token_hash, now)
        except Conflict:
            return await database.run(open_web_session, database, visitor.token_hash, now)
