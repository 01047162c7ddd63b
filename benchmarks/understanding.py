"""Measures understanding on a JSONL file of labelled messages (`python -m benchmarks.understanding FILE`).

The columns and the scoring are those of the data's README: the first candidate must be among the labels,
the life event, the act or `also_ok`; out of scope must be refused; several needs are scored by set F1.
`--json` prints the same figures as one object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from benchmarks.understanding_growth import growth, learning
from benchmarks.understanding_peers import compare
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
print(time.perf_counter() - loaded, loaded - start, int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024)
"""

BARE = 'print(int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024)'
"""Peak memory in MB; Linux only, as getrusage would count the parent's."""


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


def by_kind(rows: list[Row]) -> list[dict[str, Any]]:
    """One entry a kind: hits at 1 and 3, refused, accepted and right among those."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.kind].append(row)
        if row.kind not in ("out_of_scope", "multi"):
            groups["TOTAL single"].append(row)
    found = []
    for kind, group in groups.items():
        accepted = [row for row in group if row.result.decision is Decision.ACCEPT]
        found.append(
            {
                "kind": kind,
                "n": len(group),
                "top1": mean(row.hit(1) for row in group),
                "top3": mean(row.hit(3) for row in group),
                "refused": mean(row.result.decision is Decision.REJECT for row in group),
                "accepted": len(accepted) / len(group),
                "right": mean(row.hit(1) for row in accepted) if accepted else None,
            }
        )
    return found


def overall(rows: list[Row], recognizer: Recognizer) -> dict[str, Any]:
    """Refusal, acceptance, several needs and danger over all messages."""
    inside = [r for r in rows if r.kind != "out_of_scope"]
    outside = [r for r in rows if r.kind == "out_of_scope"]
    multi = [r for r in rows if r.kind == "multi"]
    alone = [r for r in inside if r.kind not in ("multi", "act") and r.result.needs]
    accepted = [r for r in rows if r.result.decision is Decision.ACCEPT]
    high = [recognizer.confidence(r.data["text"]) for r in inside]
    low = [recognizer.confidence(r.data["text"]) for r in outside]
    near = [b for row, b in zip(outside, low, strict=True) if is_near_miss(row, recognizer)]
    return {
        "auroc": auroc(high, low),
        "near_misses": len(near),
        "near_misses_auroc": auroc(high, near),
        "accepted_inside": mean(r.result.decision is Decision.ACCEPT for r in inside),
        "accepted_right": mean(r.kind != "out_of_scope" and r.hit(1) for r in accepted),
        "needs_f1": mean(r.needs_f1 for r in multi) if multi else None,
        "single_needs_kept_single": mean(len(r.result.needs) == 1 for r in alone),
        "danger_missed": [r.data["text"] for r in rows if _calls(r) and not r.result.danger],
        "danger_false": [r.data["text"] for r in rows if r.result.danger and not _calls(r)],
    }


def auroc(high: list[float], low: list[float]) -> float | None:
    """How often one of the first is above one of the second."""
    if not high or not low:
        return None
    return mean((a > b) + (a == b) / 2 for a in high for b in low)


def is_near_miss(row: Row, recognizer: Recognizer) -> bool:
    """Whether a message that is none of ours has a word of this field: 轮椅, 残疾, 手语."""
    text = recognizer.normalizer.simplified(row.data["text"])
    return recognizer.cues.ours.search(text) is not None


def _calls(row: Row) -> bool:
    return bool(row.data["act"] == "emergency")


def confusions(rows: list[Row]) -> list[tuple[str, str, int]]:
    """What was taken for what, most frequent first."""
    found = Counter(
        (min(row.right, default="outside"), row.result.best.id if row.result.best else "refused")
        for row in rows
        if row.kind != "multi" and not row.hit(1)
    )
    return [(right, taken, count) for (right, taken), count in found.most_common(30)]


def speed(rows: list[Row], recognizer: Recognizer) -> dict[str, float]:
    """Microseconds of processor time a message, best of seven."""
    times = []
    for row in rows:
        best = float("inf")
        for _ in range(7):
            start = time.process_time()
            recognizer.recognize(row.data["text"])
            best = min(best, time.process_time() - start)
        times.append(best * 1e6)
    cuts = quantiles(times, n=100)
    return {"p50_us": cuts[49], "p99_us": cuts[98]}


def start_up(cache: Path) -> dict[str, float]:
    """Milliseconds to a first answer in a fresh process (cache warm, catalog apart) and memory over Python's."""
    runs = [list(map(float, _fresh(COLD, str(cache)).split())) for _ in range(5)]
    bare = float(_fresh(BARE))
    return {
        "cold_ms": min(run[0] for run in runs) * 1000,
        "catalog_ms": min(run[1] for run in runs) * 1000,
        "memory_mb": min(run[2] for run in runs) - bare,
    }


def _fresh(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def misses(rows: list[Row]) -> list[str]:
    """Every message that was not understood, with what was thought instead."""
    found = []
    for row in rows:
        text = row.data["text"][:60]
        if row.kind == "multi" and row.needs_f1 < 1:
            found.append(
                f"multi {row.needs_f1:.2f} | {text} | {row.data['labels']} | {row.result.needs}"
            )
        elif row.kind != "multi" and not row.hit(1):
            got = [(c.id, c.score) for c in row.result.candidates[:3]]
            found.append(f"{row.kind} | {text} | {sorted(row.right)} | {got}")
    return found


def show(figures: dict[str, Any]) -> None:
    """The figures for a person to read."""
    print(f"{'kind':<16}{'n':>5}{'top1':>7}{'top3':>7}{'refuse':>8}{'accept':>8}{'right':>7}")
    for row in figures.pop("kinds"):
        right = "" if row["right"] is None else f"{row['right']:.3f}"
        print(
            f"{row['kind']:<16}{row['n']:>5}{row['top1']:>7.3f}{row['top3']:>7.3f}"
            f"{row['refused']:>8.3f}{row['accepted']:>8.3f}{right:>7}"
        )
    for name, value in figures.items():
        if isinstance(value, list):
            print(f"{name}: {len(value)}")
            for item in value:
                print("   ", *(item.values() if isinstance(item, dict) else [item]))
        else:
            print(f"{name}: {value:.3f}" if isinstance(value, float) else f"{name}: {value}")


def measure(
    catalog: Catalog, path: Path, cache: Path, *, fast: bool, with_misses: bool
) -> dict[str, Any]:
    """Everything asked for about one file."""
    recognizer = load_recognizer(catalog, cache)
    rows = read_rows(path, recognizer)
    figures = {"kinds": by_kind(rows), **overall(rows, recognizer), "confusions": confusions(rows)}
    if with_misses:
        figures["misses"] = misses(rows)
    if fast:
        return figures
    topics = {entry.id for entry in (*catalog.services, *catalog.life_events)}
    messages = [
        (row.data["text"], row.right)
        for row in rows
        if row.kind not in ("multi", "act", "out_of_scope") and row.right & topics
    ]
    return {
        **figures,
        **speed(rows, recognizer),
        **start_up(cache),
        "peers": compare(catalog, recognizer, messages),
        "growth": growth(recognizer, [text for text, _ in messages[:100]]),
        "learning": learning(catalog),
    }


def main() -> None:
    """Prints the figures of one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--misses", action="store_true", help="list every message not understood")
    parser.add_argument("--fast", action="store_true", help="leave out timings and peers")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    catalog = Catalog.model_validate_json((ROOT / "services_catalog.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as cache:
        figures = measure(
            catalog, options.file, Path(cache), fast=options.fast, with_misses=options.misses
        )
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        show(figures)


if __name__ == "__main__":
    main()
