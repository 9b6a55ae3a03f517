"""What a published table is made of, as fingerprints: of all that its query may read, and of nothing else.

Whatever relation a query reads, it names; so do the views that it reads. A word that only looks like a relation has a
table made anew once too often, and never once too seldom. Rules and code lists are a part of the program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse.fingerprints import hash_of_table
from warehouse.marts.mart import ANY_PURPOSE, VIEWS, RegistryInputs, query_of, seen_spine
from warehouse.table import Table


def grounds(
    connection: duckdb.DuckDBPyConnection, table: Table, inputs: RegistryInputs, reads: Mapping[Table, Path]
) -> list[object]:
    """All that `write_derived` makes the published `table` of, the program apart."""
    words = relations_named(query_of(table))
    if table.purpose != ANY_PURPOSE:
        words |= {"listed_sources"}  # it says whose records and events are allowed
    files: dict[str, Sequence[Path]] = {
        "records": inputs.records,
        "record_identifiers": inputs.identifiers,
        "events": inputs.events,
        "deliveries": inputs.deliveries,
        "golden_persons": [inputs.persons],
    }
    made_of: list[object] = [(name, *map(hash_of_table, paths)) for name, paths in files.items() if name in words]
    made_of += [(name, rows.to_pylist()) for name, rows in sorted(inputs.lists.items()) if name in words]
    made_of += [(read.name, hash_of_table(path)) for read, path in reads.items()]
    if "linked_spine" in words:
        made_of.append(_spine(connection, inputs))
    if not table.names_people:
        made_of += [_spine(connection, inputs), *sorted(inputs.blocked)]
    return made_of


def relations_named(query: str) -> set[str]:
    """The words of `query` and of the views that it names, among them every relation that it reads."""
    words = set(re.findall(r"\w+", query))
    for view in reversed(VIEWS):
        if view.stem in words:
            words |= set(re.findall(r"\w+", view.read_text(encoding="utf-8")))
    return words


def _spine(connection: duckdb.DuckDBPyConnection, inputs: RegistryInputs) -> object:
    """The part of the spine that is seen, by its rows: those of other sources may have changed meanwhile."""
    if inputs.sources is None or not inputs.spine.exists():
        return ("spine", hash_of_table(inputs.spine))
    told = "count(*), bit_xor(hash(held)), sum(hash(held)::hugeint)"
    return ("spine", *inputs.sources, *connection.sql(f"select {told} from {seen_spine(inputs)} as held").fetchall())
