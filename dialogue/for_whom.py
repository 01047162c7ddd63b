"""For whom a form is: the known persons it may be for, what is offered of theirs, and whose it is when filed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from casework.authorizations import Scope
from catalog.models import Catalog
from dialogue.filings import NOT_KEPT
from dialogue.forms import NAMES, ROLE, answered_fields, role_options
from dialogue.people import Helped, People, name_in
from dialogue.progress import Answer, FormProgress
from dialogue.wording import beneficiary_of, say

ME = "me"
SELF = "self"
HELPERS_OWN = "helper"
"""The group of fields about the one who helps; they are her facts, not those of whom she helps."""
_OF_THE_PAIR = frozenset({ROLE, "agent_relation", "guardian_relation", "authorization_letter"})
"""Fields about the two of them together: asked anew for each."""
_IDENTITY = ("id_number", "child_id_number", "disability_cert_no")


def candidates(
    people: People, progress: FormProgress, catalog: Catalog, now: datetime
) -> tuple[str, ...]:
    """Known persons this form may be for: `ME` or person ids; nobody when the message named somebody new."""
    named, told = beneficiary_of(progress.beneficiary)
    roles = {option.id for option in role_options(catalog, progress.service_ids)}
    found: list[str] = []
    if SELF in roles and (not progress.beneficiary or told == SELF) and name_in(people.facts):
        found.append(ME)
    for helped in people.helped:
        given = helped.authorization
        is_named = not named or given.relation in ("", named)
        if given.allows(Scope.FILL, now) and is_named and told != SELF:
            found.append(helped.id)
    return tuple(found)


def known_of(people: People, person: str, catalog: Catalog) -> dict[str, Answer]:
    """What may be offered for a form about this person: her facts, and those of the one who fills it in."""
    if person == ME:
        return people.facts
    helped = people.helped_by_id(person)
    if helped is None:
        return {}
    role = helped.authorization.role
    label = next((o.label for o in catalog.fields[ROLE].choices if o.id == role), role)
    own = {f: a for f, a in people.facts.items() if is_helpers_own(catalog, f)}
    return {**helped.facts, **own, ROLE: Answer(value=role, shown=label, source="known")}


def is_helpers_own(catalog: Catalog, field_id: str) -> bool:
    """Whether a fact is about the one who helps and stays the same for everybody she helps."""
    spec = catalog.fields.get(field_id)
    return spec is not None and spec.group == HELPERS_OWN and field_id not in _OF_THE_PAIR


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledFor:
    """For whom a form is filed, and what is known of her and of the helper afterwards."""

    person: str
    """`ME`, a person id, or empty for somebody new."""
    role: str = SELF
    relation: str = ""
    helper_called: str = ""
    has_paper: bool = False
    """A paper that shows the authorization came with it."""
    facts: dict[str, Answer] = field(default_factory=dict)
    own_facts: dict[str, Answer] = field(default_factory=dict)


def filed_for(people: People, progress: FormProgress, catalog: Catalog) -> FiledFor:
    """Who this filled form is for: the role decides, then the person chosen, then the same identity number."""
    role = progress.answers.get(ROLE)
    _, told = beneficiary_of(progress.beneficiary)
    kind = str(role.value) if role is not None else told or SELF
    facts = _shared(progress, catalog)
    if kind == SELF:
        kept = _merged(people.facts, facts, is_known=progress.person == ME)
        return FiledFor(person=ME, facts=kept)
    own = {f: a for f, a in facts.items() if is_helpers_own(catalog, f)}
    theirs = {f: a for f, a in facts.items() if f not in own and f not in _OF_THE_PAIR}
    helped = people.helped_by_id(progress.person) or _same(people, progress)
    return FiledFor(
        person=helped.id if helped else "",
        role=kind,
        relation=_relation(progress) or (helped.authorization.relation if helped else ""),
        helper_called=_helper_called(progress, people.facts),
        has_paper=any(p.field == "authorization_letter" for p in progress.papers),
        facts={**(helped.facts if helped else {}), **theirs},
        own_facts={**people.facts, **own},
    )


def _merged(
    before: dict[str, Answer], new: dict[str, Answer], *, is_known: bool
) -> dict[str, Answer]:
    """Herself told anew: more is known than before, unless the name shows that it was about another one."""
    is_same = is_known or all(
        key not in before or key not in new or before[key].value == new[key].value
        for key in (*sorted(NAMES), *_IDENTITY)
    )
    own = {f: a for f, a in before.items() if f.startswith(("agent_", "guardian_"))}
    return {**(before if is_same else own), **new}


def _same(people: People, progress: FormProgress) -> Helped | None:
    """Somebody helped before who has the name and the identity number told in this form.

    The number alone does not do: typed into the wrong form it would mix two people up for good.
    """
    name = name_in(progress.answers)
    told = {str(progress.answers[f].value) for f in _IDENTITY if f in progress.answers} - {""}
    for helped in people.helped:
        if name_in(helped.facts) == name and told & {
            str(helped.facts[f].value) for f in _IDENTITY if f in helped.facts
        }:
            return helped
    return None


def _relation(progress: FormProgress) -> str:
    named, _ = beneficiary_of(progress.beneficiary)
    return named


def _helper_called(progress: FormProgress, facts: dict[str, Answer]) -> str:
    """The helper in the person's own words: her name, and what she is to her."""
    given = {**facts, **progress.answers}
    name = next((given[f].shown for f in ("agent_name", "guardian_name") if f in given), "")
    relation = next(
        (
            progress.answers[f].shown
            for f in ("agent_relation", "guardian_relation")
            if f in progress.answers and progress.answers[f].source != "skipped"
        ),
        "",
    )
    if not name or not relation:
        return name or relation
    return say("person_shown", relation=name, name=relation)


def _shared(progress: FormProgress, catalog: Catalog) -> dict[str, Answer]:
    """Facts worth offering next time."""
    facts = {
        key: replace(progress.answers[key], source="known")
        for key in answered_fields(progress)
        if (catalog.fields[key].shared or key in (*NAMES, *_IDENTITY))
        and key not in NOT_KEPT
        and progress.answers[key].source != "skipped"
    }
    towns = {f: a for f, a in progress.answers.items() if f.startswith("town_")}
    return {**facts, **towns}
