"""Bundles: read back by the Frictionless library, joined with no other recipient's."""

import errno
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from frictionless import Package, Report, Resource, Schema

from warehouse.audit_log import read_audit
from warehouse.errors import StorageError
from warehouse.exports.bundle import Extract, write_bundle
from warehouse.layout import Layout
from warehouse.manifest import Manifest
from warehouse.privacy.keyring import add_key
from warehouse.settings import Settings
from warehouse.table import Table

Published = tuple[Settings, Manifest, dict[Table, Path]]


def bundle(published: Published, out: Path, extract: Extract, withheld: frozenset[str] = frozenset()) -> dict[str, int]:
    settings, manifest, marts = published
    key = add_key(settings, extract.recipient)
    return write_bundle(settings, key, marts, extract, out, manifest.release_id, withheld)


def ids(out: Path, column: str = "entity_id") -> set[str]:
    tables = [pq.read_table(path) for path in out.glob("data/**/*.parquet")]
    return {name for table in tables if column in table.column_names for name in table[column].to_pylist()}


def test_a_bundle_is_a_data_package_whose_rows_fit_it(published: Published, tmp_path: Path) -> None:
    bundle(published, tmp_path / "out", Extract("all"))
    package = Package(str(tmp_path / "out" / "datapackage.json"))
    assert sorted(resource.name for resource in package.resources) == [
        "notes",
        "persons",
        "spine-health",
        "spine-labour",
    ]
    report = checked(tmp_path / "out")
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type"])
    for resource in package.resources:
        assert resource.rows == pq.read_metadata(tmp_path / "out" / str(resource.path)).num_rows > 0


def checked(out: Path, **spoilt: list[dict[str, Any]]) -> Report:
    """What the library says of the package with its keys and references, over its rows or those that stand for them."""
    resources = [
        Resource(
            name=resource.name,
            data=spoilt.get(resource.name) or pq.read_table(out / str(resource.path)).to_pylist(),
            schema=Schema.from_descriptor(resource.schema.to_descriptor()),
        )
        for resource in Package(str(out / "datapackage.json")).resources
    ]
    return Package(resources=resources).validate()


PERSON: dict[str, Any] = {"entity_id": "x", "municipality": "m1", "birth_year": 1980}
SPOILT = [
    ([PERSON | {"entity_id": None}], "constraint-error"),
    ([PERSON, PERSON], "primary-key"),
    ([PERSON], "foreign-key"),  # the spine names others
]


@pytest.mark.parametrize(("rows", "fault"), SPOILT, ids=[fault for _, fault in SPOILT])
def test_what_does_not_fit_is_noticed(
    published: Published, tmp_path: Path, rows: list[dict[str, Any]], fault: str
) -> None:
    bundle(published, tmp_path / "out", Extract(f"noticed.{fault.replace('-', '')}"))
    assert fault in {kind for (kind,) in checked(tmp_path / "out", persons=rows).flatten(["type"])}


def test_files_are_zstd_with_statistics_and_for_their_owner(published: Published, tmp_path: Path) -> None:
    bundle(published, tmp_path / "out", Extract("files"))
    for path in (tmp_path / "out" / "data").rglob("*.parquet"):
        column = pq.ParquetFile(path).metadata.row_group(0).column(0)
        assert column.compression == "ZSTD"
        assert column.statistics is not None
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_two_recipients_bundles_do_not_join(published: Published, tmp_path: Path) -> None:
    bundle(published, tmp_path / "one", Extract("one"))
    bundle(published, tmp_path / "two", Extract("two"))
    assert len(ids(tmp_path / "one")) == len(ids(tmp_path / "two")) == 6
    assert not ids(tmp_path / "one") & ids(tmp_path / "two")


CASES = [
    (Extract("h", source="health"), {"persons": 6, "spine": 6, "notes": 4}),
    (Extract("l", source="labour"), {"persons": 4, "spine": 4, "notes": 4}),
    (Extract("m", municipality="m1"), {"persons": 3, "spine": 5, "notes": 4}),
    (Extract("hm", source="labour", municipality="m1"), {"persons": 2, "spine": 2, "notes": 4}),
    (Extract("n", municipality="nowhere"), {"persons": 0, "spine": 0, "notes": 4}),
]


@pytest.mark.parametrize(("extract", "rows"), CASES, ids=[extract.recipient for extract, _ in CASES])
def test_an_extract_holds_its_own_people_alone(
    published: Published, tmp_path: Path, extract: Extract, rows: dict[str, int]
) -> None:
    assert bundle(published, tmp_path / "out", extract) == rows


def test_the_blocked_are_in_no_bundle(published: Published, tmp_path: Path) -> None:
    rows = bundle(published, tmp_path / "out", Extract("blocked"), frozenset({"p1", "r1health", "r1labour"}))
    assert (rows["persons"], rows["spine"]) == (5, 8)


def test_who_received_what_is_in_the_log(published: Published, tmp_path: Path) -> None:
    bundle(published, tmp_path / "out", Extract("logged"))
    entry = read_audit(Layout(published[0].home))[-1]
    assert (entry.action, entry.facts["recipient"], entry.facts["key"]) == ("extract.written", "logged", "logged-1")
    with pytest.raises(StorageError, match="there already"):
        bundle(published, tmp_path / "out", Extract("again"))


def test_nothing_is_handed_out_where_the_log_cannot_be_written(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, manifest, marts = published
    key = add_key(settings, "untold")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr("warehouse.audit_log.append_entries", full)
    with pytest.raises(StorageError, match="could not be written"):
        write_bundle(settings, key, marts, Extract("untold"), tmp_path / "out", manifest.release_id)
    assert list(tmp_path.iterdir()) == [], "not even what was half written is left"
