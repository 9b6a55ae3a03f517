"""Alerts of deliveries that are overdue or refused, from a delivery that was really taken in."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest
from servers import Hook, web_server

from pipelines.alerts.deliveries import delivery_alerts
from pipelines.alerts.sensors import delivery_sensor
from pipelines.resources import Installation
from sources.catalogue import Catalogue, read_catalogue
from sources.standing import note_good, receive_standing
from warehouse.layout import Layout
from warehouse.session import open_session
from warehouse.settings import Settings

CONTRACT = Path(__file__).parents[1] / "integration" / "febrl" / "a" / "contract.yaml"
PROMISE = """slaProperties:
  - {property: frequency, value: 7, unit: d}
  - {property: latency, value: 1, unit: d}
schema:"""
HEADER = "rec_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,date_of_birth,soc_sec_id"
GOOD = f"{HEADER}\nr1,ana,perez,1,x,,y,1000,z,19800101,1234567\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation whose one institution promises a delivery a week, and has made one."""
    home = tmp_path / "home"
    (tmp_path / "contracts").mkdir()
    text = CONTRACT.read_text().replace("schema:", PROMISE, 1)
    (tmp_path / "contracts" / "contract.yaml").write_text(text)
    settings = Settings(home=home, sources=tmp_path / "contracts", landing=home / "landing", memory_limit="1GB")
    file = settings.landing / "febrl_a" / "dataset4a.csv"
    file.parent.mkdir(parents=True)
    file.write_text(GOOD)
    receive(settings)
    return settings


def receive(settings: Settings) -> None:
    (contract,) = catalogue(settings).contracts
    with open_session(settings) as connection:
        receive_standing(connection, contract, settings)
    note_good(contract, Layout(settings.home))


def catalogue(settings: Settings) -> Catalogue:
    return read_catalogue(settings.sources)


def keys(settings: Settings, days: int) -> list[str]:
    alerts = delivery_alerts(catalogue(settings), Layout(settings.home), date.today() + timedelta(days=days))
    return [alert.key.partition(" ")[0] for alert in alerts]


@pytest.mark.parametrize(("days", "told"), [(0, []), (8, []), (10, ["overdue"]), (100, ["overdue"])])
def test_a_delivery_is_overdue_after_frequency_and_latency(settings: Settings, days: int, told: list[str]) -> None:
    assert keys(settings, days) == told


def test_before_the_first_run_nothing_is_told(settings: Settings) -> None:
    shutil.rmtree(settings.home / "lake")
    assert keys(settings, 100) == []


def test_the_daemon_tells_once_why_a_delivery_was_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.landing / "febrl_a" / "dataset4a.csv").write_text(GOOD.replace("soc_sec_id", "perez"))
    receive(settings)
    assert keys(settings, 0) == ["refused"]
    hook = Hook()
    with web_server(hook) as url:
        monkeypatch.setenv("PADRON_ALERT_WEBHOOK", url)
        for _ in range(2):
            with dg.build_sensor_context(resources={"installation": Installation.of(settings)}) as context:
                delivery_sensor(catalogue(settings)).evaluate_tick(context)
    (document,) = hook.received
    assert "soc_sec_id" in document["text"]
    assert "1234567" not in document["text"]
