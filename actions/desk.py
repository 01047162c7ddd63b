"""What the caseworkers' room is given: the parts its actions need, without knowing how they are stored."""

from __future__ import annotations

from dataclasses import dataclass

from actions.second_factor import Policy
from catalog.models import Catalog
from storage.database import Database
from storage.papers import PaperStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Handed to every action of the console."""

    database: Database
    catalog: Catalog
    papers: PaperStore
    is_secure: bool
    """Whether cookies go over TLS only."""
    second_factor: Policy = "optional"
    """Who must have a second factor."""
