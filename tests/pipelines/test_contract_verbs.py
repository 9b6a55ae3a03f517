"""`padron contract`: what it prints, and the status it ends with."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.definitions import build_definitions
from warehouse.settings import SAMPLE_SOURCES, Settings

SAMPLE = SAMPLE_SOURCES / "health" / "patients.yaml"


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["contract", *map(str, words)])
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("verb", ["check", "new", "diff", "docs"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    status, output = run(verb, "--help")
    assert status == 0
    assert f"Example: padron contract {verb}" in output


def test_the_sample_contracts_are_sound() -> None:
    status, output = run("check", SAMPLE_SOURCES)
    assert status == 0
    assert "without a fault" in output
    assert run("check", SAMPLE)[0] == 0


def test_faults_of_form_mapping_and_rules_are_told_at_once(tmp_path: Path) -> None:
    text = SAMPLE.read_text()
    for name, old, new in (
        ("a", "mapsTo, value: birth_date", "mapsTo, value: born"),
        ("b", "metric: missingValues", "metric: silence"),
        ("c", "kind: DataContract", "kind: Deal"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "contract.yaml").write_text(
            text.replace(old, new, 1).replace("id: health.", f"id: {name}.", 1)
        )
    status, output = run("check", tmp_path)
    assert status == 1
    assert all(told in output for told in ("mapsTo born", "silence", "Deal"))
    status, output = run("check", tmp_path / "b" / "contract.yaml")
    assert (status, "silence" in output) == (1, True)


def test_a_breaking_change_ends_with_status_2(tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(SAMPLE.read_text().replace("required: true", "required: false"))
    assert run("diff", SAMPLE, new)[0] == 0
    status, output = run("diff", new, SAMPLE)
    assert status == 2
    assert "Raise the version to 2.0.0" in output
    assert run("diff", SAMPLE, SAMPLE)[1].startswith("Nothing differs")


def test_a_draft_is_printed_or_written_over_nothing(tmp_path: Path) -> None:
    sample = tmp_path / "clinic" / "people_2026-10.csv"
    sample.parent.mkdir()
    sample.write_text("folio,nombre,nacimiento\n1,ANA,31/12/1990\n2,LUZ,30/12/1991\n")
    status, output = run("new", sample)
    assert (status, "mapsTo, value: record_key" in output) == (0, True)
    out = tmp_path / "contracts" / "contract.yaml"
    assert run("new", sample, "--out", out, "--id", "clinic.people")[0] == 0
    assert run("check", out)[0] == 0
    status, output = run("new", sample, "--out", out)
    assert (status, "is there already" in output) == (1, True)


def test_pages_are_written(tmp_path: Path) -> None:
    assert run("docs", "--sources", SAMPLE_SOURCES, "--out", tmp_path)[0] == 0
    assert (tmp_path / "record-of-processing.md").exists()
    assert (tmp_path / "health.patients.md").exists()


def test_promises_of_time_are_policies_and_schedules(settings: Settings) -> None:
    definitions = build_definitions(settings)
    specs = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
    policy = specs[dg.AssetKey(["landing", "health_patients"])].freshness_policy
    assert policy == dg.FreshnessPolicy.time_window(fail_window=timedelta(days=41), warn_window=timedelta(days=31))
    schedule = definitions.resolve_schedule_def("due_health_patients")
    assert schedule.cron_schedule == "0 3 11 * *"
    job = definitions.resolve_job_def("intake_health_patients")
    assert {key.path[0] for key in job.asset_layer.executable_asset_keys} == {"raw", "standard"}
