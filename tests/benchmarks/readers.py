"""How long analysts wait for answers while a build goes on, against when nothing does: at most 1.5 times as long.

    python tests/benchmarks/readers.py --home var

One analyst after another opens the current release, as a program of theirs does, and asks every question of
docs/cookbook.md: while nothing goes on, through a whole forced build in a process of its own, and again while nothing
goes on. Told are the median and the 95th percentile of a question's wait, and their ratios to those when idle.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conditions import conditions

from warehouse.database import read_only
from warehouse.layout import Layout

COOKBOOK = Path(__file__).resolve().parents[2] / "docs" / "cookbook.md"
QUESTIONS = re.findall(r"```sql\n(.*?)```", COOKBOOK.read_text(encoding="utf-8"), re.DOTALL)
PADRON = Path(sys.executable).with_name("padron")
ALLOWED = 1.5
PAUSE = 0.2
"""Seconds that an analyst thinks before asking all anew."""


def waits(layout: Layout, goes_on: Callable[[], bool]) -> list[float]:
    """Seconds to the answer of each question, round after round while `goes_on`."""
    took = []
    while goes_on():
        with read_only(layout) as connection:
            for question in QUESTIONS:
                start = time.perf_counter()
                connection.sql(question).fetchall()
                took.append(time.perf_counter() - start)
        time.sleep(PAUSE)
    return took


def idle(layout: Layout, seconds: float) -> list[float]:
    """The waits while nothing of ours goes on."""
    until = time.monotonic() + seconds
    return waits(layout, lambda: time.monotonic() < until)


def measure(home: Path, seconds: float) -> dict[str, Any]:
    """The waits before, during and after a build in `home`, and their ratios."""
    layout, told = Layout(home), conditions()
    before = idle(layout, seconds)
    build = subprocess.Popen([PADRON, "build", "--force", "--home", home], stdout=subprocess.DEVNULL)
    during = waits(layout, lambda: build.poll() is None)
    if build.returncode:
        raise SystemExit(f"the build ended with status {build.returncode}")
    quiet = [*before, *idle(layout, seconds)]
    ratios = {name: round(of(during) / of(quiet), 2) for name, of in MEASURES.items()}
    return {**told, "idle": shown(quiet), "during a build": shown(during), "ratio": ratios, "allowed": ALLOWED}


def shown(took: list[float]) -> dict[str, float]:
    """How many questions were asked, and how many milliseconds each took."""
    return {"questions": len(took)} | {f"{name}, ms": round(1000 * of(took), 1) for name, of in MEASURES.items()}


MEASURES: dict[str, Callable[[list[float]], float]] = {
    "median": statistics.median,
    "95th percentile": lambda took: statistics.quantiles(took, n=20)[-1],
}


def main() -> None:
    """Measure, print what was measured, and end with status 1 where readers wait longer than is allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="A home that has a release, and its landing zone.")
    parser.add_argument("--idle-seconds", type=float, default=20.0, help="How long to ask before and after the build.")
    options = parser.parse_args()
    found = measure(options.home.absolute(), options.idle_seconds)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    raise SystemExit(any(ratio > ALLOWED for ratio in found["ratio"].values()))


if __name__ == "__main__":
    main()
