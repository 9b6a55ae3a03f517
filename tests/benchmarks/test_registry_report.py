"""What the benchmark of the registry says of how its cost grows."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from registry_report import cost_rows, step_rows, write_registry_report  # noqa: E402


def result(people: int, *cpu: float) -> dict[str, Any]:
    steps = {
        step: {"seconds": spent / 2, "cpu": spent, "peak_gb": 2.0 + number}
        for number, (step, spent) in enumerate(zip(("kinship", "release"), cpu, strict=True))
    }
    around = {"date": "2026-01-02", "processor": "one", "cores": 2, "memory_gb": 25, "load_before": 0.1}
    return {"people": people, "events": people * 10, "memory_limit": "4GB", **around, "steps": steps}


SIZES = [result(1_000_000, 10.0, 4.0), result(10_000_000, 1000.0, 40.0)]


def test_growth_is_told_as_an_exponent_from_the_smallest_size() -> None:
    _, kinship, release = step_rows(SIZES)
    assert kinship == ["kinship", "10.0 (2.00)", "1000.0 (2.00)", "2.00"]
    assert release == ["release", "4.0 (3.00)", "40.0 (3.00)", "1.00"]


def test_the_smallest_size_has_its_goal_and_no_exponent() -> None:
    _, small, large = cost_rows(SIZES)
    assert small == ["1,000,000", "10,000,000", "7.0", "14.0", "3.00", "90 s, 6 GB", "", "", ""]
    assert large == ["10,000,000", "100,000,000", "520.0", "1040.0", "3.00", "", "1.87", "1.87", "0.00"]


def test_a_step_too_short_to_measure_has_no_exponent() -> None:
    _, kinship, _ = step_rows([result(1_000_000, 0.0, 4.0), result(10_000_000, 0.0, 40.0)])
    assert kinship[-1] == ""


def test_a_size_measured_again_takes_the_place_of_before(tmp_path: Path) -> None:
    for people, cpu in ((300, 9.0), (100, 3.0), (300, 8.0)):
        write_registry_report(result(people, cpu, cpu), tmp_path)
    kept = json.loads((tmp_path / "registry.json").read_text())
    assert [(each["people"], each["steps"]["kinship"]["cpu"]) for each in kept] == [(100, 3.0), (300, 8.0)]
    assert "8.0 (2.00)" in (tmp_path / "registry.md").read_text(encoding="utf-8")
