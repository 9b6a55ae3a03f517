"""The rows of people who were erased go from every copy that was made of a delivery or a query, in use or not.

A row that was accepted tells its record by its key. Of a row in quarantine nobody knows the columns, so each word of it
is taken for a key; a record's id is a hash, which no other word meets by chance. What was told of a delivery that held
the erased (return report, quality report, what was asked to be mended, verdicts) goes too: the run makes it anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sources.contract import SourceContract
from sources.standardise.stored import hash_sql
from warehouse.layout import Layout
from warehouse.session import identifier, scan
from warehouse.storage import write_parquet

PURGED = "padron.rows_purged"
"""The key under which a raw file's footer says how many of its rows were erased."""

BETWEEN_WORDS = r"""[\s,;|"'{}:<>\[\]\x00]+"""


@dataclass(frozen=True)
class _Copy:
    """One file of a delivery's rows: which are of the erased, which column names the delivered file."""

    path: Path
    delivery_id: str
    is_erased: str
    file_column: str
    is_counted: bool


def purge_raw(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    person_source: str,
    erased: Iterable[str],
    layout: Layout,
) -> int:
    """Remove the rows of the records `erased` from all that is kept of the contract's deliveries; return how many.

    Raw files and quarantine keep count of what was removed, so that the delivered rows can still be accounted for.
    """
    names = sorted(erased)
    if not names:
        return 0
    connection.register("erased", pa.table({"record_id": pa.array(names, pa.string())}))
    removed = 0
    for copy in _copies(contract, person_source, layout):
        gone = _purge(connection, copy)
        removed += gone if copy.is_counted else 0
        if gone:
            _forget_reports(layout, contract.id, copy.delivery_id)
    connection.unregister("erased")
    return removed


def files_holding(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    person_source: str,
    records: Iterable[str],
    layout: Layout,
) -> list[str]:
    """The names of the delivered files that rows of `records` came in: they are the institution's, and stay."""
    connection.register("erased", pa.table({"record_id": pa.array(sorted(records), pa.string())}))
    names = {
        str(name)
        for copy in _copies(contract, person_source, layout)
        if copy.is_counted
        for (name,) in connection.sql(
            f"select distinct {copy.file_column} from {scan(copy.path)} where {copy.is_erased}"
        ).fetchall()
    }
    connection.unregister("erased")
    return sorted(names)


def rows_purged(layout: Layout, contract_id: str, delivery_id: str) -> int:
    """How many of a delivery's rows, accepted or not, were erased since it was taken in."""
    paths = (layout.raw(contract_id, delivery_id), layout.quarantine(contract_id, delivery_id))
    return sum(purged_from(path) for path in paths)


def purged_from(path: Path) -> int:
    """How many rows of erased people the Parquet file at `path` once held."""
    return int(_metadata(path).get(PURGED, "0"))


def _copies(contract: SourceContract, person_source: str, layout: Layout) -> Iterator[_Copy]:
    """Every copy that is kept of what `contract` delivered; those of answers and of upserts repeat rows of others."""
    for path in sorted(layout.raw(contract.id, "*").parent.glob("*.parquet")):
        is_counted = not path.name.endswith(".upserts.parquet")
        yield _Copy(path, path.name.partition(".")[0], _is_erased(contract, person_source, path), "_file", is_counted)
    for path in sorted((layout.queried / contract.id).glob("*.parquet")):
        yield _Copy(path, path.stem, _is_erased(contract, person_source, path), "_file", is_counted=False)
    for path in sorted(layout.quarantine(contract.id, "*").parent.parent.glob("*/rows.parquet")):
        yield _Copy(path, path.parent.name, _mentions_erased(contract, person_source, "raw"), "file", is_counted=True)


def _purge(connection: duckdb.DuckDBPyConnection, copy: _Copy) -> int:
    """Remove the rows of the erased from one copy; return their number."""
    path, is_erased = copy.path, copy.is_erased
    ((gone,),) = connection.sql(f"select count(*) from {scan(path)} where {is_erased}").fetchall()
    if gone:
        metadata = _metadata(path)
        metadata[PURGED] = str(int(metadata.get(PURGED, "0")) + int(gone))
        write_parquet(connection, f"select * from {scan(path)} where not ({is_erased})", path, metadata)
    return int(gone)


def _metadata(path: Path) -> dict[str, str]:
    held: Mapping[bytes, bytes] = pq.read_metadata(path).metadata or {}
    return {key.decode(): value.decode() for key, value in held.items() if key != b"ARROW:schema"}


def _is_erased(contract: SourceContract, person_source: str, path: Path) -> str:
    """The condition that an accepted row is of one of the erased, or is about one.

    A file that an earlier contract read, which called the key otherwise, is searched word by word.
    """
    column = contract.column("person_key") or contract.column("record_key")
    held = pq.read_schema(path).names
    if column is None or column.name not in held:
        return _mentions_erased(contract, person_source, f"concat_ws(';', {', '.join(map(identifier, held))})")
    record_id = hash_sql(person_source, f"coalesce({identifier(column.name)}, '')")
    return f"{record_id} in (select record_id from erased)"


def _mentions_erased(contract: SourceContract, person_source: str, text: str) -> str:
    """The condition that a word of `text`, or what lies where a fixed width has its key, is a key of the erased."""
    words = f"string_split_regex({text}, $${BETWEEN_WORDS}$$)"
    column = contract.column("person_key") or contract.column("record_key")
    if column is not None and column.terms.width is not None:
        first = column.terms.start or 1
        words = f"list_append({words}, trim(({text})[{first}:{first + column.terms.width - 1}]))"
    hashed = f"list_transform({words}, lambda word: {hash_sql(person_source, 'word')})"
    return f"list_has_any({hashed}, (select list(record_id) from erased))"


def _forget_reports(layout: Layout, contract_id: str, delivery_id: str) -> None:
    """Remove what was told of a delivery some of whose rows are gone."""
    layout.corrections(contract_id, delivery_id).unlink(missing_ok=True)
    for folder in layout.reports.glob(f"returns/*/{contract_id}/{delivery_id}"):
        shutil.rmtree(folder)
    told = [f"quality/{contract_id}/{delivery_id}.html", f"verdicts/{contract_id}.*.json"]
    pages = [page for pattern in told for page in layout.reports.glob(pattern)]
    outcomes = layout.outcomes(contract_id).parent.glob(f"{contract_id}.*.json")
    for page in (*pages, *outcomes):
        page.unlink()
