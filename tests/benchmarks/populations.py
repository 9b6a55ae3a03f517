"""The populations to link: records, identifiers and truth as Parquet, and what is known of the sources.

`python populations.py NAME RECORDS FOLDER` writes one, in a process of its own. Every one is invented, save FEBRL's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "linkage"))  # the generators of the tests are the benchmark's too

import linkage_febrl  # noqa: E402
from linkage_town import Source, write_town  # noqa: E402

from sources.catalogue import read_catalogue  # noqa: E402
from sources.receiving import receive  # noqa: E402
from sources.standardise.standardise import standardise  # noqa: E402
from sources.synthetic.sample import write_sample  # noqa: E402
from warehouse.layout import Layout  # noqa: E402
from warehouse.session import literal, open_session, scan  # noqa: E402
from warehouse.settings import SAMPLE_SOURCES, Settings  # noqa: E402
from warehouse.tables import RECORD_IDENTIFIERS, RECORDS  # noqa: E402

SEED = 20141210
RECORDS_A_PERSON = 2.96  # of the sample institutions
RECORDS_A_HOME = {"agencies": 5.67, "dirty": 7.63}

# Each knows little, and hardly two know the same; no single field is everywhere but the name.
AGENCIES = (
    Source("roll", 0.55, (0, 99), frozenset(["names", "born", "sex", "address", "town"]), 0.015, 0.8),
    Source("clinic", 0.5, (0, 99), frozenset(["whole", "born", "sex", "phone", "town", "mother"]), 0.025, 0.6, 0.03),
    Source("school", 0.8, (5, 18), frozenset(["names", "born", "sex", "mother", "father", "town"]), 0.015, 0.3),
    Source("tax", 0.4, (18, 99), frozenset(["names", "address", "phone", "town"]), 0.01, 0.95),
    Source("charity", 0.12, (0, 99), frozenset(["whole", "phone", "address", "town"]), 0.025),
)
DIRT = 0.07  # the share of fields that are wrong, or a multiple of it; Splink then stands at about .85
# One file of several forms of every name, most fields wrong somewhere, and up to four records a person.
DIRTY = tuple(
    Source(name, share, (0, 99), frozenset(["names", "born", "sex", "phone", "address", "town"]), DIRT, numbered)
    for name, share, numbered in (("first", 0.9, 0.1), ("second", 0.6, 0.1), ("third", 0.4, 0.05), ("fourth", 0.3, 0.0))
)


@dataclass(frozen=True)
class Population:
    """What a linkage is told of its sources, and its size."""

    records: int
    persons: int
    duplicate_free: tuple[str, ...]


def institutions(connection: duckdb.DuckDBPyConnection, folder: Path, records: int) -> tuple[str, ...]:
    """The sample institutions' extracts, received and standardised as the pipeline does."""
    write_sample(folder / "landing", folder / "truth", int(records / RECORDS_A_PERSON), SEED)
    settings = Settings(home=folder, sources=SAMPLE_SOURCES, landing=folder / "landing")
    catalogue, layout = read_catalogue(SAMPLE_SOURCES), Layout(folder)
    for contract in catalogue.with_persons:
        receive(connection, contract, settings)
        standardise(connection, contract, catalogue.person_source(contract), layout)
    for table, name in ((RECORDS, "records"), (RECORD_IDENTIFIERS, "ids")):
        paths = [layout.standard(table, contract.id) for contract in catalogue.with_persons]
        _copy(connection, f"from {scan(*paths)}", folder / f"{name}.parquet")
    truth = f"""
        with homes as (
            select person_id, arg_max(household_id, moved_date) as home
            from {scan(folder / "truth" / "memberships.parquet")} group by person_id
        )
        select record_id, coalesce(person_id, 'nobody ' || record_id) as person, home
        from {scan(folder / "records.parquet")}
        join {scan(folder / "truth" / "records.parquet")} using (source, record_key)
        left join homes using (person_id)
    """
    _copy(connection, truth, folder / "truth.parquet")
    return tuple(contract.source for contract in catalogue.with_persons if contract.terms.duplicate_free)


def agencies(connection: duckdb.DuckDBPyConnection, folder: Path, records: int) -> tuple[str, ...]:
    """Five agencies with disjoint fields."""
    write_town(connection, folder, int(records / RECORDS_A_HOME["agencies"]), SEED, AGENCIES)
    return ()


def dirty(connection: duckdb.DuckDBPyConnection, folder: Path, records: int) -> tuple[str, ...]:
    """One very dirty source."""
    write_town(connection, folder, int(records / RECORDS_A_HOME["dirty"]), SEED, DIRTY)
    one_source = f"select * replace ('file' as source) from {scan(folder / 'records.parquet')}"
    _copy(connection, one_source, folder / "one.parquet")
    (folder / "one.parquet").replace(folder / "records.parquet")
    return ()


def febrl(number: int) -> Callable[[duckdb.DuckDBPyConnection, Path, int], tuple[str, ...]]:
    """A labelled set of FEBRL; the size asked for is of no effect."""

    def write(connection: duckdb.DuckDBPyConnection, folder: Path, records: int) -> tuple[str, ...]:
        linkage_febrl.write_febrl(connection, folder, number)
        return ("a", "b") if number == 4 else ()

    return write


POPULATIONS: dict[str, Callable[[duckdb.DuckDBPyConnection, Path, int], tuple[str, ...]]] = {
    "institutions": institutions,
    "agencies": agencies,
    "dirty": dirty,
    "febrl3": febrl(3),
    "febrl4": febrl(4),
}

SIZES: dict[str, int | None] = {
    "febrl3": 5000,
    "febrl4": 10_000,
    "agencies": 43_000,
    "dirty": 50_000,
    "institutions": None,
}
"""Population → its records; none where the size is asked for."""


def write_population(name: str, records: int, folder: Path) -> Population:
    """Write a population to `folder`, and what there is to know of it in `population.json` there."""
    settings = Settings(home=folder, sources=SAMPLE_SOURCES, landing=folder / "landing")
    with open_session(settings) as connection:
        duplicate_free = POPULATIONS[name](connection, folder, records)
        counts = f"select count(*), count(distinct person) from {scan(folder / 'truth.parquet')}"
        population = Population(*connection.sql(counts).fetchall()[0], duplicate_free)
    (folder / "population.json").write_text(json.dumps(asdict(population)))
    return population


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to {literal(path)}")


if __name__ == "__main__":
    write_population(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
