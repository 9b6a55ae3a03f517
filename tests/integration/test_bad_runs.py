"""What a data engineer sees when something is wrong: a clear message, status 1, and the release of before."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from town import ROWS, Town
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.layout import Layout

pytestmark = pytest.mark.system  # builds whole registries


def missing_column(lines: list[str]) -> list[str]:
    return [line.rpartition(",")[0] for line in lines]


def extra_column(lines: list[str]) -> list[str]:
    return [f"{lines[0]}, shoe_size", *(f"{line}, 42" for line in lines[1:])]


def other_delimiter(lines: list[str]) -> list[str]:
    return [line.replace(",", ";") for line in lines]


def no_lines(lines: list[str]) -> list[str]:
    return lines[:1]


SPOILT: list[tuple[Callable[[list[str]], list[str]], tuple[str, ...]]] = [
    (missing_column, ("dataset4b.csv", "soc_sec_id")),
    (extra_column, ("dataset4b.csv", "shoe_size")),
    (other_delimiter, ("dataset4b.csv", "';'")),
    (no_lines, ("dataset4b.csv", "no rows")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("spoil", "told"), SPOILT, ids=[spoil.__name__ for spoil, _ in SPOILT])
def test_a_spoilt_file_is_told_and_what_was_good_stays_in_use(
    town: Town, spoil: Callable[[list[str]], list[str]], told: tuple[str, ...]
) -> None:
    town.write("b", spoil(town.lines("b")))
    status, output = town.run()
    assert status == 1
    assert all(word in output for word in told), output
    assert town.ask("select contract_id, refused_count from freshness order by 1") == [
        ("febrl_a.people", 0),
        ("febrl_b.people", 1),
    ]
    assert town.ask("select count(*) from spine") == [(2 * ROWS,)]


def test_one_institution_spoils_its_file_another_sends_none_and_the_rest_is_published(town: Town) -> None:
    """All in one run: the wrong file is refused, what is missing stays as it was, and what is new and good counts."""
    town.add_source("c", town.lines("a")[:1] + [f"c{line}" for line in town.lines("a")[1:51]])
    town.file("a").unlink()
    town.write("b", missing_column(town.lines("b")))
    before = town.release()
    status, output = town.run()
    assert status == 1
    assert "soc_sec_id" in output
    assert "all else is published" in output
    assert town.release() != before
    assert town.ask("select contract_id, count(*) from source_records group by 1 order by 1") == [
        ("febrl_a.people", ROWS), ("febrl_b.people", ROWS), ("febrl_c.people", 50),
    ]  # fmt: skip
    assert town.ask("select contract_id, refused_count from source_ages where refused_count > 0 order by 1") == [
        ("febrl_b.people", 1),
    ]  # fmt: skip
    status, output = town.run()
    assert status == 1
    assert "Nothing has changed" in output
    assert "soc_sec_id" in output, "what is still wrong is told again"


@pytest.mark.slow
def test_a_source_that_never_delivered_holds_nobody_up(town: Town, tmp_path: Path) -> None:
    town.file("b").unlink()
    status, output = town.run(home=tmp_path / "new", landing=town.home / "landing")
    assert status == 1
    assert "febrl_b/dataset4b.csv" in output
    town.home = tmp_path / "new"
    assert town.ask("select contract_id, delivery_id is null from freshness order by 1") == [
        ("febrl_a.people", False), ("febrl_b.people", True),
    ]  # fmt: skip
    assert town.ask("select count(*) from spine") == [(ROWS,)]


def test_no_persons_value_is_in_the_message(town: Town) -> None:
    lines = town.lines("b")
    town.write("b", ["a,b", *lines[1:]])
    _, output = town.run()
    values = {value for line in lines[1:] for value in line.split(", ") if len(value) > 4}
    assert not [value for value in values if value in output]


def test_all_faults_of_all_contracts_are_told_at_once(town: Town) -> None:
    contract = town.sources / "a" / "contract.yaml"
    text = contract.read_text().replace("role, value: persons", "role, value: people")
    contract.write_text(
        text.replace("mapsTo, value: locality", "mapsTo, value: suburb").replace("format: csv", "format: ods")
    )
    status, output = town.run()
    assert status == 1
    assert all(word in output for word in ("role", "suburb", "ods")), output


def test_a_landing_zone_without_deliveries_is_told(town: Town, tmp_path: Path) -> None:
    status, output = town.run(landing=tmp_path / "empty", home=tmp_path / "new")
    assert status == 1
    assert "febrl_a/dataset4a.csv" in output
    assert "febrl_b/dataset4b.csv" in output


def test_a_folder_without_contracts_is_told(town: Town, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    status, output = town.run(sources=tmp_path / "none")
    assert status == 1
    assert "no contract" in output


def test_an_unwritable_home_is_told(town: Town, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, output = town.run(home=tmp_path / "file" / "home")
    assert status == 1
    assert "PADRON_HOME" in output


def test_a_question_is_answered(town: Town) -> None:
    result = CliRunner().invoke(app, ["query", "select count(*) as records from spine", "--home", str(town.home)])
    assert result.exit_code == 0
    assert "records" in result.output
    assert str(2 * ROWS) in result.output


@pytest.mark.parametrize(
    "sql", ["select nothing from spine", "drop table spine", "selct 1", "insert into spine values (1)"]
)
def test_a_question_that_cannot_be_answered_is_told(town: Town, sql: str) -> None:
    result = CliRunner().invoke(app, ["query", sql, "--home", str(town.home)])
    assert result.exit_code == 1
    assert "error" in result.output


def test_the_same_bytes_again_publish_nothing(town: Town) -> None:
    before = town.release()
    town.write("b", town.lines("b"))
    status, output = town.run()
    assert status == 0
    assert "Nothing has changed" in output
    assert town.release() == before
    assert len(town.runs()) == 1


@pytest.mark.slow
def test_a_run_that_is_forced_publishes_the_same_bytes_no_more(town: Town) -> None:
    before = town.release()
    assert town.run(force=True)[0] == 0
    assert town.release() == before
    assert len(town.runs()) == 2


@pytest.mark.slow
def test_a_mended_file_is_published(town: Town) -> None:
    before = town.release()
    town.write("b", missing_column(town.lines("b")))
    town.run()
    town.write("b", town.lines("b")[:-1])
    assert town.run()[0] == 0
    assert town.release() != before


def test_link_stops_after_linkage(town: Town, tmp_path: Path) -> None:
    status, output = town.run("link", out=tmp_path / "out", home=tmp_path / "other", landing=town.home / "landing")
    assert status == 0, output
    assert (tmp_path / "out" / "spine.parquet").stat().st_mode & 0o777 == 0o600
    assert not Layout(tmp_path / "other").current.exists()


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes(town: Town, tmp_path: Path) -> None:
    other = tmp_path / "again"
    shutil.copytree(town.home / "keys", other / "keys")
    assert town.run(home=other, landing=town.home / "landing")[0] == 0
    tables = [
        {file.name: file.read_bytes() for file in (Layout(home).current / "parquet").iterdir()}
        for home in (town.home, other)
    ]
    assert tables[0] == tables[1]
    assert len(tables[0]) > 10
