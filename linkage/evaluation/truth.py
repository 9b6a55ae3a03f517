"""The truth about records, given from outside: a file that says which person each record is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from warehouse.errors import FaultsError
from warehouse.session import identifier, literal, scan

PERSON_COLUMNS = ("person", "person_id", "entity_id")


class TruthError(FaultsError):
    """A file of the truth cannot be used."""


def read_truth(connection: duckdb.DuckDBPyConnection, file: Path, nodes: Path) -> str:
    """Read the truth about the records of `nodes` (a file of `RECORD_NODES`) and return the relation that holds it.

    The file is CSV or Parquet. It names each record by record_id, or by source and record_key as delivered, and the
    person by person, person_id or entity_id. The relation has record_id and person.
    Raises `TruthError` with every fault.
    """
    relation = _relation(file)
    try:
        columns = set(connection.sql(f"select * from {relation} limit 0").columns)
    except duckdb.Error as error:
        raise TruthError(str(file), [f"the file cannot be read as CSV or Parquet ({type(error).__name__})"]) from None
    person = next((name for name in PERSON_COLUMNS if name in columns), None)
    faults = list(_column_faults(columns, person))
    if faults or person is None:
        raise TruthError(str(file), faults)
    connection.execute(f"""
        create or replace temp table truth as
        select n.record_id, t.{identifier(person)}::varchar as person
        from {relation} as t left join {scan(nodes)} as n on {_same_record(columns)}
    """)
    faults = list(_row_faults(connection))
    if faults:
        raise TruthError(str(file), faults)
    return "(select record_id, person from truth where record_id is not null)"


def _relation(file: Path) -> str:
    if file.suffix.lower() in (".parquet", ".pq"):
        return scan(file)
    return f"read_csv({literal(file)}, all_varchar = true, header = true)"


def _same_record(columns: set[str]) -> str:
    if "record_id" in columns:
        return "t.record_id::varchar = n.record_id"
    return "t.source::varchar = n.source and t.record_key::varchar = n.record_key"


def _column_faults(columns: set[str], person: str | None) -> Iterator[str]:
    if "record_id" not in columns and not {"source", "record_key"} <= columns:
        yield "records must be named by a column record_id, or by the two columns source and record_key"
    if person is None:
        yield f"the person must be told by a column named {' or '.join(PERSON_COLUMNS)}"


def _row_faults(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What is wrong with the rows, in numbers; records that were not linked are no fault, unless all are."""
    ((rows, known, nobody, repeated),) = connection.sql("""
        select count(*), count(record_id), count(*) filter (person is null),
            (select count(*) from (select record_id from truth where record_id is not null
                group by record_id having count(*) > 1))
        from truth
    """).fetchall()
    if not known:
        yield f"none of its {rows} records is among those linked last; name them as they were delivered"
    if nobody:
        yield f"{nobody} rows tell no person"
    if repeated:
        yield f"{repeated} records are there more than once"
