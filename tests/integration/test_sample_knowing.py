"""What the sample registry knows and why: `padron why`, `padron as-of` and the dossier, by the verbs."""

import errno
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.layout import Layout
from warehouse.persons.survival_rules import survival_rules

DAY = date(2024, 6, 30)


def said(home: Path, *words: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    assert result.exit_code == status, result.output
    return " ".join(result.output.split())


def one(home: Path, query: str) -> tuple[object, ...]:
    """The first row of `query` over the tables before pseudonyms, the files of `lake/marts` by their names."""
    with duckdb.connect() as connection:
        for file in (home / "lake" / "marts").glob("*.parquet"):
            connection.execute(f"create view {file.stem} as from '{file}'")
        return connection.sql(query).fetchall()[0]


@pytest.mark.parametrize("reason", ["trust", "agreement", "recency"])
def test_why_tells_who_says_what_and_what_decided(sample_home: Path, reason: str) -> None:
    (person, field, agreeing, opposed) = one(
        sample_home,
        f"""
        select entity_id, field, sources_for, sources_against from conflicts
        where reason = '{reason}' and field in ('surname_1', 'birth_date', 'municipality', 'phone') order by all
        """,
    )
    told = said(sample_home, "why", str(person), str(field))
    assert f"Decided by: {reason}. Criteria in order: {', '.join(survival_rules()[str(field)].criteria)}." in told
    assert all(source in told for source in (*agreeing, *opposed))  # type: ignore[misc]
    golden = duckdb.sql(f"""
        select {field}::varchar from '{sample_home}/lake/registry/persons.parquet' where entity_id = '{person}'
    """).fetchall()[0][0]
    assert golden not in told
    assert golden in said(sample_home, "why", str(person), str(field), "--values")


def test_the_registry_of_another_day_is_what_had_begun_by_then(sample_home: Path, tmp_path: Path) -> None:
    begun = f"count(*) filter (start_date is null or start_date <= '{DAY}')"
    (then, ever) = one(sample_home, f"select {begun}, count(*) from enrolments")
    assert 0 < int(str(then)) < int(str(ever))
    assert f"│ {then} " in said(sample_home, "as-of", str(DAY), "select count(*) as begun from enrolments") + " "
    out = tmp_path / "then.duckdb"
    said(sample_home, "as-of", str(DAY), "--out", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    with duckdb.connect(str(out), read_only=True) as past:
        assert past.sql("select count(*) from enrolments").fetchall() == [(then,)]
        past.execute(f"attach '{(Layout(sample_home).current / 'registry.duckdb').resolve()}' as now (read_only)")
        assert past.sql("select count(*) from enrolments anti join now.persons using (entity_id)").fetchall() == [(0,)]


def test_what_nobody_knew_yet_is_told(sample_home: Path) -> None:
    assert "nothing was known on that day" in said(sample_home, "as-of", str(DAY), "--known", "2020-01-01", status=1)


def test_a_dossier_tells_what_was_concluded_of_this_person_alone(sample_home: Path, tmp_path: Path) -> None:
    (person, gaps) = one(
        sample_home,
        "select entity_id, count(*) from coverage_gaps semi join household_members using (entity_id) "
        "group by all order by count(*) desc, entity_id",
    )
    out = tmp_path / "dossier.json"
    said(sample_home, "dossier", str(person), "--out", str(out), "--why", "request 1")
    concluded = json.loads(out.read_text(encoding="utf-8"))["concluded"]
    assert len(concluded["coverage_gaps"]) == gaps
    assert {"household_members", "survivors", "person_states"} <= concluded.keys()
    assert {row["entity_id"] for rows in concluded.values() for row in rows} == {person}


def test_no_dossier_is_handed_over_of_which_the_log_does_not_tell(
    sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (record,) = one(sample_home, "select record_id from spine order by all")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr("warehouse.audit_log.append_entries", full)
    told = said(sample_home, "dossier", str(record), "--out", str(tmp_path / "d.json"), "--why", "request 1", status=1)
    assert "disk full" in told
    assert list(tmp_path.iterdir()) == []
