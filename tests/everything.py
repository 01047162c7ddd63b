"""A database in which every table holds something of two residents, for tests about all that is kept.

What people can do is done through the repositories; a table nothing of that fills (one added later, say) gets a
row made up from its columns, so that no test about deleting or restoring can pass it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from databases import NOW
from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    func,
    insert,
    select,
)

from casework.authorizations import ALL, Authorization, Evidence
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
from catalog.models import FormItem
from dialogue.focuses import Filling
from dialogue.messages import Message, Reply
from dialogue.models import Conversation
from dialogue.progress import Answer, FormProgress
from storage.crypto import Encrypted
from storage.database import Database
from storage.ids import new_id
from storage.models import Filer
from storage.ownership import NOT_RESIDENTS
from storage.papers import PaperStore
from storage.tables import metadata
from storage.unit_of_work import UnitOfWork

CLERK = Actor(kind="caseworker", id="zhang", name="张科员")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """Where one resident's things are."""

    mark: str
    """Stands in everything she told."""
    person_id: str
    conversation_id: str
    case_id: str
    peer: str
    keys: tuple[str, ...]
    """Of her papers: one of a case, one of a draft."""


def fill(database: Database, papers: PaperStore, mark: str, number: str) -> Resident:
    """One resident with everything, her only case closed."""
    peer = f"peer-{mark}"
    keys = (papers.put(mark.encode()), papers.put(f"{mark} draft".encode()))
    with database.write() as work:
        stored = work.conversations.for_peer("webchat", peer, NOW)
        me, talk = stored.person_id, stored.conversation.id
        case = _case(mark, number, keys[0])
        _file(work, case, me, talk)
        saved = work.conversations.save(stored, _talk(talk, mark, keys[1]), NOW)
        message = Message(channel="webchat", event_id=mark, peer=peer, at=NOW, text=mark)
        work.inbox.claim("webchat", mark, NOW)
        work.messages.add_incoming(talk, message, NOW)
        said = work.messages.add_reply(talk, Reply(paragraphs=(mark,)), NOW)
        work.inbox.answered("webchat", mark, talk, said.seq)
        work.outbox.put(said, "webchat", peer, NOW)
        work.handovers.open(talk, "o", "asked", NOW, mark)
        work.misunderstood.add(talk, mark, NOW)
        handover = work.handovers.waiting_of(talk)
        work.web_sessions.open(f"hash-{mark}", peer, NOW)
        work.people.learn(me, {"name": Answer(value=mark, shown=mark)})
        work.consents.give(me, "identity", (mark,), NOW)
        work.data_copies.offer(me, talk, NOW)
        staff = work.staff.by_login("zhang") or work.staff.add("zhang", "张科员", "o", "h", NOW)
        assert handover is not None
        work.handover_events.add(handover, staff.id, "closed", NOW, outcome="told", words=mark)
        work.read_log.add(staff.id, case.id, "case", NOW)
        work.read_log.add(staff.id, case.id, "id_number", NOW)
        assert saved.version == 2
        work.commit()
    return Resident(
        mark=mark, person_id=me, conversation_id=talk, case_id=case.id, peer=peer, keys=keys
    )


def help_each_other(database: Database, principal: Resident, helper: Resident) -> None:
    """The helper may act for the principal, has filed for her and has a draft for her."""
    given = Authorization(
        id=new_id(),
        principal_id=principal.person_id,
        helper_id=helper.person_id,
        role="agent",
        relation=principal.mark,
        helper_called=helper.mark,
        scopes=ALL,
        evidence=Evidence.CONFIRMED,
        until=NOW + timedelta(days=365),
    )
    with database.write() as work:
        work.authorizations.add(given, NOW)
        found = work.cases.get(principal.case_id)
        by = Actor(kind="helper", id=helper.person_id, name=helper.mark)
        event = CaseEvent(at=NOW, action=Action.ADD_PAPER, by=by, state=found.case.state)
        case = found.case
        work.cases.save(
            _changed(case, events=(*case.events, event), version=case.version + 1), NOW
        )
        stored = work.conversations.get(helper.conversation_id)
        draft = _form(principal.mark, "", person=principal.person_id)
        both = _changed(stored.conversation, parked=(*stored.conversation.parked, draft))
        work.conversations.save(stored, both, NOW)
        work.commit()


def _changed(value: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(value, **changes)


def _case(mark: str, number: str, key: str) -> Case:
    question = Question(
        field="id_number", label="身份证", type="id_number", sensitive=True, value=mark, shown=mark
    )
    plain = Question(
        field="reason", label="事由", type="choice", sensitive=False, value="lost", shown="丢了"
    )
    paper = PaperOnFile(id=new_id(), key=key, field="", name=mark, media_type="image/jpeg", size=1)
    by = Actor(kind="resident", id="", name=mark)
    return Case(
        id=new_id(),
        number=number,
        service_id="s",
        service_name="s",
        office_id="o",
        state=CaseState.APPROVED,
        catalog_version="1",
        questions=(question, plain),
        papers=(paper,),
        events=(
            CaseEvent(at=NOW, action=Action.SUBMIT, by=by, state=CaseState.SUBMITTED),
            CaseEvent(
                at=NOW, action=Action.APPROVE, by=CLERK, state=CaseState.APPROVED, reason=mark
            ),
        ),
        wanted_reason=mark,
    )


def _file(work: UnitOfWork, case: Case, me: str, talk: str) -> None:
    filing = Filing(
        number=case.number,
        service_ids=("s",),
        office_id="o",
        catalog_version="1",
        beneficiary=case.wanted_reason,
        questions=case.questions,
        consent_words=(case.wanted_reason,),
    )
    who = Filer(person_id=me, filed_by=me, conversation_id=talk)
    work.applications.open(filing, (case,), who, NOW)
    work.papers.add(case.papers[0], me, talk, NOW)


def _form(mark: str, key: str, person: str = "me") -> FormProgress:
    paper = PaperOnFile(id=new_id(), key=key, field="", name=mark, media_type="x", size=1)
    return FormProgress(
        service_ids=("cert_renew",),
        catalog_version="1",
        items=(FormItem(field="name"), FormItem(field="mobile")),
        fields_of_service={"cert_renew": ("name", "mobile")},
        number="12345674",
        person=person,
        answers={"name": Answer(value=mark, shown=mark)},
        asking="mobile",
        papers=(paper,) if key else (),
        started_at=NOW,
        saved_at=NOW,
    )


def _talk(talk: str, mark: str, key: str) -> Conversation:
    focus = Filling(progress=_form(mark, key))
    return Conversation(id=talk, turn=3, focus=focus, last=Reply(paragraphs=(mark,)))


def make_up(database: Database, resident: Resident) -> tuple[str, ...]:
    """A row of hers in every table that has none; the names of these tables."""
    made = []
    with database._writer.begin() as connection:
        for table in metadata.sorted_tables:
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                continue
            hers = resident if table.name not in NOT_RESIDENTS else _changed(resident, mark="-")
            values = {c.name: _value(c, connection, hers) for c in table.columns}
            connection.execute(insert(table), {**values, "tenant": database.tenant})
            made.append(table.name)
    return tuple(made)


def _value(column: Any, connection: Any, resident: Resident) -> Any:
    own = {
        "person": resident.person_id,
        "conversation": resident.conversation_id,
        "case_file": resident.case_id,
    }
    for key in column.foreign_keys:
        if column.name == "tenant":
            continue
        parent: Table = key.column.table
        if parent.name in own:
            return UUID(own[parent.name])
        return connection.execute(select(parent.c.id).limit(1)).scalar_one()
    return _plain_value(column, resident.mark)


def _plain_value(column: Any, mark: str) -> Any:
    kind = column.type
    if isinstance(kind, Encrypted):
        return mark
    if isinstance(kind, Uuid):
        return UUID(new_id())
    if isinstance(kind, DateTime) or "DateTime" in type(kind).__name__:
        return NOW
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return 1
    if isinstance(kind, JSON) or "JSON" in type(kind).__name__:
        return []
    return b"0123456789abcdef" if isinstance(kind, LargeBinary) else "x"


def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, decrypted."""
    with database.read() as work:
        return {name: list(work.whole.rows(name)) for name in work.whole.tables}


def tables_with(database: Database, mark: str) -> set[str]:
    """Tables in which this mark stands anywhere."""
    return {
        name
        for name, rows in everything(database).items()
        if any(mark in str(value) for row in rows for value in row.values())
    }


LATER: datetime = NOW + timedelta(days=3)
