"""What a recipient sees: each id under its own key, a person's rows together, in an order that tells nothing."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from warehouse.privacy import staging
from warehouse.privacy.keyring import Key
from warehouse.privacy.pseudonyms import pseudonym, row_pseudonym
from warehouse.privacy.staging import stage_tables
from warehouse.published.people import RELATIONSHIPS
from warehouse.published.registry import PERSONS_PUBLISHED, SPINE_PUBLISHED, WORK
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Table

KEY, OTHER = (Key(name, f"{name}-1", "", bytes([number]) * 32) for number, name in enumerate(("one", "other")))


@pytest.fixture
def tables(settings: Settings, tmp_path: Path) -> dict[Table, Path]:
    """Twelve persons of a record each; their work names two of a thirteenth, whom no table lists."""
    people = [{"entity_id": f"p{n:02}", "birth_year": 1983, "record_count": 1, "source_count": 1} for n in range(12)]
    said = {"source": "labour", "as_of_date": date(2026, 10, 31)}
    rows: dict[Table, list[dict[str, object]]] = {
        PERSONS_PUBLISHED: list(people),
        SPINE_PUBLISHED: [{"record_id": f"r{n:02}", "entity_id": f"p{n:02}", "source": "labour"} for n in range(12)],
        WORK: [
            {"event_id": f"e{n:02}", "entity_id": f"p{n % 13:02}", "record_id": f"r{n % 13:02}", **said}
            for n in range(26)
        ],
        RELATIONSHIPS: [{"entity_id": "p00", "related_entity_id": "p01", "relationship_type": "MTH",
                         "evidence": ["name"], "candidate_count": 1}],
    }  # fmt: skip
    paths = {table: tmp_path / f"{table.name}.parquet" for table in rows}
    with open_session(settings) as connection:
        for table, listed in rows.items():
            write_rows(connection, table, listed, paths[table])
    return paths


def staged(
    settings: Settings, tables: dict[Table, Path], key: Key, withheld: frozenset[str] = frozenset()
) -> dict[str, list[dict[str, object]]]:
    folder = tables[WORK].parent / f"{key.name} {len(withheld)}"
    targets = {table: folder / path.name for table, path in tables.items()}
    with open_session(settings) as connection:
        stage_tables(connection, settings, key, tables, targets, withheld)
    return {table.name: pq.read_table(path).to_pylist() for table, path in targets.items()}


def test_every_id_is_its_hash_whether_it_is_listed_or_not(settings: Settings, tables: dict[Table, Path]) -> None:
    seen = staged(settings, tables, KEY)
    work = {(row["event_id"], row["entity_id"], row["record_id"]) for row in seen["work"]}
    said = [(f"e{n:02}", f"p{n % 13:02}", f"r{n % 13:02}") for n in range(26)]
    assert work == {
        (row_pseudonym(KEY, one), pseudonym(KEY, two), row_pseudonym(KEY, three)) for one, two, three in said
    }
    (kin,) = seen["relationships"]
    assert (kin["entity_id"], kin["related_entity_id"]) == (pseudonym(KEY, "p00"), pseudonym(KEY, "p01"))


def test_what_is_of_one_person_lies_together(settings: Settings, tables: dict[Table, Path]) -> None:
    rows = [(str(row["entity_id"]), str(row["event_id"])) for row in staged(settings, tables, KEY)["work"]]
    unlisted = pseudonym(KEY, "p12")
    listed = [row for row in rows if row[0] != unlisted]
    assert listed == sorted(listed)
    assert len(listed) == 24
    first = [entity for entity, _ in rows].index(unlisted)
    assert rows[first : first + 2] == sorted(row for row in rows if row[0] == unlisted)


def test_a_table_too_large_to_be_looked_up_and_sorted_in_one_go_has_the_same_rows_in_the_same_order(
    settings: Settings, tables: dict[Table, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = staged(settings, tables, KEY)
    monkeypatch.setattr(staging, "LOOKED_UP_AND_SORTED", 11)
    assert staged(settings, tables, KEY) == at_once


@pytest.mark.parametrize("table", ["persons", "spine", "work"])
def test_places_in_two_recipients_files_do_not_join(settings: Settings, tables: dict[Table, Path], table: str) -> None:
    places = []
    for key in (KEY, OTHER):
        known = {pseudonym(key, f"p{n:02}"): n for n in range(13)}
        places.append([known[str(row["entity_id"])] for row in staged(settings, tables, key)[table]])
    assert sorted(places[0]) == sorted(places[1])
    assert places[0] != places[1]
    assert places[0] != sorted(places[0])


def test_the_blocked_are_left_out_and_their_mention_with_them(settings: Settings, tables: dict[Table, Path]) -> None:
    seen = staged(settings, tables, KEY, frozenset({"p01", "r01"}))
    assert {name: len(rows) for name, rows in seen.items()} == {
        "persons": 11, "spine": 11, "work": 24, "relationships": 0,
    }  # fmt: skip
    assert pseudonym(KEY, "p01") not in str(seen)
