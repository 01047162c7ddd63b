"""Conversations that wait for a person: who waits, what was said, and the answer."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response

from actions.answer_person import Answer, AnswerProblem, answer_person
from actions.check_words import CANNOT_CALL
from actions.desk import Desk
from actions.open_handover import HandoverBusy, HandoverPage, open_handover
from actions.read_conversation import ALL, LATEST
from actions.read_handovers import read_handovers
from actions.take_handover import take_handover
from actions.take_over_handover import take_over_handover
from console.act_doubts import doubtful, mark_of, unsure
from console.auth import Visit, enter
from console.pages import go_to, page, words


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """The list, one conversation, and what can be done with it."""

    @routes.get("/handovers")
    async def waiting(request: Request) -> Response:
        visit = await enter(desk, request)
        told = await desk.database.run_reading(read_handovers, desk, visit.staff, visit.now)
        done = _said(visit.query.get("done", ""))
        return page("handovers.html", staff=visit.staff, told=told, now=visit.now, done=done)

    @routes.get("/handovers/{handover_id}")
    async def conversation(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        told = await _open(visit, handover_id)
        return _page(visit, told, done=_said(visit.query.get("done", "")))

    @routes.get("/handovers/{handover_id}/{_done}")
    async def opened_again(handover_id: str, _done: str) -> Response:
        return go_to(f"/handovers/{handover_id}")

    @routes.post("/handovers/{handover_id}/numbers")
    async def numbers(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        told = await desk.database.run(
            lambda: open_handover(
                desk, visit.staff, handover_id, visit.now, lines=ALL, is_open=True
            )
        )
        return _page(visit, told)

    @routes.post("/handovers/{handover_id}/take")
    async def take(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        try:
            await desk.database.run(take_handover, desk, visit.staff, handover_id, visit.now)
        except HandoverBusy:
            return await show_again(visit, handover_id, "busy")
        return go_to(f"/handovers/{handover_id}?done=take")

    @routes.post("/handovers/{handover_id}/take-over")
    async def take_over(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        try:
            await desk.database.run(take_over_handover, desk, visit.staff, handover_id, visit.now)
        except HandoverBusy:
            return await show_again(visit, handover_id, "busy")
        return go_to(f"/handovers/{handover_id}?done=take")

    @routes.post("/handovers/{handover_id}/reply")
    async def reply(request: Request, handover_id: str) -> Response:
        visit = await enter(desk, request)
        answer = Answer(
            handover_id=handover_id,
            form_id=visit.form.one("form_id"),
            text=visit.form.one("text"),
        )
        if doubtful(answer.text, CANNOT_CALL):
            told = await _open(visit, handover_id)
            if unsure(doubtful(answer.text, told.needs.flags), visit.form.one("sure")):
                return _page(
                    visit, told, text=answer.text, form_id=answer.form_id, error="not_sure"
                )
        try:
            await desk.database.run(answer_person, desk, visit.staff, answer, visit.now)
        except AnswerProblem as problem:
            return await show_again(visit, handover_id, problem.code)
        except HandoverBusy:
            return await show_again(visit, handover_id, "busy")
        return go_to(f"/handovers/{handover_id}?done=reply")


async def show_again(visit: Visit, handover_id: str, error: str) -> Response:
    """The page with the text of `visit.form`; nothing is carried out."""
    told = await _open(visit, handover_id)
    return _page(
        visit, told, text=visit.form.one("text"), form_id=visit.form.one("form_id"), error=error
    )


async def _open(visit: Visit, handover_id: str) -> HandoverPage:
    lines = ALL if visit.query.get("earlier") else LATEST
    return await visit.desk.database.run(
        lambda: open_handover(visit.desk, visit.staff, handover_id, visit.now, lines=lines)
    )


def _page(
    visit: Visit,
    told: HandoverPage,
    *,
    text: str = "",
    form_id: str = "",
    error: str = "",
    done: str = "",
) -> Response:
    status = {"": 200, "busy": 409, "not_taken": 409, "asked_anew": 409, "stale": 403}.get(
        error, 422
    )
    return page(
        "handover.html",
        status,
        staff=visit.staff,
        handover=told,
        offices={o.id: o.name for o in visit.desk.catalog.offices},
        doubts=(doubts := doubtful(text, told.needs.flags)),
        mark=mark_of(doubts),
        sure=visit.form.one("sure"),
        text=text,
        form_id=form_id or secrets.token_urlsafe(16),
        error=error,
        done=done,
    )


def _said(done: str) -> str:
    told: str = words()["handover_done"].get(done, "")
    return told
