"""Everything is put together here, once: settings → catalog, recognizer, database, papers, voice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from actions.mind import Mind
from bot.keys import open_keyring
from bot.metrics import Metrics
from bot.settings import Settings
from catalog.loader import load_catalog
from intents.loader import load_recognizer
from storage.database import Database
from storage.ids import new_id
from storage.papers import PaperStore


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The parts every door needs."""

    settings: Settings
    mind: Mind
    database: Database
    papers: PaperStore
    metrics: Metrics = field(default_factory=Metrics)
    worker_id: str = field(default_factory=new_id)
    """This process among those over the same database."""

    def close(self) -> None:
        """Finish what is running, then let go."""
        self.database.close()


def build_mind(settings: Settings) -> Mind:
    """The catalog and the recognizer; raises `CatalogBroken` with the list of mistakes."""
    catalog = load_catalog(settings.catalog)
    recognizer = load_recognizer(catalog, settings.data_dir / "model")
    return Mind(catalog=catalog, recognizer=recognizer)


def open_storage(settings: Settings) -> tuple[Database, PaperStore]:
    """The database as it is, which may be empty or of an older revision, and the papers."""
    keyring = open_keyring(settings)
    papers = PaperStore(settings.data_dir / "papers", keyring)
    return Database(settings.url, settings.tenant, keyring), papers


def open_house(settings: Settings) -> House:
    """Open the database (bringing it to the newest revision) and build the mind."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    mind = build_mind(settings)
    database, papers = open_storage(settings)
    database.migrate()
    metrics = Metrics()
    return House(
        settings=settings,
        mind=replace(mind, watch=metrics.turn),
        database=database,
        papers=papers,
        metrics=metrics,
    )
