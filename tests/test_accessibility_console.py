"""The console for caseworkers who do not see, do not use a mouse, or need it large: axe, keyboard, 320 px."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser import (  # noqa: F401 - fixtures
    OpenPage,
    browser,
    enlarge_text,
    open_page,
    scrolls_sideways,
    served,
    small_targets,
    tab_through,
    violations,
)
from console_room import (  # noqa: F401 - fixtures
    PASSWORD,
    Room,
    open_room,
    question,
    the_catalog,
)
from playwright.sync_api import Page

from casework.deadlines import add_working_days
from casework.models import Action, Actor, Case, CaseEvent, CaseState

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SERVICES = ("nursing_subsidy", "cert_new", "cert_renew", "home_retrofit", "assistive_device")
STATES = (CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.IN_REVIEW, CaseState.NEEDS_CORRECTION)


def fill(room: Room) -> dict[str, str]:
    """A day's work: 34 cases, two people waiting, some words not understood."""
    now = datetime.now(UTC)
    room.says("我妈八十多了，瘫在床上，听说有护理补贴", at=now - timedelta(days=1))
    room.says("身份证 310115194803121228，电话 13812345678", at=now - timedelta(hours=20))
    paper = room.paper(a_picture())
    case = room.file(papers=(paper, _document(room)), due_at=add_working_days(now, 1), also=("cert_renew",))
    for n in range(32):
        service = _services()[n % len(_services())]
        room.file(
            peer=f"peer{n}",
            service_id=service,
            service_name=_name(service),
            **_state(n, now),
        )
    room.says("我想找真人问一句，补贴什么时候到，我的手机 13912345678", peer="sun")
    handover = room.hand_over(peer="sun")
    room.says("家里着火了", peer="qian")
    room.hand_over("emergency", peer="qian")
    with room.desk.database.write() as work:
        for text in ("阿拉姆妈格只脚伐灵光了", "那个卡，就是上回那个，号码 6222020200112233445"):
            stored = work.conversations.for_peer("web", "sun", now)
            work.misunderstood.add(stored.conversation.id, text, now)
        work.commit()
    return {"case": case.id, "handover": handover, "paper": paper.id}


def _services() -> list[str]:
    known = the_catalog().services_by_id
    return [s for s in SERVICES if s in known] or list(known)[:5]


def _name(service_id: str) -> str:
    return the_catalog().services_by_id[service_id].name


def _document(room: Room):
    return room.paper(
        b"%PDF-1.7 nothing", "户口簿 全部.pdf", field="medical_records", media_type="application/pdf"
    )


def _state(n: int, now: datetime) -> dict[str, object]:
    """Every state, and deadlines from overdue to far off."""
    state = STATES[n % len(STATES)]
    filed = now - timedelta(days=9, minutes=n)
    due = None if state is CaseState.NEEDS_CORRECTION else add_working_days(filed, 2 + n)
    events = (
        CaseEvent(at=filed, action=Action.SUBMIT, by=Actor(kind="resident"), state=CaseState.SUBMITTED),
    )
    return {"state": state, "due_at": due, "now": filed, "events": events}


def a_picture(width: int = 240, height: int = 150) -> bytes:
    """A small gray PNG."""
    rows = b"".join(b"\x00" + bytes(200 - y // 3 for _ in range(width)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
