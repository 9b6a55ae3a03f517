"""The report of what a registry costs from linked records to its release: docs/benchmarks/registry.md, and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from sizes import CONDITIONS, Result, add_size, condition_cells, markdown

GOALS = {1_000_000: "90 s, 6 GB"}
"""Persons → what is not to be exceeded, on two cores."""

ALL = "in all"

TEXT = """# From linked records to the published release

Written by `make bench-registry`: three records and ten events a person, drawn by DuckDB in the shapes
that the stages before leave, then every step from golden records to the switch of the release.

```sh
make bench-registry BENCH="--people 1000000 --events 10000000 --home NEW_FOLDER"
```

{cost}

## Growth by step

Processor seconds and, in brackets, the peak memory within the step in GB. `exponent` is that of the processor seconds
from the smallest size to the largest: 1 is in proportion to the persons.

{steps}

## Conditions

`load before` is the machine's load average before the first step: above 0 the seconds are those of a machine that had
other work, and CPU seconds compare better.

{conditions}
"""


def write_registry_report(found: Result, folder: Path) -> None:
    """Add one size to `folder`/registry.json, and write the page anew."""
    results = add_size(found, folder / "registry.json", "people")
    tables = {name: markdown(rows(results)) for name, rows in ROWS.items()}
    (folder / "registry.md").write_text(TEXT.format(**tables), encoding="utf-8")


def cost_rows(results: Sequence[Result]) -> Iterable[list[str]]:
    """What each size cost in all, beside the goal where there is one, and the exponents from the smallest size."""
    yield ["persons", "events", "seconds", "CPU s", "peak GB", "goal", "exponent of seconds", "of CPU s", "of memory"]
    for each in results:
        cost = _in_all(each)
        grown = [exponent(results[0], each, name) for name in ("seconds", "cpu", "peak_gb")]
        figures = [f"{cost['seconds']:.1f}", f"{cost['cpu']:.1f}", f"{cost['peak_gb']:.2f}"]
        yield [f"{each['people']:,}", f"{each['events']:,}", *figures, GOALS.get(each["people"], ""), *grown]


def step_rows(results: Sequence[Result]) -> Iterable[list[str]]:
    """What each step cost at each size, and how it grows."""
    yield ["step", *(f"{each['people']:,}" for each in results), "exponent"]
    for step in results[-1]["steps"]:
        costs = [each["steps"][step] for each in results]
        told = [f"{cost['cpu']:.1f} ({cost['peak_gb']:.2f})" for cost in costs]
        yield [step, *told, exponent(results[0], results[-1], "cpu", step)]


def exponent(smaller: Result, larger: Result, name: str, step: str = ALL) -> str:
    """The exponent of the growth of what is measured from one size to another; empty where there is none to tell."""
    before, after = (_in_all(each) if step == ALL else each["steps"][step] for each in (smaller, larger))
    if smaller["people"] == larger["people"] or min(before[name], after[name]) <= 0:
        return ""
    return f"{math.log(after[name] / before[name]) / math.log(larger['people'] / smaller['people']):.2f}"


def condition_rows(results: Sequence[Result]) -> Iterable[list[str]]:
    """On what and when each size was measured."""
    yield ["persons", *CONDITIONS]
    for each in results:
        yield [f"{each['people']:,}", *condition_cells(each)]


ROWS = {"cost": cost_rows, "steps": step_rows, "conditions": condition_rows}


def _in_all(result: Result) -> dict[str, float]:
    steps = result["steps"].values()
    sums = {name: sum(cost[name] for cost in steps) for name in ("seconds", "cpu")}
    return sums | {"peak_gb": max(cost["peak_gb"] for cost in steps)}
