"""Jobs that must go on for as long as the process does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger("zhucan.server")

_PAUSE_SECONDS = 2


async def kept_alive(job: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """A job that fails is begun again a little later; what it had not done is still in the database."""
    while True:
        try:
            await job()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("job %s failed", job.__qualname__)
        await asyncio.sleep(_PAUSE_SECONDS)
