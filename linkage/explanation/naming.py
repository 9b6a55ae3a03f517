"""What a user may call a record or a person, and the id that it stands for.

An error never repeats what was typed: a source's record key may identify someone.
"""

from __future__ import annotations

import duckdb

from linkage.places import Places
from warehouse.errors import LinkageError, StorageError
from warehouse.session import literal, scan


def record_named(connection: duckdb.DuckDBPyConnection, places: Places, name: str) -> str:
    """The id of the record called `name`, a record id or `source:record_key`; raise `LinkageError` for none."""
    found = _record(connection, places, name)
    if found is None:
        raise LinkageError(
            "A record named is not among those linked last. Name it by its record_id, or as source:record_key."
        )
    return found


def person_named(connection: duckdb.DuckDBPyConnection, places: Places, name: str) -> str:
    """The entity id that `name` stands for: an entity id, also one merged since, or a record of the person."""
    _require(places)
    spine, entities = scan(places.identity.spine), scan(places.identity.entities)
    heirs = f"""
        with recursive heirs as (
            select {literal(name)} as entity_id
            union
            select superseded_by from {entities} as e join heirs using (entity_id) where superseded_by is not null
        )
        select distinct entity_id from heirs semi join {spine} using (entity_id)
    """
    found = connection.sql(heirs).fetchall()
    record_id = None if found else _record(connection, places, name)
    if record_id is not None:
        found = connection.sql(f"select entity_id from {spine} where record_id = {literal(record_id)}").fetchall()
    if not found:
        raise LinkageError(
            "No person and no record of the last linkage is named so. Name a person by the entity_id, "
            "or a record by its record_id or as source:record_key."
        )
    return str(found[0][0])


def _record(connection: duckdb.DuckDBPyConnection, places: Places, name: str) -> str | None:
    _require(places)
    source, _, key = name.partition(":")
    found = connection.sql(f"""
        select record_id from {scan(places.nodes)}
        where record_id = {literal(name)} or (source = {literal(source)} and record_key = {literal(key)})
        order by record_id = {literal(name)} desc limit 1
    """).fetchall()
    return found[0][0] if found else None


def _require(places: Places) -> None:
    if not (places.nodes.exists() and places.identity.exists()):
        raise StorageError("Nothing was linked there yet. Run `padron link` or `padron build` first.")
