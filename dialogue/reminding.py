"""What waits for a person, out of her cases and unfinished forms; and the one message that reminds of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.deadlines import SHANGHAI
from casework.models import Action, Case, CaseState, Question
from casework.numbers import shown
from casework.reminders import Due, Kind, Matter
from catalog.models import Catalog, FieldType
from dialogue.drafts import draft_id, draft_name
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation
from dialogue.progress import Answer, FormProgress
from dialogue.turns import unfinished
from dialogue.wording import choice, say
from intents.dates import read_date

RENEWAL = "cert_renew"
CERTIFYING = frozenset({"cert_new", RENEWAL})
"""Services that end with a new certificate, valid for ten years (facts.md §2)."""
CANCELLATION = "cert_cancel"
VALID_YEARS = 10
VALID_UNTIL = "cert_valid_until"
APPOINTMENTS = frozenset(
    {"visit_time", "checkup_time", "interpret_time", "trip_time", "activity_time"}
)
"""Fields that hold the day somebody wanted something done; only a plain date is reminded of."""
CHOICES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """An authorization and the day it ends, seen from one of the two."""

    id: str
    on: date
    who: str
    """The other one: her helper, or whom she helps."""
    is_hers: bool
    """She gave it; else she is the helper."""

    @property
    def key(self) -> str:
        """Given again it ends on another day, and is told of anew."""
        return f"{self.id}:{self.on.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Everything of one person that a reminder may be about."""

    cases: tuple[Case, ...] = ()
    others: tuple[Case, ...] = ()
    """Cases of people she helps whom we cannot reach ourselves, named by person."""
    drafts: tuple[FormProgress, ...] = ()
    ending: tuple[Ending, ...] = ()
    facts: Mapping[str, Answer]
    """What is known of herself."""

    def matters(self) -> tuple[Matter, ...]:
        """What waits, in the order it is told."""
        found: list[Matter] = []
        for case in (*self.cases, *self.others):
            found += [*_corrections(case), *_appointments(case), *_papers(case)]
        found += _renewal(self)
        found += (Matter(kind=Kind.AUTHORIZATION, key=e.key, on=e.on) for e in self.ending)
        return (*found, *(m for d in self.drafts for m in _draft(d)))


def drafts_in(conversations: Iterable[Conversation]) -> tuple[FormProgress, ...]:
    """The unfinished forms of these conversations in which something was answered; corrections are not among them."""
    forms = (f for c in conversations for f in (unfinished(c), *c.parked) if f is not None)
    return tuple(
        f for f in forms if not f.corrects and any(a.source == "said" for a in f.answers.values())
    )


def _corrections(case: Case) -> Iterable[Matter]:
    asked = [n for n, e in enumerate(case.events) if e.action is Action.REQUEST_CORRECTIONS]
    if case.state is CaseState.NEEDS_CORRECTION and asked:
        key = f"{case.id}:{asked[-1]}"
        yield Matter(kind=Kind.CORRECTIONS, key=key, since=case.events[asked[-1]].at)


def _papers(case: Case) -> Iterable[Matter]:
    """Papers promised for later and not sent since; while corrections wait, those name what is missing."""
    is_waiting = not case.state.is_closed and case.state is not CaseState.NEEDS_CORRECTION
    if is_waiting and promised(case):
        yield Matter(kind=Kind.PAPER, key=case.id, since=case.events[0].at)


def promised(case: Case) -> tuple[Question, ...]:
    """The questions for papers that were put off, unless papers came by another way."""
    if any(e.action in (Action.ADD_PAPER, Action.CORRECT) for e in case.events):
        return ()
    sent = {paper.field for paper in case.papers}
    return tuple(
        q
        for q in case.questions
        if q.type == FieldType.FILES.value and not q.value and q.field not in sent
    )


def _appointments(case: Case) -> Iterable[Matter]:
    if case.state.is_closed and case.state is not CaseState.APPROVED:
        return
    filed = case.events[0].at.astimezone(SHANGHAI).date()
    for question in case.questions:
        if question.field not in APPOINTMENTS or not isinstance(question.value, str):
            continue
        found = read_date(question.value, filed)
        if not isinstance(found, str) and len(found.value) == len("2026-01-01"):
            on = date.fromisoformat(found.value)
            yield Matter(kind=Kind.APPOINTMENT, key=f"{case.id}:{question.field}", on=on)


def _draft(draft: FormProgress) -> Iterable[Matter]:
    if draft.saved_at is not None:
        yield Matter(kind=Kind.DRAFT, key=draft.number, since=draft.saved_at)


def _renewal(waiting: Waiting) -> Iterable[Matter]:
    """The end of the certificate, if it is known and nothing is being done about it."""
    for case in waiting.cases:
        is_open = not case.state.is_closed
        if case.service_id == RENEWAL and is_open:
            return
        if case.service_id == CANCELLATION and (is_open or case.state is CaseState.APPROVED):
            return
    until = _valid_until(waiting)
    if until is not None:
        yield Matter(kind=Kind.RENEWAL, key=until.isoformat(), on=until)


def _valid_until(waiting: Waiting) -> date | None:
    """Ten years from the newest certificate we know was granted; else what she told last."""
    granted = [
        case.events[-1].at.astimezone(SHANGHAI).date()
        for case in waiting.cases
        if case.service_id in CERTIFYING and case.state is CaseState.APPROVED
    ]
    if granted:
        return _years_later(max(granted))
    told = [q.value for case in waiting.cases for q in case.questions if q.field == VALID_UNTIL]
    if VALID_UNTIL in waiting.facts:
        told.append(waiting.facts[VALID_UNTIL].value)
    days = (_day(value) for value in told)
    return max((day for day in days if day is not None), default=None)


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + VALID_YEARS)
    except ValueError:
        return day.replace(year=day.year + VALID_YEARS, day=28)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def reminder_of(due: tuple[Due, ...], waiting: Waiting, catalog: Catalog) -> Reply:
    """One message for everything that is due, with the first three things that can be done at once."""
    lines, choices = [], []
    for one in due:
        line, todo = _line(one.matter, waiting, catalog)
        if line:
            lines.append(line)
            choices += [todo] if todo is not None else []
    lead = (say("remind_lead", count=str(len(lines))),) if len(lines) > 1 else ()
    once = tuple({c.id: c for c in choices}.values())[:CHOICES]
    paragraphs = (*lead, *lines, say("remind_less")) if lines else ()
    return Reply(paragraphs=paragraphs, choices=once, private=True, kind="notice")


def _line(matter: Matter, waiting: Waiting, catalog: Catalog) -> tuple[str, Choice | None]:
    if matter.kind is Kind.AUTHORIZATION:
        return _ending_line(matter, waiting), None
    if matter.kind is Kind.RENEWAL and matter.on is not None:
        values = _written(matter.on)
        service = catalog.services_by_id.get(RENEWAL)
        todo = Choice(id=f"service:{RENEWAL}", label=service.short) if service else None
        return say("remind_renewal", **values), todo
    if matter.kind is Kind.DRAFT:
        draft = next((d for d in waiting.drafts if d.number == matter.key), None)
        if draft is None:
            return "", None
        todo = Choice(id=draft_id(draft), label=choice("draft_on").label)
        return say("remind_draft", name=draft_name(draft, catalog)), todo
    case_id, _, rest = matter.key.partition(":")
    case = next((c for c in (*waiting.cases, *waiting.others) if c.id == case_id), None)
    return _case_line(matter, case, rest, catalog) if case is not None else ("", None)


def _ending_line(matter: Matter, waiting: Waiting) -> str:
    ending = next((e for e in waiting.ending if e.key == matter.key), None)
    if ending is None:
        return ""
    if ending.is_hers:
        helper = ending.who or say("helper_unnamed")
        return say("remind_my_helper", helper=helper, **_written(ending.on))
    return say("remind_helping", who=ending.who, **_written(ending.on))


def _written(day: date) -> dict[str, str]:
    return {"year": str(day.year), "month": str(day.month), "day": str(day.day)}


def _case_line(
    matter: Matter, case: Case, field: str, catalog: Catalog
) -> tuple[str, Choice | None]:
    name, number = case.service_name, shown(case.number)
    match matter.kind:
        case Kind.CORRECTIONS:
            items = _labels(case.wanted, catalog)
            line = say("remind_corrections", name=name, items=items, number=number)
            return line, choice("correct", id=f"correct:{case.id}")
        case Kind.PAPER:
            items = say("list_mark").join(q.label for q in promised(case))
            return say("remind_paper", name=name, items=items, number=number), None
        case _:
            when = next((q.shown for q in case.questions if q.field == field), "")
            return say("remind_appointment", name=name, when=when), None


def _labels(fields: tuple[str, ...], catalog: Catalog) -> str:
    return say("list_mark").join(catalog.fields[f].label for f in fields if f in catalog.fields)
