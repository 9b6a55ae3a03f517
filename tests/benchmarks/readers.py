"""How long analysts wait for answers while a build goes on, against when nothing does: at most 1.5 times as long.

    python tests/benchmarks/readers.py --home var

One analyst after another opens the current release, as a program of theirs does, and asks every question of
docs/cookbook.md: while nothing goes on and through a whole forced build in a process of its own, by turns. The median
and the 95th percentile of a question's wait, and their ratios to those when idle, go to docs/benchmarks/readers.md.
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

import duckdb
from conditions import conditions

from warehouse.layout import Layout
from warehouse.release.database import read_only

COOKBOOK = Path(__file__).resolve().parents[2] / "docs" / "cookbook.md"
QUESTIONS = re.findall(r"```sql\n(.*?)```", COOKBOOK.read_text(encoding="utf-8"), re.DOTALL)
PADRON = Path(sys.executable).with_name("padron")
ALLOWED = 1.5
PAUSE = 0.2
"""Seconds that an analyst thinks before asking all anew."""


def wait(connection: duckdb.DuckDBPyConnection, question: str) -> float:
    """Seconds to the answer of one question."""
    start = time.perf_counter()
    connection.sql(question).fetchall()
    return time.perf_counter() - start


def waits(layout: Layout, goes_on: Callable[[], bool]) -> list[float]:
    """Seconds to the answer of each question, round after round while `goes_on`."""
    took = []
    while goes_on():
        with read_only(layout) as connection:
            for question in QUESTIONS:
                took.append(wait(connection, question))
        time.sleep(PAUSE)
    return took


def idle(layout: Layout, seconds: float) -> list[float]:
    """The waits while nothing of ours goes on."""
    until = time.monotonic() + seconds
    return waits(layout, lambda: time.monotonic() < until)


def measure(home: Path, seconds: float, builds: int) -> dict[str, Any]:
    """The waits during `builds` builds in `home`, between phases of `seconds` when idle, and their ratios."""
    layout, told = Layout(home), conditions()
    quiet, during = idle(layout, seconds), []
    for _ in range(builds):
        during += busy(layout, home)
        quiet += idle(layout, seconds)
    ratios = {name: round(of(during) / of(quiet), 2) for name, of in MEASURES.items()}
    return {**told, "builds": builds, "idle": shown(quiet), "during a build": shown(during), "ratio": ratios}


def busy(layout: Layout, home: Path) -> list[float]:
    """The waits while a build goes on."""
    build = subprocess.Popen([PADRON, "build", "--force", "--home", home], stdout=subprocess.DEVNULL)
    took = waits(layout, lambda: build.poll() is None)
    if build.wait():
        raise SystemExit(f"the build ended with status {build.returncode}")
    return took


def shown(took: list[float]) -> dict[str, float]:
    """How many questions were asked, and how many milliseconds each took."""
    return {"questions": len(took)} | {name: round(1000 * of(took), 1) for name, of in MEASURES.items()}


MEASURES: dict[str, Callable[[list[float]], float]] = {
    "median": statistics.median,
    "95th percentile": lambda took: statistics.quantiles(took, n=20)[-1],
}

PAGE = """# Readers during a build

Written by `make bench-readers`: one analyst after another opens the current release and asks every question of
[the cookbook](../cookbook.md), while nothing goes on and through a whole forced build in a process of its own, by
turns. A question may take at most {allowed} times as long during a build.

| | questions | median, ms | 95th percentile, ms |
| --- | --: | --: | --: |
{rows}
| during a build over idle | | {median} | {high} |

{builds} builds, {date}, {cores} cores, {processor}; the machine's load average was {load_before} before.
"""


def write_page(found: dict[str, Any], folder: Path) -> None:
    """Write what was found as readers.json and readers.md in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "readers.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    rows = "\n".join(_row(name, found[name]) for name in ("idle", "during a build"))
    ratios = dict(zip(("median", "high"), (f"{ratio:.2f}" for ratio in found["ratio"].values()), strict=True))
    (folder / "readers.md").write_text(PAGE.format(rows=rows, allowed=ALLOWED, **ratios, **found), encoding="utf-8")


def _row(name: str, phase: dict[str, float]) -> str:
    figures = " | ".join(f"{phase[each]:.1f}" for each in MEASURES)
    return f"| {name} | {phase['questions']:,} | {figures} |"


def main() -> None:
    """Measure, write what was measured, and end with status 1 where readers wait longer than is allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True, help="A home that has a release, and its landing zone.")
    parser.add_argument("--idle-seconds", type=float, default=15.0, help="How long to ask between builds.")
    parser.add_argument("--builds", type=int, default=2, help="How many builds to ask through.")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "docs" / "benchmarks")
    options = parser.parse_args()
    found = measure(options.home.absolute(), options.idle_seconds, options.builds)
    write_page(found, options.out)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    raise SystemExit(any(ratio > ALLOWED for ratio in found["ratio"].values()))


if __name__ == "__main__":
    main()
