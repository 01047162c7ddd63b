"""Which questions there are: the form of one service, or one form for several, each fact once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from catalog.bundles import gives_certificate
from catalog.models import Catalog, Condition, FieldSpec, FieldType, FormItem, Option
from dialogue.progress import Answer, FormProgress
from dialogue.wording import beneficiary_of, say

NEVER_ASKED = frozenset({FieldType.CONSENT, FieldType.SIGNATURE, FieldType.DERIVED})
"""Consent and signature are one step at the end; derived facts are worked out."""

ROLE = "applicant_role"
NAMES = frozenset({"name", "child_name"})
CONTACTS = frozenset({"mobile", "guardian_mobile", "agent_mobile"})
"""A filing cannot do without a name and one telephone; all else may be handed in later, on one notice."""


TWINS = {"child_name": "name", "child_id_number": "id_number"}
"""One fact under two names: in one form with both, the second of each pair is asked and stands for the first."""
CERTIFICATE = "disability_cert_no"
_ON_CERTIFICATE = frozenset({CERTIFICATE, "disability_level"})
"""What nobody can tell who is only now applying for a certificate."""
_FIRST = (ROLE, *NAMES, CERTIFICATE, "id_number", "child_id_number")
"""The order in which a form for several services begins: a certificate number tells the most."""
_GROUPS = (
    "identity", "disability", "helper", "special", "household", "payment", "preference",
)  # fmt: skip
"""Then the questions about the person, about each service, about money, and how she wants it done."""


def merged_items(catalog: Catalog, service_ids: tuple[str, ...]) -> tuple[FormItem, ...]:
    """One list of questions for several services: each fact once, asked if any service asks it.

    The form of one service keeps the order of the catalog; that of several goes from what they share to what
    each needs for itself.
    """
    items: dict[str, FormItem] = {}
    for service_id in service_ids:
        for item in catalog.services_by_id[service_id].form:
            if catalog.fields[item.field].type in NEVER_ASKED:
                continue
            before = items.get(item.field)
            items[item.field] = item if before is None else _either(before, item)
    if len(service_ids) == 1:
        return tuple(items.values())
    dropped = {twin for twin, own in TWINS.items() if twin in items and own in items}
    dropped |= _ON_CERTIFICATE if _is_first_certificate(catalog, service_ids) else set()
    kept = (item for field, item in items.items() if field not in dropped)
    return tuple(sorted(kept, key=lambda item: _rank(catalog, item.field)))


def with_twins(known: Mapping[str, Answer]) -> dict[str, Answer]:
    """What is known, each fact under both its names."""
    both = dict(known)
    for twin, own in TWINS.items():
        if twin in known:
            both.setdefault(own, known[twin])
        elif own in known:
            both[twin] = known[own]
    return both


def separate_count(catalog: Catalog, service_ids: tuple[str, ...]) -> int:
    """Questions these services would ask with a form each."""
    return sum(len(merged_items(catalog, (service_id,))) for service_id in service_ids)


def _rank(catalog: Catalog, field: str) -> tuple[int, int]:
    if field in _FIRST:
        return 0, _FIRST.index(field)
    return 1, _GROUPS.index(catalog.fields[field].group)


def _is_first_certificate(catalog: Catalog, service_ids: tuple[str, ...]) -> bool:
    """Whether one of these services gives the person her first certificate: then she has none to tell of."""
    return any(gives_certificate(catalog.services_by_id[s]) for s in service_ids)


def _either(one: FormItem, other: FormItem) -> FormItem:
    when = one.when if one.when == other.when else _joined(one.when, other.when)
    return FormItem(field=one.field, optional=one.optional and other.optional, when=when)


def _joined(one: Condition | None, other: Condition | None) -> Condition | None:
    if one is None or other is None or one.field != other.field:
        return None
    both = tuple(dict.fromkeys((*one.is_one_of, *other.is_one_of)))
    return Condition(field=one.field, is_one_of=both)


def begin(
    catalog: Catalog, service_ids: tuple[str, ...], *, number: str, beneficiary: str, now: datetime
) -> FormProgress:
    """A fresh form for these services; who it is for is known already when the message told."""
    items = merged_items(catalog, service_ids)
    return FormProgress(
        service_ids=service_ids,
        catalog_version=catalog.version,
        items=items,
        fields_of_service={
            service_id: tuple(item.field for item in catalog.services_by_id[service_id].form)
            for service_id in service_ids
        },
        number=number,
        beneficiary=beneficiary,
        answers=_told_already(catalog, service_ids, items, beneficiary),
        started_at=now,
        saved_at=now,
    )


def widened(
    progress: FormProgress, catalog: Catalog, service_ids: tuple[str, ...], now: datetime
) -> FormProgress:
    """The form for more services; what was answered stays, and it goes on where something is still open."""
    fresh = begin(
        catalog, service_ids, number=progress.number, beneficiary=progress.beneficiary, now=now
    )
    asked = {item.field for item in fresh.items}
    return replace(
        progress,
        service_ids=service_ids,
        items=fresh.items,
        fields_of_service=fresh.fields_of_service,
        answers={**fresh.answers, **progress.answers},
        asked=tuple(f for f in progress.asked if f in asked),
        deferred=tuple(f for f in progress.deferred if f in asked),
    )


def _told_already(
    catalog: Catalog, service_ids: tuple[str, ...], items: tuple[FormItem, ...], beneficiary: str
) -> dict[str, Answer]:
    """The role, where the message told it or only one is possible; nothing more is known at the beginning."""
    _, role = beneficiary_of(beneficiary)
    options = {o.id: o.label for o in role_options(catalog, service_ids)}
    if len(options) == 1:
        role = next(iter(options))
    if role not in options or all(item.field != ROLE for item in items):
        return {}
    return {ROLE: Answer(value=role, shown=options[role], source="derived")}


def stand_ins(catalog: Catalog, progress: FormProgress) -> dict[str, Answer]:
    """Answers this form does not ask for because others stand for them: of a twin, of a certificate to come."""
    found: dict[str, Answer] = {}
    wanted = {field for fields in progress.fields_of_service.values() for field in fields}
    asked = {item.field for item in progress.items}
    for twin, own in TWINS.items():
        if twin in wanted - asked and is_given(progress, own):
            found[twin] = progress.answers[own]
    if _is_first_certificate(catalog, progress.service_ids):
        none = Answer(value="", shown=say("no_certificate_yet"), source="skipped")
        found |= dict.fromkeys(_ON_CERTIFICATE & wanted - asked, none)
    return found


def role_options(catalog: Catalog, service_ids: tuple[str, ...]) -> tuple[Option, ...]:
    """Who may apply for all of these services."""
    allowed = set.intersection(*(set(catalog.services_by_id[s].applicants) for s in service_ids))
    return tuple(o for o in catalog.fields[ROLE].choices if o.id in allowed)


def spec_of(catalog: Catalog, progress: FormProgress, field: str) -> FieldSpec:
    """The field as this form asks it (the roles offered depend on the services)."""
    spec = catalog.fields[field]
    if field != ROLE:
        return spec
    return spec.model_copy(update={"choices": role_options(catalog, progress.service_ids)})


def agreements(progress: FormProgress, catalog: Catalog) -> tuple[str, ...]:
    """What is agreed to with the last step because a service needs it: a check of income, an assessment."""
    wanted = (field for fields in progress.fields_of_service.values() for field in fields)
    return tuple(
        dict.fromkeys(
            f
            for f in wanted
            if f in catalog.fields and catalog.fields[f].type is FieldType.CONSENT
        )
    )


def item_of(progress: FormProgress, field: str) -> FormItem:
    """The question of this field in this form."""
    return next(item for item in progress.items if item.field == field)


def is_asked(progress: FormProgress, item: FormItem) -> bool:
    """Whether the question's condition holds for the answers so far."""
    if item.when is None:
        return True
    given = progress.answers.get(item.when.field)
    return given is not None and str(given.value) in item.when.is_one_of


def open_fields(progress: FormProgress) -> tuple[str, ...]:
    """Questions still to be asked, in order; those put off come last."""
    waiting = [
        item.field
        for item in progress.items
        if item.field not in progress.answers and is_asked(progress, item)
    ]
    now = [field for field in waiting if field not in progress.deferred]
    later = [field for field in waiting if field in progress.deferred]
    return (*now, *later)


def answered_fields(progress: FormProgress) -> tuple[str, ...]:
    """Fields of the form that hold an answer and still apply, in form order."""
    return tuple(
        item.field
        for item in progress.items
        if item.field in progress.answers and is_asked(progress, item)
    )


def missing_fields(progress: FormProgress) -> tuple[str, ...]:
    """Required questions left without an answer, to be handed in later."""
    return tuple(
        field
        for field in answered_fields(progress)
        if progress.answers[field].source == "skipped" and not item_of(progress, field).optional
    )


def lacking(progress: FormProgress) -> tuple[str, ...]:
    """What a filing cannot do without and is still left open: the name, and one telephone of several."""
    asked = [item.field for item in progress.items if is_asked(progress, item)]
    names = tuple(f for f in asked if f in NAMES and not is_given(progress, f))
    phones = tuple(f for f in asked if f in CONTACTS)
    if any(is_given(progress, f) for f in phones):
        return names
    return (*names, *phones[-1:])


def is_given(progress: FormProgress, field: str) -> bool:
    """Whether the field holds an answer that says something."""
    answer = progress.answers.get(field)
    return answer is not None and answer.source != "skipped"


def can_be_left(progress: FormProgress, field: str) -> bool:
    """Whether the application can be filed without this answer."""
    if field in NAMES or field == ROLE:
        return False
    if field not in CONTACTS:
        return True
    others = (item for item in progress.items if item.field in CONTACTS - {field})
    waiting = open_fields(progress)
    return any(
        is_asked(progress, item) and (is_given(progress, item.field) or item.field in waiting)
        for item in others
    )
