"""The published tables, each made by the query of its name in `warehouse/marts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.code_lists.lists import code_list_rows
from warehouse.days_told import teach_days_told
from warehouse.published.reference import CODE_LISTS, DELIVERIES
from warehouse.rules.agreement import read_agreements, read_pension_laws
from warehouse.rules.incompatibility import read_incompatibilities
from warehouse.rules.life_cycle import read_life_cycles
from warehouse.rules.minimum_wage import read_minimum_wages
from warehouse.rules.poverty_line import read_poverty_lines
from warehouse.rules.reading import read_packs
from warehouse.rules.relations import (
    register_agreements,
    register_incompatibilities,
    register_life_cycles,
    register_minimum_wages,
    register_poverty_lines,
    register_rules,
)
from warehouse.session import identifier, literal
from warehouse.storage import read_table
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE

QUERIES = Path(__file__).parent
COMMON = QUERIES / "common"
ANY_PURPOSE = "registry"
"""That for which institutions deliver at all."""

PERSON_EVENTS = COMMON / "person_events.sql"
RESIDENCES = COMMON / "residences.sql"
TOLD_HOMES = COMMON / "told_homes.sql"
LEAVERS = COMMON / "leavers.sql"
ANSWERED = COMMON / "answered.sql"
SEEN = COMMON / "seen.sql"
SILENCES = COMMON / "silences.sql"
VIEWS = (PERSON_EVENTS, RESIDENCES, TOLD_HOMES, LEAVERS, ANSWERED, SEEN, SILENCES)
"""Views that queries see besides, a file of its name each; they are made of those before them."""


@dataclass(frozen=True)
class RegistryInputs:
    """What the marts are made of: files, and the installation's own lists by name.

    `lists` holds listed_sources (the contracts, with their commitments), listed_programmes and
    listed_territories, with the columns of `sources.reference`. The persons of the records `blocked` are in no count:
    a table that names nobody is made without them, whereas the rows of the others are left out when they are shown.
    Of the spine the records of `sources` alone are seen; all of them where that is None.
    """

    records: Sequence[Path]
    identifiers: Sequence[Path]
    events: Sequence[Path]
    deliveries: Sequence[Path]
    spine: Path
    persons: Path
    lists: Mapping[str, pa.Table]
    blocked: frozenset[str] = frozenset()
    sources: tuple[str, ...] | None = None


def query_of(table: Table) -> str:
    """The query that makes the published `table`."""
    return (QUERIES / f"{table.name}.sql").read_text(encoding="utf-8")


def rule_files() -> dict[str, Path]:
    """Every file that says how a table is made, by its name within the package."""
    folder = QUERIES.parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".sql", ".yaml", ".csv"})
    return {str(path.relative_to(folder)): path for path in files}


def create_views(
    connection: duckdb.DuckDBPyConnection,
    inputs: RegistryInputs,
    purpose: str = ANY_PURPOSE,
    *,
    names_people: bool = True,
) -> None:
    """Give the session the views that queries see, for a table of that `purpose`.

    They are records, record_identifiers, deliveries, linked_spine, golden_persons, residences (golden persons whose
    region and country the gazetteer completes), person_events, told_homes and leavers (who lives where, and has left),
    answered (the latest answers about each person), seen (when an office last told of each), silences (of what the
    absence means something, and where), code_lists, the lists of `inputs`, and the rules and agreements of
    `warehouse.rules.relations`. Of records and events they hold those alone whose contract allows the purpose; golden
    persons are of the registry itself. Of a day on which a source wrote, `day_told` is what may be published.
    For a table that names nobody they are without the blocked.
    """
    for name, rows in inputs.lists.items():
        connection.register(name, rows)
    allowed, blocked = _allowed(purpose), frozenset() if names_people else inputs.blocked
    spine = seen_spine(inputs)
    unblocked = {name: _without_blocked(connection, spine, blocked, name) for name in ("record_id", "entity_id")}
    relations = {
        "records": f"{_all(RECORDS, inputs.records)} where {allowed} and {unblocked['record_id']}",
        "record_identifiers": f"{_all(RECORD_IDENTIFIERS, inputs.identifiers)} where {unblocked['record_id']}",
        "events": f"{_all(EVENTS, inputs.events)} where {allowed} and {unblocked['record_id']}",
        "deliveries": _all(DELIVERIES, inputs.deliveries),
        "linked_spine": f"{spine} where {unblocked['entity_id']}",
        "golden_persons": f"{read_table(PERSONS, inputs.persons)} where {unblocked['entity_id']}",
    }
    for name, relation in relations.items():
        connection.execute(f"create or replace temp view {name} as select * from {relation}")
    connection.register("code_lists", pa.Table.from_pylist(list(code_list_rows()), schema=CODE_LISTS.schema))
    register_rules(connection, read_packs())
    register_agreements(connection, read_agreements(), read_pension_laws())
    register_life_cycles(connection, read_life_cycles())
    register_minimum_wages(connection, read_minimum_wages())
    register_poverty_lines(connection, read_poverty_lines())
    register_incompatibilities(connection, read_incompatibilities())
    teach_days_told(connection)
    for view in VIEWS:
        connection.execute(view.read_text(encoding="utf-8"))


def seen_spine(inputs: RegistryInputs) -> str:
    """The relation of the records that a table sees, each with its person."""
    spine = read_table(SPINE, inputs.spine)
    if inputs.sources is None:
        return spine
    return (
        f"(select * from {spine} where list_contains([{', '.join(map(literal, inputs.sources))}]::varchar[], source))"
    )


def _allowed(purpose: str) -> str:
    """The condition that a row's contract allows `purpose`; that of the registry itself every contract allows."""
    if purpose == ANY_PURPOSE:
        return "true"
    return f"contract_id in (select contract_id from listed_sources where list_contains(purposes, {literal(purpose)}))"


def _without_blocked(connection: duckdb.DuckDBPyConnection, spine: str, blocked: frozenset[str], column: str) -> str:
    """The condition that a row's record or person is of nobody with a record among `blocked`."""
    if not blocked:
        return "true"
    connection.register("blocked_records", pa.table({"record_id": pa.array(sorted(blocked), pa.string())}))
    people = f"select entity_id from {spine} where record_id in (select record_id from blocked_records)"
    ids = f"select {column} from {spine} where entity_id in ({people})"
    return f"({column} is null or {column} not in ({ids}))"


def _all(table: Table, paths: Sequence[Path]) -> str:
    """The rows of all `paths`; where there is no path, a relation of the table's columns without rows."""
    if paths:
        return read_table(table, *paths)
    columns = ", ".join(f"null::{column.type} as {identifier(column.name)}" for column in table.columns)
    return f"(select {columns} where false)"
