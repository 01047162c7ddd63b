"""What can be asked for: services, life events, fields, offices and hotlines, as values.

The shapes mirror `services_catalog.json`, the one file an author edits; its JSON Schema is published from
here by `zhucan catalog schema`. This room reads no message and files nothing.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Entry(BaseModel):
    """Base of every catalog entry: immutable, and an unknown key is a mistake, not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldType(StrEnum):
    """How an answer is read; `intents/slot_types.py` holds one reader for each."""

    PERSON_NAME = "person_name"
    ID_NUMBER = "id_number"
    CERT_NO = "cert_no"
    PHONE = "phone"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    ADDRESS = "address"
    STREET_TOWN = "street_town"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    TEXT = "text"
    LONG_TEXT = "long_text"
    WHEN = "when"
    BANK_ACCOUNT = "bank_account"
    POSTCODE = "postcode"
    CREDIT_CODE = "credit_code"
    FILES = "files"
    CONSENT = "consent"
    SIGNATURE = "signature"
    DERIVED = "derived"


class Option(Entry):
    """One answer of a `choice` or `choices` field."""

    id: Id
    label: Sentence
    says: tuple[str, ...] = ()
    """Other words people use for it."""
    danger: Literal["", "fire", "medical", "violence", "self_harm"] = ""
    """Choosing it means danger now: the emergency card of this group comes first."""


class FieldSpec(Entry):
    """One fact a form may ask for (填写项), asked once however many services need it."""

    label: Sentence
    type: FieldType
    group: Literal[
        "identity", "disability", "helper", "payment", "household", "preference", "special"
    ]
    shared: bool
    sensitive: bool
    """Sensitive personal information (个人信息保护法 art. 28): encrypted, masked, never logged."""
    question: Sentence
    """`{who}` stands for the beneficiary: 你, 你爸爸, 这位家人."""
    hint: str = ""
    example: str = ""
    why: str = ""
    """Why it is asked and what happens without it (art. 30); required when sensitive."""
    choices: tuple[Option, ...] = ()
    when: Literal["past", "future", "any"] = "any"
    """Whether a day asked for has been already (去世) or is still to come (上门); a day the other way is refused."""


class Condition(Entry):
    """Asked only when another field has one of these values."""

    field: Id
    is_one_of: tuple[str, ...] = Field(min_length=1)


class FormItem(Entry):
    """One question of a service's form, in the order asked."""

    field: Id
    optional: bool = False
    when: Condition | None = None


class Paper(Entry):
    """A paper (材料) a service needs."""

    name: Sentence
    note: str = ""
    how: Literal["show", "photo", "sign"] = "show"
    """show: at the window or checked by the system; photo: may be sent in the chat; sign: made for signing."""


class Eligibility(Entry):
    """Conditions as data. The machine only ever says 可能符合; people decide (art. 24)."""

    residency: Literal[
        "none",
        "pudong_hukou",
        "pudong_hukou_or_permit",
        "pudong_hukou_or_resident",
        "pudong_resident",
        "shanghai_hukou",
        "shanghai_hukou_or_permit",
        "shanghai_hukou_or_student",
        "shanghai_insured",
        "shanghai_resident",
    ]
    certificate: Literal["required", "or_equivalent", "not_needed"]
    age_min: int | None = None
    age_max: int | None = None
    categories: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    level_exceptions: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    """Levels added for one category: {"智力": [3]}."""
    income: str = ""
    other: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    text: str = ""


class Stage(Entry):
    """One timed stage of handling, with a source."""

    stage: Sentence
    working_days: int | None = None
    calendar_days: int | None = None


class TimeLimit(Entry):
    """Only limits with a source (facts.md §6); empty means nothing may be promised."""

    statutory_working_days: int | None = None
    statutory_calendar_days: int | None = None
    stages: tuple[Stage, ...] = ()
    note: str = ""


class Audit(Entry):
    """For authors and auditors; of it a resident is told nothing but the names of laws (`catalog.benefits.rule_source`)."""

    basis: tuple[str, ...] = ()
    plan_section: str = ""
    sources: tuple[str, ...] = ()
    confidence: Literal["high", "medium", "low"]
    notes: str = ""
    amount_unverified: str = ""
    """An amount that is stale or unsourced, kept for authors only."""


class Service(Entry):
    """A service (事项): only what a citizen asks for, never a code layer."""

    id: Id
    name: Sentence
    short: Annotated[str, StringConstraints(min_length=2, max_length=14)]
    aliases: tuple[str, ...] = ()
    category: Id
    kind: Literal[
        "application", "registration", "booking", "consultation", "report", "show_certificate"
    ]
    summary: Sentence
    who: Sentence
    papers: tuple[Paper, ...] = ()
    where: Sentence
    received_by: Literal["town", "district"] = "town"
    """Who really gets the case: the street or town of the address, or the district federation for all."""
    after: str = ""
    fee: str = ""
    result: str = ""
    applicants: tuple[Literal["self", "guardian", "agent"], ...] = Field(min_length=1)
    form: tuple[FormItem, ...] = Field(min_length=1)
    eligibility: Eligibility
    time_limit: TimeLimit = TimeLimit()
    national_one_thing: bool = False
    shanghai_item_code: str = ""
    examples: tuple[str, ...] = Field(min_length=12)
    """Taught to the recognizer."""
    checks: tuple[str, ...] = Field(min_length=5)
    """Never taught; must still be understood."""
    audit: Audit


class Step(Entry):
    """One service of a life event, in the order it is best done."""

    service: Id
    when: str = ""
    now: bool = False
    """Belongs to the at most three that matter first."""


class LifeEvent(Entry):
    """A life event (一件事): what happened, and the services that follow from it."""

    id: Id
    name: Sentence
    short: Annotated[str, StringConstraints(min_length=2, max_length=14)]
    summary: Sentence
    caution: str = ""
    steps: tuple[Step, ...] = Field(min_length=1)
    examples: tuple[str, ...] = Field(min_length=12)
    checks: tuple[str, ...] = Field(min_length=5)

    @property
    def first_steps(self) -> tuple[Step, ...]:
        """The at most three steps that matter now."""
        marked = tuple(step for step in self.steps if step.now)
        return (marked or self.steps)[:3]


class Office(Entry):
    """A receiving office (受理点): one of the 36 街镇, or the district federation."""

    id: Annotated[str, StringConstraints(pattern=r"^\d{6}(\d{3})?$")]
    name: Sentence
    kind: Literal["street", "town", "district"]
    says: tuple[str, ...] = ()


class Hotline(Entry):
    """A public number, and what to do when you cannot hear or speak."""

    number: Annotated[str, StringConstraints(pattern=r"^\d{3,6}$")]
    name: Sentence
    purpose: Sentence
    without_hearing: str = ""


class Catalog(BaseModel):
    """Everything that can be asked for, in one value."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    schema_: str = Field("", alias="$schema")
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{1,2}\.\d+$")]
    fields: dict[Id, FieldSpec]
    services: tuple[Service, ...]
    life_events: tuple[LifeEvent, ...]
    offices: tuple[Office, ...]
    hotlines: tuple[Hotline, ...]

    @cached_property
    def services_by_id(self) -> dict[str, Service]:
        """Services by id."""
        return {service.id: service for service in self.services}

    @cached_property
    def life_events_by_id(self) -> dict[str, LifeEvent]:
        """Life events by id."""
        return {event.id: event for event in self.life_events}

    @cached_property
    def offices_by_id(self) -> dict[str, Office]:
        """Offices by id."""
        return {office.id: office for office in self.offices}

    def time_limit_of(self, service_id: str) -> TimeLimit:
        """The sourced limits of a service; none for one that has left the catalog."""
        service = self.services_by_id.get(service_id)
        return service.time_limit if service else TimeLimit()

    @property
    def district_office(self) -> Office:
        """Where a case goes when no street or town is known."""
        return next(office for office in self.offices if office.kind == "district")
