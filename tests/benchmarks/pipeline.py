"""The whole job, from the landing zone to a published release, at several sizes.

    python tests/benchmarks/pipeline.py --size 100000 --size 1000000

For each size the sample institutions deliver about so many records of persons (and the events that go with them), and
`padron build` runs twice in a process of its own: over everything, and again after a delivery that leaves out about
one record in a hundred. Told are wall and processor seconds, peak memory, seconds of each stage and disk of each
place. What Dagster costs is what passes between the steps: start, definitions, plan, run history; validation is
every check step.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from conditions import conditions
from pipeline_report import write_pipeline_report
from prometheus_client.parser import text_string_to_metric_families as parsed

from pipelines.definitions import build_definitions
from warehouse.settings import Settings

PADRON = Path(sys.executable).with_name("padron")
SIZES = [100_000, 1_000_000, 3_000_000, 10_000_000]
RECORDS_A_PERSON = 2.96
LEFT_OUT = 20
"""One patient in so many is left out of the second delivery: about one in a hundred of all records."""

PLACES = ("lake/raw", "lake/standard", "lake/linkage", "lake/registry", "lake/marts", "quarantine", "state", "releases",
          "vault", "reports", "dagster")  # fmt: skip
STAGES = {"raw": "intake", "standard": "standardisation", "linkage": "linkage", "registry": "golden records",
          "golden_records": "golden records", "kinship": "golden records", "marts": "published tables",
          "release": "release", "reports": "reports"}  # fmt: skip


def main() -> None:
    """Measure each size that was asked for, and write the report after each."""
    options = _options()
    for size in options.size:
        with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
            found = measure(size, Path(folder), options.memory)
        print(json.dumps(found, indent=1))  # noqa: T201
        write_pipeline_report(found, options.out)


def measure(size: int, folder: Path, memory: str) -> dict[str, Any]:
    """Deliver, build, deliver the next month, build again."""
    home, landing = folder / "home", folder / "landing"
    around = {**os.environ, "PADRON_HOME": str(home), "PADRON_LANDING": str(landing), "PADRON_MEMORY_LIMIT": memory}
    people = round(size / RECORDS_A_PERSON)
    subprocess.run([PADRON, "sample", "--people", str(people)], env=around, check=True, stdout=subprocess.DEVNULL)
    delivered = sum(path.stat().st_size for path in landing.rglob("*") if path.is_file())
    whole = build(home, around)
    disk = {place: size_of(home / place) for place in PLACES}
    changed = deliver_next_month(landing / "health")
    nightly = build(home, around)
    told = {"size": size, "people": people, "bytes_delivered": delivered, "memory_limit": memory, **conditions()}
    return {**told, "whole": whole, "disk": disk, "records_left_out": changed, "nightly": nightly}


def build(home: Path, around: dict[str, str]) -> dict[str, Any]:
    """Run `padron build`; what it cost, and what its run tells of its steps."""
    started = time.perf_counter()
    process = subprocess.Popen([PADRON, "build"], env=around, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read().decode() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(output[-3000:])
    steps, rows = told_by_metrics(home, around)
    stages = by_stage(steps, home)
    return {
        "wall": round(wall, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_bytes": usage.ru_maxrss * 1024,
        "records": rows["source_records"],
        "persons": rows["persons"],
        "stages": stages,
        "validation": stages.get("validation", 0.0),
        "dagster": round(wall - sum(stages.values()), 1),
    }


def told_by_metrics(home: Path, around: dict[str, str]) -> tuple[dict[str, float], dict[str, int]]:
    """The seconds of each step of the last run, and the rows of each published table."""
    told = subprocess.run([PADRON, "metrics"], env=around, check=True, capture_output=True, text=True).stdout
    samples = [sample for family in parsed(told) for sample in family.samples]
    steps = {each.labels["step"]: each.value for each in samples if each.name == "padron_last_run_step_seconds"}
    return steps, {each.labels["table"]: int(each.value) for each in samples if each.name == "padron_table_rows"}


def by_stage(steps: dict[str, float], home: Path) -> dict[str, float]:
    """Seconds by stage; each check step is validation."""
    settings = Settings.from_environment({"PADRON_HOME": str(home)})
    checks = {check.node_def.name for check in build_definitions(settings).asset_checks or ()}
    seconds: dict[str, float] = defaultdict(float)
    for step, lasted in steps.items():
        stage = "validation" if step in checks else STAGES.get(step.partition("__")[0], "others")
        seconds[stage] += lasted
    return {stage: round(lasted, 1) for stage, lasted in seconds.items()}


def deliver_next_month(folder: Path) -> int:
    """The patients of November: those of October without one in twenty; returns how many are left out."""
    lines = (folder / "patients_2026-10.jsonl").read_bytes().splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines) if number % LEFT_OUT]
    (folder / "patients_2026-11.jsonl").write_bytes(b"".join(kept))
    return len(lines) - len(kept)


def size_of(folder: Path) -> int:
    """The bytes of all files under `folder`; one that lies there by two names counts once."""
    files = (path.stat() for path in folder.rglob("*") if path.is_file())
    return sum({status.st_ino: status.st_size for status in files}.values())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, action="append", help="records of persons; the four usual sizes by default")
    parser.add_argument("--memory", default="6GB", help="the memory limit of each DuckDB session")
    parser.add_argument("--scratch", type=Path, help="where the homes are built; they need some 2 GB a million records")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "docs" / "benchmarks")
    options = parser.parse_args()
    options.size = options.size or SIZES
    return options


if __name__ == "__main__":
    main()
