"""Measures understanding on a JSONL file of labelled messages (`python -m benchmarks.understanding FILE`).

The columns and the scoring are those of the data's README: the first candidate must be among the labels,
the life event, the act or `also_ok`; out of scope must be refused; several needs are scored by set F1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from catalog.models import Catalog
from intents.loader import load_recognizer
from intents.models import Decision, Recognition
from intents.recognizer import Recognizer

ROOT = Path(__file__).parents[1]
COLD = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from catalog.models import Catalog
catalog = Catalog.model_validate_json(Path("services_catalog.json").read_text("utf-8"))
loaded = time.perf_counter()
from intents.loader import load_recognizer
load_recognizer(catalog, Path(sys.argv[1])).recognize("\\u8bc1")
print(time.perf_counter() - loaded, loaded - start)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled message and how it was understood."""

    data: dict[str, Any]
    result: Recognition

    @property
    def kind(self) -> str:
        """The kind of message, as the data names it."""
        return str(self.data["kind"])

    @property
    def right(self) -> set[str]:
        """Every id that counts as right."""
        single = {self.data["event"], self.data["act"]} - {None}
        return {*self.data["labels"], *self.data["also_ok"], *single}

    def hit(self, first: int) -> bool:
        """Whether a right id is among the first candidates."""
        if self.kind == "out_of_scope":
            return not self.result.candidates
        return any(candidate.id in self.right for candidate in self.result.candidates[:first])

    @property
    def needs_f1(self) -> float:
        """Set F1 of the needs found; extra ones that `also_ok` allows do not count."""
        wanted = set(self.data["labels"])
        found = set(self.result.needs) - (set(self.data["also_ok"]) - wanted)
        return 2 * len(wanted & found) / (len(wanted) + len(found))


def read_rows(path: Path, recognizer: Recognizer) -> list[Row]:
    """Every message of the file, understood."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [Row(data=line, result=recognizer.recognize(line["text"])) for line in lines]


def print_kinds(rows: list[Row]) -> None:
    """One line a kind: hits at 1 and 3, refused, accepted and right among those."""
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
        if row.kind not in ("out_of_scope", "multi"):
            by_kind["TOTAL single"].append(row)
    print(f"{'kind':<16}{'n':>5}{'top1':>7}{'top3':>7}{'refuse':>8}{'accept':>8}{'right':>7}")
    for kind, group in by_kind.items():
        refused = [row.result.decision is Decision.REJECT for row in group]
        accepted = [row for row in group if row.result.decision is Decision.ACCEPT]
        right = mean(row.hit(1) for row in accepted) if accepted else float("nan")
        print(
            f"{kind:<16}{len(group):>5}{mean(r.hit(1) for r in group):>7.3f}"
            f"{mean(r.hit(3) for r in group):>7.3f}{mean(refused):>8.3f}"
            f"{len(accepted) / len(group):>8.3f}{right:>7.3f}"
        )
    multi = by_kind.get("multi")
    if multi:
        print(f"multi: set F1 {mean(row.needs_f1 for row in multi):.3f}")


def print_refusal(rows: list[Row], recognizer: Recognizer) -> None:
    """How well what is in scope is told from what is not, and every missed emergency."""
    inside = [r for r in rows if r.kind != "out_of_scope"]
    outside = [r for r in rows if r.kind == "out_of_scope"]
    if outside:
        high = [recognizer.confidence(row.data["text"]) for row in inside]
        low = [recognizer.confidence(row.data["text"]) for row in outside]
        area = mean((a > b) + (a == b) / 2 for a in high for b in low)
        print(f"in scope against out of scope: AUROC {area:.3f}")
    accepted = [row for row in rows if row.result.decision is Decision.ACCEPT]
    right = mean(row.kind != "out_of_scope" and row.hit(1) for row in accepted)
    print(f"accepted {len(accepted) / len(rows):.3f}, right among them {right:.3f}")
    for row in rows:
        if (row.data["act"] == "emergency") != bool(row.result.danger):
            print(
                "danger",
                "missed:" if row.data["act"] == "emergency" else "false:",
                row.data["text"],
            )


def print_speed(rows: list[Row], recognizer: Recognizer) -> None:
    """Microseconds a message, best of five, and the seconds to a first answer from the cache."""
    times = []
    for row in rows:
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            recognizer.recognize(row.data["text"])
            best = min(best, time.perf_counter() - start)
        times.append(best * 1e6)
    cuts = quantiles(times, n=100)
    print(f"p50 {cuts[49]:.0f} µs, p99 {cuts[98]:.0f} µs")


def print_start(cache: Path) -> None:
    """Seconds to a first answer in a fresh process, cache warm."""
    least = (float("inf"), 0.0)
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", COLD, str(cache)],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
        recognizer, catalog = map(float, done.stdout.split())
        least = min(least, (recognizer, catalog))
    print(f"cold start {least[0] * 1000:.0f} ms (and {least[1] * 1000:.0f} ms for the catalog)")


def print_misses(rows: list[Row]) -> None:
    """Every message that was not understood, with what was thought instead."""
    for row in rows:
        if row.kind == "multi" and row.needs_f1 < 1:
            print(
                f"multi {row.needs_f1:.2f} | {row.data['text']} | {row.data['labels']} | {row.result.needs}"
            )
        elif row.kind != "multi" and not row.hit(1):
            got = [(c.id, c.score) for c in row.result.candidates[:3]]
            print(f"{row.kind} | {row.data['text'][:60]} | {sorted(row.right)} | {got}")


def main() -> None:
    """Prints the table for one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--misses", action="store_true", help="print every message not understood")
    parser.add_argument("--fast", action="store_true", help="leave out the timings")
    options = parser.parse_args()
    catalog = Catalog.model_validate_json((ROOT / "services_catalog.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as cache:
        recognizer = load_recognizer(catalog, Path(cache))
        rows = read_rows(options.file, recognizer)
        print_kinds(rows)
        print_refusal(rows, recognizer)
        if options.misses:
            print_misses(rows)
        if not options.fast:
            print_speed(rows, recognizer)
            print_start(Path(cache))


if __name__ == "__main__":
    main()
