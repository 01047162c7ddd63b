"""The whole service under attack for tests: every door open, real HTTP as it is served in earnest, work on every desk."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
from browser import served
from console_room import OFFICE, Room, question, room_over, sign_in
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from webchat_house import ChatAtWork, HummingVoice, Person, open_house_in

from actions.mind import Mind
from bot.server import create_app, server_config
from casework.authorizations import ALL, LASTS, Authorization
from casework.models import Action, Actor, Case, CaseEvent, CaseState
from speech import SpeechProcess
from storage.ids import new_id

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

NOWHERE = "http://127.0.0.1:9"
"""Nothing listens there: Telegram is away, and nobody minds."""
TOKEN = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qcE"
SECRET = "a-secret-of-the-tests"
WEBHOOK = "/telegram/webhook"
PAYLOAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
"""Script, attribute, template: if any of it is taken for more than words, a test sees it."""
EVERYTHING: dict[str, Any] = {
    "voices": "kokoro",
    "secret_key": "pQ7-vZ2mXk9_Lr4tWc8NbY1sHd6gJf3aEu5oTi0q",
    "telegram_token": TOKEN,
    "telegram_api_base": NOWHERE,
    "telegram_webhook_url": NOWHERE,
    "telegram_webhook_secret": SECRET,
    "security_contact": "mailto:security@example.org",
}


@dataclass
class UnderAttack:
    """The service, the conversations in it and the desk behind it."""

    url: str
    app: FastAPI
    chat: ChatAtWork
    room: Room
    case: Case
    """One of 张's office, every text of it a payload."""
    handover: str

    def client(self, **options: Any) -> httpx.Client:
        """A browser without anything in it."""
        self.chat.browsers.append(httpx.Client(base_url=self.url, timeout=30, **options))
        return self.chat.browsers[-1]

    def caseworker(self, login: str = "zhang") -> httpx.Client:
        """A browser of this caseworker."""
        client = self.client()
        answer = sign_in(cast("TestClient", client), login)
        assert answer.status_code == 303, answer.text
        return client

    def person(self) -> Person:
        """A resident with a browser."""
        return self.chat.person()

    def routes(self, method: str) -> list[str]:
        """The paths that take this method."""
        found = [r for r in iter_route_contexts(self.app.routes) if method in (r.methods or ())]
        return sorted({str(route.path) for route in found})

    def filled(self, path: str) -> str:
        """The path with what exists in place of its parameters; a parameter nobody knows fails."""
        known = {
            "case_id": self.case.id,
            "paper_id": self.case.papers[0].id,
            "handover_id": self.handover,
            "seq": "2",
            "kind": "ogg",
            "wanted": "x",
            "name": "accept" if "/act/" in path else "chat.css",
            "_done": "reply",
            "path": "nowhere",
        }
        return re.sub(r"{(\w+)(?::\w+)?}", lambda found: known[found[1]], path)


@contextmanager
def under_attack(folder: Path, mind: Mind, **settings: Any) -> Iterator[UnderAttack]:
    """Everything open: web chat, console with three caseworkers, webhook; one case, one hand-over."""
    house = open_house_in(folder, mind, **{**EVERYTHING, **settings})
    voice = HummingVoice()
    try:
        app = create_app(house, cast("SpeechProcess", voice))
        room = replace(room_over(house.database, house.papers), app=app)
        case, handover = _work(room)
        config = server_config(app, house.settings.model_copy(update={"port": 0}))
        config.timeout_graceful_shutdown = 1
        with served(app, config=config) as url:
            _until_telegram_is_open(url)
            chat = ChatAtWork(url=url, house=house, voice=voice)
            yield UnderAttack(url=url, app=app, chat=chat, room=room, case=case, handover=handover)
            for client in chat.browsers:
                client.close()
    finally:
        house.close()


def _until_telegram_is_open(url: str) -> None:
    until = time.monotonic() + 60
    while httpx.get(f"{url}/readyz").json()["telegram"] != "open":
        assert time.monotonic() < until
        time.sleep(0.05)


def in_production(folder: Path, mind: Mind) -> tuple[TestClient, UnderAttack]:
    """The same over TLS as it were: what only production sets can be seen."""
    house = open_house_in(folder, mind, **{**EVERYTHING, "environment": "production"})
    voice = HummingVoice()
    app = create_app(house, cast("SpeechProcess", voice))
    room = replace(room_over(house.database, house.papers), app=app)
    case, handover = _work(room)
    chat = ChatAtWork(url="https://testserver", house=house, voice=voice)
    client = TestClient(app, base_url="https://testserver", follow_redirects=False)
    attacked = UnderAttack(
        url=chat.url, app=app, chat=chat, room=room, case=case, handover=handover
    )
    return client, attacked


def _work(room: Room) -> tuple[Case, str]:
    """A case every text of which is a payload, a hand-over, and words nobody understood."""
    paper = room.paper(name=f"{PAYLOAD}.jpg")
    questions = tuple(
        question(name, PAYLOAD) for name in ("name", "residence_address", "contact_method")
    )
    case = room.file(papers=(paper,), questions=questions, office_id=OFFICE)
    room.says(PAYLOAD)
    handover = room.hand_over()
    with room.desk.database.write() as work:
        at = case.events[0].at
        stored = work.conversations.for_peer("web", "wang", at)
        work.misunderstood.add(stored.conversation.id, f"={PAYLOAD}", at)
        work.ratings.add(case.id, case.office_id, 1, at)
        work.ratings.explain(case.id, f"评价{PAYLOAD}")
        work.commit()
    return case, handover


def helped(room: Room) -> Case:
    """A case filed by a helper who gave a payload for a name, and for the reason why it was taken back."""
    case = room.file(peer="helped")
    at = case.events[0].at
    with room.desk.database.write() as work:
        helper = work.conversations.for_peer("web", "helper", at)
        found = work.cases.get(case.id)
        assert found is not None
        given = Authorization(
            id=new_id(), principal_id=found.person_id, helper_id=helper.person_id, role="agent",
            relation=PAYLOAD, helper_called=f"帮手{PAYLOAD}", scopes=ALL, until=at + LASTS,
        )  # fmt: skip
        work.authorizations.add(given, at)
        by = Actor(kind="helper", id=helper.person_id, name=f"帮手{PAYLOAD}")
        said = CaseEvent(
            at=at,
            action=Action.WITHDRAW,
            by=by,
            state=CaseState.WITHDRAWN,
            reason=f"理由{PAYLOAD}",
        )
        changed = replace(found.case, events=(*found.case.events, said), version=2)
        work.cases.save(changed, at)
        work.session.connection().exec_driver_sql(
            f"UPDATE case_file SET filed_by = '{UUID(helper.person_id).hex}'"
            f" WHERE id = '{UUID(case.id).hex}'"
        )
        work.commit()
    return case


def active_content(page: str) -> list[str]:
    """What would run in a page under no policy at all: inline scripts, handlers, styles, foreign addresses."""
    found = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page)
    found += re.findall(r"<[^>]+\s(?:on\w+|style)=[^>]*>", re.sub(r'"[^"]*"', '""', page))
    found += re.findall(r"<img src=x[^>]*>", page)
    found += re.findall(r"(?:src|href|action)=\"(?:javascript:|//|https?://)[^\"]*\"", page)
    return found
