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

from warehouse.published.people import HOUSEHOLD_MEMBERS, HOUSEHOLDS, RELATIONSHIPS
from warehouse.session import scan
from warehouse.storage import read_table, write_table
from warehouse.tables import PERSONS, RECORDS, SPINE

QUERIES = Path(__file__).parent

OF_AGE = 18
GROWN_UP = 25
"""Until this age a child who is nobody's parent is taken to live with a parent from whom no address parts them."""

MOST_AT_ONE_ADDRESS = 15
"""More persons at one address are an institution, or an address without its last part: no household."""

EVIDENCE = ("address", "common child", "declared", "parent")
"""What ties two persons, each a bit in this order while households are formed."""


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
        **{name.replace(" ", "_"): 1 << place for place, name in enumerate(EVIDENCE)},
    }
    facts["year"] = f"(select max(year(as_of_date)) from {facts['records']})"
    parents = _query("relationships.sql", facts)
    counts = {RELATIONSHIPS.name: write_table(connection, RELATIONSHIPS, parents, kinship.relationships)}
    connection.execute(TOLD)
    connection.execute(_query("household_ties.sql", facts))
    connection.register("grouped", _grouped(connection))
    connection.execute(_query("households.sql", facts))
    counts[HOUSEHOLD_MEMBERS.name] = write_table(connection, HOUSEHOLD_MEMBERS, MEMBERS, kinship.members)
    counts[HOUSEHOLDS.name] = write_table(connection, HOUSEHOLDS, GROUPS, kinship.households)
    connection.unregister("grouped")
    return counts


TOLD = f"""
create or replace temp macro told(evidence) as
    list_filter({list(EVIDENCE)}, lambda name, place: evidence & (1 << (place - 1)) > 0)
"""

MEMBERS = """
select
    household_id, entity_id, heads.grouping, members.resident = heads.resident as is_head,
    told(members.evidence) as evidence
from members
join heads using (number)
join residents on members.resident = residents.resident
"""

GROUPS = """
select
    household_id, grouping, head_entity_id, size, case grouping when 'family' then '3' else '2' end as group_type,
    municipality, region, told(evidence) as evidence
from heads
"""


def _query(file: str, facts: dict[str, object]) -> str:
    return (QUERIES / file).read_text(encoding="utf-8").format(**facts)


def _grouped(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The connected components of the ties of each grouping: grouping, the component's number, resident."""
    ((residents,),) = connection.sql("select count(*) from residents").fetchall()
    schema = pa.schema([("grouping", pa.string()), ("number", pa.int64()), ("resident", pa.int32())])
    parts, before = [schema.empty_table()], 0
    for (grouping,) in connection.sql("select distinct grouping from ties order by grouping").fetchall():
        ties = connection.sql("select one, other from ties where grouping = $grouping", params={"grouping": grouping})
        tied, numbers = _components(ties.fetchnumpy(), residents + 1)
        columns = [pa.repeat(grouping, len(tied)), pa.array(numbers + before, pa.int64()), pa.array(tied, pa.int32())]
        parts.append(pa.table(columns, schema=schema))
        before += residents + 1
    return pa.concat_tables(parts)


def _components(ties: dict[str, np.ndarray], size: int) -> tuple[np.ndarray, np.ndarray]:
    """The numbers below `size` that `ties` name, and each one's component."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - so that definitions load at once
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    one, other = (np.asarray(ties[end]) for end in ("one", "other"))
    _, numbers = connected_components(coo_array((np.ones(len(one), bool), (one, other)), (size, size)), False)
    is_tied = np.zeros(size, bool)
    is_tied[one] = is_tied[other] = True
    return np.flatnonzero(is_tied), numbers[is_tied]
