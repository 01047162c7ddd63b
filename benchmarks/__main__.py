"""`make bench`: turns, process, growth; a table here, `results.json` and `results.html` beside this file.

With labelled files also understanding (`python -m benchmarks FILE.jsonl`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import growth, process, turns
from benchmarks.measuring import Report, machine
from benchmarks.page import page
from bot.assembly import build_mind
from bot.settings import Settings

HERE = Path(__file__).parent
PARTS = ("turns", "process", "growth")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for, print it, and keep it."""
    options = _options(arguments)
    where = machine() | {"measured": datetime.now(UTC).date().isoformat()}
    with tempfile.TemporaryDirectory() as folder:
        build_mind(Settings(data_dir=Path(folder), voices="off"))  # learned once for all parts
        model = Path(folder) / "model"
        measures: dict[str, Callable[[], Report]] = {
            "turns": lambda: turns.measure(model, count=options.count),
            "process": lambda: process.measure(model, count=options.count),
            "growth": lambda: growth.measure(is_full=options.full),
        }
        reports = [_told(measures[part]()) for part in options.only or PARTS]
    options.into.mkdir(parents=True, exist_ok=True)
    kept = {"machine": where, "reports": [asdict(report) for report in reports]}
    text = json.dumps(kept, ensure_ascii=False, indent=2)
    (options.into / "results.json").write_text(text + "\n", "utf-8")
    (options.into / "results.html").write_text(page(reports, where), "utf-8")
    for file in options.labelled:
        subprocess.run([sys.executable, "-m", "benchmarks.understanding", file], check=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("labelled", nargs="*", metavar="FILE.jsonl")
    parser.add_argument("--full", action="store_true", help="a million cases; some minutes")
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--count", type=int, default=1000, help="turns, answers, deliveries")
    parser.add_argument("--into", type=Path, default=HERE, help="folder of the results")
    return parser.parse_args(arguments)


def _told(report: Report) -> Report:
    """The report, printed as a table."""
    columns = tuple(dict.fromkeys(name for row in report.rows for name in row.figures))
    width = max(len(row.name) for row in report.rows)
    print(f"\n{report.title}\n{'':{width}} " + " ".join(f"{name:>18}" for name in columns))
    for row in report.rows:
        values = (f"{row.figures[name]:,}" if name in row.figures else "" for name in columns)
        print(f"{row.name:{width}} " + " ".join(f"{value:>18}" for value in values))
    for goal in report.goals:
        print(f"goal: {goal}")
    return report


if __name__ == "__main__":
    main()
