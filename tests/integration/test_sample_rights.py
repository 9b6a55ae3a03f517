"""A person's rights, from the verb to the next release and the delivery after it."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from town import Town
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.audit_log import read_audit
from warehouse.layout import Layout
from warehouse.privacy.keyring import ANALYSTS, open_keyring
from warehouse.privacy.pseudonyms import pseudonym
from warehouse.release.database import read_only
from warehouse.settings import Settings

Asked = tuple[Town, list[str], list[str], Path, dict[str, str]]


def verb(town: Town, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--home", str(town.home), "--sources", str(town.sources)])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def column(town: Town, table: str, name: str) -> dict[str, object]:
    rows = pq.read_table(town.home / "lake" / "standard" / "febrl_a.people" / f"{table}.parquet").to_pylist()
    return {str(row["record_key"]): row[name] for row in rows}


def holding(home: Path, word: str) -> list[str]:
    """The files under `home`, but the delivered ones, in which some value or byte is `word`."""
    found = []
    for path in sorted(file for file in home.rglob("*") if file.is_file() and "landing" not in file.parts):
        text = path.read_bytes()
        if path.suffix == ".parquet" and "vault" not in path.parts:
            text += str(pq.read_table(path).to_pylist()).encode()
        if word.encode() in text:
            found.append(path.relative_to(home).as_posix())
    return found


def published(town: Town) -> set[str]:
    with read_only(Layout(town.home)) as connection:
        return {str(entity) for (entity,) in connection.sql("select entity_id from persons").fetchall()}


pytestmark = pytest.mark.slow  # it builds a registry twice


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """A town after three people asked, a delivery of other bytes arrived, and the registry was built anew."""
    folder = tmp_path_factory.mktemp("rights")
    town = Town(folder)
    assert town.run()[0] == 0
    keys = [line.partition(",")[0] for line in town.lines("a")[1:6]]
    spine = pq.read_table(town.home / "lake" / "linkage" / "spine.parquet").to_pylist()
    entities = {str(row["record_key"]): str(row["entity_id"]) for row in spine}
    town.before = published(town)  # type: ignore[attr-defined]
    told = [
        verb(town, "dossier", f"febrl_a:{keys[3]}", "--out", str(folder / "dossier.json"), "--why", "request 1"),
        verb(town, "rectify", f"febrl_a:{keys[0]}", "surname_1", "Núñez", "--why", "certificate"),
        verb(town, "block", f"febrl_a:{keys[1]}", "--why", "objection"),
        verb(town, "erase", f"febrl_a:{keys[2]}", "--why", "request 2", "--yes"),
    ]
    town.write("a", [*town.lines("a")[:-1]])
    assert town.run()[0] == 0
    return town, keys, told, folder / "dossier.json", entities


def test_a_dossier_holds_every_row_and_why_it_is_held(asked: Asked) -> None:
    _, keys, told, path, entities = asked
    held = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    rows = [row for source in held["sources"] for row in source["records"]]
    assert {row["record_key"] for row in rows} == {
        key for key, entity in entities.items() if entity == entities[keys[3]]
    }
    assert all(source["purposes"] == ["registry"] for source in held["sources"])
    assert held["recipients"] == ["analysts"]
    assert "1 recipients" in told[0]


def test_a_rectified_value_survives_a_delivery(asked: Asked) -> None:
    town, keys, _, _, _ = asked
    assert column(town, "records", "surname_1_std")[keys[0]] == "NUÑEZ"
    assert column(town, "records", "surname_1")[keys[0]].upper() != "NUÑEZ"  # type: ignore[attr-defined]


def test_a_blocked_person_is_held_but_not_published(asked: Asked) -> None:
    town, keys, told, _, entities = asked
    settings = Settings(town.home, town.sources, town.home / "landing")
    name = pseudonym(open_keyring(settings).current(ANALYSTS), entities[keys[1]])
    assert name in town.before  # type: ignore[attr-defined]
    assert name not in published(town)
    assert keys[1] in column(town, "records", "record_key")
    assert "analysts" in told[2]


def test_an_erased_person_is_nowhere_and_a_delivery_does_not_bring_them_back(
    asked: Asked,
) -> None:
    town, keys, told, _, entities = asked
    settings = Settings(town.home, town.sources, town.home / "landing")
    assert keys[2] in (town.file("a")).read_text(), "the delivery holds the row again"
    assert keys[2] not in column(town, "records", "record_key")
    assert pseudonym(open_keyring(settings).current(ANALYSTS), entities[keys[2]]) not in published(town)
    assert len(list(Layout(town.home).releases.iterdir())) == 1, "a release from before the erasure is kept"
    assert holding(town.home, keys[3]), "the search finds who is held"
    assert holding(town.home, keys[2]) == []
    assert "Ask" in told[3] and town.file("a").name in told[3]


def test_every_request_is_audited_without_values(asked: Asked) -> None:
    town = asked[0]
    actions = [entry.action for entry in read_audit(Layout(town.home)) if entry.action.startswith("rights.")]
    assert actions == ["rights.dossier", "rights.rectify", "rights.block", "rights.erase"]
    assert "UÑEZ" not in (town.home / "state" / "audit.jsonl").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rectify", "shoe_size", "42"], "Known are"),
        (["rectify", "birth_date", "5/3/1987"], "year-month-day"),
        (["rectify", "sex", "F"], "male, female or other"),
    ],
)
def test_what_cannot_be_put_right_is_told(asked: Asked, words: list[str], told: str) -> None:
    town, keys, *_ = asked
    options = ["--why", "x", "--home", str(town.home), "--sources", str(town.sources)]
    result = CliRunner().invoke(app, [words[0], f"febrl_a:{keys[0]}", *words[1:], *options])
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())
