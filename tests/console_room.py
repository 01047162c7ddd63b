"""A console with its people and cases for tests: 张 and 李 share an office, 赵 sits in another, 路人 nowhere.

Cases are stored directly: what leads up to them is other tests' business.
"""

from __future__ import annotations

import html
import re
import warnings
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from actions.desk import Desk
from actions.manage_staff import hasher
from bot.safety import add_safety
from casework.models import (
    Action,
    Actor,
    Case,
    CaseEvent,
    CaseState,
    Filing,
    PaperOnFile,
    Question,
)
from casework.numbers import number_from
from catalog.loader import load_catalog
from catalog.models import Catalog
from console import routes
from dialogue.messages import Choice, Message, Pick, Reply
from storage.crypto import Keyring
from storage.database import Database
from storage.ids import new_id
from storage.models import Filer
from storage.papers import PaperStore

with warnings.catch_warnings():
    # Starlette wants another HTTP library for its test client; httpx is what the house has.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

OFFICE, OTHER_OFFICE = "310115005", "310115004"
PASSWORD = "correct horse battery"
STAFF = {"zhang": ("张科员", OFFICE), "li": ("李科员", OFFICE), "zhao": ("赵科员", OTHER_OFFICE)}
ID_NUMBER = "310115194803121228"
MOBILE = "13812345678"
_ANSWER = ("听到了。", "还有别的吗？")
_CHOICES = (Choice(id="yes", label="有"), Choice(id="no", label="没有"))
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 2000


FIRST, STEP = 1000, 7919
"""What the numbers of applications are drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The console over a database of its own."""

    desk: Desk
    app: FastAPI
    numbers: list[int] = field(default_factory=lambda: [FIRST])

    def visitor(self, **options: Any) -> TestClient:
        """A browser nobody has signed in with."""
        return TestClient(self.app, follow_redirects=False, **options)

    def signed_in(self, login: str = "zhang") -> TestClient:
        """A browser of this caseworker."""
        client = self.visitor()
        answer = sign_in(client, login)
        assert answer.status_code == 303, answer.text
        return client

    def file(self, **values: Any) -> Case:
        """A case of 王奶奶, filed now; `values` replace those of the case; `also` files other services with it."""
        also = values.pop("also", ())
        now = values.pop("now", datetime.now(UTC))
        peer = values.pop("peer", "wang")
        self.numbers[0] += STEP
        case = replace(a_case(number_from(self.numbers[0]), now), **values)
        for paper in case.papers:
            assert paper.key, "put the paper first"
        filing = Filing(
            number=case.number,
            service_ids=(case.service_id, *also),
            office_id=case.office_id,
            catalog_version=case.catalog_version,
            beneficiary="你妈妈",
            questions=case.questions,
        )
        with self.desk.database.write() as work:
            stored = work.conversations.for_peer("web", peer, now)
            conversation_id = stored.conversation.id
            cases = (case, *(_of_service(case, service_id) for service_id in also))
            person_id = stored.person_id
            who = Filer(person_id=person_id, filed_by=person_id, conversation_id=conversation_id)
            work.applications.open(filing, cases, who, now)
            work.commit()
        return case

    def paper(self, data: bytes = JPEG, name: str = "残疾人证.jpg", **values: Any) -> PaperOnFile:
        """A paper kept in the store."""
        paper = PaperOnFile(
            id=new_id(),
            key=self.desk.papers.put(data),
            field="photo",
            name=name,
            media_type="image/jpeg",
            size=len(data),
        )
        return replace(paper, **values)

    def says(
        self,
        text: str,
        peer: str = "wang",
        *,
        pick: str = "",
        at: datetime | None = None,
        answer: tuple[str, ...] = _ANSWER,
        number: str | None = None,
    ) -> None:
        """王奶奶 says something, and the bot asks back: in the form just filed, or about to be."""
        now = at or datetime.now(UTC)
        message = Message(
            channel="web",
            event_id=new_id(),
            peer=peer,
            at=now,
            text=text,
            pick=Pick(turn=1, choice=pick) if pick else None,
        )
        reply = Reply(
            paragraphs=answer,
            choices=_CHOICES if answer == _ANSWER else (),
            number=self._number_now() if number is None else number,
        )
        with self.desk.database.write() as work:
            stored = work.conversations.for_peer("web", peer, now)
            work.messages.add_incoming(stored.conversation.id, message, now)
            work.messages.add_reply(stored.conversation.id, reply, now)
            work.commit()

    def _number_now(self) -> str:
        is_filed = self.numbers[0] != FIRST
        return number_from(self.numbers[0] if is_filed else self.numbers[0] + STEP)

    def hears(self, peer: str = "wang") -> str:
        """The last thing 王奶奶 was told."""
        with self.desk.database.read() as work:
            stored = work.conversations.find("web", peer)
            assert stored is not None
            latest = work.messages.latest(stored.conversation.id, 20)
        told = [m.reply.text for m in latest if m.reply is not None]
        return told[-1] if told else ""

    def hand_over(
        self,
        reason: str = "asked",
        office: str = OFFICE,
        peer: str = "wang",
        at: datetime | None = None,
    ) -> str:
        """王奶奶 asks for a person; the id of the hand-over."""
        now = at or datetime.now(UTC)
        with self.desk.database.write() as work:
            stored = work.conversations.for_peer("web", peer, now)
            handover = work.handovers.open(stored.conversation.id, office, reason, now)
            work.commit()
        return handover

    def case(self, case_id: str) -> Case:
        """The case as it is stored."""
        with self.desk.database.read() as work:
            found = work.cases.get(case_id)
        assert found is not None
        return found.case

    def reads(self, case_id: str) -> list[tuple[str, str]]:
        """Who looked at what, oldest first."""
        with self.desk.database.read() as work:
            return [(entry.staff_name, entry.what) for entry in work.read_log.of_case(case_id)]


@cache
def the_catalog() -> Catalog:
    """The real one; a case of a test names a real service."""
    return load_catalog()


@cache
def password_hash() -> str:
    """Of `PASSWORD`; made once, it is slow on purpose."""
    return hasher.hash(PASSWORD)


def open_room(folder: Path, staff: dict[str, tuple[str, str]] = STAFF) -> Room:
    """The console over the database in this folder."""
    keyring = Keyring.from_secrets(("the secret of the tests", "an older secret of the tests"))
    database = Database(f"sqlite:///{folder / 'zhucan.sqlite3'}", "310115", keyring)
    database.migrate()
    return room_over(database, PaperStore(folder / "papers", keyring), staff)


def room_over(
    database: Database, papers: PaperStore, staff: dict[str, tuple[str, str]] = STAFF
) -> Room:
    """The console over an open database."""
    desk = Desk(database=database, catalog=the_catalog(), papers=papers, is_secure=False)
    with database.write() as work:
        for login, (name, office) in staff.items():
            work.staff.add(login, name, office, password_hash(), datetime.now(UTC))
        work.commit()
    return Room(desk=desk, app=app_of(desk))


def app_of(desk: Desk) -> FastAPI:
    """As the server mounts it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_safety(app, is_secure=desk.is_secure)
    app.include_router(routes.router(desk), prefix="/console")
    return app


def a_case(number: str, now: datetime) -> Case:
    """重度残疾人护理补贴 of 王奶奶, just filed."""
    service = the_catalog().services_by_id["nursing_subsidy"]
    submitted = CaseEvent(
        at=now, action=Action.SUBMIT, by=Actor(kind="resident"), state=CaseState.SUBMITTED
    )
    return Case(
        id=new_id(),
        number=number,
        service_id=service.id,
        service_name=service.name,
        office_id=OFFICE,
        state=CaseState.SUBMITTED,
        catalog_version="2026.11.1",
        questions=(
            question("name", "王秀英"),
            question("id_number", "310115 19480312 1228", ID_NUMBER),
            question("mobile", "138 1234 5678", MOBILE),
            question("residence_address", "潍坊新村街道南泉路 1 弄 2 号 301 室"),
            question("contact_method", "打字"),
        ),
        events=(submitted,),
        due_at=now + timedelta(days=7),
    )


def _of_service(case: Case, service_id: str) -> Case:
    name = the_catalog().services_by_id[service_id].name
    return replace(case, id=new_id(), service_id=service_id, service_name=name)


def question(name: str, shown: str, value: str = "") -> Question:
    """A question of the catalog with an answer."""
    spec = the_catalog().fields[name]
    return Question(
        field=name,
        label=spec.label,
        type=spec.type.value,
        sensitive=spec.sensitive,
        value=value or shown,
        shown=shown,
    )


def sign_in(
    client: TestClient, login: str, password: str = PASSWORD, **values: str
) -> httpx.Response:
    """Fill in the sign-in form and send it."""
    form = client.get("/console/sign-in")
    if form.status_code == 303:
        return form
    given = {**hidden(form.text), "login": login, "password": password, **values}
    return client.post("/console/sign-in", data=given)


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the last form in the page that has any (the first is signing out)."""
    forms = [part.split("</form>")[0] for part in text.split("<form")[1:]]
    found = [re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form) for form in forms]
    pairs = next((pairs for pairs in reversed(found) if pairs), [])
    return {name: html.unescape(value) for name, value in pairs}


def act(
    client: TestClient, case: Case, action: str, step: str = "confirm", **values: Any
) -> httpx.Response:
    """Send the form of a transition with the version the case has in `case`."""
    page = client.get(f"/console/cases/{case.id}/act/{action}")
    given = {"csrf": csrf(page.text), "version": str(case.version), "step": step, **values}
    return client.post(f"/console/cases/{case.id}/act/{action}", data=given)


def csrf(text: str) -> str:
    """The token of the forms of this page."""
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found, text
    return found[1]
