"""Papers of a case: looked at, or taken away; both ways logged, and never run by the browser."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from actions.desk import Desk
from actions.handle_case import CaseNotFound
from actions.open_case import name_case
from actions.open_paper import OpenPaper, open_paper
from console.auth import enter
from console.pages import page

_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    "application/msword": (".doc",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
}
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


def add_pages(routes: APIRouter, desk: Desk) -> None:
    """A page around a picture, the picture, and the file."""

    @routes.get("/cases/{case_id}/papers/{paper_id}")
    async def look(request: Request, case_id: str, paper_id: str) -> Response:
        visit = await enter(desk, request)
        case = await desk.database.run_reading(name_case, desk, visit.staff, case_id, visit.now)
        papers = [paper for paper in case.papers if paper.id == paper_id]
        if not papers:
            raise CaseNotFound(case_id)
        return page("paper.html", staff=visit.staff, case=case, paper=papers[0])

    @routes.get("/cases/{case_id}/papers/{paper_id}/picture")
    async def picture(request: Request, case_id: str, paper_id: str) -> Response:
        visit = await enter(desk, request)
        paper = await desk.database.run(
            open_paper, desk, visit.staff, case_id, paper_id, visit.now
        )
        if not paper.is_picture:
            return _file(paper)
        return Response(paper.data, media_type=paper.media_type, headers=_HARMLESS)

    @routes.get("/cases/{case_id}/papers/{paper_id}/file")
    async def file(request: Request, case_id: str, paper_id: str) -> Response:
        visit = await enter(desk, request)
        paper = await desk.database.run(
            open_paper, desk, visit.staff, case_id, paper_id, visit.now
        )
        return _file(paper)


def _file(paper: OpenPaper) -> Response:
    name = _fitting_name(paper)
    headers = {
        **_HARMLESS,
        "Content-Disposition": f'attachment; filename="paper{PurePath(name).suffix}"; '
        f"filename*=UTF-8''{quote(name, safe='')}",
    }
    return Response(paper.data, media_type=paper.media_type, headers=headers)


def _fitting_name(paper: OpenPaper) -> str:
    """The name the resident gave, with the ending of what it really is: `x.html` that is a JPEG is no page."""
    endings = _ENDINGS.get(paper.media_type, (".bin",))
    if paper.name.lower().endswith(endings):
        return paper.name
    return f"{paper.name or 'paper'}{endings[0]}"
