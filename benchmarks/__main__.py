"""`make bench`: turns; with a labelled file also understanding (`python -m benchmarks FILE.jsonl`)."""

from __future__ import annotations

import subprocess
import sys

subprocess.run([sys.executable, "-m", "benchmarks.turns"], check=True)
for file in sys.argv[1:]:
    subprocess.run([sys.executable, "-m", "benchmarks.understanding", file], check=True)
