"""Reads `services_catalog.json` into a `Catalog`; the only place of the pure rooms that opens a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from catalog.checks import Mistake, mistakes_in, repeated_keys, shape_mistakes
from catalog.models import Catalog

DEFAULT_PATH = Path(__file__).resolve().parent.parent / "services_catalog.json"


class CatalogBroken(Exception):
    """The catalog cannot be used; carries every mistake at once."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def load_catalog(path: Path = DEFAULT_PATH) -> Catalog:
    """The catalog in this file, or `CatalogBroken` with every mistake in it."""
    catalog, mistakes = examine(path)
    if catalog is None or mistakes:
        raise CatalogBroken(mistakes)
    return catalog


def examine(path: Path = DEFAULT_PATH) -> tuple[Catalog | None, tuple[Mistake, ...]]:
    """The catalog as far as it could be read, and all mistakes found in shape and in meaning."""
    text = path.read_text("utf-8-sig")
    try:
        catalog = Catalog.model_validate_json(text)
    except ValidationError as error:
        return None, shape_mistakes(error)
    return catalog, (*repeated_keys(text), *mistakes_in(catalog))


def fingerprint(path: Path = DEFAULT_PATH) -> str:
    """A short hash of the file, for caches built from it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
