"""State of other versions: an older one is brought up to date with nothing lost, a newer one refused untouched."""

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from linkage.identity import assign_identities
from linkage.places import Places
from warehouse.audit_log import read_audit
from warehouse.errors import StorageError
from warehouse.layout import Layout
from warehouse.session import open_session, scan
from warehouse.settings import Settings
from warehouse.state_version import VERSION, state_version, upgrade_state
from warehouse.storage import write_parquet, write_rows
from warehouse.tables import CLUSTERS, RECORD_NODES

BEFORE_VERSIONS = Path(__file__).parent / "state_before_versions"
"""What the program left of a sample of 120 people when it kept no past memberships yet."""


@pytest.fixture
def old(settings: Settings) -> Settings:
    """A home with the state from before versions."""
    layout = Layout(settings.home)
    shutil.copytree(BEFORE_VERSIONS, layout.state)
    spine = Places.under(layout).identity.spine
    spine.parent.mkdir(parents=True)
    (layout.state / "spine.parquet").rename(spine)
    return settings


def test_a_new_home_has_the_version_of_the_program(settings: Settings) -> None:
    assert upgrade_state(settings) == VERSION
    assert json.loads((Layout(settings.home).state / "version.json").read_text())["version"] == VERSION
    assert read_audit(Layout(settings.home)) == []


def test_an_old_state_is_brought_up_to_date_once(old: Settings) -> None:
    layout = Layout(old.home)
    assert state_version(layout) == 0
    assert upgrade_state(old) == 0
    assert upgrade_state(old) == state_version(layout) == VERSION
    assert [entry.action for entry in read_audit(layout)] == ["state.upgraded"] * VERSION


def test_people_keep_their_ids_over_the_upgrade(old: Settings, tmp_path: Path) -> None:
    identity = Places.under(Layout(old.home)).identity
    assert not identity.exists(), "what the upgrade is for: the ledger would have been taken for none"
    upgrade_state(old)
    assert identity.exists()
    with open_session(old) as connection:
        before = _spine(connection, identity.spine)
        assert len(before) > 200
        events = assign_identities(connection, *_linked_again(connection, before, tmp_path), identity, identity)
        assert events == {}
        assert _spine(connection, identity.spine) == before


def test_an_upgrade_that_broke_off_is_taken_up_again(old: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("warehouse.state_version._write", crash)
        upgrade_state(old)
    assert upgrade_state(old) == 0
    assert state_version(Layout(old.home)) == VERSION


def test_a_newer_state_is_refused_untouched(old: Settings) -> None:
    state = Layout(old.home).state
    (state / "version.json").write_text(json.dumps({"version": VERSION + 1}))
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    with pytest.raises(StorageError, match=f"version {VERSION + 1}.*Install the newer Padrón"):
        upgrade_state(old)
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": "new"}', '{"version": null}'])
def test_a_damaged_version_is_told(old: Settings, text: str) -> None:
    (Layout(old.home).state / "version.json").write_text(text)
    with pytest.raises(StorageError, match="damaged"):
        upgrade_state(old)


def _spine(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, ...]]:
    return connection.sql(f"select source, record_key, record_id, entity_id from {scan(path)} order by all").fetchall()


def _linked_again(
    connection: duckdb.DuckDBPyConnection, spine: list[tuple[str, ...]], folder: Path
) -> tuple[Path, Path, Path]:
    """Clusters, nodes and features of the same records, as a linkage with the same result leaves them."""
    places = (folder / "clusters.parquet", folder / "nodes.parquet", folder / "features.parquet")
    leaders = {entity: record for _, _, record, entity in sorted(spine, key=lambda row: row[2], reverse=True)}
    clusters = [{"record_id": record, "cluster_id": leaders[entity]} for _, _, record, entity in spine]
    nodes = [
        {"record_id": record, "source": source, "record_key": key, "node": node}
        for node, (source, key, record, _) in enumerate(spine)
    ]
    write_rows(connection, CLUSTERS, clusters, places[0])
    write_rows(connection, RECORD_NODES, nodes, places[1])
    kind = pa.schema([("node", pa.int64()), ("identifiers", pa.list_(pa.uint64()))])
    none = pa.Table.from_pylist([{"node": node, "identifiers": None} for node in range(len(spine))], schema=kind)
    connection.register("no_features", none)
    write_parquet(connection, "select * from no_features", places[2])
    connection.unregister("no_features")
    return places
