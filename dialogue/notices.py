"""What a resident is told, unasked, when something happens to her case."""

from __future__ import annotations

from dataclasses import replace

from casework.models import Action, Case, CaseEvent
from casework.numbers import shown
from catalog.models import Catalog
from dialogue.focuses import Idle
from dialogue.messages import Choice, Reply
from dialogue.models import Conversation
from dialogue.wording import choice, has, say


def notice_of(case: Case, event: CaseEvent, catalog: Catalog) -> Reply:
    """The notice of one transition: conclusion first, then the reason and what can be done."""
    values = {
        "name": case.service_name,
        "number": shown(case.number),
        "reason": _sentence(event.reason),
        "items": _items(event, catalog),
        "count": str(len(event.items)),
        "office": _office(event.office_id, catalog),
        "result": _result(case, catalog),
    }
    key = f"notice_{event.action.value}"
    lines = [say(key, **values)]
    if event.action is Action.APPROVE and event.reason:
        lines.append(say("notice_approve_reason", **values))
    lines += [say(k, **values) for k in (f"{key}_2", f"{key}_next") if has(k)]
    choices: tuple[Choice, ...] = ()
    if event.action is Action.REQUEST_CORRECTIONS:
        choices = (choice("correct", id=f"correct:{case.id}"), choice("correct_later"))
    paragraphs = tuple(line.strip() for line in lines if line.strip())
    return Reply(paragraphs=paragraphs, choices=choices, private=True, kind="notice")


def message_from_person(text: str) -> Reply:
    """What a caseworker writes to a resident in the conversation."""
    return Reply(
        paragraphs=(say("notice_message", text=text.strip()),), private=True, kind="notice"
    )


def after_notice(conversation: Conversation, notice: Reply) -> tuple[Conversation, Reply]:
    """The notice as this person wants it, and the conversation in which its choices may be said in words.

    In the middle of a form nothing moves: the notice is read, the question stays.
    """
    told = replace(
        notice,
        turn=conversation.turn,
        rate=conversation.preferences.rate,
        aloud=conversation.preferences.aloud,
    )
    if isinstance(conversation.focus, Idle) and notice.choices:
        return replace(conversation, last=told), told
    return conversation, told


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in "。！？" else f"{text}。"


def _items(event: CaseEvent, catalog: Catalog) -> str:
    labels = (catalog.fields[i].label if i in catalog.fields else i for i in event.items)
    return say("list_mark").join(labels)


def _office(office_id: str, catalog: Catalog) -> str:
    office = catalog.offices_by_id.get(office_id)
    return office.name if office else ""


def _result(case: Case, catalog: Catalog) -> str:
    service = catalog.services_by_id.get(case.service_id)
    return service.result if service else ""
