"""Photos, documents and voice notes: kept where they belong, or said plainly why not."""

from __future__ import annotations

from datetime import datetime

from casework.authorizations import Scope
from casework.models import Case, PaperOnFile
from catalog.models import FieldType
from dialogue import form_filling as form
from dialogue.effects import AddPapers
from dialogue.messages import Attachment
from dialogue.models import Moment, Turn
from dialogue.progress import FormProgress
from dialogue.turns import aside, form_of, go_on_filling
from dialogue.wording import say


def files_came(moment: Moment) -> Turn | None:
    """Files in a message; words that came with them are kept in the conversation.

    A voice note whose words were heard is a message in words, not a paper.
    """
    files = moment.message.attachments
    if not files:
        return None
    voices = any(f.kind == "voice" for f in files)
    if voices and not moment.text:
        return aside(moment, say("voice_not_heard_1"), say("voice_not_heard_2"))
    if all(f.kind == "voice" for f in files):
        return None
    known = ("too_big", "wrong_type", "unreadable", "not_received")
    codes = (f.problem if f.problem in known else "unreadable" for f in files if f.problem)
    problems = tuple(dict.fromkeys(say(f"file_{code}") for code in codes))
    good = tuple(
        (f, new_id)
        for f, new_id in zip(files, moment.new_paper_ids, strict=True)
        if not f.problem and f.key and f.kind != "voice"
    )
    if not good:
        return aside(moment, *(problems or (say("file_not_received"),)))
    progress = form_of(moment.conversation)
    if progress is not None:
        return _into_form(moment, progress, good, problems)
    return _with_a_case(moment, good, problems)


def _into_form(
    moment: Moment,
    progress: FormProgress,
    good: tuple[tuple[Attachment, str], ...],
    problems: tuple[str, ...],
) -> Turn:
    field = ""
    if progress.stage == "asking" and progress.asking:
        spec = form.spec_asked(moment.catalog, progress)
        field = progress.asking if spec.type is FieldType.FILES else ""
    for attachment, new_id in good:
        progress = form.add_paper(progress, _paper(attachment, new_id, field, moment.now))
    key = "papers_got" if field else "papers_got_extra"
    return go_on_filling(moment, progress, *problems, say(key, count=str(len(good))))


def _with_a_case(
    moment: Moment, good: tuple[tuple[Attachment, str], ...], problems: tuple[str, ...]
) -> Turn:
    case = next((c for c in moment.cases if not c.state.is_closed and _may(moment, c)), None)
    if case is None:
        return aside(moment, *problems, say("papers_for_what"))
    papers = tuple(_paper(attachment, new_id, "", moment.now) for attachment, new_id in good)
    return aside(
        moment,
        *problems,
        say("papers_to_case", count=str(len(papers)), name=case.service_name),
        private=True,
        effects=(AddPapers(case_id=case.id, papers=papers),),
    )


def _may(moment: Moment, case: Case) -> bool:
    return moment.people.may(Scope.SUBMIT, case, moment.now)


def _paper(attachment: Attachment, new_id: str, field: str, sent_at: datetime) -> PaperOnFile:
    return PaperOnFile(
        id=new_id,
        key=attachment.key,
        field=field,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        sent_at=sent_at,
    )
