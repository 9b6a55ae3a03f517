"""A night in which one institution delivers: the rest is kept, and all is as a home without memory makes it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from town import Town

from warehouse.layout import Layout
from warehouse.manifest import damaged_files, read_manifest, write_manifest
from warehouse.published.registry import EVENT_KINDS

pytestmark = pytest.mark.system  # it builds whole registries

JUDGED_BEFORE = "unchanged since it was judged at"


def deliver(town: Town) -> None:
    town.write("b", town.lines("b")[:-3])


def hashes(home: Path, *places: str) -> dict[str, str]:
    """The hash of every table in these places under the home."""
    files = [file for place in places for file in (home / place).rglob("*.parquet")]
    return {str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def forget_what_was_made(home: Path) -> None:
    """Take away all that lets work be left out, so that the next run does all of it."""
    for receipt in home.rglob("*receipt.json"):
        receipt.unlink()
    shutil.rmtree(home / "state" / "outcomes")
    manifest = read_manifest(Layout(home))
    assert manifest is not None
    tables = {name: replace(table, shown_as="") for name, table in manifest.tables.items()}
    write_manifest(replace(manifest, tables=tables), Layout(home).current)


def told_of_last_run(town: Town, kind: dg.DagsterEventType) -> list[Any]:
    with dg.DagsterInstance.from_config(str(Layout(town.home).dagster)) as instance:
        (run,) = instance.get_runs(limit=1)
        records = instance.get_records_for_run(run.run_id, of_type=kind).records
    return [record.event_log_entry.dagster_event.event_specific_data for record in records]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def night(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town.copied(built, tmp_path_factory.mktemp("night") / "town")
    deliver(town)
    status, told = town.run()
    assert status == 0, told
    return town


def test_the_source_that_delivered_nothing_is_neither_standardised_nor_judged(night: Town) -> None:
    made = {
        data.materialization.asset_key.path[-1]: data.materialization.metadata
        for data in told_of_last_run(night, dg.DagsterEventType.ASSET_MATERIALIZATION)
        if data.materialization.asset_key.path[0] == "standard"
    }
    assert {name for name, metadata in made.items() if "unchanged since" in metadata} == {"febrl_a_people"}
    assert made["febrl_a_people"]["records"] == made["febrl_a_people"]["rows"]
    checks = told_of_last_run(night, dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    remembered, judged = (
        {
            check.check_name
            for check in checks
            if is_of_suite(check, "a") and (JUDGED_BEFORE in check.metadata) is before
        }
        for before in (True, False)
    )
    assert len(remembered) > 10
    assert judged == set()
    of_b = {check.check_name: JUDGED_BEFORE in check.metadata for check in checks if is_of_suite(check, "b")}
    assert {name for name, is_remembered in of_b.items() if is_remembered} <= {
        name
        for name in of_b
        if name.startswith("record_flags")  # nothing is doubtful in either delivery
    }
    assert of_b.keys() == remembered


def test_a_published_table_that_reads_nothing_new_is_kept_and_carried_over(night: Town, built: Path) -> None:
    kept = {
        data.materialization.asset_key.path[-1]
        for data in told_of_last_run(night, dg.DagsterEventType.ASSET_MATERIALIZATION)
        if "unchanged since" in data.materialization.metadata
    }
    of_events = {table.name for table in EVENT_KINDS}
    assert kept >= of_events - {"enrolments"}, "enrolments tell who has died"
    assert not kept & {"spine", "persons", "source_records", "changes", "deliveries"}
    before, now = (Layout(home).current / "parquet" for home in (built / "home", night.home))
    same = {file.stem for file in now.iterdir() if file.read_bytes() == (before / file.name).read_bytes()}
    twice = {file.stem for file in now.iterdir() if file.stat().st_nlink > 1}
    assert twice <= same
    assert twice >= of_events


def is_of_suite(check: Any, part: str) -> bool:
    """A check by Great Expectations: the others are counted from what a run notes down."""
    counted = ("drift", "rows_conserved", "newest")
    return check.asset_key.path[-1] == f"febrl_{part}_people" and not check.check_name.startswith(counted)


def test_the_night_is_that_of_a_home_that_remembers_nothing(night: Town, built: Path, tmp_path: Path) -> None:
    twin = Town.copied(built, tmp_path / "twin")
    forget_what_was_made(twin.home)
    deliver(twin)
    assert twin.run()[0] == 0
    places = ("lake/standard", "lake/registry", "lake/marts")
    there = hashes(night.home, *places)
    assert len(there) > 50
    assert {name for name, digest in hashes(twin.home, *places).items() if there[name] != digest} == set()
    ours, theirs = (read_manifest(Layout(town.home)) for town in (night, twin))
    assert ours is not None and theirs is not None
    assert ours.tables == theirs.tables
    assert damaged_files(ours, Layout(night.home).current) == []


@pytest.mark.parametrize("place", ["reports/returns", "reports/quality"])
def test_the_reports_of_the_source_that_delivered_nothing_are_kept(night: Town, built: Path, place: str) -> None:
    def written(home: Path) -> dict[str, int]:
        files = [file for file in (home / place).rglob("*.*") if "febrl_a" in str(file)]
        return {str(file.relative_to(home)): file.stat().st_mtime_ns for file in files}

    assert written(night.home) == written(built / "home")
    assert written(night.home)


def test_the_standard_tables_are_those_of_an_empty_home(night: Town, tmp_path: Path) -> None:
    town = Town(tmp_path / "empty")
    deliver(town)
    assert town.run("link", out=tmp_path / "out")[0] == 0
    there = hashes(night.home, "lake/standard")
    assert there == hashes(town.home, "lake/standard")
    assert len(there) == 6
