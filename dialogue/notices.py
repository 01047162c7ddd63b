"""What a resident is told, unasked, when something happens to her case."""

from __future__ import annotations

from dataclasses import replace

from casework.authorizations import Scope
from casework.models import Action, Case, CaseEvent, CaseState
from casework.numbers import shown
from catalog.bundles import gives_certificate
from catalog.models import Catalog
from dialogue.aftercare import rating_choices
from dialogue.drafts import draft_name
from dialogue.focuses import Idle
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation
from dialogue.needs import obeying
from dialogue.progress import FormProgress
from dialogue.replies import as_sentence
from dialogue.wording import choice, has, say


def notice_of(case: Case, event: CaseEvent, catalog: Catalog) -> Reply:
    """The notice of one transition: conclusion first, then the reason and what can be done."""
    values = {
        "name": case.service_name,
        "number": shown(case.number),
        "reason": as_sentence(event.reason_told),
        "items": _items(event, catalog),
        "count": str(len(event.items)),
        "office": _office(event.office_id, catalog),
        "result": _result(case, catalog),
    }
    key = f"notice_{event.action.value}"
    lines = [say("notice_accept_again" if _accepted_before(case, event) else key, **values)]
    if event.action is Action.APPROVE and event.reason_told:
        lines.append(say("notice_approve_reason", **values))
    lines += [
        say(k, **values) for k in (_since_asked(case, event), f"{key}_2", f"{key}_next") if has(k)
    ]
    service = catalog.services_by_id.get(case.service_id)
    if event.action is Action.APPROVE and service is not None and gives_certificate(service):
        lines.append(say("certificate_opens"))
    if event.action is Action.APPROVE:
        lines += [say("rate_question"), say("rate_points")]
    paragraphs = tuple(line.strip() for line in lines if line.strip())
    choices = _choices(case, event.action)
    return Reply(paragraphs=paragraphs, choices=choices, private=True, kind="notice")


def _accepted_before(case: Case, event: CaseEvent) -> bool:
    """Another office had accepted it: nothing begins today."""
    before = (e.action for e in case.events[:-1])
    return event.action is Action.ACCEPT and Action.ACCEPT in before


def _since_asked(case: Case, event: CaseEvent) -> str:
    """The sentence about what was asked before and counts no more, for what came while it was waited for."""
    before = case.events[-2].state if len(case.events) > 1 else None
    if before is not CaseState.NEEDS_CORRECTION:
        return ""
    match event.action:
        case Action.REQUEST_CORRECTIONS:
            return "notice_request_corrections_again"
        case Action.TRANSFER:
            return "notice_transfer_not_asked"
    return ""


def notice_together(changes: tuple[tuple[Case, CaseEvent], ...], catalog: Catalog) -> Reply:
    """One notice for the same transition of several cases of one application, each of them named.

    What is asked for in several of them is asked for once; what each brings is told for each.
    """
    if len(changes) == 1:
        return notice_of(*changes[0], catalog)
    cases = tuple(case for case, _ in changes)
    first, event = max(changes, key=lambda change: len(change[1].items))
    names = say("list_mark").join(case.service_name for case in cases)
    items = tuple(dict.fromkeys(item for _, each in changes for item in each.items))
    told = notice_of(replace(first, service_name=names), replace(event, items=items), catalog)
    one = _result(first, catalog)
    results = tuple(
        say("notice_result_of", name=case.service_name, result=result)
        for case in cases
        if (result := _result(case, catalog))
    )
    key = f"notice_{event.action.value}_next"
    if not one or not has(key) or say(key, result=one) not in told.paragraphs:
        return told
    at = told.paragraphs.index(say(key, result=one))
    return replace(told, paragraphs=(*told.paragraphs[:at], *results, *told.paragraphs[at + 1 :]))


def _choices(case: Case, action: Action) -> tuple[Choice, ...]:
    """What can be done at once: correct, say what she thinks of it, or object first."""
    match action:
        case Action.REQUEST_CORRECTIONS:
            return (choice("correct", id=f"correct:{case.id}"), choice("correct_later"))
        case Action.APPROVE:
            return rating_choices(case.id)
        case Action.SEND_BACK:
            again = choice("apply_again", id=f"service:{case.service_id}")
            return (again, choice("object", id=f"object:{case.id}"), choice("human"))
        case Action.DECLINE | Action.NOT_ACCEPT:
            rate = choice("rate_open", id=f"rate_open:{case.id}")
            return (choice("object", id=f"object:{case.id}"), choice("human"), rate)
    return ()


def for_helper(notice: Reply, whose: str) -> Reply:
    """A notice about somebody else's case as her helper gets it: whose it is comes first."""
    asked = (say("rate_question"), say("rate_points"))
    told = tuple(line for line in notice.paragraphs if line not in asked)
    choices = tuple(c for c in notice.choices if not c.id.startswith("rate"))
    lines = (say("whose_notice", who=whose), *told)
    return replace(notice, paragraphs=lines, choices=choices)


def helper_acted(case: Case, helper: str, action: Action) -> Reply:
    """What a person hears when somebody acted for her."""
    values = {"helper": helper, "name": case.service_name, "number": shown(case.number)}
    key = f"helper_did_{action.value}"
    lines = (say(key, **values), say("helper_stop"))
    return Reply(paragraphs=lines, private=True, kind="notice")


def helper_may(called: str, scopes: tuple[Scope, ...]) -> Reply:
    """What a helper hears when the person said yes, and to what."""
    allowed = say("list_mark").join(say(f"scope_{scope.value}") for scope in scopes)
    line = say("helper_may", who=called or say("who_family"), scopes=allowed)
    return Reply(paragraphs=(line,), private=True, kind="notice")


def helper_may_not() -> Reply:
    """What a helper hears when the person said no: nothing about her."""
    lines = (say("helper_may_not_1"), say("helper_may_not_2"))
    return Reply(paragraphs=lines, private=True, kind="notice")


def helper_paper_bad(called: str) -> Reply:
    """What a helper hears when the caseworker could not use her paper."""
    lines = (say("helper_paper_bad", who=called or say("who_family")), say("helper_paper_next"))
    return Reply(
        paragraphs=lines, choices=(choice("confirm_helper"),), private=True, kind="notice"
    )


def helper_accepted(helper: str) -> Reply:
    """What a person hears when the one she asked is ready to help."""
    lines = (say("helper_accepted", helper=helper), say("helper_stop"))
    return Reply(paragraphs=lines, private=True, kind="notice")


def helper_ended(called: str) -> Reply:
    """What a helper hears when the person took it back."""
    line = say("helper_ended", who=called or say("who_family"))
    return Reply(paragraphs=(line,), private=True, kind="notice")


def helper_left(helper: str) -> Reply:
    """What a person hears when her helper no longer helps."""
    return Reply(paragraphs=(say("helper_left", helper=helper),), private=True, kind="notice")


def joined_elsewhere(channel: str) -> Reply:
    """What is said in a conversation when another address was joined to it."""
    lines = (say("joined_elsewhere", place=say(f"place_{channel}")), say("joined_not_me"))
    return Reply(paragraphs=lines, private=True, kind="notice")


def draft_grows_old(forms: tuple[FormProgress, ...], catalog: Catalog) -> Reply:
    """What a person hears a month before a form she left for a year is deleted."""
    names = say("list_mark").join(draft_name(form, catalog) for form in forms)
    lines = (say("draft_old", names=names), say("draft_old_next"))
    return Reply(paragraphs=lines, private=True, kind="notice")


def message_from_person(text: str) -> Reply:
    """What a caseworker writes to a resident in the conversation."""
    return Reply(
        paragraphs=(say("notice_message", text=text.strip()),), private=True, kind="notice"
    )


def handover_closed(outcome: str) -> Reply:
    """What a resident hears when the caseworker is done; `outcome` is what was done about a danger, or empty."""
    if not outcome:
        lines = (say("handover_closed"), say("handover_closed_next"))
    else:
        lines = (say(f"handover_closed_{outcome}"), say("handover_closed_danger"))
    return Reply(paragraphs=lines, choices=(choice("human"),), private=True, kind="notice")


def handover_passed(office: str) -> Reply:
    """What a resident hears when her words went to the caseworkers of another office."""
    line = say("handover_passed", office=office)
    return Reply(paragraphs=(line,), private=True, kind="notice")


def after_notice(conversation: Conversation, notice: Reply) -> tuple[Conversation, Reply]:
    """The notice as this person wants it, and the conversation in which its choices may be said in words.

    In the middle of a form nothing moves: the notice is read, the question stays.
    """
    told = replace(obeying(notice, conversation.preferences), turn=conversation.turn)
    if isinstance(conversation.focus, Idle) and notice.choices:
        return replace(conversation, last=told), told
    return conversation, told


def _items(event: CaseEvent, catalog: Catalog) -> str:
    labels = (catalog.fields[i].label if i in catalog.fields else i for i in event.items)
    return say("list_mark").join(labels)


def _office(office_id: str, catalog: Catalog) -> str:
    office = catalog.offices_by_id.get(office_id)
    return office.name if office else ""


def _result(case: Case, catalog: Catalog) -> str:
    service = catalog.services_by_id.get(case.service_id)
    return service.result if service else ""
