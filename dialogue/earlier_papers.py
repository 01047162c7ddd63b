"""Papers a person sent before, offered again at the same question: she says yes instead of taking a photo."""

from __future__ import annotations

from dataclasses import replace

from casework.deadlines import SHANGHAI
from casework.models import Case, PaperOnFile
from catalog.models import FieldType
from dialogue.forms import NAMES
from dialogue.models import Moment
from dialogue.progress import FormProgress
from dialogue.wording import say

_NUMBERS = ("id_number", "child_id_number")


def earlier_papers(moment: Moment, progress: FormProgress) -> tuple[PaperOnFile, ...]:
    """What this very person sent before for the question being asked, if anything."""
    field = progress.asking if progress.stage == "asking" else ""
    spec = moment.catalog.fields.get(field)
    if spec is None or spec.type is not FieldType.FILES or field in progress.new_papers:
        return ()
    if progress.corrects or any(paper.field == field for paper in progress.papers):
        return ()
    cases = (case for case in moment.cases if _is_of_same_person(case, progress))
    found = (tuple(_dated(p, case) for p in case.papers if p.field == field) for case in cases)
    return next(filter(None, found), ())


def day_sent(paper: PaperOnFile) -> str:
    """The day it was sent, as it is said: 6月3日."""
    if paper.sent_at is None:
        return ""
    local = paper.sent_at.astimezone(SHANGHAI)
    return say("day_said", month=str(local.month), day=str(local.day))


def _is_of_same_person(case: Case, progress: FormProgress) -> bool:
    """The same identity number; or the same name, where the person said for whom the form is."""
    held = {q.field: q.value for q in case.questions if q.value}
    now = {f: a.value for f, a in progress.answers.items() if a.source != "skipped"}
    ours = {str(now[f]) for f in _NUMBERS if f in now}
    theirs = {str(held[f]) for f in _NUMBERS if f in held}
    if ours and theirs:
        return not ours.isdisjoint(theirs)
    names = {str(now[f]) for f in NAMES if f in now} & {str(held[f]) for f in NAMES if f in held}
    return bool(progress.person and names)


def _dated(paper: PaperOnFile, case: Case) -> PaperOnFile:
    at = paper.sent_at or (case.events[0].at if case.events else None)
    return replace(paper, sent_at=at)
