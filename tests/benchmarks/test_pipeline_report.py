"""What the benchmark of the whole job says of its measurements."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from pipeline import deliver_next_month, size_of  # noqa: E402
from pipeline_report import cost_rows, write_pipeline_report  # noqa: E402


def result(size: int, wall: float, nightly: float) -> dict[str, Any]:
    stages = {"intake": 2.0, "linkage": wall / 2, "validation": 3.0}
    cost = {"cpu": 9.0, "peak_bytes": 2_000_000_000, "records": size, "persons": size // 3, "stages": stages}
    apart = {"validation": 3.0, "dagster": 1.5}
    around = {"date": "2026-01-02", "processor": "one", "cores": 2, "memory_gb": 25, "load_before": 0.1}
    told = {"size": size, "people": size // 3, "bytes_delivered": 5_000_000, "memory_limit": "6GB", **around}
    disk = {"lake/raw": 1_500_000, "releases": 2_000_000}
    return {
        **told,
        "disk": disk,
        "whole": {"wall": wall, **cost, **apart},
        "nightly": {"wall": nightly, **cost, **apart},
    }


def test_a_night_is_told_as_a_share_and_a_size_with_its_goal() -> None:
    _, whole, nightly = cost_rows([result(1_000_000, 100.0, 9.0)])
    assert whole == ["1,000,000", "whole", "100.0", "9.0", "2.00", "3.0", "1.5", "120 s, 4 GB", ""]
    assert nightly == ["1,000,000", "nightly", "9.0", "9.0", "2.00", "3.0", "1.5", "", "9%"]


def test_a_size_measured_again_takes_the_place_of_before(tmp_path: Path) -> None:
    for size, wall in ((300, 9.0), (100, 3.0), (300, 8.0)):
        write_pipeline_report(result(size, wall, 1.0), tmp_path)
    kept = json.loads((tmp_path / "pipeline.json").read_text())
    assert [(each["size"], each["whole"]["wall"]) for each in kept] == [(100, 3.0), (300, 8.0)]
    assert "| 300 | whole | 8.0 |" in (tmp_path / "pipeline.md").read_text()
    assert (tmp_path / "pipeline.svg").read_text().startswith("<svg")


def test_the_next_month_leaves_out_one_in_twenty(tmp_path: Path) -> None:
    (tmp_path / "patients_2026-10.jsonl").write_text("".join(f'{{"n": {n}}}\n' for n in range(100)))
    assert deliver_next_month(tmp_path) == 5
    assert len((tmp_path / "patients_2026-11.jsonl").read_text().splitlines()) == 95


def test_a_file_of_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 1000)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    assert size_of(tmp_path) == 1000
