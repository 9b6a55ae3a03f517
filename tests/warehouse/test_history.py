"""What was known when: any past release can be read back from the segments that the later ones left."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as hypothesis_settings

from warehouse.errors import StorageError
from warehouse.history.past import past_relations, past_rows
from warehouse.history.segments import known_rows, segments, settle_history, stage_segment
from warehouse.layout import Layout, private_folder
from warehouse.manifest import Manifest, write_manifest
from warehouse.privacy.keyring import Key
from warehouse.privacy.staging import teach_recipient
from warehouse.published.people import PERSON_STATES
from warehouse.published.registry import ENROLMENTS, PERSONS_PUBLISHED
from warehouse.release.analysts_views import create_views
from warehouse.release.database import write_relations
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Table

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEY = Key("analysts", "analysts-1", "", bytes(32))

Rows = dict[Table, list[dict[str, Any]]]
Release = Callable[[int, Rows], None]


def enrolment(event_id: str, **facts: Any) -> dict[str, Any]:
    return {"event_id": event_id, "entity_id": "a", "record_id": "r", "source": "s", "programme": "food", **facts}


def person(entity_id: str, **facts: Any) -> dict[str, Any]:
    return {"entity_id": entity_id, "record_count": 1, "source_count": 1, **facts}


def publish(connection: duckdb.DuckDBPyConnection, layout: Layout, number: int, rows: Rows) -> None:
    """A release of the month `number`: its segment is staged, `current` switched, and the segment settled."""
    stage(connection, layout, rows)
    switch(layout, number)
    settle_history(layout)


def stage(connection: duckdb.DuckDBPyConnection, layout: Layout, rows: Rows) -> None:
    for table, listed in rows.items():
        write_rows(connection, table, listed, layout.mart(table))
    stage_segment(connection, layout, {table: layout.mart(table) for table in rows})


def switch(layout: Layout, number: int) -> None:
    folder = private_folder(layout.releases / f"{number:03}")
    facts = {field.name: "" for field in fields(Manifest)}
    moment = START + timedelta(days=30 * number)
    told = {"release_id": folder.name, "published_at": moment.isoformat(), "tables": {}}
    write_manifest(Manifest(**{**facts, **told}), folder)  # type: ignore[arg-type]
    layout.current.unlink(missing_ok=True)
    layout.current.symlink_to(folder)


@pytest.fixture
def release(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Release:
    return lambda number, rows: publish(connection, Layout(settings.home), number, rows)


def read(connection: duckdb.DuckDBPyConnection, relation: str) -> list[dict[str, Any]]:
    rows = connection.sql(f"select * from {relation}").to_arrow_table().to_pylist()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def test_each_release_can_be_read_back(
    connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release
) -> None:
    layout = Layout(settings.home)
    release(0, {PERSONS_PUBLISHED: [person("a", sex="male"), person("b")]})
    release(1, {PERSONS_PUBLISHED: [person("a", sex="female"), person("c")]})
    release(2, {PERSONS_PUBLISHED: [person("a", sex="female"), person("b")]})
    known = segments(layout)
    told = [
        [(row["entity_id"], row["sex"]) for row in read(connection, known_rows(PERSONS_PUBLISHED, known[: number + 1]))]
        for number in range(3)
    ]
    assert told == [
        [("a", "male"), ("b", None)],
        [("a", "female"), ("c", None)],
        [("a", "female"), ("b", None)],
    ]
    assert [row["entity_id"] for row in read(connection, f"'{known[2].opened(PERSONS_PUBLISHED)}'")] == ["b"]
    assert not known[1].closed(ENROLMENTS).exists()


def test_another_delivery_of_the_same_row_is_no_new_version(
    connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release
) -> None:
    for number in range(2):
        release(number, {ENROLMENTS: [enrolment("e", as_of_date=date(2026, 1 + number, 1))]})
    known = segments(Layout(settings.home))
    assert not known[1].opened(ENROLMENTS).exists()
    assert read(connection, known_rows(ENROLMENTS, known))[0]["as_of_date"] == date(2026, 1, 1)


def test_history_outlives_the_tables_it_was_made_of(
    connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release
) -> None:
    layout = Layout(settings.home)
    release(0, {PERSONS_PUBLISHED: [person("a")]})
    layout.mart(PERSONS_PUBLISHED).unlink()
    assert len(read(connection, known_rows(PERSONS_PUBLISHED, segments(layout)))) == 1


def test_stopped_before_the_switch_nothing_was_known(
    connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release
) -> None:
    layout = Layout(settings.home)
    stage(connection, layout, {PERSONS_PUBLISHED: [person("never published")]})
    release(0, {PERSONS_PUBLISHED: [person("a")]})
    stage(connection, layout, {PERSONS_PUBLISHED: [person("never published")]})
    settle_history(layout)
    assert [segment.release_id for segment in segments(layout)] == ["000"]
    assert [row["entity_id"] for row in read(connection, known_rows(PERSONS_PUBLISHED, segments(layout)))] == ["a"]


def test_stopped_after_the_switch_the_next_run_settles_it(
    connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release
) -> None:
    layout = Layout(settings.home)
    stage(connection, layout, {PERSONS_PUBLISHED: [person("a")]})
    switch(layout, 0)
    release(1, {PERSONS_PUBLISHED: [person("b")]})
    assert [segment.release_id for segment in segments(layout)] == ["000", "001"]
    assert [row["entity_id"] for row in read(connection, known_rows(PERSONS_PUBLISHED, segments(layout)[:1]))] == ["a"]


def test_a_segment_that_was_cut_short_goes(settings: Settings, release: Release) -> None:
    layout = Layout(settings.home)
    (private_folder(layout.history / "next") / "segment.json").write_text('{"before"')
    release(0, {PERSONS_PUBLISHED: [person("a")]})
    assert [segment.release_id for segment in segments(layout)] == ["000"]


def test_what_is_true_on_a_day(connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release) -> None:
    said = {"entity_id": "a", "field": "municipality", "source": "s"}
    states = [
        {**said, "ordinal": 1, "value": "01", "start_date": date(2010, 1, 1), "end_date": date(2019, 12, 31)},
        {**said, "ordinal": 2, "value": "02", "start_date": date(2020, 1, 1), "end_date": None},
    ]
    spells = [
        enrolment("over", start_date=date(2012, 1, 1), end_date=date(2013, 1, 1)),
        enrolment("on", start_date=date(2014, 1, 1), end_date=date(2021, 1, 1)),
        enrolment("to come", start_date=date(2018, 1, 1), end_date=None),
    ]
    people = [person("a", birth_year=1980, death_year=2022, municipality="02"), person("child", birth_year=2016)]
    release(0, {PERSONS_PUBLISHED: people, PERSON_STATES: states, ENROLMENTS: spells})
    past = past_rows(Layout(settings.home), date(2015, 6, 1), None)
    assert [
        (row["entity_id"], row["death_year"], row["municipality"]) for row in read(connection, past[PERSONS_PUBLISHED])
    ] == [("a", None, "01")]
    assert [
        (row["event_id"], row["end_date"], row["enrolment_status"]) for row in read(connection, past[ENROLMENTS])
    ] == [
        ("on", None, "1"),
        ("over", date(2013, 1, 1), None),
    ]
    later = past_rows(Layout(settings.home), date(2023, 1, 1), None)
    statuses = {row["event_id"]: row["enrolment_status"] for row in read(connection, later[ENROLMENTS])}
    assert statuses == {"over": "2", "on": "2", "to come": "2"}


def test_what_was_true_on_one_day_as_it_was_known_on_another(
    connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release
) -> None:
    """The enrolment was first told to begin in 2014; from the second release, of 2 March, on it begins in 2016."""
    for number, begun in enumerate((date(2014, 1, 1), date(2016, 1, 1))):
        release(number, {PERSONS_PUBLISHED: [person("a")], ENROLMENTS: [enrolment("e", start_date=begun)]})
    told = {
        (true, known): len(read(connection, past_rows(Layout(settings.home), true, known)[ENROLMENTS]))
        for true in (date(2013, 6, 1), date(2015, 6, 1), date(2017, 6, 1))
        for known in (date(2026, 1, 31), date(2026, 3, 1), date(2026, 3, 2), None)
    }
    assert told == {
        (true, known): int(true.year == 2017 or (true.year == 2015 and known in {date(2026, 1, 31), date(2026, 3, 1)}))
        for true, known in told
    }


def test_another_day_has_the_analysts_views(
    connection: duckdb.DuckDBPyConnection, settings: Settings, release: Release, tmp_path: Path
) -> None:
    people = [person("a", birth_year=1980, death_year=2022), person("b", birth_year=2016)]
    release(0, {PERSONS_PUBLISHED: people, ENROLMENTS: [enrolment("e", start_date=date(2014, 1, 1))]})
    question = "select as_of_year, age, programmes from case_overview, present"
    for day, expected in (
        (date(2015, 6, 1), [(2015, 35, ["food"])]),
        (date(2019, 6, 1), [(2019, 3, []), (2019, 39, ["food"])]),
        (date(2023, 6, 1), [(2023, 7, [])]),
    ):
        with open_session(settings) as session:
            teach_recipient(session, KEY, ())
            relations = past_relations(settings, day, None)
            write_relations(session, relations, tmp_path / f"{day}.duckdb", day)
            for table, rows in relations.items():
                session.execute(f"create view {table.name} as select * from {rows}")
            create_views(session, {table.name for table in relations}, day)
            assert sorted(session.sql(question).fetchall()) == expected
        with duckdb.connect(str(tmp_path / f"{day}.duckdb"), read_only=True) as database:
            assert sorted(database.sql(question).fetchall()) == expected


def test_before_the_first_release_nothing_was_known(settings: Settings, release: Release) -> None:
    layout = Layout(settings.home)
    with pytest.raises(StorageError, match="nothing was published yet"):
        past_rows(layout, date(2026, 1, 1), None)
    release(0, {PERSONS_PUBLISHED: [person("a")]})
    with pytest.raises(StorageError, match="first release is of 2026-01-31"):
        past_rows(layout, date(2026, 1, 1), date(2026, 1, 30))
    assert past_rows(layout, date(2026, 1, 1), date(2026, 1, 31))


RELEASES = strategies.lists(
    strategies.dictionaries(strategies.sampled_from("abcd"), strategies.sampled_from(["male", "female", None])),
    min_size=1,
    max_size=5,
)


@hypothesis_settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(releases=RELEASES)
def test_history_is_what_was_published(
    releases: list[dict[str, str | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The oracle is the list of releases itself."""
    home = tmp_path_factory.mktemp("history")
    settings = Settings(home=home, sources=home, landing=home)
    with open_session(settings) as connection:
        for number, people in enumerate(releases):
            rows = [person(name, sex=sex) for name, sex in people.items()]
            publish(connection, Layout(home), number, {PERSONS_PUBLISHED: rows})
        for number, people in enumerate(releases):
            known = segments(Layout(home), START + timedelta(days=30 * number))
            found = read(connection, known_rows(PERSONS_PUBLISHED, known))
            assert {row["entity_id"]: row["sex"] for row in found} == people
