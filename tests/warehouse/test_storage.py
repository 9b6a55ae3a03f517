from pathlib import Path

import duckdb
import pytest

from warehouse.errors import StorageError, TableError
from warehouse.storage import read_table, row_count, write_rows, write_table
from warehouse.table import Column, Table

TOWNS = Table(
    "towns",
    "One town.",
    ("code",),
    (Column("code", "varchar", "Its code.", False), Column("people", "integer", "Its people.")),
)


def test_rows_are_sorted_by_key_and_cast(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "towns.parquet"
    assert (
        write_table(connection, TOWNS, "select * from (values ('b', '2', 0), ('a', '1', 0)) t(code, people, x)", path)
        == 2
    )
    assert connection.sql(f"select * from {read_table(TOWNS, path)}").fetchall() == [("a", 1), ("b", 2)]


def test_the_same_rows_give_the_same_bytes(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    query = "select (i * 7919 % 300000)::varchar as code, i as people from range(300000) t(i)"
    for name in ("one", "two"):
        write_table(connection, TOWNS, query, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_files_are_for_their_owner_alone(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_rows(connection, TOWNS, [{"code": "a", "people": 1}], tmp_path / "towns.parquet")
    assert (tmp_path / "towns.parquet").stat().st_mode & 0o777 == 0o600


def test_a_failed_write_leaves_the_earlier_file_whole(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "towns.parquet"
    write_rows(connection, TOWNS, [{"code": "a", "people": 1}], path)
    with pytest.raises(duckdb.ConversionException):
        write_table(connection, TOWNS, "select 'a' as code, 'many' as people", path)
    assert row_count(path) == 1


def test_a_missing_column_is_named(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"towns.*people"):
        write_table(connection, TOWNS, "select 'a' as code", tmp_path / "towns.parquet")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="towns"):
        read_table(TOWNS, tmp_path / "nowhere.parquet")


def test_another_schema_is_told(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "towns.parquet"
    connection.sql("select 1 as code").write_parquet(str(path))
    with pytest.raises(TableError, match="declared table towns"):
        read_table(TOWNS, path)
