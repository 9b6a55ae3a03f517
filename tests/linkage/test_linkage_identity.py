"""Ids over rebuilds: each case is the clusters of one run and of the next, and what must become of the ids."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.identity import Identity, assign_identities
from warehouse.errors import StorageError
from warehouse.session import scan
from warehouse.storage import write_parquet, write_table
from warehouse.table import Table
from warehouse.tables import CLUSTERS, RECORD_NODES, SPINE


class Ledger:
    """Runs the identity stage over clusters written as "a b", "c"; a record in a capital letter has an identifier."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection, self.folder = connection, folder
        names = ("spine", "entities", "events", "memberships")
        self.identity = Identity(*(folder / f"{name}.parquet" for name in names))

    def run(self, *groups: str) -> dict[str, int]:
        members = [(key, min(group.split())) for group in groups for key in group.split()]
        nodes = [
            {"record_id": key, "source": "roll", "record_key": key, "node": place}
            for place, (key, _) in enumerate(members)
        ]
        features = [
            {"node": place, "identifiers": [1] if key.isupper() else None} for place, (key, _) in enumerate(members)
        ]
        clusters = [{"record_id": key, "cluster_id": leader} for key, leader in members]
        self._write(nodes, pa.schema(RECORD_NODES.schema), "nodes")
        self._write(clusters, pa.schema(CLUSTERS.schema), "clusters")
        self._write(features, pa.schema([("node", pa.int64()), ("identifiers", pa.list_(pa.uint64()))]), "features")
        return assign_identities(
            self.connection,
            self.folder / "clusters.parquet",
            self.folder / "nodes.parquet",
            self.folder / "features.parquet",
            self.identity if self.identity.exists() else None,
            self.identity,
        )

    def _write(self, rows: list[dict[str, object]], schema: pa.Schema, name: str) -> None:
        self.connection.register("rows_", pa.Table.from_pylist(rows, schema=schema))
        write_parquet(self.connection, "select * from rows_", self.folder / f"{name}.parquet")
        self.connection.unregister("rows_")

    def ids(self) -> dict[str, str]:
        query = f"select record_id, entity_id from {scan(self.identity.spine)}"
        return dict(self.connection.sql(query).fetchall())

    def entity(self, entity_id: str) -> tuple[str, str | None]:
        query = f"select status, superseded_by from {scan(self.identity.entities)} where entity_id = '{entity_id}'"
        return self.connection.sql(query).fetchall()[0]

    def events(self) -> list[tuple[int, str, str, str, int]]:
        columns = "run, kind, entity_id, other_entity_id, record_count"
        query = f"select {columns} from {scan(self.identity.events)} order by all"
        return self.connection.sql(query).fetchall()


@pytest.fixture
def ledger(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> Ledger:
    return Ledger(session, tmp_path)


def test_the_first_run_mints(ledger: Ledger) -> None:
    assert ledger.run("a b", "c") == {"created": 2}
    ids = ledger.ids()
    assert ids["a"] == ids["b"] != ids["c"]


def test_the_same_clusters_change_nothing(ledger: Ledger) -> None:
    ledger.run("a b", "c")
    before = ledger.ids()
    assert ledger.run("c", "a b") == {}
    assert ledger.ids() == before


def test_ids_come_of_the_history_alone(ledger: Ledger, session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Ledger(session, tmp_path / "other")
    for each in (ledger, other):
        each.run("a b", "c d")
        each.run("a", "b c d", "e")
    assert ledger.identity.spine.read_bytes() == other.identity.spine.read_bytes()
    assert ledger.identity.events.read_bytes() == other.identity.events.read_bytes()


def test_a_newcomer_takes_the_id(ledger: Ledger) -> None:
    ledger.run("b c")
    before = ledger.ids()
    assert ledger.run("a b c") == {}
    assert set(ledger.ids().values()) == set(before.values())


def test_a_merger_keeps_the_larger(ledger: Ledger) -> None:
    ledger.run("a", "b c")
    before = ledger.ids()
    assert ledger.run("a b c") == {"merged": 1}
    assert set(ledger.ids().values()) == {before["b"]}
    assert ledger.entity(before["a"]) == ("merged", before["b"])


def test_an_identifier_outweighs_numbers(ledger: Ledger) -> None:
    ledger.run("A", "b c")
    before = ledger.ids()
    ledger.run("A b c")
    assert set(ledger.ids().values()) == {before["A"]}


def test_a_split_keeps_the_id_with_most_records(ledger: Ledger) -> None:
    ledger.run("a b c")
    before = ledger.ids()
    assert ledger.run("a", "b c") == {"created": 1, "split": 1}
    after = ledger.ids()
    assert after["b"] == after["c"] == before["a"]
    assert after["a"] not in before.values()
    assert (2, "split", before["a"], after["a"], 1) in ledger.events()


def test_a_record_moves(ledger: Ledger) -> None:
    ledger.run("a b c", "d e")
    before = ledger.ids()
    assert ledger.run("a b", "c d e") == {"moved": 1}
    assert ledger.events()[-1] == (2, "moved", before["a"], before["d"], 1)


def test_a_person_goes_and_comes_back(ledger: Ledger) -> None:
    ledger.run("a", "b")
    before = ledger.ids()
    assert ledger.run("b") == {"retired": 1}
    assert ledger.entity(before["a"]) == ("retired", None)
    assert ledger.run("a", "b") == {"restored": 1}
    assert ledger.ids() == before


def test_a_merger_undone_restores_both_ids(ledger: Ledger) -> None:
    ledger.run("a", "b c")
    before = ledger.ids()
    ledger.run("a b c")
    ledger.run("a", "b c")
    assert ledger.ids() == before


def test_persons_joined_and_parted_again_have_their_ids_back_with_newcomers(ledger: Ledger) -> None:
    ledger.run("b c", "d e", "f", "g")
    before = ledger.ids()
    assert ledger.run("b c d e f g") == {"merged": 3}
    assert ledger.run("a b c", "d e", "f", "g") == {"restored": 3, "split": 3}
    assert {key: entity_id for key, entity_id in ledger.ids().items() if key != "a"} == before
    assert ledger.ids()["a"] == before["b"]


def test_a_full_disk_leaves_the_ledger_as_it_was(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.run("a", "b c")
    before = ledger.ids(), ledger.events(), ledger.entity(ledger.ids()["a"])

    def refuse(connection: object, table: Table, query: str, path: Path) -> int:
        if table is SPINE:
            raise StorageError("full")
        return write_table(connection, table, query, path)

    monkeypatch.setattr("linkage.identity.write_table", refuse)
    with pytest.raises(StorageError):
        ledger.run("a b c")
    assert (ledger.ids(), ledger.events(), ledger.entity(ledger.ids()["a"])) == before


def test_an_id_sleeps_for_its_last_bearers_alone(ledger: Ledger) -> None:
    ledger.run("a b c", "d e f g")
    before = ledger.ids()
    ledger.run("a b", "c", "d e f g")
    ledger.run("c", "a b d e f g")
    ledger.run("a b", "c", "d e f g")
    after = ledger.ids()
    assert after["a"] == after["b"] == before["a"]
    assert after["c"] not in before.values()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 4), min_size=9, max_size=9), st.lists(st.integers(0, 4), min_size=9, max_size=9))
def test_what_happened_for_a_while_leaves_no_trace(ledger: Ledger, first: list[int], between: list[int]) -> None:
    for path in (ledger.identity.spine, ledger.identity.entities, ledger.identity.events, ledger.identity.memberships):
        path.unlink(missing_ok=True)
    ledger.run(*_grouped(first))
    before = ledger.ids()
    ledger.run(*_joined(first, between))
    ledger.run(*_grouped(first))
    assert ledger.ids() == before


def _grouped(groups: list[int]) -> list[str]:
    keys = "aBcdEfgHi"
    return [
        " ".join(key for key, group in zip(keys, groups, strict=True) if group == each) for each in sorted(set(groups))
    ]


def _joined(groups: list[int], between: list[int]) -> list[str]:
    """Whole groups joined, as judgements join them: each goes where its least member is sent."""
    sent = {group: between[groups.index(group)] for group in groups}
    return _grouped([sent[group] for group in groups])


def test_a_new_id_never_repeats_a_living_one(ledger: Ledger) -> None:
    ledger.run("a b c")
    ledger.run("a", "b c")  # b and c keep the id that a once gave
    assert len(set(ledger.ids().values())) == 2


def test_no_records_at_all(ledger: Ledger) -> None:
    assert ledger.run() == {}
    assert ledger.ids() == {}
