"""Do the intervals of the estimates without truth hold the truth? Twenty populations of many sizes and faults.

    python tests/benchmarks/estimates.py --populations 20

Each population has a seed, a size, a rate of faults and a rate of missing identifiers of its own. It is delivered,
read, standardised and linked as `padron link` does; then precision and recall are estimated without the truth, and
measured with it. Prints a line a population and how many intervals held. Ends with status 1 where fewer than nine
tenths of either kind did.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
import tempfile
from pathlib import Path

import duckdb

from linkage.evaluation.estimates import estimate_quality
from linkage.evaluation.measures import Quality, pairwise
from linkage.stages import STAGES
from linkage.task import Task
from pipelines.defs.linkage import linkage_task
from pipelines.resources import Installation
from sources.catalogue import read_catalogue
from sources.receiving import receive
from sources.standardise.standardise import standardise
from sources.synthetic.rates import RATES, Rates
from sources.synthetic.sample import write_sample
from warehouse.session import open_session, scan
from warehouse.settings import SAMPLE_SOURCES, Settings

SIZES = (1000, 2000, 4000, 8000)
FAULTS = (0.5, 1.0, 2.0, 3.0)
WITHOUT_NUMBER = (1.0, 2.0, 4.0)
NO_FAULTS = {"lag_years", "least_age", "cut_rows", "dead_kept"}  # rates that make no value wrong
DECLARED = dict(RATES)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--populations", type=int, default=20)
    options.add_argument("--seed", type=int, default=2026)
    arguments = options.parse_args()
    rng, held = random.Random(arguments.seed), {"precision": 0, "recall": 0}
    for number in range(arguments.populations):
        people, faults, bare = rng.choice(SIZES), rng.choice(FAULTS), rng.choice(WITHOUT_NUMBER)
        with tempfile.TemporaryDirectory() as folder:
            row, truth = estimated_and_true(Path(folder) / "home", people, faults, bare, arguments.seed + number)
        told = [f"{people:>6} people, faults × {faults}, without a number × {bare}"]
        for name in held:
            lower, value, upper = row[f"{name}_lower"], row[name], row[f"{name}_upper"]
            true = getattr(truth, name)
            held[name] += lower <= true <= upper
            told.append(f"{name} {true:.5f} {'in' if lower <= true <= upper else 'NOT IN'} "
                        f"[{lower:.5f}, {upper:.5f}], estimated {value:.5f}")  # fmt: skip
        print(*told, sep="; ", flush=True)  # noqa: T201
    counts = ", ".join(f"{name} {count} of {arguments.populations}" for name, count in held.items())
    print("intervals that hold the truth:", counts)  # noqa: T201
    sys.exit(min(held.values()) < 0.9 * arguments.populations)


def estimated_and_true(home: Path, people: int, faults: float, bare: float, seed: int) -> tuple[dict, Quality]:
    """The estimate of a whole linkage of an invented population, and its quality against the truth."""
    RATES.update({name: scaled(rates, faults, bare) for name, rates in DECLARED.items()})
    settings = Settings(home, SAMPLE_SOURCES, home / "landing", memory_limit="2GB", seed=seed)
    write_sample(settings.landing, home / "truth", people, seed)
    with open_session(settings) as connection:
        task = linked(connection, settings)
        row = next(row for row in estimate_quality(connection, task, least=0) if row["dimension"] == "all")
        truth = f"""(
            select record_id, person_id as person
            from {scan(home / "truth" / "records.parquet")} as t
            join {scan(task.places.nodes)} as n using (source, record_key)
        )"""
        return row, pairwise(connection, scan(task.places.clusters), truth)


def scaled(rates: Rates, faults: float, bare: float) -> Rates:
    """`rates` with faults so many times as common, and missing numbers `bare` times."""
    times = {field.name: bare if field.name == "curp_missing" else faults for field in dataclasses.fields(rates)}
    values = {name: min(getattr(rates, name) * times[name], 0.9) for name in times if name not in NO_FAULTS}
    return dataclasses.replace(rates, **values)


def linked(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Task:
    """Read, standardise and link what was delivered."""
    catalogue, installation = read_catalogue(settings.sources), Installation.of(settings)
    for contract in catalogue.with_persons:
        receive(connection, contract, settings)
        standardise(connection, contract, catalogue.person_source(contract), installation.layout)
    task = linkage_task(catalogue, installation)
    for stage in STAGES.values():
        stage(connection, task)
    return task


if __name__ == "__main__":
    main()
