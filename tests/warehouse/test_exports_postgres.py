"""PostgreSQL as a target, over a real server."""

import errno
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer

from warehouse.errors import PublicationError
from warehouse.exports.postgres import publish_to_postgres
from warehouse.manifest import Manifest
from warehouse.settings import Settings
from warehouse.table import Table

Published = tuple[Settings, Manifest, dict[Table, Path]]


@pytest.fixture(scope="module")
def server(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database("exports"):
        yield postgres.conninfo("exports")


def ask(server: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_every_value_arrives(published: Published, server: str) -> None:
    rows = publish_to_postgres(*published, server, "values")
    assert rows == {"persons": 6, "spine": 10, "notes": 4}
    notes = ask(server, 'select number, text, words, day::text, is_short, weight from "values".notes order by 1')
    assert notes == [
        (1, 'with "quotes", commas\nand lines', ['a "b"', "c\\d", "{e}", ""], None, True, None),
        (2, "", [], "2026-02-28", None, -1.5),
        (3, None, None, None, False, None),
        (4, "\\N año", ["NULL"], None, None, None),
    ]


def test_keys_and_comments_are_there(published: Published, server: str) -> None:
    publish_to_postgres(*published, server, "told")
    assert ask(server, "select obj_description('told.persons'::regclass)")[0][0] == "One person. Key: entity_id."
    assert ask(server, "select obj_description('told'::regnamespace)")[0][0] == f"Release {published[1].release_id}"
    keys = (
        "select conrelid::regclass::text from pg_constraint where contype = 'p' and connamespace = 'told'::regnamespace"
    )
    assert {name for (name,) in ask(server, keys)} == {"told.persons", "told.spine", "told.notes"}


def test_the_schema_is_switched_whole_under_readers(published: Published, server: str) -> None:
    settings, manifest, tables = published
    publish_to_postgres(settings, manifest, tables, server, "live")
    seen, stop = set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(ask(server, "select count(*) from live.persons")[0][0])

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(3):
        publish_to_postgres(settings, replace(manifest, release_id=f"r{number}"), tables, server, "live")
    stop.set()
    reader.join()
    assert seen == {6}
    assert ask(server, "select nspname from pg_namespace where nspname like 'live%'") == [("live",)]
    assert ask(server, "select obj_description('live'::regnamespace)") == [("Release r2",)]


def test_a_load_that_fails_leaves_the_schema_as_it_was(published: Published, server: str) -> None:
    settings, manifest, tables = published
    publish_to_postgres(settings, manifest, tables, server, "kept")
    name, path = next(iter(tables.items()))
    twice = {
        replace(name, key=("municipality",), columns=tuple(replace(c, nullable=False) for c in name.columns)): path
    }
    with pytest.raises(PublicationError, match="UniqueViolation") as told:
        publish_to_postgres(settings, replace(manifest, release_id="bad"), twice, server, "kept")
    assert "m1" not in str(told.value)
    assert ask(server, "select count(*) from kept.spine") == [(10,)]
    assert ask(server, "select nspname from pg_namespace where nspname like 'kept%'") == [("kept",)]


def test_what_the_log_cannot_tell_of_is_not_switched_to(
    published: Published, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, manifest, tables = published
    publish_to_postgres(settings, manifest, tables, server, "logged")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr("warehouse.audit_log.append_entries", full)
    with pytest.raises(OSError, match="disk full"):
        publish_to_postgres(settings, replace(manifest, release_id="untold"), tables, server, "logged")
    assert ask(server, "select obj_description('logged'::regnamespace)") == [(f"Release {manifest.release_id}",)]
    assert ask(server, "select nspname from pg_namespace where nspname like 'logged%'") == [("logged",)]


def test_no_server_is_told_without_the_password(published: Published) -> None:
    with pytest.raises(PublicationError, match="no connection") as told:
        publish_to_postgres(*published, "host=/nowhere password=secret dbname=x", "padron")
    assert "secret" not in str(told.value)
