"""`padron quarantine`: places and reasons for all, values only when asked for, and rows read again."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from sources.catalogue import read_catalogue
from sources.delivery import find_deliveries
from sources.ledger import read_ledger
from sources.reading.intake import take_in
from warehouse.layout import Layout
from warehouse.privacy.rights import grant
from warehouse.session import open_session
from warehouse.settings import Settings

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: clinic.people
name: clinic
version: 1.0.0
status: active
servers: [{server: landing, type: local, path: "clinic/*.csv", format: csv}]
customProperties: [{property: role, value: persons}]
schema:
  - name: people
    properties:
      - {name: KEY, required: true, customProperties: [{property: mapsTo, value: record_key}]}
      - {name: NAME, customProperties: [{property: mapsTo, value: full_name}]}
      - name: SEX
        required: true
        customProperties: [{property: mapsTo, value: sex}, {property: codes, value: {H: male}}]
"""
ROWS = "KEY,NAME,SEX\n1,ANA ROJAS\x1b[31m,M\n2,LUIS SOL,H\n3,EVA LUNA,M\n,INÉS MAR,H\n"


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Path:
    """A folder with contracts and a home, into which one delivery was taken."""
    contracts = tmp_path / "contracts"
    (contracts / "clinic").mkdir(parents=True)
    (contracts / "clinic" / "contract.yaml").write_text(CONTRACT)
    file = settings.landing / "clinic" / "a_2026-10.csv"
    file.parent.mkdir(parents=True)
    file.write_text(ROWS)
    (contract,) = read_catalogue(contracts).contracts
    with open_session(settings) as connection:
        take_in(connection, contract, find_deliveries(contract, settings.landing)[0], Layout(settings.home))
    return tmp_path


def run(place: Path, *words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["quarantine", *map(str, words), "--home", str(place / "home")])
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("verb", ["list", "show", "replay"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    result = CliRunner().invoke(app, ["quarantine", verb, "--help"])
    assert f"Example: padron quarantine {verb}" in " ".join(result.output.split())


@pytest.mark.parametrize("words", [(), ("list",), ("list", "--contract", "clinic.people"), ("show", "clinic.people")])
def test_no_value_is_shown_unasked(place: Path, words: tuple[str, ...]) -> None:
    status, output = run(place, *words)
    assert status == 0
    assert "SEX cannot be read" in output
    assert not any(name in output for name in ("ROJAS", "LUNA", "INÉS"))


def test_values_are_shown_when_asked_for(place: Path) -> None:
    status, output = run(place, "show", "clinic.people", "--values", "--line", "2")
    assert status == 0
    assert "1,ANA ROJAS\\x1b[31m,M" in output
    assert "LUNA" not in output


def test_what_is_not_there_is_told(place: Path) -> None:
    assert run(place, "list", "--contract", "other.people")[1] == "Nothing is in quarantine."
    for words in (("show", "other.people"), ("show", "clinic.people", "--line", "99", "--values")):
        status, output = run(place, *words)
        assert (status, "no such row is in quarantine" in output) == (1, True)


def counts(place: Path) -> tuple[int, int, int]:
    entry = read_ledger(Layout(place / "home"))[-1]
    return entry.rows_delivered, entry.rows_accepted, entry.rows_quarantined


def test_after_a_contract_is_mended_its_rows_are_read_again(place: Path) -> None:
    assert counts(place) == (4, 1, 3)
    replay = ("replay", "--sources", place / "contracts")
    status, output = run(place, *replay)
    assert (status, "│ 3 │ 0 │ 3 │ 4 │" in output.replace("┃", "│")) == (0, True)
    file = place / "contracts" / "clinic" / "contract.yaml"
    file.write_text(CONTRACT.replace("{H: male}", "{H: male, M: female}"))
    status, output = run(place, *replay)
    assert status == 0
    assert counts(place) == (4, 3, 1)
    assert "KEY is blank" in run(place, "list")[1]


@pytest.mark.parametrize("has_file", [True, False])
def test_what_is_read_again_does_not_bring_the_erased_back(place: Path, has_file: bool) -> None:
    layout = Layout(place / "home")
    grant(layout, "erase", [hashlib.sha256(b"clinic\x1f1").hexdigest()[:16]], "asked")
    (place / "contracts" / "clinic" / "contract.yaml").write_text(CONTRACT.replace("{H: male}", "{H: male, M: female}"))
    if not has_file:
        (place / "home" / "landing" / "clinic" / "a_2026-10.csv").unlink()
    assert run(place, "replay", "--sources", place / "contracts")[0] == 0
    kept = [path for folder in ("lake", "quarantine") for path in (place / "home" / folder).rglob("*.parquet")]
    rows = [pq.read_table(path).to_pylist() for path in kept]
    assert "EVA LUNA" in str(rows)
    assert "ANA ROJAS" not in str(rows)


def test_without_the_delivered_file_what_the_home_keeps_is_read(place: Path) -> None:
    (place / "home" / "landing" / "clinic" / "a_2026-10.csv").unlink()
    (place / "contracts" / "clinic" / "contract.yaml").write_text(CONTRACT.replace("{H: male}", "{H: male, M: female}"))
    status, output = run(place, "replay", "--sources", place / "contracts")
    assert (status, "│ 3 │ 2 │ 1 │ 4 │ quarantine" in output) == (0, True)
    assert counts(place) == (4, 3, 1)


def test_what_cannot_be_replayed_is_told(place: Path) -> None:
    (place / "home" / "landing" / "clinic" / "a_2026-10.csv").unlink()
    (place / "contracts" / "clinic" / "contract.yaml").write_text(CONTRACT.replace("name: NAME", "name: WHO"))
    status, output = run(place, "replay", "--sources", place / "contracts")
    assert (status, "lack the columns WHO" in output, "Put its files back" in output) == (1, True, True)
    assert counts(place) == (4, 1, 3)


def test_an_empty_home_has_nothing_to_replay(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "contract.yaml").write_text(CONTRACT)
    status, output = run(tmp_path, "replay", "--sources", tmp_path / "contracts")
    assert (status, output) == (0, "Nothing is in quarantine.")
    assert yaml.safe_load(CONTRACT)["id"] == "clinic.people"
