"""A run from the command line: what it comes to, and how it is told while it goes on."""

import io
import json
import os

import dagster as dg
import duckdb
import pytest
from rich.console import Console

from pipelines.json_lines import json_lines
from pipelines.progress import progress_logger
from pipelines.running import run_job
from pipelines.steps import step
from warehouse.errors import DeliveryError, StorageError
from warehouse.layout import Layout
from warehouse.settings import Settings

NAME = "Invented Person Zzyzx"


def definitions(meets: Exception | str = "select 1") -> dg.Definitions:
    """A job of two assets, the second of which meets an error or asks DuckDB, and of a check that fails."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("is_whole", asset="first")])
    def first() -> dg.MaterializeResult:
        failed = dg.AssetCheckResult(check_name="is_whole", passed=False, description="2 rows are missing")
        return dg.MaterializeResult(check_results=[failed])

    @dg.asset(deps=[first])
    def second() -> None:
        with step("second"):
            if isinstance(meets, Exception):
                raise meets
            duckdb.sql(meets).fetchall()

    return dg.Definitions(
        assets=[first, second],
        jobs=[dg.define_asset_job("registry", executor_def=dg.in_process_executor)],
        loggers={"progress": progress_logger},
    )


def lines(settings: Settings, capsys: pytest.CaptureFixture[str], meets: Exception | str) -> list[dict[str, str]]:
    run_job(definitions(meets), "registry", settings, Console(file=io.StringIO()), watch=json_lines)
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_run_is_told_one_object_a_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told = lines(settings, capsys, "select 1")
    assert [(line["event"], line["step"]) for line in told if line["event"] != "check failed"] == [
        ("run start", None),
        ("step start", "first"),
        ("step success", "first"),
        ("step start", "second"),
        ("step success", "second"),
        ("run success", None),
    ]
    assert {line["job"] for line in told} == {"registry"}
    (check,) = [line for line in told if line["event"] == "check failed"]
    assert (check["check"], check["reason"]) == ("first: is_whole", "2 rows are missing")


def test_what_dagster_keeps_of_a_run_is_for_its_owner_alone(settings: Settings) -> None:
    before = os.umask(0o022)
    try:
        run_job(definitions(), "registry", settings, Console(file=io.StringIO()))
    finally:
        os.umask(before)
    kept = list(Layout(settings.home).dagster.rglob("*"))
    assert any(path.suffix == ".db" for path in kept)
    assert not [path.name for path in kept if path.stat().st_mode & 0o077]


def test_a_failure_is_told_with_its_reason(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    (failed,) = [
        line
        for line in lines(settings, capsys, DeliveryError("people.csv: line 3: deliver it again."))
        if line["event"] == "step failure"
    ]
    assert (failed["level"], failed["reason"]) == ("error", "people.csv: line 3: deliver it again.")


def test_no_value_is_in_a_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told = lines(settings, capsys, f"select '{NAME}'::integer")
    assert any("ConversionException" in line.get("reason", "") for line in told)
    assert NAME not in json.dumps(told)


def test_a_disk_that_fills_up_under_the_history_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dg.DagsterInstance, "handle_new_event", full)
    with pytest.raises(StorageError, match="run of registry: the disk is full"):
        run_job(definitions(), "registry", settings, Console(file=io.StringIO()))
