"""Who is whose parent, and who lives with whom: several groupings side by side, each with its evidence.

`declared` follows the household keys of sources, `address` the surviving addresses, `family` parents with the children
who are with them; `combined` joins what any of the three joins. No grouping is the truth: a programme chooses its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.published_people import HOUSEHOLD_MEMBERS, HOUSEHOLDS, RELATIONSHIPS
from warehouse.session import scan
from warehouse.storage import read_table, write_table
from warehouse.tables import PERSONS, RECORDS, SPINE

QUERIES = Path(__file__).parent

OF_AGE = 18
GROWN_UP = 25
"""Until this age a child who is nobody's parent is taken to live with a parent from whom no address parts them."""

MOST_AT_ONE_ADDRESS = 15
"""More persons at one address are an institution, or an address without its last part: no household."""


@dataclass(frozen=True)
class Kinship:
    """Where relationships, households and their members are written."""

    relationships: Path
    households: Path
    members: Path


def write_kinship(
    connection: duckdb.DuckDBPyConnection, persons: Path, records: Sequence[Path], spine: Path, kinship: Kinship
) -> dict[str, int]:
    """Write relationships and households of the golden `persons`; return the rows of each table."""
    facts = {
        "persons": read_table(PERSONS, persons),
        "records": read_table(RECORDS, *records),
        "spine": read_table(SPINE, spine),
        "relationships": scan(kinship.relationships),
        "of_age": OF_AGE,
        "grown_up": GROWN_UP,
        "most_at_one_address": MOST_AT_ONE_ADDRESS,
    }
    facts["year"] = f"(select max(year(as_of_date)) from {facts['records']})"
    parents = _query("relationships.sql", facts)
    counts = {RELATIONSHIPS.name: write_table(connection, RELATIONSHIPS, parents, kinship.relationships)}
    connection.execute(_query("household_ties.sql", facts))
    connection.register("grouped", _grouped(connection))
    connection.execute(_query("households.sql", facts))
    counts[HOUSEHOLD_MEMBERS.name] = write_table(connection, HOUSEHOLD_MEMBERS, MEMBERS, kinship.members)
    counts[HOUSEHOLDS.name] = write_table(connection, HOUSEHOLDS, GROUPS, kinship.households)
    connection.unregister("grouped")
    return counts


MEMBERS = "select *, entity_id = head_entity_id as is_head from members"

GROUPS = """
select
    household_id, grouping, min(head_entity_id) as head_entity_id, count(*) as size,
    case grouping when 'family' then '3' else '2' end as group_type,
    coalesce(min(municipality) filter (entity_id = head_entity_id), min(municipality)) as municipality,
    coalesce(min(region) filter (entity_id = head_entity_id), min(region)) as region,
    list_sort(list_distinct(flatten(list(evidence)))) as evidence
from members
group by household_id, grouping
"""


def _query(file: str, facts: dict[str, object]) -> str:
    return (QUERIES / file).read_text(encoding="utf-8").format(**facts)


def _grouped(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The connected components of the ties of each grouping: grouping, entity_id, number.

    The combined grouping also has those who are tied to nobody but whose address is known: they live alone.
    """
    connection.execute("""
        insert into ties select 'combined', 'alone', entity_id, entity_id from residents where home is not null
    """)
    parts = []
    for (grouping,) in connection.sql("select distinct grouping from ties order by grouping").fetchall():
        ties = connection.sql("select one, other from ties where grouping = $grouping", params={"grouping": grouping})
        parts.append(_components(grouping, ties.to_arrow_table()))
    schema = pa.schema([("grouping", pa.string()), ("entity_id", pa.string()), ("number", pa.int64())])
    return pa.concat_tables([schema.empty_table(), *parts])


def _components(grouping: str, ties: pa.Table) -> pa.Table:
    from scipy.sparse import coo_array  # noqa: PLC0415 - so that definitions load at once
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    both = pa.chunked_array([*ties["one"].chunks, *ties["other"].chunks], pa.string()).combine_chunks()
    encoded = both.dictionary_encode()
    codes, size = np.asarray(encoded.indices), len(encoded.dictionary)
    one, other = codes[: ties.num_rows], codes[ties.num_rows :]
    _, numbers = connected_components(coo_array((np.ones(ties.num_rows, bool), (one, other)), (size, size)), False)
    entities = encoded.dictionary
    return pa.table({
        "grouping": pa.array([grouping] * size),
        "entity_id": entities,
        "number": pa.array(numbers, pa.int64()),
    })  # fmt: skip
