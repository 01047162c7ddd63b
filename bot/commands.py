"""What each command of `zhucan` does; parts are imported when needed so that small commands start fast."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings


def serve(settings: Settings, _options: argparse.Namespace) -> int:
    """Run every door until stopped."""
    from bot.logs import set_up_logging  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.log_format)
    from bot.server import run  # noqa: PLC0415

    run(settings)
    return 0


def chat(settings: Settings, options: argparse.Namespace) -> int:
    """Talk in this terminal."""
    from bot.assembly import open_house  # noqa: PLC0415
    from bot.channels.terminal import talk  # noqa: PLC0415
    from bot.logs import set_up_logging  # noqa: PLC0415

    set_up_logging("WARNING")
    house = open_house(settings)
    try:
        talk(house, options.peer)
    finally:
        house.close()
    return 0


def understand(settings: Settings, options: argparse.Namespace) -> int:
    """Explain how sentences are understood."""
    from bot.assembly import build_mind  # noqa: PLC0415
    from intents.models import explain  # noqa: PLC0415

    recognizer = build_mind(settings).recognizer
    if options.jsonl:
        for line in sys.stdin:
            told = explain(recognizer.recognize(line.rstrip("\r\n")))
            print(json.dumps(told, ensure_ascii=False), flush=True)
        return 0
    text = options.text if options.text is not None else sys.stdin.read().strip()
    print(json.dumps(explain(recognizer.recognize(text)), ensure_ascii=False, indent=2))
    return 0


def catalog(settings: Settings, options: argparse.Namespace) -> int:
    """Check the catalog, or print its JSON Schema."""
    from catalog.loader import examine  # noqa: PLC0415
    from catalog.models import Catalog  # noqa: PLC0415

    if options.what == "schema":
        print(json.dumps(Catalog.model_json_schema(by_alias=True), ensure_ascii=False, indent=2))
        return 0
    loaded, mistakes = examine(settings.catalog)
    for mistake in mistakes:
        print(mistake)
    if loaded is None or mistakes:
        return 1
    if not options.quiet:
        _rehearse(settings)
    return 0


def _rehearse(settings: Settings) -> None:
    """How each check sentence was understood: the right entry first, among the first three, or missed."""
    from bot.assembly import build_mind  # noqa: PLC0415

    mind = build_mind(settings)
    first = among = total = 0
    checks = [(s.id, text) for s in mind.catalog.services for text in s.checks]
    checks += [(e.id, text) for e in mind.catalog.life_events for text in e.checks]
    for entry_id, text in checks:
        ids = [c.id for c in mind.recognizer.recognize(text).candidates]
        total += 1
        first += ids[:1] == [entry_id]
        among += entry_id in ids[:3]
        if ids[:1] != [entry_id]:
            print(f"{entry_id}\t{text}\t→ {' '.join(ids[:3]) or '-'}")
    print(f"{total} checks: {first / total:.1%} first, {among / total:.1%} among the first three")


def speak(settings: Settings, options: argparse.Namespace) -> int:
    """Synthesize a text to a file, or print the spoken form of each line on standard input."""
    from speech import to_spoken  # noqa: PLC0415

    if options.normalize:
        for line in sys.stdin:
            print(to_spoken(line.rstrip("\r\n")), flush=True)
        return 0
    if not options.output or options.text is None:
        print("zhucan speak TEXT -o FILE.ogg", file=sys.stderr)
        return 2
    return asyncio.run(_synthesize(settings, options))


async def _synthesize(settings: Settings, options: argparse.Namespace) -> int:
    from bot.voice import open_voice  # noqa: PLC0415
    from speech import AudioFormat  # noqa: PLC0415

    voice = open_voice(settings)
    try:
        kind: AudioFormat = "mp3" if options.output.endswith(".mp3") else "ogg"
        audio = await voice.say(
            options.text, voice=options.voice, rate=options.rate, audio_format=kind
        )
    finally:
        voice.close()
    if audio is None:
        print("no voice works here", file=sys.stderr)
        return 1
    await asyncio.to_thread(Path(options.output).write_bytes, audio.data)
    print(f"{options.output}: {audio.seconds:.1f} s, {len(audio.data)} bytes, {audio.engine}")
    return 0


def staff(settings: Settings, options: argparse.Namespace) -> int:
    """Add, list or disable caseworkers; give a new password, take a lost second factor away."""
    from actions.manage_staff import (  # noqa: PLC0415
        StaffProblem,
        add_staff,
        disable_staff,
        list_staff,
        reset_password,
        reset_second_factor,
    )
    from bot.assembly import open_house  # noqa: PLC0415

    house = open_house(settings)
    try:
        if options.what == "list":
            for person in list_staff(house.database):
                state = "-" if person.is_disabled else "ok"
                factors = "password" if person.factor_key is None else "two factors"
                print(person.login, person.name, person.office_id, state, factors, sep="\t")
            return 0
        if not options.login:
            print(
                "zhucan staff add|disable|reset-password|reset-second-factor LOGIN",
                file=sys.stderr,
            )
            return 2
        if options.what == "disable":
            disable_staff(house.database, options.login)
            return 0
        if options.what == "reset-second-factor":
            reset_second_factor(house.database, options.login)
            return 0
        password = os.environ.get("ZHUCAN_STAFF_PASSWORD") or getpass.getpass()
        if options.what == "reset-password":
            reset_password(house.database, options.login, password)
            return 0
        add_staff(
            house.database,
            house.mind.catalog,
            login=options.login,
            name=options.name,
            office=options.office,
            password=password,
        )
    except StaffProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        house.close()
    return 0


def channel(settings: Settings, options: argparse.Namespace) -> int:
    """Shut a channel in all processes, open it again, or list who did; what must be said there waits."""
    from actions.switch_channel import channel_switches, switch_channel  # noqa: PLC0415
    from bot.assembly import open_house  # noqa: PLC0415

    if options.what != "list" and not options.channel:
        print("zhucan channel off|on telegram|webchat", file=sys.stderr)
        return 2
    house = open_house(settings)
    try:
        if options.what == "list":
            for one in channel_switches(house.database):
                state = "off" if one.is_off else "on"
                print(one.at.isoformat(timespec="seconds"), one.channel, state, one.by, sep="\t")
            return 0
        switch_channel(
            house.database,
            options.channel,
            is_off=options.what == "off",
            by=getpass.getuser(),
            now=datetime.now(UTC),
        )
    finally:
        house.close()
    return 0


def migrate(settings: Settings, _options: argparse.Namespace) -> int:
    """Bring the database to the newest revision."""
    from bot.assembly import open_house  # noqa: PLC0415

    open_house(settings).close()
    return 0


def upkeep(settings: Settings, options: argparse.Namespace) -> int:
    """Purge, back up, restore, verify the log, rotate keys."""
    from bot import upkeep as work  # noqa: PLC0415
    from bot.logs import set_up_logging  # noqa: PLC0415

    set_up_logging("WARNING")
    return work.run(settings, options)
