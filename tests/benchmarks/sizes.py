"""The sizes that a benchmark was run at, kept as JSON beside its page, and tables in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Result = dict[str, Any]

CONDITIONS = {
    "date": "date",
    "processor": "processor",
    "cores": "cores",
    "memory GB": "memory_gb",
    "load before": "load_before",
    "memory limit": "memory_limit",
}
"""What is told of the machine and the day: a column's heading → its name in a result."""


def add_size(found: Result, path: Path, size: str) -> list[Result]:
    """Put `found` in the place of an earlier result of its size, whose name is `size`; return all, the least first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = {each[size]: each for each in (json.loads(path.read_text()) if path.exists() else [])}
    results = [each for _, each in sorted((known | {found[size]: found}).items())]
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return results


def condition_cells(result: Result) -> list[str]:
    """On what and when a size was measured."""
    return [str(result[name]) for name in CONDITIONS.values()]


def markdown(rows: Iterable[list[str]], words: int = 0) -> str:
    """A table whose first row is its heading: the first `words` columns to the left, numbers to the right."""
    heading, *body = rows
    rule = ["---"] * words + ["--:"] * (len(heading) - words)
    return "\n".join("| " + " | ".join(row) + " |" for row in (heading, rule, *body))
