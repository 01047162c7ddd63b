"""A copy of everything held about a person: one ZIP with a text to read, the same as JSON, and her papers.

Made when it is fetched and kept nowhere. Nothing of other people is in it but what they said to her.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.read_my_log import read_my_log
from casework.deadlines import SHANGHAI
from casework.models import Case, CaseEvent, PaperOnFile
from casework.numbers import shown
from catalog.models import Catalog
from dialogue.drafts import draft_name
from dialogue.my_data import look_in_words
from dialogue.own_file import Look
from dialogue.progress import Answer, FormProgress
from dialogue.told import ToldFacts
from dialogue.wording import say
from storage.database import Database
from storage.models import Consent, StoredMessage
from storage.papers import PaperStore
from storage.unit_of_work import UnitOfWork

MOST_BYTES = 45 * 1024 * 1024
"""Telegram takes documents up to 50 MB; papers beyond this are named and left out."""
_AT_ONCE = 500
_UNSAFE = re.compile(r"[^\w.-]+")

Section = tuple[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Everything that was found."""

    facts: dict[str, Answer]
    told: tuple[ToldFacts, ...]
    """While looking for benefits; the text has it among what was said."""
    cases: tuple[Case, ...]
    drafts: tuple[FormProgress, ...]
    papers: tuple[tuple[PaperOnFile, datetime], ...]
    consents: tuple[Consent, ...]
    looks: tuple[Look, ...]
    helpers: tuple[str, ...]
    talk: tuple[StoredMessage, ...]


def export_person(
    database: Database, papers: PaperStore, catalog: Catalog, person_id: str, now: datetime
) -> bytes:
    """The ZIP."""
    with database.read() as work:
        held = _held(work, catalog, person_id)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        kept = _put_papers(archive, papers, held)
        sections = _sections(held, catalog, kept)
        archive.writestr(say("copy_file_name"), _text(sections, now))
        archive.writestr("my_data.json", _json(held, now))
    return target.getvalue()


def take_copy(
    database: Database, papers: PaperStore, catalog: Catalog, conversation_id: str, now: datetime
) -> bytes | None:
    """The copy asked for in this conversation, once; None when none is waiting."""
    with database.write() as work:
        person_id = work.data_copies.take(conversation_id, now)
        work.commit()
    if person_id is None:
        return None
    return export_person(database, papers, catalog, person_id, now)


def copy_of_conversation(
    database: Database, papers: PaperStore, catalog: Catalog, conversation_id: str, now: datetime
) -> bytes | None:
    """The copy for whoever this conversation is with, as often as it must be sent; None when it is gone."""
    with database.read() as work:
        stored = work.conversations.get(conversation_id)
    if stored is None:
        return None
    return export_person(database, papers, catalog, stored.person_id, now)


def _held(work: UnitOfWork, catalog: Catalog, person_id: str) -> _Held:
    talks = work.conversations.all_of_person(person_id)
    drafts = [form for talk in talks for form in (*talk.parked, *_present(talk.focus))]
    said = [message for talk in talks for message in _messages(work, talk.id)]
    return _Held(
        facts=work.people.facts((person_id,)).get(person_id, {}),
        told=tuple(told for talk in talks for told in talk.told),
        cases=work.cases.of_person(person_id),
        drafts=tuple(drafts),
        papers=work.papers.of_person(person_id),
        consents=work.consents.of_person(person_id),
        looks=read_my_log(work, catalog, person_id),
        helpers=_helpers(work, person_id),
        talk=tuple(sorted(said, key=lambda m: (m.at, m.conversation_id, m.seq))),
    )


def _present(focus: object) -> tuple[FormProgress, ...]:
    form = getattr(focus, "progress", None)
    return (form,) if isinstance(form, FormProgress) else ()


def _messages(work: UnitOfWork, conversation_id: str) -> list[StoredMessage]:
    found: list[StoredMessage] = []
    while some := work.messages.after(conversation_id, found[-1].seq if found else 0, _AT_ONCE):
        found += some
    return found


def _helpers(work: UnitOfWork, person_id: str) -> tuple[str, ...]:
    lines = []
    for given in work.authorizations.of_person(person_id):
        until = _day(given.until)
        if given.principal_id == person_id:
            called = given.helper_called or say("helper_unnamed")
            lines.append(say("copy_helper", called=called, until=until))
        else:
            called = given.relation or say("who_family")
            lines.append(say("copy_helped", called=called, until=until))
    return tuple(lines)


def _put_papers(archive: zipfile.ZipFile, papers: PaperStore, held: _Held) -> dict[str, str]:
    """Put the papers in as far as they fit; how each is named in the text."""
    left, lines = MOST_BYTES, {}
    for number, (paper, at) in enumerate(held.papers, 1):
        name = paper.name or str(number)
        if paper.size > left:
            lines[paper.id] = say("copy_paper_big", name=name)
            continue
        try:
            content = papers.get(paper.key)
        except (FileNotFoundError, ValueError):
            lines[paper.id] = say("copy_paper_gone", name=name)
            continue
        left -= len(content)
        archive.writestr(f"papers/{number}_{_UNSAFE.sub('_', name)}", content)
        lines[paper.id] = say("copy_paper", name=name, at=_when(at))
    return lines


def _sections(held: _Held, catalog: Catalog, papers: dict[str, str]) -> tuple[Section, ...]:
    return (
        (say("copy_facts"), _answers(catalog, held.facts)),
        (say("copy_cases"), [line for case in held.cases for line in _case(catalog, case)]),
        (say("copy_drafts"), [line for d in held.drafts for line in _draft(catalog, d)]),
        (say("copy_papers"), [papers[paper.id] for paper, _ in held.papers]),
        (say("copy_consents"), [_consent(one) for one in held.consents]),
        (say("copy_looks"), [look_in_words(look) for look in held.looks]),
        (say("copy_helpers"), list(held.helpers)),
        (say("copy_talk"), [_said(message) for message in held.talk]),
    )


def _answers(catalog: Catalog, answers: dict[str, Answer]) -> list[str]:
    return [
        say("copy_line", label=catalog.fields[field].label, value=answer.shown)
        for field, answer in answers.items()
        if field in catalog.fields
    ]


def _case(catalog: Catalog, case: Case) -> list[str]:
    office = catalog.offices_by_id.get(case.office_id)
    head = say(
        "copy_case",
        name=case.service_name,
        number=shown(case.number),
        office=office.name if office else "",
        state=_state(case, case.last_event),
    )
    answers = [say("copy_line", label=q.label, value=q.shown) for q in case.questions]
    events = [
        say("copy_event", at=_when(e.at), state=_state(e, e), reason=_reason(e))
        for e in case.events
    ]
    return [head, *answers, *events, ""]


def _state(case: Case | CaseEvent, event: CaseEvent | None) -> str:
    return say(f"state_{case.state.value}", reason=event.reason_told if event else "")


def _reason(event: CaseEvent) -> str:
    """What was written to her, unless the sentence about the state has it already."""
    return "" if event.reason_told in _state(event, event) else event.reason_told


def _draft(catalog: Catalog, form: FormProgress) -> list[str]:
    return [draft_name(form, catalog), *_answers(catalog, form.answers), ""]


def _consent(one: Consent) -> str:
    words = "".join(one.words)
    if one.ended_at is None:
        return say("copy_consent", at=_when(one.given_at), words=words)
    end = _when(one.ended_at)
    return say("copy_consent_ended", at=_when(one.given_at), words=words, end=end)


def _said(message: StoredMessage) -> str:
    if message.reply is not None:
        who, words = say("copy_bot"), message.reply.as_plain_text()
    else:
        said = message.message.text if message.message else ""
        who, words = say("copy_me"), said or say("copy_button")
    return say("copy_said", at=_when(message.at), who=who, words=words)


def _text(sections: tuple[Section, ...], now: datetime) -> bytes:
    """Plain text any screen reader reads; with a mark at the beginning that Windows needs to read Chinese."""
    lines = [say("copy_title"), say("copy_made", at=_when(now)), say("copy_by"), ""]
    for title, content in sections:
        lines += [title, *(content or [say("copy_nothing")]), ""]
    return "\r\n".join(lines).encode("utf-8-sig")


def _json(held: _Held, now: datetime) -> str:
    content: dict[str, Any] = {
        "made_at": now.isoformat(),
        "facts": {field: answer.value for field, answer in held.facts.items()},
        "told": [
            {"about": t.who, "answers": {f: a.value for f, a in t.answers.items()}}
            for t in held.told
        ],
        "cases": [_case_as_json(case) for case in held.cases],
        "drafts": [
            {"services": d.service_ids, "answers": {f: a.value for f, a in d.answers.items()}}
            for d in held.drafts
        ],
        "papers": [
            {"name": p.name, "size": p.size, "at": at.isoformat()} for p, at in held.papers
        ],
        "consents": [
            {
                "topic": c.topic,
                "words": c.words,
                "given_at": c.given_at.isoformat(),
                "ended_at": c.ended_at.isoformat() if c.ended_at else None,
            }
            for c in held.consents
        ],
        "looks": [
            {"at": k.at.isoformat(), "office": k.office, "service": k.service, "what": k.what}
            for k in held.looks
        ],
        "talk": [
            {
                "at": m.at.isoformat(),
                "by": "bot" if m.reply else "me",
                "words": m.reply.text if m.reply else m.message.text if m.message else "",
            }
            for m in held.talk
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _case_as_json(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "service": case.service_id,
        "office": case.office_id,
        "state": case.state.value,
        "answers": {q.field: q.value for q in case.questions},
        "events": [
            {"at": e.at.isoformat(), "action": e.action.value, "reason": e.reason_told}
            for e in case.events
        ],
    }


def _when(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return say(
        "day_shown_long",
        year=str(local.year),
        month=str(local.month),
        day=str(local.day),
        hour=str(local.hour),
        minute=f"{local.minute:02d}",
    )


def _day(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return say("date_shown", year=str(local.year), month=str(local.month), day=str(local.day))
