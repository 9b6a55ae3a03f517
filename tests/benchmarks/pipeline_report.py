"""The report of the whole job's cost: docs/benchmarks/pipeline.md, its figures as JSON and its plots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import altair as alt
import pandas as pd
from sizes import CONDITIONS, Result, add_size, condition_cells, markdown

GOALS = {1_000_000: (120, 4), 10_000_000: (1500, 12)}
"""Records → the seconds and the gigabytes not to exceed, on two cores and 24 GiB."""

TEXT = """# The whole job

Written by `make bench-pipeline`: `padron build` over the sample institutions, landing zone to release, in a process
of its own. *between the steps* is what Dagster costs: start, definitions, plan, run history. *validation* is every
check, of contracts, schemas, drift and audit. The second row of a size is the night after: one delivery that leaves
out about one record in a hundred.

```sh
make bench-pipeline                              # 100 thousand, 1, 3 and 10 million records of persons
make bench-pipeline BENCH="--size 1000000"       # one size
```

{cost}

## Seconds by stage

{stages}

## Disk, MB

{disk}

![seconds and peak memory against records](pipeline.svg)

## Conditions

`load before` is the machine's load average when the sizes' first build had ended: above 2 the wall seconds are those of
a machine that had other work, and CPU seconds compare better.

{conditions}
"""


def write_pipeline_report(found: Result, folder: Path) -> None:
    """Add one size to `folder`/pipeline.json, and write the page and the plot anew."""
    results = add_size(found, folder / "pipeline.json", "size")
    tables = {name: markdown(rows(results)) for name, rows in ROWS.items()}
    (folder / "pipeline.md").write_text(TEXT.format(**tables), encoding="utf-8")
    _plot(results).save(folder / "pipeline.svg")


def cost_rows(results: Sequence[Result]) -> Iterable[list[str]]:
    """What each build cost, beside the goal where there is one, and a night's share of the whole."""
    yield ["records", "build", "seconds", "CPU s", "peak GB", "validation s", "between the steps s", "goal", "share"]
    for each in results:
        for kind in ("whole", "nightly"):
            cost, goal = each[kind], GOALS.get(each["size"]) if kind == "whole" else None
            figures = [f"{cost[name]:.1f}" for name in ("wall", "cpu")]
            apart = [f"{cost[name]:.1f}" for name in ("validation", "dagster")]
            share = f"{cost['wall'] / each['whole']['wall']:.0%}" if kind == "nightly" else ""
            wanted = f"{goal[0]} s, {goal[1]} GB" if goal else ""
            peak = f"{cost['peak_bytes'] / 1e9:.2f}"
            yield [f"{cost['records']:,}", kind, *figures, peak, *apart, wanted, share]


def stage_rows(results: Sequence[Result]) -> Iterable[list[str]]:
    """The seconds of each stage, in the order of the greatest build's."""
    stages = sorted(results[-1]["whole"]["stages"], key=lambda stage: -results[-1]["whole"]["stages"][stage])
    yield ["records", "build", *stages]
    for each in results:
        for kind in ("whole", "nightly"):
            yield [f"{each[kind]['records']:,}", kind, *(f"{each[kind]['stages'].get(s, 0):.1f}" for s in stages)]


def disk_rows(results: Sequence[Result]) -> Iterable[list[str]]:
    """The megabytes that were delivered and that each place holds after the first build."""
    yield ["records", "delivered", *results[-1]["disk"]]
    for each in results:
        sizes = [each["bytes_delivered"], *each["disk"].values()]
        yield [f"{each['whole']['records']:,}", *(f"{size / 1e6:,.1f}" for size in sizes)]


def condition_rows(results: Sequence[Result]) -> Iterable[list[str]]:
    """On what and when each size was measured."""
    yield ["records", *CONDITIONS]
    for each in results:
        yield [f"{each['whole']['records']:,}", *condition_cells(each)]


ROWS = {"cost": cost_rows, "stages": stage_rows, "disk": disk_rows, "conditions": condition_rows}


def _plot(results: Sequence[Result]) -> alt.HConcatChart:
    rows = [
        {"records": each[kind]["records"], "build": kind, "seconds": each[kind]["wall"],
         "peak memory, GB": each[kind]["peak_bytes"] / 1e9}
        for each in results for kind in ("whole", "nightly")
    ]  # fmt: skip
    base = alt.Chart(pd.DataFrame(rows), width=330, height=240).encode(
        x=alt.X("records:Q", scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")),
        color=alt.Color("build:N", sort=None),
    )
    drawn = [base.encode(y=alt.Y(f"{name}:Q", scale=alt.Scale(type="log"))) for name in ("seconds", "peak memory, GB")]
    return alt.hconcat(*(each.mark_line() + each.mark_point(filled=True, size=50) for each in drawn))
