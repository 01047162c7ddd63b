"""How many questions one form for a whole life event saves: `python -m benchmarks.field_saving`.

For each life event and each role that may apply: the services one form takes (`catalog.bundles`), the fields a
person would fill in with a form for each of them, and the questions really asked when the one form is walked
with answers that fit. Conditional fields count only where the answers make them apply. Agreements and the
signature are no fields. `docs/field-saving.md` holds the table; `--write` renews it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from casework.deadlines import SHANGHAI
from catalog.bundles import bundle
from catalog.loader import load_catalog
from catalog.models import Catalog, FieldSpec, FieldType, LifeEvent
from dialogue import form_filling as form
from dialogue.consents import agree
from dialogue.forms import NEVER_ASKED, ROLE, begin, item_of, spec_of
from dialogue.progress import FormProgress
from intents.slot_types import Parsed, Surroundings, read_answer

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
ROLES = ("self", "guardian", "agent")
CERTIFICATE = "11010519491231002X42"
REPORT = Path(__file__).parents[1] / "docs" / "field-saving.md"
_MARK = "<!-- table -->\n"
_STEPS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What one form for several services saves in one event, for one role."""

    event: LifeEvent
    role: str
    services: tuple[str, ...]
    separately: int
    asked: int

    @property
    def ratio(self) -> float:
        """Questions asked for each field of separate forms."""
        return self.asked / self.separately


def savings(catalog: Catalog) -> tuple[Saving, ...]:
    """Every event and role with a form for two services or more."""
    return tuple(s for event in catalog.life_events for s in _of_event(catalog, event))


def _of_event(catalog: Catalog, event: LifeEvent) -> Iterator[Saving]:
    for role in ROLES:
        services = bundle(catalog, (step.service for step in event.steps), role).together
        if len(services) < 2:
            continue
        yield Saving(
            event=event,
            role=role,
            services=services,
            separately=sum(fields_alone(catalog, s, role) for s in services),
            asked=len(walked(catalog, services, role).asked),
        )


def fields_alone(catalog: Catalog, service_id: str, role: str) -> int:
    """Fields of this service's own form a person fills in when nothing is worked out for her."""
    progress = walked(catalog, (service_id,), role)
    applies = [item for item in progress.items if form.is_asked(progress, item)]
    return len([i for i in applies if catalog.fields[i.field].type not in NEVER_ASKED])


def walked(catalog: Catalog, service_ids: tuple[str, ...], role: str) -> FormProgress:
    """The form filled to its review with answers that fit; `asked` holds what was really asked."""
    start = begin(catalog, service_ids, number="00000019", beneficiary="", now=NOW)
    progress = form.ask_next(start, catalog)
    for _ in range(_STEPS):
        match progress.stage:
            case "review":
                return progress
            case "consent":
                progress, _given = agree(progress, catalog, NOW)
            case "confirming":
                progress = form.confirm(progress, catalog)
            case _:
                progress = _answered(progress, catalog, role)
    raise AssertionError(f"the form does not end: {service_ids}")


def _answered(progress: FormProgress, catalog: Catalog, role: str) -> FormProgress:
    field = progress.asking
    spec = spec_of(catalog, progress, field)
    if spec.type is FieldType.FILES:
        return form.leave_open(progress, catalog)
    around = Surroundings(today=NOW.astimezone(SHANGHAI).date(), offices=catalog.offices)
    parsed = read_answer(spec, _fitting(spec, field, role), around)
    if not isinstance(parsed, Parsed):
        raise TypeError(f"{field}: {parsed} ({item_of(progress, field)})")
    return form.take(progress, catalog, field, parsed)


def _fitting(spec: FieldSpec, field: str, role: str) -> str:
    """Words that answer the question: the role wanted, the catalog's example, else the first harmless option."""
    if field == ROLE:
        return next(o.label for o in spec.choices if o.id == role)
    if spec.choices:
        return next(o.label for o in spec.choices if not o.danger)
    by_type = {
        FieldType.YES_NO: "是",
        FieldType.STREET_TOWN: "花木街道",
        FieldType.CREDIT_CODE: "91310115MA1K000003",
        FieldType.CERT_NO: CERTIFICATE,
    }
    return by_type.get(spec.type) or spec.example or "有"


def table(found: tuple[Saving, ...]) -> str:
    """The report as Markdown, the average last."""
    lines = [
        "| life event | role | services in one form | fields separately | questions asked | ratio |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {s.event.short} (`{s.event.id}`) | {s.role} | {len(s.services)} | {s.separately} "
        f"| {s.asked} | {s.ratio:.2f} |"
        for s in found
    ]
    average = mean(s.ratio for s in found)
    total = sum(s.asked for s in found), sum(s.separately for s in found)
    lines.append(f"| **average** | | | {total[1]} | {total[0]} | **{average:.2f}** |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table; with `--write` put it into `docs/field-saving.md`."""
    told = table(savings(load_catalog()))
    print(told)
    if "--write" in sys.argv[1:]:
        head, _, _ = REPORT.read_text("utf-8").partition(_MARK)
        REPORT.write_text(f"{head}{_MARK}{told}", "utf-8")


if __name__ == "__main__":
    main()
