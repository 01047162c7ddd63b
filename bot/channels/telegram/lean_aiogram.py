"""aiogram with the models we use, not with all that Telegram can send.

At its import aiogram builds the 440 models of its types: 2 s and 110 MB in every process. We send with a
handful of them and read updates as plain JSON. So what it asks for at its import is put off: a model is
built when it is used for the first time.
"""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel

_PACKAGE = "aiogram."
_DEPTH = 2
"""Pydantic looks for names that many frames above itself; we stand between."""


def load() -> None:
    """Import aiogram; call it before any other module does, else there is nothing left to save."""
    if "aiogram" in sys.modules:
        return
    rebuild = BaseModel.__dict__["model_rebuild"].__func__
    names: dict[str, Any] = {}

    def put_off(cls: type[BaseModel], /, **options: Any) -> bool | None:
        if cls.__module__.startswith(_PACKAGE):
            names.update(options.get("_types_namespace") or {})
            return None
        # Another thread's model, which has nothing to do with us.
        deeper = options.pop("_parent_namespace_depth", _DEPTH) + 1
        done: bool | None = rebuild(cls, _parent_namespace_depth=deeper, **options)
        return done

    def build(cls: type[BaseModel], /, **options: Any) -> bool | None:
        done: bool | None = rebuild(cls, **{**options, "_types_namespace": names})
        return done

    BaseModel.model_rebuild = classmethod(put_off)  # type: ignore[assignment,method-assign]
    try:
        from aiogram.methods import TelegramMethod  # noqa: PLC0415
        from aiogram.types import TelegramObject  # noqa: PLC0415
    finally:
        BaseModel.model_rebuild = classmethod(rebuild)  # type: ignore[assignment,method-assign]
    # Pydantic asks an unfinished model to finish itself as soon as it is used.
    for kind in (TelegramObject, TelegramMethod):
        kind.model_rebuild = classmethod(build)  # type: ignore[assignment,method-assign]
