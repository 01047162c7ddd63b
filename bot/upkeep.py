"""Looking after what is kept: `zhucan purge`, `forget`, `backup`, `restore`, `verify-log`, `rotate-keys`."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from actions.back_up import back_up
from actions.forget_by_number import NobodyFound, forget_by_number, whom_to_forget
from actions.forget_person import CasesOpen
from actions.purge import purge
from actions.restore import RestoreRefused, restore
from actions.rotate_keys import index_anew, rotate_keys
from actions.verify_log import verify_log
from bot.assembly import open_storage
from bot.settings import Settings
from casework.numbers import shown
from catalog.loader import load_catalog
from storage import forgotten
from storage.backups import BackupBroken, Manifest
from storage.database import Database
from storage.errors import KeyringMismatch
from storage.key_file import KeyFile, fresh_secret
from storage.noted_end import read_noted
from storage.papers import PaperStore

REFUSALS = {
    "not_empty": "the database is not empty; restore into a new one",
    "other_tenant": "the backup is of another district (ZHUCAN_TENANT)",
    "other_index_key": "the backup was made under another index key (ZHUCAN_INDEX_KEY)",
    "newer_program": "the backup was made by a newer program",
    "not_a_backup": "this is no backup file",
    "not_readable": "the key of this backup is not in the ring, or the file was changed",
    "cut_off": "the file is not whole",
    "wrong_digest": "the file is not as it was written",
}


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what the command says; 0 when all is well."""
    database, papers = open_storage(settings)
    commands = {
        "purge": _purge,
        "backup": _backup,
        "restore": _restore,
        "verify-log": _verify_log,
        "rotate-keys": _rotate_keys,
        "forget": _forget,
    }
    try:
        return commands[options.command](settings, options, database, papers)
    except (BackupBroken, RestoreRefused) as error:
        print(REFUSALS[error.code], file=sys.stderr)
    except KeyringMismatch:
        print("the database was filled under another index key", file=sys.stderr)
    except NobodyFound:
        print("no case has this number", file=sys.stderr)
    except CasesOpen:
        print("a case of hers is still open: have it taken back or decided first", file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    finally:
        database.close()
    return 1


def _purge(
    settings: Settings, options: argparse.Namespace, database: Database, papers: PaperStore
) -> int:
    database.migrate()
    catalog = load_catalog(settings.catalog)
    counts = purge(database, papers, catalog, datetime.now(UTC), is_dry=options.dry_run)
    for kind, count in counts.items():
        print(f"{kind}\t{count}")
    return 0


def _forget(
    _settings: Settings, options: argparse.Namespace, database: Database, papers: PaperStore
) -> int:
    database.migrate()
    whom = whom_to_forget(database, options.case)
    print(f"whom\t{whom.called or '-'}\t{' '.join(shown(n) for n in whom.numbers)}")
    for word, found in (("deleted", whom.deleted), ("emptied", whom.emptied)):
        for table, count in found.items():
            print(f"{word}\t{table}\t{count}")
    print("kept: that her cases were filed and decided, by which office and when (public record)")
    if whom.open_numbers:
        raise CasesOpen
    if options.dry_run:
        return 0
    if not options.yes:
        print("nothing was done; say --yes to forget her", file=sys.stderr)
        return 2
    rows = forget_by_number(database, papers, options.case, datetime.now(UTC))
    print(f"forgotten: {rows} rows; copy papers/{forgotten.NAME} off this machine")
    return 0


def _backup(
    _settings: Settings, options: argparse.Namespace, database: Database, papers: PaperStore
) -> int:
    database.migrate()
    path = Path(options.file)
    _tell(path, back_up(database, papers, path, datetime.now(UTC)))
    return 0


def _restore(
    _settings: Settings, options: argparse.Namespace, database: Database, papers: PaperStore
) -> int:
    also = forgotten.given(Path(options.forgotten)) if options.forgotten else frozenset()
    path = Path(options.file)
    _tell(path, restore(database, papers, path, datetime.now(UTC), also))
    return 0


def _tell(path: Path, manifest: Manifest) -> None:
    print(
        f"{path}: {sum(manifest.rows.values())} rows, {manifest.papers} papers,"
        f" revision {manifest.revision}, {manifest.made_at:%Y-%m-%d %H:%M} UTC"
    )


def _verify_log(
    _settings: Settings, options: argparse.Namespace, database: Database, _papers: PaperStore
) -> int:
    expected = read_noted(options.expect) if options.expect else None
    if options.expect and expected is None:
        print("--expect takes the line that verify-log printed after `noted`", file=sys.stderr)
        return 2
    database.migrate()
    seen = verify_log(database, expected)
    for flaw in seen.flaws:
        where = f"line {flaw.line}" if flaw.line else "the end"
        print(f"{flaw.log}\t{flaw.subject_id}\t{where}\t{flaw.what}")
    print(f"{seen.lines} lines, {seen.erased} with erased words, {len(seen.flaws)} flaws")
    print(f"noted\t{seen.noted}")
    if expected is not None and seen.noted != expected:
        gone = f"{expected.logs} logs, {expected.lines} lines; now {seen.noted.logs}, {seen.noted.lines}"
        print(f"not as noted: then {gone}", file=sys.stderr)
        return 1
    return 1 if seen.flaws else 0


def _rotate_keys(
    settings: Settings, options: argparse.Namespace, database: Database, papers: PaperStore
) -> int:
    file = KeyFile(settings.key_file) if settings.key_file else None
    if options.index:
        return _rotate_index(settings, database, file)
    if options.drop and not options.no_new:
        print(
            "first `rotate-keys`, a minute later `rotate-keys --no-new --drop`:"
            " a running process may still be writing under the old key",
            file=sys.stderr,
        )
        return 2
    database.migrate()
    if file is not None and not options.no_new:
        file.add_newest(fresh_secret())
        database.close()
        database, papers = open_storage(settings)
    done = rotate_keys(database, papers)
    print(f"{done.rows} rows and {done.papers} papers put under the newest key")
    if done.unreadable:
        print(f"{done.unreadable} could not be read: their key is missing", file=sys.stderr)
    dropped = 0
    if file is not None and options.drop and not done.unreadable:
        dropped = file.keep_only(done.key_ids)
        print(f"{dropped} old keys dropped: backups made under them can no longer be read")
    unused = len(database.keyring.ids) - len(done.key_ids) - dropped
    if unused > 0 and not dropped:
        print(f"{unused} keys are no longer used here")
    return 1 if done.unreadable else 0


def _rotate_index(settings: Settings, database: Database, file: KeyFile | None) -> int:
    if file is None or settings.index_key.get_secret_value():
        print("the index key can be changed only in a key file", file=sys.stderr)
        return 2
    database.close()
    file.set_index(fresh_secret())
    fresh, _ = open_storage(settings)
    try:
        print(f"{index_anew(fresh)} indexes made anew")
    finally:
        fresh.close()
    return 0
