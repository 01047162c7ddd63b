"""The command line: `zhucan`, the same as `python -m bot`."""

from __future__ import annotations

import argparse
import os
import sys

from pydantic import ValidationError

from bot import commands
from bot.settings import Settings
from bot.start_problems import told
from catalog.loader import CatalogBroken
from storage.errors import StorageError

CANNOT_START = 2


_STAFF = ("add", "list", "disable", "reset-password", "reset-second-factor")


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="zhucan", description="助残一件事")
    top.set_defaults(run=None)
    sub = top.add_subparsers(metavar="COMMAND")

    serve = sub.add_parser("serve", help="web chat, console, Telegram, delivery")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.add_argument("--database", metavar="URL", dest="database_url")
    serve.add_argument("--demo", action="store_true", default=None)
    serve.set_defaults(run=commands.serve)

    chat = sub.add_parser("chat", help="talk in this terminal")
    chat.add_argument("--as", dest="peer", default="terminal", help="whose conversation")
    chat.set_defaults(run=commands.chat)

    understand = sub.add_parser("understand", help="explain how a sentence is understood")
    understand.add_argument("text", nargs="?")
    understand.add_argument(
        "--jsonl", action="store_true", help="one text a line in, one JSON a line out"
    )
    understand.set_defaults(run=commands.understand)

    catalog = sub.add_parser("catalog", help="check or describe services_catalog.json")
    catalog.add_argument("what", choices=("check", "schema"))
    catalog.add_argument("--quiet", action="store_true", help="mistakes only")
    catalog.set_defaults(run=commands.catalog)

    speak = sub.add_parser("speak", help="synthesize a text, or print spoken forms")
    speak.add_argument("text", nargs="?")
    speak.add_argument("-o", "--output", metavar="FILE.ogg")
    speak.add_argument("--voice", default="xiaobei")
    speak.add_argument("--rate", type=float, default=1.0)
    speak.add_argument(
        "--normalize", action="store_true", help="spoken form of each line on stdin"
    )
    speak.set_defaults(run=commands.speak)

    staff = sub.add_parser("staff", help="caseworker accounts")
    staff.add_argument("what", choices=_STAFF)
    staff.add_argument("login", nargs="?")
    staff.add_argument("--name", default="")
    staff.add_argument("--office", default="", help="office id or name")
    staff.set_defaults(run=commands.staff)

    channel = sub.add_parser("channel", help="shut a channel, open it again, or list who did")
    channel.add_argument("what", choices=("off", "on", "list"))
    channel.add_argument("channel", nargs="?", choices=("telegram", "webchat"))
    channel.set_defaults(run=commands.channel)

    migrate = sub.add_parser("migrate", help="bring the database to the newest revision")
    migrate.set_defaults(run=commands.migrate)
    _add_upkeep(sub)
    return top


def _add_upkeep(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands that look after what is kept."""
    purge = sub.add_parser("purge", help="delete what was kept long enough")
    purge.add_argument("--dry-run", action="store_true", help="only count")
    forget = sub.add_parser("forget", help="delete a person's data, as she may herself")
    forget.add_argument("--case", required=True, metavar="NUMBER", help="a number of hers")
    forget.add_argument("--dry-run", action="store_true", help="only say whom and what")
    forget.add_argument("--yes", action="store_true", help="do it; nothing brings it back")
    backup = sub.add_parser("backup", help="everything into one encrypted file, while running")
    backup.add_argument("file")
    restore = sub.add_parser("restore", help="fill an empty database from a backup")
    restore.add_argument("file")
    restore.add_argument("--forgotten", metavar="FILE", help="a list of persons to forget again")
    verify = sub.add_parser("verify-log", help="look for changed or missing lines of history")
    verify.add_argument(
        "--expect", metavar="NOTED", help="the line it printed earlier, to compare"
    )
    rotate = sub.add_parser("rotate-keys", help="add a key and put everything under it")
    rotate.add_argument("--no-new", action="store_true", help="only put everything under it")
    rotate.add_argument("--drop", action="store_true", help="drop keys nothing needs any more")
    rotate.add_argument("--index", action="store_true", help="change the index key; stop first")
    for name in ("purge", "forget", "backup", "restore", "verify-log", "rotate-keys"):
        sub.choices[name].set_defaults(run=commands.upkeep, command=name)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it went well."""
    options = parser().parse_args(arguments)
    if options.run is None:
        parser().print_help()
        return 2
    given = {
        name: value
        for name in ("host", "port", "database_url", "demo")
        if (value := getattr(options, name, None)) is not None
    }
    try:
        result: int = options.run(Settings(**given), options)
    except (CatalogBroken, StorageError, ValidationError) as problem:
        print(told(problem), file=sys.stderr)
        return CANNOT_START
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read us (`| head`) has gone; Python must not try to flush to it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return result


if __name__ == "__main__":
    sys.exit(main())
