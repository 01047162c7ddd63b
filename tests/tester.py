"""A resident for tests: says, picks, sends; what she hears is checked in the words of the conversation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from actions.mind import Mind
from actions.receive_message import Received, receive_message
from casework.authorizations import ALL, LASTS, Authorization
from casework.lifecycle import move
from casework.models import Action, Actor, Case, CaseEvent, CaseState, Move
from casework.numbers import number_from
from catalog.models import Catalog, FieldSpec, FieldType, TimeLimit
from dialogue.effects import Effect, FileApplication, SubmitCorrections, WithdrawCase
from dialogue.filings import question_of
from dialogue.focuses import Correcting, Filling
from dialogue.for_whom import FiledFor
from dialogue.forms import spec_of
from dialogue.manager import awaiting, respond
from dialogue.messages import Attachment, Message, Pick, Reply
from dialogue.models import Conversation, Moment, Turn
from dialogue.notices import after_notice, notice_of
from dialogue.people import Helped, People
from dialogue.progress import FormProgress
from dialogue.turns import unfinished
from intents.models import Awaiting, Candidate, Decision, Recognition
from intents.writing import bare
from storage.database import Database
from storage.ids import new_id
from storage.serialization import CONVERSATION, to_json

INTENTS = Path(__file__).parents[1] / "intents"
ID = "11010519491231002X"
OTHER_ID = "440524188001010014"
CERT = ID + "42"
MOBILE = "13912345678"
ADDRESS = "浦东新区花木街道幸福路12弄3号401室"
CLERK = Actor(kind="caseworker", id="zhang", name="张科员")


@dataclass
class Clock:
    """Time that only goes on when told, or a second with each message."""

    now: datetime

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def forward(self, **time: int) -> None:
        self.now += timedelta(**time)


@cache
def _common() -> dict:
    return json.loads((INTENTS / "common_intents.json").read_text("utf-8"))


@cache
def _exact_acts() -> dict[str, str]:
    acts = _common()["acts"]
    return {re.sub(r"[\W_]+", "", bare(f)): a for a, e in acts.items() for f in e.get("exact", ())}


@dataclass
class FakeRecognizer:
    """Understands exact words, danger words and the sentences of its table, nothing else."""

    table: dict[str, Recognition] = field(default_factory=dict)

    def knows(
        self,
        text: str,
        entry_id: str,
        kind: str = "service",
        why: tuple[str, ...] = (),
        **more: object,
    ) -> None:
        """Add a sentence that is accepted outright."""
        candidate = Candidate(id=entry_id, kind=kind, score=0.9, why=why)
        self.table[text] = Recognition(
            text=text, decision=Decision.ACCEPT, candidates=(candidate,), **more
        )

    def asks(self, text: str, question: str) -> None:
        """Add a question about the service being talked about."""
        self.table[text] = Recognition(text=text, decision=Decision.REJECT, question=question)

    def recognize(self, text: str, awaiting: Awaiting = Awaiting.NOTHING) -> Recognition:
        if text in self.table:
            return self.table[text]
        groups = _common()["danger"]["groups"]
        danger = next((g for g, e in groups.items() if any(w in text for w in e["words"])), "")
        act = _exact_acts().get(re.sub(r"[\W_]+", "", bare(text)), "emergency" if danger else "")
        if not act:
            return Recognition(text=text, decision=Decision.REJECT)
        candidate = Candidate(id=act, kind="act", score=1.0)
        return Recognition(
            text=text, decision=Decision.ACCEPT, candidates=(candidate,), danger=danger
        )


class Resident:
    """What is the same whether a conversation is stored or not."""

    reply: Reply
    clock: Clock

    def says(self, *texts: str) -> Resident:
        """Type one line after another."""
        for text in texts:
            self.sends(text=text)
        return self

    def sends(self, **values: object) -> Reply:
        raise NotImplementedError

    @property
    def conversation(self) -> Conversation:
        raise NotImplementedError

    def picks(self, choice: int | str) -> Resident:
        """Answer by the number shown, or by a choice's label."""
        if isinstance(choice, int):
            assert 1 <= choice <= len(self.reply.choices), self.shown()
            return self.says(str(choice))
        labels = [c.label for c in self.reply.choices]
        assert choice in labels, f"no choice {choice!r} in {labels}"
        return self.says(choice)

    def presses(self, choice: str) -> Resident:
        """Press a button of the last reply, by its id or its label."""
        found = next((c for c in self.reply.choices if choice in (c.id, c.label)), None)
        assert found is not None, f"no button {choice!r} in {self.shown()}"
        self.sends(pick=Pick(turn=self.reply.turn, choice=found.id))
        return self

    def sends_photo(self, name: str = "照片.jpg", problem: str = "", text: str = "") -> Resident:
        """Send a photo the channel has stored already."""
        photo = Attachment(
            kind="photo",
            name=name,
            media_type="" if problem else "image/jpeg",
            size=0 if problem else 2000,
            key="" if problem else new_id().replace("-", ""),
            problem=problem,
        )
        self.sends(text=text, attachments=(photo,))
        return self

    def hears(self, *fragments: str) -> Resident:
        """The last reply holds these words."""
        for fragment in fragments:
            assert fragment in self.reply.as_plain_text(), f"{fragment!r} not in:\n{self.shown()}"
        return self

    def hears_not(self, *fragments: str) -> Resident:
        for fragment in fragments:
            assert fragment not in self.reply.as_plain_text(), f"{fragment!r} in:\n{self.shown()}"
        return self

    def shown(self) -> str:
        return self.reply.as_plain_text()

    @property
    def form(self) -> FormProgress:
        """The form in the middle of which the conversation is."""
        form = unfinished(self.conversation)
        assert form is not None, f"no form is being filled:\n{self.shown()}"
        return form

    @property
    def is_filling(self) -> bool:
        return isinstance(self.conversation.focus, Filling | Correcting)

    def is_asked(self, asked: str) -> Resident:
        """The question of this field is open now."""
        assert (self.form.stage, self.form.asking) == ("asking", asked), (
            f"asked {self.form.stage} {self.form.asking}, not {asked}:\n{self.shown()}"
        )
        return self

    def is_at(self, stage: str) -> Resident:
        assert self.form.stage == stage, f"at {self.form.stage}, not {stage}:\n{self.shown()}"
        return self

    def answers(self) -> dict[str, object]:
        return {f: a.value for f, a in self.form.answers.items() if a.source != "skipped"}

    def fills(
        self,
        given: dict[str, str] | None = None,
        until: str = "",
        stop_at: tuple[str, ...] = ("review",),
    ) -> Resident:
        """Answer question after question with something that fits, up to a field or the review."""
        for _ in range(120):
            progress = self.form
            is_there = progress.stage not in ("consent", "doubt") and progress.asking == until
            if progress.stage in stop_at or (until and is_there):
                return self
            self._fill_one(progress, given or {})
        raise AssertionError(f"the form does not end:\n{self.shown()}")

    def _fill_one(self, progress: FormProgress, given: dict[str, str]) -> None:
        match progress.stage:
            case "consent":
                self.presses("consent_yes")
            case "confirming":
                self.presses("right")
            case "doubt":
                self.presses("as_is")
            case "whom":
                self.presses("whom_new")
            case "reuse":
                self.presses("reuse_no")
            case "asking":
                spec = spec_of(self.catalog, progress, progress.asking)
                text = given.get(progress.asking) or fitting_answer(spec)
                self._answer(spec, text)
            case other:
                raise AssertionError(f"stuck at {other}:\n{self.shown()}")

    def _answer(self, spec: FieldSpec, text: str) -> None:
        if spec.type is FieldType.CHOICES and any(
            c.id == "options_done" for c in self.reply.choices
        ):
            self.presses("options_done")
        else:
            self.says(text)


def fitting_answer(spec: FieldSpec) -> str:
    """Words that answer a question, as its catalog entry gives them or as people say them."""
    by_type = {
        FieldType.YES_NO: "是",
        FieldType.FILES: "以后补",
        FieldType.STREET_TOWN: "花木街道",
        FieldType.CREDIT_CODE: "91310115MA1K000003",
        FieldType.CERT_NO: CERT,
    }
    if spec.choices:
        safe = next(o for o in spec.choices if not o.danger)
        return safe.label
    return by_type.get(spec.type) or spec.example or "说一句"


class Tester(Resident):
    """A resident whose words go through `receive_message` into a database."""

    __test__ = False

    def __init__(
        self,
        database: Database,
        mind: Mind,
        *,
        channel: str = "webchat",
        peer: str = "wang",
        clock: Clock,
    ) -> None:
        self.database, self.mind, self.clock = database, mind, clock
        self.channel, self.peer = channel, peer
        self.catalog = mind.catalog
        self.received: Received | None = None
        self.reply = Reply(paragraphs=())

    def another(self, name: str, channel: str) -> Tester:
        """Somebody else in the same database, at the same time."""
        return Tester(
            self.database, self.mind, channel=channel or "webchat", peer=name, clock=self.clock
        )

    def message(self, **values: object) -> Message:
        """The next message, not sent yet."""
        values.setdefault("event_id", new_id())
        return Message(channel=self.channel, peer=self.peer, at=self.clock.tick(), **values)

    def sends(self, **values: object) -> Reply:
        return self.sends_message(self.message(**values))

    def sends_message(self, message: Message) -> Reply:
        self.received = receive_message(self.database, self.mind, message)
        self.reply = self.received.reply.reply
        return self.reply

    @property
    def conversation(self) -> Conversation:
        with self.database.read() as work:
            return work.conversations.find(self.channel, self.peer).conversation

    def cases(self) -> tuple[Case, ...]:
        """Her own cases and those of whom she helps, newest first."""
        with self.database.read() as work:
            stored = work.conversations.find(self.channel, self.peer)
            if stored is None:
                return ()
            me = stored.person_id
            given = (a for a in work.authorizations.of_person(me) if a.helper_id == me)
            return work.cases.of_people((me, *(a.principal_id for a in given)))

    def case(self, service_id: str = "") -> Case:
        """Her only case, or the one of this service."""
        cases = [c for c in self.cases() if service_id in ("", c.service_id)]
        assert len(cases) == 1, [(c.service_id, c.state) for c in cases]
        return cases[0]

    def value(self, asked: str, case: Case | None = None) -> object:
        """The answer a case holds to a question."""
        questions = {q.field: q.value for q in (case or self.case()).questions}
        return questions.get(asked)

    def clerk(self, action: Action, **wish: object) -> Case:
        """張科員 acts on her only open case; the notice comes into the conversation."""
        from actions.handle_case import CaseWish, handle_case

        case = next(c for c in self.cases() if not c.state.is_closed)
        done = handle_case(
            self.database,
            self.catalog,
            CaseWish(
                case_id=case.id,
                office_id=case.office_id,
                seen_version=case.version,
                move=Move(action=action, by=CLERK, **wish),
            ),
            self.clock.tick(),
        )
        self.reads_notice()
        return done

    def reads_notice(self) -> Tester:
        """The newest reply in the conversation, which nobody asked for."""
        with self.database.read() as work:
            stored = work.conversations.find(self.channel, self.peer)
            self.reply = work.messages.latest(stored.conversation.id, 1)[0].reply
        return self

    def handovers(self, office_id: str = "") -> tuple[str, ...]:
        """Why a person was asked for, at this office or at any."""
        offices = [office_id] if office_id else [o.id for o in self.catalog.offices]
        with self.database.read() as work:
            return tuple(h.reason for o in offices for h in work.handovers.waiting(o))


class ThroughChannel(Tester):
    """A resident whose words go through a channel's own door: for the contract every channel keeps.

    `send` gives one event to the adapter (`text`, `pick` or `attachments`) and returns when it was answered;
    what was answered is read from the database, as it was stored.
    """

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        send: Callable[..., None],
        *,
        channel: str,
        peer: str,
        clock: Clock,
    ) -> None:
        self.database, self.catalog, self.clock = database, catalog, clock
        self.channel, self.peer = channel, peer
        self._send = send
        self.received = None
        self.reply = Reply(paragraphs=())

    def sends(self, **values: object) -> Reply:
        self.clock.tick()
        self._send(**values)
        self.reads_notice()
        return self.reply


class Talk(Resident):
    """A conversation without storage: `respond` alone, with cases and effects kept in memory."""

    def __init__(self, catalog: Catalog, recognizer: FakeRecognizer, *, clock: Clock) -> None:
        self.catalog, self.recognizer, self.clock = catalog, recognizer, clock
        self._conversation = Conversation(id="talk")
        self.reply = Reply(paragraphs=())
        self.effects: tuple[Effect, ...] = ()
        self.all_effects: list[Effect] = []
        self.cases: tuple[Case, ...] = ()
        self.people = People(me="me")
        self.seen: list[Reply] = []
        self.checks: list[Callable[[Turn], None]] = []
        self.checks_storing = True
        self._numbers = iter(range(1, 10**6))

    @property
    def conversation(self) -> Conversation:
        return self._conversation

    def sends(self, **values: object) -> Reply:
        values.setdefault("event_id", new_id())
        message = Message(channel="talk", peer="wang", at=self.clock.tick(), **values)
        turn = respond(self.moment(message))
        self.take(turn)
        return self.reply

    def moment(self, message: Message) -> Moment:
        waiting = awaiting(self._conversation, self.catalog)
        return Moment(
            conversation=self._conversation,
            message=message,
            recognition=self.recognizer.recognize(message.text, waiting),
            catalog=self.catalog,
            cases=self.cases,
            new_number=number_from(next(self._numbers)),
            new_paper_ids=tuple(new_id() for _ in message.attachments),
            people=self.people,
            new_code="123456789",
        )

    def take(self, turn: Turn) -> None:
        """Every turn survives being stored."""
        stored = turn.conversation
        if self.checks_storing:
            stored = CONVERSATION.validate_json(to_json(CONVERSATION, turn.conversation))
            assert stored == turn.conversation
        self._conversation, self.reply = stored, turn.reply
        self.effects = turn.effects
        self.all_effects.extend(turn.effects)
        self.seen.append(turn.reply)
        for effect in turn.effects:
            self._do(effect)
        for check in self.checks:
            check(turn)

    def _do(self, effect: Effect) -> None:
        now = self.clock.now
        match effect:
            case FileApplication(filing=filing, whom=whom):
                self.people = _after_filing(self.people, whom, now)
                new = tuple(_case(filing, s, self.catalog, now) for s in filing.service_ids)
                self.cases = (*new, *self.cases)
            case WithdrawCase(case_id=case_id):
                self._move(case_id, Move(action=Action.WITHDRAW, by=Actor(kind="resident")))
            case SubmitCorrections(case_id=case_id, answers=answers):
                wish = Move(action=Action.CORRECT, by=Actor(kind="resident"), items=tuple(answers))
                self._move(case_id, wish)

    def _move(self, case_id: str, wish: Move) -> tuple[Case, CaseEvent]:
        case = next(c for c in self.cases if c.id == case_id)
        changed, event = move(case, wish, TimeLimit(), self.clock.now)
        self.cases = tuple(changed if c.id == case_id else c for c in self.cases)
        return changed, event

    def clerk(self, action: Action, **wish: object) -> Case:
        """A caseworker acts on the newest open case, and the notice is told."""
        case = next(c for c in self.cases if not c.state.is_closed)
        changed, event = self._move(case.id, Move(action=action, by=CLERK, **wish))
        notice = notice_of(changed, event, self.catalog)
        self._conversation, self.reply = after_notice(self._conversation, notice)
        self.seen.append(self.reply)
        return changed

    def begins(self, service_id: str, beneficiary: str = "") -> Talk:
        """Name a service and start its form."""
        words = f"想办 {service_id} {beneficiary}"
        self.recognizer.knows(words, service_id, beneficiary=beneficiary)
        self.says(words)
        self.presses("start")
        return self

    def files(self, service_id: str, given: dict[str, str] | None = None) -> Talk:
        """Fill and file a service, answering everything with something that fits."""
        self.begins(service_id).fills(given)
        self.presses("review_right")
        self.presses("submit")
        return self

    def forgets(self) -> None:
        """A new person."""
        self._conversation = Conversation(id="talk")
        self.cases = ()
        self.people = People(me="me")


def _after_filing(people: People, whom: FiledFor, now: datetime) -> People:
    """What is known of people after a filing, as the database would give it back."""
    if whom.person == "me":
        return replace(people, facts=whom.facts)
    person = whom.person or f"person-{len(people.helped) + 1}"
    given = Authorization(
        id=f"given-{person}",
        principal_id=person,
        helper_id=people.me,
        role=whom.role,
        relation=whom.relation,
        helper_called=whom.helper_called,
        scopes=ALL,
        until=now + LASTS,
    )
    others = tuple(h for h in people.helped if h.id != person)
    helped = (*others, Helped(authorization=given, facts=whom.facts))
    return replace(people, facts=whom.own_facts, helped=helped)


def _case(filing: object, service_id: str, catalog: Catalog, now: datetime) -> Case:
    fields = set(filing.fields_of_service[service_id])
    event = CaseEvent(
        at=now, action=Action.SUBMIT, by=Actor(kind="resident"), state=CaseState.SUBMITTED
    )
    return Case(
        id=new_id(),
        number=filing.number,
        service_id=service_id,
        service_name=catalog.services_by_id[service_id].name,
        office_id=filing.office_id,
        state=CaseState.SUBMITTED,
        catalog_version=filing.catalog_version,
        questions=tuple(q for q in filing.questions if q.field in fields),
        papers=filing.papers,
        events=(event,),
    )


__all__ = [
    "ADDRESS",
    "CERT",
    "CLERK",
    "ID",
    "MOBILE",
    "OTHER_ID",
    "Clock",
    "FakeRecognizer",
    "Resident",
    "Talk",
    "Tester",
    "fitting_answer",
    "question_of",
    "replace",
]
