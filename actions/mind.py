"""What every action is given besides the database: the catalog and the recognizer built from it."""

from __future__ import annotations

from dataclasses import dataclass

from actions.turn_watch import Watch, unwatched
from catalog.models import Catalog
from intents.recognizer import Recognizer

PUSHED_CHANNELS = frozenset({"telegram"})
"""Channels that must be written to; the web chat reads its stored messages itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """The knowledge a turn is thought with; the same for all conversations."""

    catalog: Catalog
    recognizer: Recognizer
    watch: Watch = unwatched
    """Told of every turn after it ended."""
