"""Padrón, Splink and recordlinkage's ECM on the same records, one after the other, each in a process of its own.

python tests/benchmarks/bench.py [--size 100000] [--population NAME] [--contestant NAME] [--out docs/benchmarks]

Prints accuracy, seconds, peak memory and ratios, and writes them to FOLDER.md, FOLDER/results.json and plots. `--size`
is the number of records of the sample institutions and may be given several times.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from conditions import conditions
from populations import SIZES
from report import merge, print_table, write_report

from linkage.evaluation.measures import b_cubed, pairwise
from warehouse.session import literal, scan

HERE = Path(__file__).resolve().parent
CONTESTANTS = {"padron": "padron_engine.py", "splink": "splink_peer.py", "ecm": "ecm_peer.py"}
MOST_RECORDS = {"ecm": 120_000}
TIMEOUT = 7200  # seconds a contestant may take


def main() -> None:
    """Run what was asked for and write the report after each population, so that an end half-way loses nothing."""
    options = _options()
    results: list[dict[str, Any]] = []
    for name in options.population:
        for records in options.size if SIZES[name] is None else [SIZES[name]]:
            with tempfile.TemporaryDirectory() as folder:
                found = measure(name, int(records or 0), options.contestant, Path(folder))
            results += found
            print_table(found)
            write_report(merge(options.out / "results.json", found), options.out)
    if any(result["failure"] for result in results):
        sys.exit(1)


def measure(name: str, records: int, contestants: list[str], folder: Path) -> list[dict[str, Any]]:
    """One result a contestant that can bear so many records."""
    population = folder / "population"
    population.mkdir()
    _run([str(HERE / "populations.py"), name, str(records), str(population)])
    told = json.loads((population / "population.json").read_text())
    can = [each for each in contestants if told["records"] <= MOST_RECORDS.get(each, told["records"])]
    return [{"population": name, **told, **contest(each, population, folder / each)} for each in can]


def contest(contestant: str, population: Path, folder: Path) -> dict[str, Any]:
    """Run one contestant; what it measured, and how good its clusters are."""
    folder.mkdir()
    around = {"contestant": contestant, **conditions()}
    failure = _run([str(HERE / CONTESTANTS[contestant]), str(population), str(folder)], must_succeed=False)
    if failure:
        return {**around, "failure": failure}
    measured = json.loads((folder / "measured.json").read_text())
    return {**around, **measured, **_quality(folder / "clusters.parquet", population), "failure": ""}


def _quality(clusters: Path, population: Path) -> dict[str, float]:
    truth = population / "truth.parquet"
    with duckdb.connect(config={"threads": 2, "temp_directory": str(clusters.parent)}) as connection:
        connection.execute(f"create view judged as select record_id, person from read_parquet({literal(truth)})")
        pairs, records = (judge(connection, scan(clusters), "judged") for judge in (pairwise, b_cubed))
    return {"precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1, "b_cubed": records.f1}


def _run(arguments: list[str], *, must_succeed: bool = True) -> str:
    """Run a script of this folder; why it failed, or nothing."""
    try:
        done = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no end after {TIMEOUT} s"
    if not done.returncode:
        return ""
    reason = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    if must_succeed:
        raise SystemExit(f"{arguments[0]}: {reason}")
    return reason


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, action="append")
    parser.add_argument("--population", choices=SIZES, action="append")
    parser.add_argument("--contestant", choices=CONTESTANTS, action="append")
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "docs" / "benchmarks")
    options = parser.parse_args()
    options.size = options.size or [100_000]
    options.population = options.population or list(SIZES)
    options.contestant = options.contestant or list(CONTESTANTS)
    return options


if __name__ == "__main__":
    main()
