"""Metrics and health of a home with a release, and of one without."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.metrics_server import application, exposition
from warehouse.layout import Layout
from warehouse.manifest import MadeOf, Manifest
from warehouse.release.publishing import publish
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Column, Table

NOTES = Table("notes", "One note.", ("number",), (Column("number", "bigint", "Its number.", False),))


@pytest.fixture
def published(settings: Settings) -> Manifest:
    mart = Layout(settings.home).mart(NOTES)
    with open_session(settings) as connection:
        write_rows(connection, NOTES, [{"number": number} for number in range(7)], mart)
    return publish(settings, {NOTES: mart}, MadeOf({}), "1", lambda: datetime(2026, 11, 1, tzinfo=UTC))


def asked(settings: Settings, path: str) -> tuple[str, str]:
    """The status and the body of the answer at `path`."""
    told: list[str] = []

    def start(status: str, _: list[tuple[str, str]]) -> None:
        told.append(status)

    environment: dict[str, Any] = {"PATH_INFO": path}
    body: Iterable[bytes] = application(settings)(environment, start)
    return told[0], b"".join(body).decode()


def test_a_release_tells_its_rows_and_its_age(settings: Settings, published: Manifest) -> None:
    samples = {each.name: each for family in parsed(exposition(settings)) for each in family.samples}
    assert samples["padron_table_rows"].labels == {"table": "notes"}
    assert samples["padron_table_rows"].value == 7
    assert samples["padron_release_published_timestamp_seconds"].value == datetime(2026, 11, 1, tzinfo=UTC).timestamp()


def test_health_names_the_release(settings: Settings, published: Manifest) -> None:
    status, body = asked(settings, "/health")
    assert status == "200 OK"
    assert json.loads(body)["release"] == published.release_id


def test_a_damaged_release_is_not_well(settings: Settings, published: Manifest) -> None:
    with (Layout(settings.home).current / "parquet" / "notes.parquet").open("ab") as file:
        file.write(b"x")
    status, body = asked(settings, "/health")
    assert status == "503 Service Unavailable"
    assert "not as they were published" in json.loads(body)["reason"]


def test_a_home_without_a_release_is_not_well_and_has_metrics(settings: Settings) -> None:
    assert asked(settings, "/health")[0] == "503 Service Unavailable"
    status, body = asked(settings, "/metrics")
    assert (status, [family.name for family in parsed(body)]) == ("200 OK", [])


def test_nothing_else_is_told(settings: Settings) -> None:
    assert asked(settings, "/../state/audit.jsonl")[0] == "404 Not Found"


def test_a_file_for_the_collector_is_whole_and_open(settings: Settings, published: Manifest, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["metrics", "--home", str(settings.home), "--out", str(tmp_path / "padron.prom")])
    assert told.exit_code == 0, told.output
    assert "padron_table_rows" in (tmp_path / "padron.prom").read_text()
    assert (tmp_path / "padron.prom").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["padron.prom"]
