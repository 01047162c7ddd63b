"""What is said outside forms: a service explained, an event explained, which one is meant, the emergency card."""

from __future__ import annotations

from casework.deadlines import SHANGHAI
from casework.models import Action, Case
from casework.numbers import shown
from catalog.bundles import gives_certificate
from catalog.models import Catalog, Service
from dialogue.messages import Choice, Reply
from dialogue.needs import NeedsProfile
from dialogue.wording import beneficiary_of, choice, has, say
from intents.models import Candidate

PAGE = 3
PAPERS = 4
"""Papers named in one sentence."""


def introduction(service: Service, preferences: NeedsProfile, beneficiary: str = "") -> Reply:
    """A service in two sentences, who may get it, what is needed, and what can be done now."""
    paragraphs = [say("intro_name", name=service.name), service.summary]
    named, _ = beneficiary_of(beneficiary)
    if named:
        paragraphs.insert(0, say("for_whom", who=named))
    if not preferences.is_brief:
        paragraphs.append(service.who)
    paragraphs.append(papers_in_short(service))
    first = "start_enquiry" if service.kind == "show_certificate" else "start"
    return Reply(
        paragraphs=tuple(paragraphs),
        choices=(choice(first, id="start"), choice("more_about"), choice("something_else")),
    )


def short_names(service_ids: tuple[str, ...], catalog: Catalog) -> str:
    """What these services are called in one breath."""
    return say("list_mark").join(catalog.services_by_id[s].short for s in service_ids)


def papers_in_short(service: Service) -> str:
    """The papers in one sentence."""
    return papers_of((service,)) or say("papers_none")


def papers_of(services: tuple[Service, ...]) -> str:
    """The papers of several services in one sentence, each once; empty when there are none."""
    mark = say("list_mark")
    listed = [paper.name for service in services for paper in service.papers]
    if len(services) > 1:
        listed = [name for names in listed for name in names.split(mark)]
    names = tuple(dict.fromkeys(listed))
    if not names:
        return ""
    key = "papers_short" if len(names) <= PAPERS else "papers_short_more"
    return say(key, papers=mark.join(names[:PAPERS]))


def about(service: Service, question: str) -> tuple[str, ...]:
    """The answer to one question about a service; what has no source is left to the window."""
    match question:
        case "papers":
            lines = [
                say("paper_line_note", name=p.name, note=p.note)
                if p.note
                else say("paper_line", name=p.name)
                for p in service.papers
            ]
            return (
                (say("papers_lead"), *lines, say("papers_tail"))
                if lines
                else (say("papers_none"),)
            )
        case "fee":
            return (service.fee or say("fee_unknown"),)
        case "amount":
            return (service.result or say("amount_unknown"), say("window_decides"))
        case "time":
            return _time(service)
        case "where":
            return (service.where,)
        case "who":
            return (service.who, say("window_decides"))
        case "certificate":
            return _certificate(service)
        case _:
            return (service.summary,)


def _certificate(service: Service) -> tuple[str, ...]:
    """Whether it goes without a certificate; what gives one is for those who have none."""
    if gives_certificate(service):
        return (service.summary, service.who)
    needed = service.eligibility.certificate
    lines = (say(f"certificate_{needed}"),)
    return lines if needed == "required" else (*lines, service.who, say("window_decides"))


def _time(service: Service) -> tuple[str, ...]:
    limit = service.time_limit
    lines = []
    if limit.statutory_working_days:
        lines.append(say("time_working", days=str(limit.statutory_working_days)))
    if limit.statutory_calendar_days:
        lines.append(say("time_calendar", days=str(limit.statutory_calendar_days)))
    for stage in limit.stages:
        if stage.working_days:
            lines.append(say("stage_working", stage=stage.stage, days=str(stage.working_days)))
        elif stage.calendar_days:
            lines.append(say("stage_calendar", stage=stage.stage, days=str(stage.calendar_days)))
    return (*lines, say("window_decides")) if lines else (say("time_unknown"),)


def which_one(options: tuple[str, ...], catalog: Catalog, page: int) -> Reply:
    """Which of several is meant: at most three at a time, each with what sets it apart."""
    pages = max(1, -(-len(options) // PAGE))
    start = (page % pages) * PAGE
    choices, lines = [], []
    for option in options[start : start + PAGE]:
        kind, _, entry_id = option.partition(":")
        if kind == "service":
            service = catalog.services_by_id[entry_id]
            choices.append(Choice(id=option, label=service.short))
            lines.append(say("option_line", name=service.short, what=service.summary))
        else:
            event = catalog.life_events_by_id[entry_id]
            choices.append(Choice(id=option, label=event.short))
            lines.append(say("option_line", name=event.short, what=event.summary))
    return Reply(
        paragraphs=(say("which_one"), *lines), choices=(*choices, choice("none_of_these"))
    )


def heard(candidate: Candidate | None) -> str:
    """Why the bot thought of this: the words it heard."""
    if candidate is None or not candidate.why:
        return ""
    words = say("list_mark").join(say("quoted", word=word) for word in candidate.why[:2])
    return say("i_heard", words=words)


def emergency_card(group: str, *after: str) -> Reply:
    """Danger first: whom to call, what to do without hearing or speech, and that nobody was called yet.

    All three numbers stand on every card: the group was told by a few words and may be the wrong one.
    """
    key = f"emergency_{group}"
    return Reply(
        paragraphs=(
            say(key if has(key) else "emergency_any"),
            say("emergency_numbers"),
            say("emergency_text"),
            say("emergency_template"),
            say("emergency_not_called"),
            *after,
        ),
        choices=(choice("false_alarm"), choice("human")),
        kind="emergency",
    )


def as_sentence(text: str) -> str:
    """What a caseworker wrote, ended like a sentence: others follow it."""
    text = text.strip()
    return text if not text or text[-1] in "。！？" else f"{text}。"


def case_sentence(case: Case) -> str:
    """One case in one sentence: what, number, where it stands."""
    event = next((e for e in reversed(case.events) if e.action is not Action.ADD_PAPER), None)
    reason = as_sentence(event.reason_told) if event else ""
    state = say(f"state_{case.state.value}", reason=reason)
    line = say("case_line", name=case.service_name, number=shown(case.number), state=state)
    if event is None:
        return line
    local = event.at.astimezone(SHANGHAI)
    return line + say("case_since", month=str(local.month), day=str(local.day))
