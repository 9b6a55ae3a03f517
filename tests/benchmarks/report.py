"""The report: what was measured, in the terminal, as docs/benchmarks.md, and as plots of cost against size."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
from rich.console import Console
from rich.table import Table
from sizes import markdown

Result = dict[str, Any]
NAMES = {"padron": "Padrón", "splink": "Splink 5", "ecm": "recordlinkage ECM"}
TITLES = {
    "febrl3": "FEBRL 3, one source",
    "febrl4": "FEBRL 4, two sources",
    "agencies": "five agencies with disjoint fields",
    "dirty": "one very dirty source",
    "institutions": "the sample institutions",
}
PLOTS = {"wall": "seconds", "peak_gb": "peak memory, GB"}
TEXT = Path(__file__).with_name("benchmarks.md")


def merge(path: Path, found: Sequence[Result]) -> list[Result]:
    """Add `found` to the results in `path`, in place of earlier ones of the same population, size and contestant."""
    results = {_key(each): each for each in (json.loads(path.read_text()) if path.exists() else [])}
    results |= {_key(each): each for each in found}
    ordered = [results[key] for key in sorted(results)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return ordered


def _key(result: Result) -> tuple[int, int, int]:
    places = list(TITLES).index(result["population"]), list(NAMES).index(result["contestant"])
    return places[0], result["records"], places[1]


def print_table(results: Sequence[Result]) -> None:
    """Print the results of one population."""
    heading, *rows = accuracy_rows(results)
    table = Table(*heading)
    for row in rows:
        table.add_row(*row)
    Console(width=160).print(table)


def write_report(results: Sequence[Result], folder: Path) -> None:
    """Write `folder`.md and the plots in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = "\n".join(f"![{title} against records]({folder.name}/{name}.svg)" for name, title in PLOTS.items())
    for name, title in PLOTS.items():
        _plot(results, name, title).save(folder / f"{name}.svg")
    tables = {
        "accuracy": markdown(accuracy_rows(results), words=3),
        "ratios": markdown(ratio_rows(results), words=1),
        "growth": markdown(growth_rows(results), words=1),
        "wrong": markdown(wrong_rows(results), words=1),
        "conditions": markdown(condition_rows(results), words=1),
        "plots": plots,
    }
    folder.with_suffix(".md").write_text(TEXT.read_text(encoding="utf-8").format(**tables), encoding="utf-8")


def accuracy_rows(results: Iterable[Result]) -> Iterator[list[str]]:
    """What each contestant reached and what it cost."""
    yield [
        "population",
        "records",
        "engine",
        "F1",
        "precision",
        "recall",
        "B³ F1",
        "pairs",
        "seconds",
        "CPU s",
        "peak GB",
    ]
    for each in results:
        start = [TITLES[each["population"]], f"{each['records']:,}", NAMES[each["contestant"]]]
        if each["failure"]:
            yield [*start, f"failed: {each['failure']}", *[""] * 7]
            continue
        quality = [f"{each[name]:.4f}" for name in ("f1", "precision", "recall", "b_cubed")]
        cost = [f"{each['pairs']:,}", f"{each['wall']:.1f}", f"{each['cpu']:.1f}", f"{each['peak_bytes'] / 1e9:.2f}"]
        yield [*start, *quality, *cost]


def ratio_rows(results: Sequence[Result]) -> Iterator[list[str]]:
    """Padrón over Splink, where both were measured."""
    yield ["population", "records", "1 − F1", "seconds", "CPU s", "peak memory", "F1 at its best threshold"]
    measured = {
        (each["population"], each["records"], each["contestant"]): each for each in results if not each["failure"]
    }
    for (population, records, contestant), ours in measured.items():
        theirs = measured.get((population, records, "splink"))
        if contestant == "padron" and theirs:
            costs = [f"{ours[name] / theirs[name]:.2f}" for name in ("wall", "cpu", "peak_bytes")]
            best = "" if ours["best_f1"] is None else f"{ours['best_f1']:.4f}"
            yield [TITLES[population], f"{records:,}", _ratio(1 - ours["f1"], 1 - theirs["f1"]), *costs, best]


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.3f}" if other > 0 else "both 0" if one <= 0 else "Splink 0"


def growth_rows(results: Iterable[Result]) -> Iterator[list[str]]:
    """The exponent of Padrón's cost from one size of the sample institutions to the next: 1 is in proportion."""
    yield ["records", "seconds", "CPU s", "peak memory", "pairs"]
    sizes = [
        each
        for each in results
        if (each["population"], each["contestant"]) == ("institutions", "padron") and not each["failure"]
    ]
    for smaller, larger in pairwise(sorted(sizes, key=lambda each: each["records"])):
        grown = math.log(larger["records"] / smaller["records"])
        exponents = [math.log(larger[name] / smaller[name]) / grown for name in ("wall", "cpu", "peak_bytes", "pairs")]
        span = f"{smaller['records']:,} to {larger['records']:,}"
        yield [span, *(f"{exponent:.2f}" for exponent in exponents)]


def wrong_rows(results: Iterable[Result]) -> Iterator[list[str]]:
    """Where Padrón's pairs went wrong."""
    yield ["population", "records", "true pairs", "never proposed", "under the threshold", "cut by clustering",
           "false pairs", "of one home"]  # fmt: skip
    columns = ("true_pairs", "not_proposed", "under_threshold", "cut", "false_pairs", "of_one_home")
    for each in results:
        if each["contestant"] == "padron" and not each["failure"]:
            counts = [f"{each['wrong'][name]:,}" for name in columns]
            yield [TITLES[each["population"]], f"{each['records']:,}", *counts]


def condition_rows(results: Iterable[Result]) -> Iterator[list[str]]:
    """When and on what each figure was measured, those of one run together."""
    yield ["population", "records", "date", "processor", "cores", "memory GB", "load before", "libraries"]
    seen = set()
    for each in results:
        if (key := (each["population"], each["records"])) not in seen:
            seen.add(key)
            libraries = ", ".join(f"{name} {version}" for name, version in each["libraries"].items())
            machine = [str(each[name]) for name in ("date", "processor", "cores", "memory_gb", "load_before")]
            yield [TITLES[key[0]], f"{key[1]:,}", *machine, libraries]


def _plot(results: Iterable[Result], name: str, title: str) -> alt.LayerChart:
    """Cost against size of the sample institutions, both on logarithmic axes: a straight line is a power."""
    rows = [
        {"engine": NAMES[each["contestant"]], "records": each["records"], "wall": each["wall"],
         "peak_gb": each["peak_bytes"] / 1e9}
        for each in results
        if each["population"] == "institutions" and not each["failure"]
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["engine", "records", "wall", "peak_gb"])
    base = alt.Chart(frame, width=420, height=280).encode(
        x=alt.X("records:Q", scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")),
        y=alt.Y(f"{name}:Q", title=title, scale=alt.Scale(type="log")),
        color=alt.Color("engine:N", sort=list(NAMES.values())),
    )
    return base.mark_line() + base.mark_point(filled=True, size=50)
