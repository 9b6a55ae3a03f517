"""What one recipient may see of a table: pseudonyms under its own key, banded birth years, no small cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import duckdb

from warehouse.privacy.keyring import Key
from warehouse.privacy.pseudonyms import learn_pseudonyms, looked_up, placed, pseudonymised, teach_pseudonyms
from warehouse.privacy.small_cells import withhold_small_cells
from warehouse.published.people import HOUSEHOLDS
from warehouse.published.registry import PERSONS_PUBLISHED
from warehouse.session import identifier
from warehouse.settings import Settings
from warehouse.storage import read_table, row_count, write_table, write_when_ended
from warehouse.table import Column, Table

BIRTH_YEAR = "birth_year"
OFTEN = {"entity_id": PERSONS_PUBLISHED, "household_id": HOUSEHOLDS}
"""Ids that many tables hold, each with the table that lists them: they are hashed once and then looked up."""

LOOKED_UP_AND_SORTED = 4_000_000
"""Rows of a table that are looked up and sorted in one go; of a larger one the looking up ends before the sorting."""


def stage_tables(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    key: Key,
    tables: Mapping[Table, Path],
    targets: Mapping[Table, Path],
    withheld: Iterable[str] = (),
    where: Mapping[Table, str] | None = None,
) -> dict[Table, int]:
    """Write each of `tables` that `targets` has a file for to it, as the holder of `key` may see it; return the rows.

    A row that is about one of the ids `withheld` is left out; where it only mentions one, the mention is. `where`
    narrows a table to the rows that an SQL condition over its own ids holds for.
    """
    teach_recipient(connection, key, withheld)
    listed = {kind: read_table(table, tables[table]) for kind, table in OFTEN.items() if table in tables}
    learn_pseudonyms(connection, listed)
    rows = {}
    for table, path in ((table, tables[table]) for table in targets):
        query = seen(table, read_table(table, path), settings, (where or {}).get(table, "true"), listed)
        query = withhold_small_cells(connection, table, query, settings.small_cell)
        write = write_when_ended if row_count(path) > LOOKED_UP_AND_SORTED else write_table
        rows[table] = write(connection, table, query, targets[table], order=_order(table, listed))
    return rows


def teach_recipient(connection: duckdb.DuckDBPyConnection, key: Key, withheld: Iterable[str]) -> None:
    """Give the session what `seen` needs: pseudonyms under `key`, and the ids that nobody may see."""
    teach_pseudonyms(connection, key)
    connection.execute("create or replace temp table withheld_ids (id varchar)")
    if ids := [[name] for name in sorted(withheld)]:
        connection.executemany("insert into withheld_ids values (?)", ids)
    told = "(select coalesce(list(pseudonym(id)) || list(row_pseudonym(id)), []::varchar[]) from withheld_ids)"
    connection.execute(f"set variable withheld_pseudonyms = {told}")


def seen(
    table: Table, rows: str, settings: Settings, where: str = "true", learnt: Collection[str] = frozenset()
) -> str:
    """A query: the relation `rows` of `table` as the recipient sees it, in a session that `teach_recipient` taught.

    The pseudonyms of the kinds of id in `learnt` are looked up, after `learn_pseudonyms`.
    """
    known = {column.name: kind for column in table.columns if (kind := _kind(column)) in learnt}
    shown = ", ".join(
        f"{_shown(column, table, settings, column.name in known)} as {identifier(column.name)}"
        for column in table.columns
    )
    places = "".join(f", {placed(name)} as {_place(name)}" for name in table.order if name in known)
    lookups = "".join(looked_up(name, kind) for name, kind in known.items())
    allowed = f"select * from {rows} where {' and '.join([where, *_allowed(table)])}"
    return f"select {shown}{places} from ({allowed}) as held{lookups}"


def _order(table: Table, learnt: Collection[str]) -> str:
    """What sorts the rows that `seen` gives by their pseudonyms, those that were learnt by their places."""
    known = {column.name for column in table.columns if _kind(column) in learnt}
    return ", ".join(_place(name) if name in known else identifier(name) for name in table.order)


def _place(name: str) -> str:
    return identifier(f"place of {name}")


def _kind(column: Column) -> str:
    """The kind of id that `column` holds one of, by its name: related_entity_id holds an entity_id."""
    if column.personal != "pseudonym" or column.type.endswith("[]"):
        return ""
    return next((kind for kind in OFTEN if column.name == kind or column.name.endswith(f"_{kind}")), "")


def _is_about(column: Column, table: Table) -> bool:
    """A row is about the ids in its key and in what may not be empty; others it only mentions."""
    return column.personal == "pseudonym" and (not column.nullable or column.name in table.key)


def _allowed(table: Table) -> list[str]:
    named = [identifier(column.name) for column in table.columns if _is_about(column, table)]
    return [f"({name} is null or {name} not in (select id from withheld_ids))" for name in named]


def _shown(column: Column, table: Table, settings: Settings, is_learnt: bool) -> str:
    if column.name == BIRTH_YEAR and settings.birth_band > 1:
        return f"held.{BIRTH_YEAR} - held.{BIRTH_YEAR} % {settings.birth_band}"
    if column.personal != "pseudonym" or _is_about(column, table):
        return pseudonymised(column, is_learnt)
    name, shown = f"held.{identifier(column.name)}", pseudonymised(column, is_learnt)
    if column.type.endswith("[]"):
        return f"list_filter({shown}, lambda id: not list_contains(getvariable('withheld_pseudonyms'), id))"
    return f"case when {name} not in (select id from withheld_ids) then {shown} end"
