"""Drift: what is usual is learnt, chance is allowed for, and no profile holds what identifies people."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from quality.drift.checks import DRIFT, drift
from quality.drift.history import earlier, profile_path, recall, remember
from quality.drift.profile import Profile, profile, read_profile
from warehouse.layout import Layout
from warehouse.settings import Settings

ODCS = OpenDataContractStandard(
    apiVersion="v3.1.0", kind="DataContract", id="clinic.patients", version="1", status="active",
    schema=[{"name": "patients", "properties": [
        {"name": "KEY", "logicalType": "string", "primaryKey": True, "classification": "restricted"},
        {"name": "NAME", "logicalType": "string", "classification": "restricted"},
        {"name": "SEX", "logicalType": "string"},
        {"name": "BORN", "logicalType": "date", "classification": "restricted"},
        {"name": "PAID", "logicalType": "number"},
    ]}],
)  # fmt: skip


def delivered(path: Path, rows: int, seed: int, women: float = 0.5, unnamed: float = 0.1, born: int = 1980) -> Path:
    random = np.random.default_rng(seed)
    sexes = np.where(random.random(rows) < women, "F", "M")
    unnamed_rows = random.random(rows) < unnamed
    years = born + random.integers(0, 20, rows)
    paid = random.lognormal(6, 1, rows)
    with duckdb.connect() as connection:
        connection.register("told", pa.table({"sex": sexes, "unnamed": unnamed_rows, "year": years, "paid": paid}))
        connection.execute(f"""
            copy (select 'K' || row_number() over () as KEY,
                case when not unnamed then 'Inés ' || year end as NAME, sex as SEX, '01/02/' || year as BORN,
                round(paid, 2)::varchar as PAID from told) to '{path}' (format parquet)
        """)
    return path


def made(home: Path, number: int, rows: int = 2000, **what: float) -> Profile:
    path = delivered(home / f"{number}.parquet", rows, number, **what)  # type: ignore[arg-type]
    return profile(ODCS, path, f"d{number}", f"2026-{number:02}-28", Settings(home, home, home))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drift")


@pytest.fixture(scope="module")
def before(home: Path) -> list[Profile]:
    return [made(home, number, rows) for number, rows in enumerate((2000, 2060, 1980, 2040, 2010), start=1)]


def test_a_profile_holds_counts_and_no_value_that_identifies(before: list[Profile]) -> None:
    first = before[0]
    assert first.rows == 2000
    assert set(first.categories) == {"SEX"}
    assert set(first.distributions) == {"NAME", "BORN", "PAID"}
    assert set(first.distributions["BORN"]) == {"1980s", "1990s"}
    assert first.nulls["NAME"] == pytest.approx(0.1, abs=0.03)
    assert "In\u00e9s" not in first.written()
    assert read_profile(first.written()) == first


CASES = [
    ("nothing changed", {}, ()),
    ("half the rows", {"rows": 1000}, ("drift_volume",)),
    ("twice the rows", {"rows": 4000}, ("drift_volume",)),
    ("names are missing", {"unnamed": 0.5}, ("drift_nulls",)),
    ("the sexes changed", {"women": 0.9}, ("drift_categories",)),
    ("people are born twenty years later", {"born": 2000}, ("drift_distributions",)),
]


@pytest.mark.parametrize(("what", "change", "found"), CASES, ids=[case[0] for case in CASES])
def test_a_change_is_found_where_it_lies_and_nowhere_else(what, change, found, home, before) -> None:  # type: ignore[no-untyped-def]
    outcomes = drift(made(home, 9, **{"rows": 2000, **change}), before)
    assert tuple(outcome.name for outcome in outcomes if not outcome.success) == found
    assert all(outcome.error is None and outcome.evaluated for outcome in outcomes)


def test_chance_alone_brings_few_alarms(home: Path, before: list[Profile]) -> None:
    alarms = sum(not outcome.success for seed in range(20, 40) for outcome in drift(made(home, seed), before))
    assert alarms <= 1, f"{alarms} of 80"


def test_what_always_changed_much_is_usual(before: list[Profile]) -> None:
    restless = [replace(each, rows=rows) for each, rows in zip(before, (1000, 2500, 900, 2600, 1100), strict=True)]
    assert drift(replace(before[0], rows=2400), restless)[0].success
    assert not drift(replace(before[0], rows=24000), restless)[0].success


@pytest.mark.parametrize("known", [0, 1, 2])
def test_a_short_history_judges_nothing(known: int, before: list[Profile]) -> None:
    outcomes = drift(before[-1], before[:known])
    assert [outcome.name for outcome in outcomes] == [expectation.name for expectation in DRIFT]
    assert all(not outcome.success and outcome.severity == "warning" for outcome in outcomes)
    assert all((outcome.error or "").startswith(f"not evaluated: {known} earlier") for outcome in outcomes)


def test_profiles_are_kept_and_those_of_later_or_replaced_deliveries_left_out(
    tmp_path: Path, before: list[Profile]
) -> None:
    layout = Layout(tmp_path)
    faulty = replace(before[0], delivery_id="faulty", rows=1)
    for age, each in enumerate((faulty, *before)):
        remember(layout, "c", each)
        os.utime(profile_path(layout, "c", each.delivery_id), ns=(age, age))
    assert [each.delivery_id for each in earlier(layout, "c", before[3])] == ["d1", "d2", "d3"]
    assert profile_path(layout, "c", "d1").stat().st_mode & 0o777 == 0o600


def test_a_profile_is_made_anew_when_the_rows_were_read_anew(tmp_path: Path, before: list[Profile]) -> None:
    layout, raw = Layout(tmp_path), tmp_path / "raw.parquet"
    raw.touch()
    remember(layout, "c", before[0])
    assert recall(layout, "c", "d1", raw) == before[0]
    later = profile_path(layout, "c", "d1").stat().st_mtime_ns + 1_000_000
    os.utime(raw, ns=(later, later))
    assert recall(layout, "c", "d1", raw) is None
