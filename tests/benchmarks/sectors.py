"""All tables across sectors, under all rule packs, at a million persons: seconds of each and peak memory.

Run with: python tests/benchmarks/sectors.py [PERSONS]. The people are drawn by hash, so that every run is the same.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
from measured import peak_memory
from rich.console import Console

from sources.arrivals import ARRIVALS, promises
from sources.catalogue import read_catalogue
from sources.reference import ListedProgramme, ListedTerritory, as_table, listed_programmes, listed_territories
from warehouse.marts.derived import reads, write_derived
from warehouse.marts.mart import RegistryInputs
from warehouse.privacy.small_cells import withhold_small_cells
from warehouse.published.coordination import COORDINATION, INDICATORS, READS, SCORECARD
from warehouse.published.people import HOUSEHOLD_MEMBERS, RELATIONSHIPS
from warehouse.published.reference import DELIVERIES
from warehouse.published.sectors import SECTOR_MARTS
from warehouse.referrals import SENT
from warehouse.rules.goals import goals_table, read_goals
from warehouse.rules.incompatibility import read_incompatibilities
from warehouse.rules.reading import read_packs
from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings
from warehouse.storage import write_table
from warehouse.table import Table
from warehouse.tables import CORRECTIONS, EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, REVIEW_QUEUE, SPINE

ENROLLED_PERCENT = 60
console = Console(width=100, highlight=False)
COUNTRIES = "['MX', 'MX', 'MX', 'BR', 'BO', 'PE', 'CO', 'UY']"


def main(people: int) -> None:
    """Draw the registry of `people` persons, write every table, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing", memory_limit="6GB", threads=2)
        with open_session(settings) as connection:
            inputs = drawn(connection, people, home)
        total = 0.0
        for table in (*SECTOR_MARTS, *COORDINATION):
            start, cpu = time.perf_counter(), time.process_time()
            with open_session(settings) as connection:
                read = {other: home / f"{other.name}.parquet" for other in READS.get(table) or reads(table)}
                target = home / f"{table.name}.parquet"
                rows = write_derived(connection, table, inputs, read, target)
                withhold_small_cells(connection, table, f"select * from '{target}'", settings.small_cell)
            seconds = time.perf_counter() - start
            total += seconds
            spent = time.process_time() - cpu
            console.print(f"{table.name:<20}{rows:>12,} rows{seconds:>8.1f} s{spent:>8.1f} s of processors")
    console.print(f"{'all':<20}{total:>25.1f} s, peak {peak_memory() / 1e9:.1f} GB, {people:,} persons")


FIRST_RELEASE = {
    "arrivals": ARRIVALS.empty_table(), "corrections": CORRECTIONS.schema.empty_table(),
    "sent_referrals": SENT.empty_table(), "review_queue": REVIEW_QUEUE.schema.empty_table(),
    "scorecard_before": SCORECARD.schema.empty_table(), "indicators_before": INDICATORS.schema.empty_table(),
}  # fmt: skip
"""Nothing was returned, handed over or measured before."""


def drawn(connection: duckdb.DuckDBPyConnection, people: int, folder: Path) -> RegistryInputs:
    """The files of a registry of `people` persons."""
    apart = {code for each in read_incompatibilities() for code in (each.one, each.other)}
    codes = sorted(apart.union(*(pack.delivered_as for pack in read_packs())))
    connection.register("codes", pa.table({"code": codes, "number": range(len(codes))}))
    connection.execute(f"""
        create table drawn as select 'E' || range as entity_id, hash(range) as h,
            date '1926-11-01' + (hash(range, 1) % 36500)::integer as born from range({people})
    """)
    write(connection, HOUSEHOLD_MEMBERS, MEMBERS_QUERY, folder / "household_members.parquet")
    write(connection, RELATIONSHIPS, RELATIONSHIPS_QUERY, folder / "relationships.parquet")
    kinds = [
        write(connection, EVENTS, query, folder / f"events_{number}.parquet")
        for number, query in enumerate(EVENT_QUERIES)
    ]
    return RegistryInputs(
        records=[write(connection, RECORDS, RECORDS_QUERY, folder / "records.parquet")],
        identifiers=[write(connection, RECORD_IDENTIFIERS, "select 'r' as record_id", folder / "identifiers.parquet")],
        events=kinds,
        deliveries=[write(connection, DELIVERIES, DELIVERY_QUERY, folder / "deliveries.parquet")],
        spine=write(connection, SPINE, SPINE_QUERY, folder / "spine.parquet"),
        persons=write(connection, PERSONS, PERSONS_QUERY, folder / "persons.parquet"),
        lists={
            "listed_sources": read_catalogue(SAMPLE_SOURCES).listed(),
            "listed_programmes": as_table(ListedProgramme, listed_programmes(SAMPLE_SOURCES)),
            "listed_territories": as_table(ListedTerritory, listed_territories(SAMPLE_SOURCES)),
            "promises": promises(read_catalogue(SAMPLE_SOURCES)),
            "goals": goals_table(read_goals()),
            "small_cell": pa.table({"least_people": [Settings.small_cell]}),
            **FIRST_RELEASE,
        },
    )  # fmt: skip


def write(connection: duckdb.DuckDBPyConnection, table: Table, query: str, path: Path) -> Path:
    """Write `query` as `table`, the columns it does not name filled in."""
    known = set(connection.sql(f"select * from ({query}) limit 0").columns)
    filled = [
        f"{_filling(column.type, column.nullable)} as {column.name}"
        for column in table.columns
        if column.name not in known
    ]
    write_table(connection, table, f"select {', '.join(['*', *filled])} from ({query})", path)
    return path


def _filling(kind: str, nullable: bool) -> str:
    if nullable:
        return f"null::{kind}"
    return {"varchar": "'x'", "varchar[]": "[]::varchar[]", "boolean": "true"}.get(kind, f"0::{kind}")


def events(contract: str, kind: str, columns: str, source: str) -> str:
    """Events of one contract, each with an id of its own."""
    return f"""
        select '{contract}' || entity_id || '-' || number as event_id, 'R' || entity_id as record_id,
            '{contract}' as contract_id, '{contract.partition(".")[0]}' as source, '{kind}' as kind,
            date '2026-10-31' as as_of_date, {columns}
        from {source}
    """


SPELL = "date '1990-01-01' + (hash(entity_id, number) % 11000)::integer"
EVENT_QUERIES = (
    events(
        "social_development.enrolments", "enrolment", "code as programme, date '2022-03-01' as start_date",
        f"drawn join codes on h % (select count(*) from codes) = number where h // 100 % 100 < {ENROLLED_PERCENT}",
    ),
    events(
        "social_development.payments", "benefit",
        "'familias' as programme, '2026-' || lpad((number + 4)::varchar, 2, '0') as period, 100.0 as amount, "
        "make_date(2026, number::integer + 4, 5) as start_date",
        "drawn, range(6) as steps(number) where h % 2 = 0",
    ),
    events(
        "education.attendance", "attendance",
        "strftime(date '2025-11-01' + to_months(number::integer), '%Y-%m') as period, 20.0 as enrolled_days, "
        "12.0 + hash(entity_id, number, 7) % 9 as present",
        "drawn, range(12) as steps(number) where born > date '2006-01-01' and born < date '2022-01-01' "
        "and hash(entity_id, number) % 20 > 0",
    ),
    events(
        "health.checkups", "checkup",
        "'control_nino_sano' as unit, date '2025-11-01' + (hash(entity_id, number) % 365)::integer as start_date",
        "drawn, range(2) as steps(number)",
    ),
    events(
        "social_security.contributions", "contribution",
        f"{COUNTRIES}[1 + (hash(entity_id, number, 3) % 8)::integer] as country, 'general' as scheme, "
        f"{SPELL} as start_date, {SPELL} + 200 + (hash(entity_id, number, 5) % 2000)::integer as end_date",
        "drawn, range(4) as steps(number) where h % 2 = 1",
    ),
    events(
        "labour.spells", "work",
        "'P' as employer, 9000.0 as amount, 'MXN' as currency, date '2024-01-01' as start_date",
        "drawn, range(1) as steps(number) where h % 3 = 0",
    ),
    events(
        "social_development.questionnaire", "answer",
        "question as unit, (hash(entity_id, question) % 7)::double as amount, date '2026-05-05' as start_date, "
        "'MXN' as currency",
        "drawn join (select question, question as number from unnest(['residents', 'rooms', 'poor_materials', 'rural', "
        "'missing_services', 'food_insecurity', 'assets', 'household_income', 'poverty_score']) as q(question)) "
        "on h % 3 = 0",
    ),
    events(
        "social_development.questionnaire", "answer",
        "question as unit, (hash(entity_id, question) % 2)::double as amount, date '2026-05-05' as start_date",
        "drawn join (select question, question as number from unnest(['attends_school', 'without_health_access', "
        "'trained', 'seeks_work']) as asked(question)) on true",
    ),
)  # fmt: skip
SOURCE = "['health', 'education', 'social_development', 'finance'][1 + (h % 4)::integer]"
CONTRACTS = (
    "['health.patients', 'education.students', 'social_development.beneficiaries', 'finance.taxpayers']"
    "[1 + (h % 4)::integer]"
)
RECORDS_QUERY = f"""
    select 'R' || entity_id as record_id, {SOURCE} as source, {CONTRACTS} as contract_id,
        date '2026-10-31' as as_of_date, 'H' || (h % 300000) as household_key
    from drawn
"""
SPINE_QUERY = f"select 'R' || entity_id as record_id, {SOURCE} as source, entity_id from drawn"
PERSONS_QUERY = """
    select entity_id, born as birth_date, year(born) as birth_year, if(h % 2 = 0, 'male', 'female') as sex,
        '15001' as municipality, if(h % 50 = 0, date '2026-05-05', null) as death_date
    from drawn
"""
MEMBERS_QUERY = """
    select 'C' || (h % 300000) as household_id, entity_id, 'combined' as grouping from drawn
"""
RELATIONSHIPS_QUERY = """
    select child.entity_id, 'MTH' as relationship_type, mother.entity_id as related_entity_id
    from drawn as child
    join drawn as mother on child.h % 300000 = mother.h % 300000 and mother.born + interval 18 years < child.born
    where mother.h % 2 = 1
    qualify row_number() over (partition by child.entity_id order by mother.entity_id) = 1
"""
DELIVERY_QUERY = f"""
    select unnest({[contract.id for contract in read_catalogue(SAMPLE_SOURCES).contracts]}) as contract_id,
        'd' as delivery_id, date '2026-10-31' as as_of_date
"""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
