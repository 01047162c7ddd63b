"""确定 pressed twice: what the first press did is said, not that the second one did nothing."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Response

from actions.was_done import was_done
from casework.models import Action
from console.act_form import Typed, wish_of
from console.auth import Visit
from console.pages import go_to


async def done_before(visit: Visit, case_id: str, name: str, typed: Typed) -> Response | None:
    """Where the first press led, if it did all of this; else None."""
    if visit.form.one("step") != "confirm" or name not in list(Action):
        return None
    seen = [(case_id, typed.version)]
    for mark in typed.others:
        other, _, told = mark.partition(":")
        seen.append((other, int(told) if told.isascii() and told.isdigit() else 0))
    moved = False
    for wished, version in seen:
        wish = wish_of(wished, visit.staff, Action(name), replace(typed, version=version))
        done = await visit.desk.database.run_reading(was_done, visit.desk, wish)
        if done is None:
            return None
        moved = moved or visit.staff.sees not in (None, done.office_id)
    return go_to(f"{'/' if moved else f'/cases/{case_id}'}?done={name}")
