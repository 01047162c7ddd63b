"""Every address with whatever comes in, made up by schemathesis from the app's own description of itself.

Nobody outside gets that description (`openapi_url=None`); the test asks the app for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from attack_house import SECRET, UnderAttack, under_attack
from console_room import csrf
from hypothesis import HealthCheck, Phase

LEAKS = re.compile(
    r"Traceback|File \"/|site-packages|sqlalchemy|psycopg|pydantic|at 0x[0-9a-f]{6}"
)
EXAMPLES = int(os.environ.get("ZHUCAN_EXAMPLES", "6"))
"""Made-up requests for each address; `ZHUCAN_EXAMPLES=200` looks longer."""
NOT_ASKED = ("/events",)
"""A stream without end; the attack tests ask it."""


@pytest.fixture(scope="module")
def house(tmp_path_factory, mind) -> Iterator[UnderAttack]:
    with under_attack(tmp_path_factory.mktemp("api"), mind) as opened:
        yield opened


def described(house: UnderAttack) -> dict[str, Any]:
    """The app's description, with the forms FastAPI does not know of: each takes any fields at all."""
    schema = house.app.openapi()
    form = {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 12}
    names = (
        "csrf",
        "key",
        "text",
        "say",
        "pick",
        "number",
        "what",
        "password",
        "code",
        "version",
        "step",
        "kept",
        "next",
    )
    form["properties"] = {name: {"type": "string"} for name in names}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}, "required": False}
    for operations in schema["paths"].values():
        if "post" in operations:
            operations["post"]["requestBody"] = body
        if "get" in operations:
            known = operations["get"].setdefault("parameters", [])
            known += [
                {"name": name, "in": "query", "schema": {"type": "string"}}
                for name in (
                    "state",
                    "service",
                    "office",
                    "after",
                    "before",
                    "done",
                    "earlier",
                    "next",
                )
                if name not in {p["name"] for p in known}
            ]
    return schema


def test_nobody_outside_gets_the_description(house):
    client = house.client()
    for path in ("/openapi.json", "/docs", "/redoc", "/console/openapi.json"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("who", ["stranger", "caseworker"])
def test_whatever_is_sent_anywhere_is_answered_without_a_fault_or_a_trace(house, who):
    client = house.client()
    token = ""
    if who == "caseworker":
        client = house.caseworker()
        token = csrf(client.get("/console/").text)
    client.headers["X-Telegram-Bot-Api-Secret-Token"] = SECRET if who == "stranger" else ""
    asked: set[str] = set()

    def check(case: Any) -> None:
        asked.add(f"{case.method} {case.path}")
        values = case.as_transport_kwargs(base_url=house.url)
        values.pop("cookies", None)
        if isinstance(values.get("data"), dict) and token:
            values["data"] = {**values["data"], "csrf": token}
        if case.path == "/console/sign-out":
            values["data"] = {}
        try:
            answer = client.request(**values, follow_redirects=False)
        except UnicodeError:
            return  # nothing a client can put on the wire
        assert answer.status_code != 500, (values, answer.text)
        assert (
            answer.status_code < 500 or "Retry-After" in answer.headers or case.path == "/readyz"
        )
        assert not LEAKS.search(answer.text), (values, answer.text)

    for found in schemathesis.openapi.from_dict(described(house)).get_all_operations():
        operation = found.ok()
        if operation.path in NOT_ASKED:
            continue
        given = hypothesis.given(operation.as_strategy())
        limits = hypothesis.settings(
            max_examples=EXAMPLES,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
            derandomize=True,
        )
        limits(given(check))()

    assert len(asked) >= 40
