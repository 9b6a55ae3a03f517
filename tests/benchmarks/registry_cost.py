"""From linked records to a published release: seconds and peak memory of each step.

    python tests/benchmarks/registry_cost.py --people 1000000 --events 10000000 --home NEW_FOLDER --write

Records, identifiers, events and the spine are drawn by DuckDB, three records a person, in the shapes that the stages
before leave. Nothing is linked here. The steps are the pipeline's own functions, in the order of the job; their checks
in Great Expectations are left out, the audit of the staged release is part of it. The target for a million persons and
ten million events on two cores: under 90 s and 6 GB. Processor seconds tell the cost on a machine that others use too.
What a home already holds of the drawn tables is taken as it is (`--draw` draws them alone). `--write` adds the size to
docs/benchmarks/registry.md, which tells how each step grows.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from conditions import conditions
from measured import forget_peak_memory, peak_memory
from registry_report import write_registry_report

from warehouse.code_lists.lists import code_list_rows
from warehouse.history.changes import write_changes
from warehouse.history.segments import settle_history, stage_segment
from warehouse.layout import Layout
from warehouse.manifest import MadeOf
from warehouse.marts.derived import READABLE, reads, write_derived
from warehouse.marts.mart import RegistryInputs
from warehouse.persons.households import Kinship, write_kinship
from warehouse.persons.survivorship import Golden, write_golden
from warehouse.published.people import (
    CHANGES,
    CONFLICTS,
    HOUSEHOLD_MEMBERS,
    HOUSEHOLDS,
    PERSON_STATES,
    RELATIONSHIPS,
    SURVIVORS,
)
from warehouse.published.reference import CODE_LISTS, DELIVERIES, SOURCES
from warehouse.published.registry import EVENT_KINDS, MARTS, PUBLISHED
from warehouse.release.database import read_only
from warehouse.release.publishing import publish
from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.storage import no_rows, row_count, write_rows, write_table
from warehouse.table import Table
from warehouse.tables import ENTITIES, ENTITY_EVENTS, EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE

RECORDS_A_PERSON = 3
REPORTS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks"
TRUST = {f"s{number}": {"birth_date": number, "given_names": number} for number in range(1, RECORDS_A_PERSON + 1)}

RECORDS_SQL = """
with persons as (select range as p, hash(range) as h from range({people})),
said as (select p, h, unnest(range(1, 4)) as s from persons)
select
    left(sha256(p || '.' || s), 16) as record_id, 's' || s as source, 's' || s as contract_id, 'd' as delivery_id,
    date '2026-10-31' as as_of_date, p::varchar as record_key,
    'NAME' || (h % 2000) || case when s = 3 and h % 9 = 0 then 'X' else '' end as given_names_std,
    'SURNAME' || (h // 7 % 3000) as surname_1_std, 'SURNAME' || (h // 11 % 3000) as surname_2_std,
    date '1940-01-01' + (h // 13 % 30000)::integer - case when s = 2 and h % 17 = 0 then 1 else 0 end as birth_date,
    year(date '1940-01-01' + (h // 13 % 30000)::integer) as birth_year, false as birth_date_is_default,
    case when h % 2 = 0 then 'male' else 'female' end as sex,
    'CALLE ' || (p // 3 % 400) || ' ' || (p // 3) as address_std,
    lpad((1 + p // 3 % 32)::varchar, 2, '0') || '001' as municipality_std,
    case when s = 1 then 's1:' || (p // 3) end as household_key,
    date '2026-10-31' - (h // 19 % 3000)::integer - s::integer as updated_date,
    case when s = 2 then (h % 9)::varchar end as education_level, []::varchar[] as faults
from said
"""

EVENTS_SQL = """
with happened as (select range as e, hash(range) as h, {kinds}[1 + range % {kind_count}] as kind from range({events}))
select
    left(sha256('e' || e), 16) as event_id, left(sha256((h % {people}) || '.1'), 16) as record_id, 's1' as source,
    's1' as contract_id, 'd' as delivery_id, date '2026-10-31' as as_of_date, kind,
    case when kind in ('enrolment', 'benefit') then 'food' end as programme,
    date '2020-01-01' + (h // 7 % 2000)::integer as start_date,
    case when h % 3 = 0 then date '2026-01-01' end as end_date, '2026-' || lpad((1 + h % 9)::varchar, 2, '0') as period,
    (h // 3 % 5000)::double as amount, 'MXN' as currency, (h % 360)::integer as days, 18.0 as present,
    20.0 as enrolled_days, 'MX' as country, 'general' as scheme, []::varchar[] as faults
from happened
"""


def absent(table: Table, query: str) -> str:
    """`query` with every other column of `table` as a null."""
    return f"select * from {no_rows(table)} union all by name ({query})"


def drawn(layout: Layout) -> RegistryInputs:
    """What the stages before would have left, as the inputs of the marts."""
    return RegistryInputs(
        records=[layout.standard(RECORDS, "s1")], identifiers=[layout.standard(RECORD_IDENTIFIERS, "s1")],
        events=[layout.standard(EVENTS, kind) for kind in EVENT_KINDS.values()], deliveries=[],
        spine=layout.linkage(SPINE), persons=layout.registry(PERSONS), lists=lists(),
    )  # fmt: skip


def is_drawn(inputs: RegistryInputs, people: int, events: int) -> bool:
    """Whether the tables are there; exits where they are of another size."""
    files = [*inputs.records, *inputs.identifiers, inputs.spine, *inputs.events]
    if not all(file.exists() for file in files):
        return False
    held = row_count(inputs.spine), sum(map(row_count, inputs.events))
    if held != (people * RECORDS_A_PERSON, events // len(inputs.events) * len(inputs.events)):
        raise SystemExit(f"The home holds {held[0]} records and {held[1]} events: give it as many, or another home.")
    return True


def draw(connection: duckdb.DuckDBPyConnection, inputs: RegistryInputs, people: int, events: int) -> None:
    """Write what the stages before would have left."""
    (records,), (numbers,), spine = inputs.records, inputs.identifiers, inputs.spine
    write_table(connection, RECORDS, absent(RECORDS, RECORDS_SQL.format(people=people)), records)
    shared = f"from read_parquet('{records}')"
    number = "'mx.curp' as scheme, left(md5(record_key), 18) as identifier_std, true as is_valid"
    write_table(connection, RECORD_IDENTIFIERS, f"select record_id, {number} {shared}", numbers)
    entity = "'p' || left(sha256(record_key), 20)"
    write_table(connection, SPINE, f"select source, record_key, record_id, {entity} as entity_id {shared}", spine)
    kinds = list(EVENT_KINDS.values())
    for kind, path in zip(kinds, inputs.events, strict=True):
        query = EVENTS_SQL.format(people=people, events=events // len(kinds), kinds=[kind], kind_count=1)
        write_table(connection, EVENTS, absent(EVENTS, query.replace("sha256('e'", f"sha256('{kind}'")), path)


def lists() -> dict[str, pa.Table]:
    """The installation's own lists, of one institution with three contracts."""
    source = {"institution": "office", "level_of_government": "national", "role": "persons", "purposes": ["registry"],
              "is_complete": False}  # fmt: skip
    rows = [{**source, "contract_id": name, "source": name} for name in TRUST]
    listed = pa.Table.from_pylist(rows, schema=SOURCES.schema)
    text = pa.string()
    programme = (
        "source",
        "programme",
        "name",
        "programme_type",
        "social_protection_function",
        "contribution_type",
        "benefit_type",
    )
    territory = ("code", "level", "name", "parent_code", "country")
    return {
        "listed_sources": listed.append_column("commitments", pa.array([[]] * len(rows), pa.list_(text))),
        "listed_programmes": pa.schema([(name, text) for name in programme]).empty_table(),
        "listed_territories": pa.schema([(name, text) for name in territory]).empty_table(),
    }


Steps = dict[str, dict[str, float]]


@contextmanager
def timed(told: Steps, step: str) -> Iterator[None]:
    """Add the seconds, processor seconds and peak memory of a step to `told`, and print them."""
    forget_peak_memory()
    started, worked = time.perf_counter(), time.process_time()
    yield
    seconds, cpu, peak = time.perf_counter() - started, time.process_time() - worked, peak_memory() / 1e9
    told[step] = {"seconds": round(seconds, 1), "cpu": round(cpu, 1), "peak_gb": round(peak, 2)}
    line = f"{step:<24} {seconds:>7.1f} s  {cpu:>7.1f} processor s   peak {peak:.2f} GB"
    print(line, flush=True)  # noqa: T201


def main() -> None:
    """Draw, build, publish, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--memory-limit", default="6GB", help="DuckDB's, of each session")
    parser.add_argument("--draw", action="store_true", help="draw the tables and end there")
    parser.add_argument("--write", action="store_true", help="add what is measured to docs/benchmarks/registry.md")
    given = parser.parse_args()
    settings = Settings(given.home, SAMPLE_SOURCES, given.home / "landing", memory_limit=given.memory_limit, threads=2)
    inputs = drawn(Layout(settings.home))
    if not is_drawn(inputs, given.people, given.events):
        with open_session(settings) as connection:
            draw(connection, inputs, given.people, given.events)
    if given.draw:
        return
    size = {"people": given.people, "events": given.events, "memory_limit": given.memory_limit}
    found = {**size, **conditions(), "steps": measure(settings, inputs)}
    print(json.dumps(found))  # noqa: T201
    if given.write:
        write_registry_report(found, REPORTS)


def measure(settings: Settings, inputs: RegistryInputs) -> Steps:
    """What each step costs, and a query of the release at the end."""
    told, layout = Steps(), Layout(settings.home)
    build(settings, layout, inputs, told)
    with read_only(layout) as connection, timed(told, "a query over all"):
        connection.sql("select birth_year, sex, count(*) from persons group by all").fetchall()
    return told


def build(settings: Settings, layout: Layout, inputs: RegistryInputs, told: Steps) -> None:
    """The steps of the job, from golden records to the published release."""
    golden = Golden(inputs.persons, layout.mart(SURVIVORS), layout.mart(CONFLICTS), layout.mart(PERSON_STATES))
    kinship = Kinship(layout.mart(RELATIONSHIPS), layout.mart(HOUSEHOLDS), layout.mart(HOUSEHOLD_MEMBERS))
    ledger = (layout.state / "entities.parquet", layout.state / "entity_events.parquet")
    with timed(told, "golden records"), open_session(settings) as connection:
        write_golden(connection, inputs.records, inputs.spine, TRUST, golden)
    with timed(told, "kinship"), open_session(settings) as connection:
        write_kinship(connection, inputs.persons, inputs.records, inputs.spine, kinship)
    with timed(told, "marts"):
        for table in sorted(MARTS, key=lambda mart: mart not in READABLE):
            read = {other: layout.mart(other) for other in reads(table)}
            with open_session(settings) as connection:
                write_derived(connection, table, inputs, read, layout.mart(table))
    with timed(told, "reference and changes"), open_session(settings) as connection:
        write_rows(
            connection, SOURCES, inputs.lists["listed_sources"].drop(["commitments"]).to_pylist(), layout.mart(SOURCES)
        )
        write_rows(connection, CODE_LISTS, code_list_rows(), layout.mart(CODE_LISTS))
        write_rows(connection, DELIVERIES, [DELIVERED], layout.mart(DELIVERIES))
        for table, path in zip((ENTITIES, ENTITY_EVENTS), ledger, strict=True):
            write_rows(connection, table, [], path)
        write_changes(connection, layout, *ledger)
    tables = {table: layout.mart(table) for table in PUBLISHED if layout.mart(table).exists()}
    assert CHANGES in tables
    with timed(told, "history"), open_session(settings) as connection:
        stage_segment(connection, layout, tables)
    with timed(told, "release"):
        publish(settings, tables, MadeOf({}), "benchmark")
    settle_history(layout)


DELIVERED = {"contract_id": "s1", "delivery_id": "d", "sha256": "", "rows_delivered": 0, "rows_accepted": 0,
             "rows_quarantined": 0, "replaces": []}  # fmt: skip


if __name__ == "__main__":
    main()
