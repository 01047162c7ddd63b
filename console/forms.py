"""A posted form: read with a limit, every value as text, kept whole when it has to be shown again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request

MAX_BYTES = 256 * 1024
MAX_FIELDS = 300
_NOT_KEPT = frozenset({"csrf", "password", "new_password", "again", "code"})


class BadForm(Exception):
    """Too big, not a form, or not UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Names and values in the order they came."""

    pairs: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def one(self, name: str) -> str:
        """The first value, or empty."""
        return next((value for key, value in self.pairs if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a name."""
        return tuple(value for key, value in self.pairs if key == name)

    def as_text(self) -> str:
        """All of it but secrets, for one hidden field; `form_from_text` reads it."""
        return json.dumps([pair for pair in self.pairs if pair[0] not in _NOT_KEPT])


async def read_form(request: Request) -> Form:
    """The posted form; raises `BadForm`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise BadForm
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MAX_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise BadForm from error
    return Form(pairs=tuple((name, _clean(value)) for name, value in pairs))


def form_from_text(text: str) -> Form | None:
    """The form kept in a hidden field, or None when it is none."""
    try:
        pairs = json.loads(text)
        return Form(pairs=tuple((str(name), _clean(str(value))) for name, value in pairs))
    except (ValueError, TypeError):
        return None


def _clean(value: str) -> str:
    """Without what databases and screens cannot show; line ends as one character."""
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
