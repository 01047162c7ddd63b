"""The queue of an office, looking a number up, and what was not understood."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from actions.desk import Desk
from actions.find_cases import find_cases
from actions.identify_staff import StaffAtWork
from actions.read_misunderstood import as_labelled_line, read_misunderstood
from actions.read_queue import COUNTED, QueueWish, read_queue
from casework import numbers
from casework.models import CaseState
from console.auth import enter
from console.pages import go_to, page, words


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """Lists."""

    @routes.get("/")
    async def queue(request: Request) -> Response:
        visit = await enter(desk, request)
        state, service = visit.query.get("state", ""), visit.query.get("service", "")
        wish = QueueWish(
            office_id=_office(visit.staff, visit.query.get("office", "")),
            state=CaseState(state) if state in list(CaseState) else None,
            service_id=service if service in desk.catalog.services_by_id else "",
            after=visit.query.get("after", ""),
        )
        told = await desk.database.run_reading(read_queue, desk, wish, visit.now)
        office = visit.query.get("office", "") if visit.staff.sees is None else ""
        filters = {"state": wish.state or "", "service": wish.service_id, "office": office}
        chosen = {name: value for name, value in filters.items() if value}
        return page(
            "queue.html",
            staff=visit.staff,
            queue=told,
            wish=wish,
            states=tuple(CaseState),
            services=desk.catalog.services,
            offices=desk.catalog.offices if visit.staff.sees is None else (),
            office=office,
            office_names={o.id: o.name for o in desk.catalog.offices}
            if visit.staff.sees is None
            else {},
            counted=COUNTED,
            next_query=urlencode({**chosen, "after": told.next}),
            first_query=urlencode(chosen),
            done=_done(visit.query.get("done", "")),
        )

    @routes.post("/find")
    async def find(request: Request) -> Response:
        visit = await enter(desk, request)
        typed = visit.form.one("number")
        number = numbers.find(f" {typed} ".replace("—", "-").translate(_DIGITS))
        if number is None:
            return page("found.html", 422, staff=visit.staff, typed=typed, number="", lines=())
        lines = await desk.database.run_reading(find_cases, desk, visit.staff, number, visit.now)
        if len(lines) == 1:
            return go_to(f"/cases/{lines[0].case_id}")
        return page("found.html", staff=visit.staff, typed=typed, number=number, lines=lines)

    @routes.get("/misunderstood")
    async def misunderstood(request: Request) -> Response:
        visit = await enter(desk, request)
        lines = await desk.database.run_reading(read_misunderstood, desk, visit.staff)
        return page("misunderstood.html", staff=visit.staff, lines=lines)

    @routes.get("/misunderstood.jsonl")
    async def to_be_labelled(request: Request) -> Response:
        visit = await enter(desk, request)
        lines = await desk.database.run_reading(read_misunderstood, desk, visit.staff)
        rows = [json.dumps(as_labelled_line(line), ensure_ascii=False) + "\n" for line in lines]
        return Response(
            "".join(rows),
            media_type="application/jsonl",
            headers={"Content-Disposition": "attachment; filename=misunderstood.jsonl"},
        )


_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}
"""Full-width digits, as input methods give them."""


def _done(action: str) -> str:
    """What was just done, said once."""
    told: str = words()["actions"].get(action, {}).get("said", "")
    return told


def _office(staff: StaffAtWork, asked: str) -> str | None:
    """The office whose queue is shown: her own, or the one the district asks for (all, for none)."""
    return staff.sees if staff.sees is not None else asked or None
