"""The page of what readers wait during a build."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from readers import QUESTIONS, shown, write_page


def test_there_are_questions_to_ask() -> None:
    assert len(QUESTIONS) > 5


def test_median_and_percentile_in_milliseconds() -> None:
    took = [0.001 * number for number in range(1, 102)]
    assert shown(took) == {"questions": 101, "median": 51.0, "95th percentile": 96.9}


def test_the_page_tells_the_ratios(tmp_path: Path) -> None:
    idle, during = ({"questions": 1000, "median": ms, "95th percentile": 2 * ms} for ms in (10.0, 12.0))
    around = {"date": "2026-01-02", "processor": "one", "cores": 2, "load_before": 0.1, "builds": 2}
    ratio = {"median": 1.2, "95th percentile": 1.31}
    found = {**around, "idle": idle, "during a build": during, "ratio": ratio}
    write_page(found, tmp_path)
    page = (tmp_path / "readers.md").read_text()
    assert "| idle | 1,000 | 10.0 | 20.0 |\n| during a build | 1,000 | 12.0 | 24.0 |" in page
    assert "| during a build over idle | | 1.20 | 1.31 |" in page
    assert json.loads((tmp_path / "readers.json").read_text()) == found
