"""Pseudonyms: an id as one recipient knows it, so that two recipients' files do not join.

Of a person or household it is HMAC-SHA256 (RFC 2104) of the id under the recipient's key, its first 128 bits in
hexadecimal. Ids of rows (records, events, referrals), which are twenty times as many, take SHA-256 once: of a key of
their own, made of the recipient's, and the id. Key and id fill one block, and a hash of which half is kept cannot be
extended.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

import duckdb

from warehouse.privacy.keyring import Key
from warehouse.session import identifier
from warehouse.table import Column

LENGTH = 32
BLOCK_BYTES = 64

ROW_IDS = ("record_id", "event_id", "referral_id", "evidence")
"""The columns, by the end of their names, whose ids are of rows; all others are of persons or households."""


def pseudonym(key: Key, name: str) -> str:
    """The pseudonym of one id of a person or household."""
    return hmac.new(key.material, name.encode(), hashlib.sha256).hexdigest()[:LENGTH]


def row_pseudonym(key: Key, name: str) -> str:
    """The pseudonym of one id of a row."""
    return hashlib.sha256(_row_key(key) + name.encode()).hexdigest()[:LENGTH]


def _row_key(key: Key) -> bytes:
    return hmac.digest(key.material, b"ids of rows", "sha256")


def teach_pseudonyms(connection: duckdb.DuckDBPyConnection, key: Key) -> None:
    """Give the session the macros `pseudonym(id)` and `row_pseudonym(id)` under `key`.

    It goes in by parameter and never into SQL text.
    """
    block = key.material.ljust(BLOCK_BYTES, b"\0")
    for name, mask in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
        connection.execute(f"set variable {name} = $1::blob", [bytes(byte ^ mask for byte in block)])
    connection.execute(
        "create or replace temp macro pseudonym(name) as left("
        "sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode(name)))), "
        f"{LENGTH})"
    )
    connection.execute("set variable row_key = $1::blob", [_row_key(key)])
    connection.execute(
        "create or replace temp macro row_pseudonym(name) as "
        f"left(sha256(getvariable('row_key') || encode(name)), {LENGTH})"
    )


def learn_pseudonyms(connection: duckdb.DuckDBPyConnection, listed: Mapping[str, str]) -> None:
    """Hash each id of the relations `listed` (column that is their key → relation) once, for `looked_up` to join."""
    for kind, rows in listed.items():
        hashed = f"select {kind} as id, pseudonym({kind}) as shown from {rows}"
        known = f"select *, {_place('shown')} as place from ({hashed})"
        connection.execute(f"create or replace temp table {_learnt(kind)} as {known}")


def looked_up(name: str, kind: str) -> str:
    """The SQL that joins the learnt pseudonyms of the column `name`, which holds ids of that `kind`, to `held`."""
    known = identifier(f"known {name}")
    return f" left join {_learnt(kind)} as {known} on {known}.id = held.{identifier(name)}"


def placed(name: str) -> str:
    """The SQL of a number by which the learnt pseudonyms of the column `name` sort as by their text, but sooner.

    One that was not learnt has a place that the key gives it, too, by another hash: DuckDB would take the same one,
    used twice in a query, for every row.
    """
    return f"coalesce({identifier(f'known {name}')}.place, {_place(f'row_pseudonym(held.{identifier(name)})')})"


def _place(shown: str) -> str:
    """The first half of a pseudonym as a number."""
    return f"('0x' || left({shown}, {LENGTH // 2}))::ubigint"


def _learnt(kind: str) -> str:
    return identifier(f"pseudonyms of {kind}")


def pseudonymised(column: Column, is_learnt: bool = False) -> str:
    """The SQL of `column` of `held`, its ids replaced where it holds some; one that was not learnt is hashed."""
    name = f"held.{identifier(column.name)}"
    if column.personal != "pseudonym":
        return name
    hashed = "row_pseudonym" if column.name.endswith(ROW_IDS) else "pseudonym"
    if column.type.endswith("[]"):
        return f"list_transform({name}, lambda id: {hashed}(id))"
    if is_learnt:
        return f"coalesce({identifier(f'known {column.name}')}.shown, {hashed}({name}))"
    return f"{hashed}({name})"
