"""The vault: encrypted, opened by its key alone; and pseudonyms, which differ by recipient."""

import base64
import errno
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse.audit_log import read_audit
from warehouse.errors import KeyringError
from warehouse.layout import Layout, private_folder
from warehouse.manifest import MadeOf
from warehouse.privacy.keyring import ANALYSTS, add_key, key_path, open_keyring, renew_key
from warehouse.privacy.pseudonyms import pseudonym, row_pseudonym, teach_pseudonyms
from warehouse.privacy.vault import KeyringClient, open_vault, rotate_vault
from warehouse.release.database import read_only
from warehouse.release.publishing import publish
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Cells, Column, Table

PEOPLE = Table(
    "people",
    "One person.",
    ("entity_id",),
    (Column("entity_id", "varchar", "", False, "pseudonym"), Column("birth_year", "integer", ""),
     Column("relatives", "varchar[]", "", True, "pseudonym")),
)  # fmt: skip
TOWNS = Table(
    "towns", "One town.", ("town",), (Column("town", "varchar", "", False), Column("residents", "bigint", "")),
    cells=Cells("residents", ("town",)),
)  # fmt: skip
NAMES = {"p1": "XIMENA QUIROGA", "p2": "WENCESLAO YUPANQUI"}
QUERY = " union all ".join(
    f"select '{entity}' as entity_id, pseudonym('{entity}') as pseudonym, '{name}' as full_name"
    for entity, name in NAMES.items()
)


def published(settings: Settings, day: int = 0, withheld: frozenset[str] = frozenset()) -> Path:
    layout = Layout(settings.home)
    rows = {
        PEOPLE: [{"entity_id": name, "birth_year": 1987, "relatives": list(NAMES)} for name in NAMES],
        TOWNS: [{"town": "a", "residents": 3}, {"town": "b", "residents": 40}, {"town": "c", "residents": 50}],
    }
    with open_session(settings) as connection:
        for table, content in rows.items():
            write_rows(connection, table, content, layout.mart(table))
    moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day)
    marts = {table: layout.mart(table) for table in rows}
    publish(settings, marts, MadeOf({}), "1", lambda: moment, {"persons": QUERY}, withheld)
    return layout.current.resolve()


def ids(settings: Settings) -> set[str]:
    with read_only(Layout(settings.home)) as connection:
        return {str(name) for (name,) in connection.sql("select entity_id from people").fetchall()}


def test_pseudonyms_are_hmac_sha256(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    key = open_keyring(settings).current(ANALYSTS)
    teach_pseudonyms(connection, key)
    for name in ("p1", "año", "x" * 200, ""):
        expected = hmac.new(key.material, name.encode(), hashlib.sha256).hexdigest()[:32]
        assert connection.sql("select pseudonym($1)", params=[name]).fetchall() == [(expected,)]
        assert pseudonym(key, name) == expected
    assert connection.sql("select pseudonym(null)").fetchall() == [(None,)]


def test_ids_of_rows_are_hashed_once_under_a_key_of_their_own(
    settings: Settings, connection: duckdb.DuckDBPyConnection
) -> None:
    key = open_keyring(settings).current(ANALYSTS)
    teach_pseudonyms(connection, key)
    apart = hmac.new(key.material, b"ids of rows", hashlib.sha256).digest()
    for name in ("00ff00ff00ff00ff", "año", "x" * 200, ""):
        expected = hashlib.sha256(apart + name.encode()).hexdigest()[:32]
        assert connection.sql("select row_pseudonym($1)", params=[name]).fetchall() == [(expected,)]
        assert row_pseudonym(key, name) == expected
        assert row_pseudonym(add_key(settings, f"institution:{len(name)}"), name) != expected
    assert connection.sql("select row_pseudonym(null)").fetchall() == [(None,)]


def test_analysts_get_pseudonyms_bands_and_no_small_cells(settings: Settings) -> None:
    published(replace(settings, birth_band=5))
    key = open_keyring(settings).current(ANALYSTS)
    assert ids(settings) == {pseudonym(key, name) for name in NAMES}
    with read_only(Layout(settings.home)) as connection:
        assert connection.sql("select distinct birth_year, len(relatives) from people").fetchall() == [(1985, 2)]
        assert connection.sql("from people where not list_contains(relatives, entity_id)").fetchall() == []
        assert connection.sql("select * from towns order by all").fetchall() == [("a", None), ("b", None), ("c", 50)]


def test_the_blocked_are_neither_told_nor_mentioned(settings: Settings) -> None:
    published(settings, withheld=frozenset({"p1"}))
    other = pseudonym(open_keyring(settings).current(ANALYSTS), "p2")
    with read_only(Layout(settings.home)) as connection:
        assert connection.sql("select entity_id, relatives from people").fetchall() == [(other, [other])]


def test_two_recipients_files_do_not_join(settings: Settings) -> None:
    published(settings)
    before = ids(settings)
    ring = open_keyring(settings)
    other = add_key(settings, "institution:health")
    assert not before & {pseudonym(other, name) for name in NAMES}
    renew_key(settings, ANALYSTS)
    published(settings, day=1)
    assert not ids(settings) & before
    assert open_keyring(settings).current(ANALYSTS) != ring.current(ANALYSTS)


def test_the_vault_says_who_people_are_and_the_log_says_who_asked(settings: Settings) -> None:
    published(settings)
    with open_vault(settings, "court order 12") as connection:
        rows = connection.sql("select full_name from people join vault_persons on people.entity_id = pseudonym")
        assert sorted(name for (name,) in rows.fetchall()) == sorted(NAMES.values())
    entry = read_audit(Layout(settings.home))[-1]
    assert (entry.action, entry.facts["reason"]) == ("vault.opened", "court order 12")


def test_nothing_opens_where_the_log_cannot_be_written(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    published(settings)
    log = Layout(settings.home).state / "audit.jsonl"
    before, used = log.read_bytes(), list[str]()
    monkeypatch.setattr(KeyringClient, "unwrap_key", lambda *_: used.append("key"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr("warehouse.audit_log.append_entries", full)
    with pytest.raises(OSError, match="disk full"), open_vault(settings, "try"):
        pass
    assert (used, log.read_bytes()) == ([], before)


def test_an_attempt_with_another_key_is_in_the_log_too(settings: Settings) -> None:
    published(settings)
    old = key_path(settings).read_text()
    rotate_vault(settings)
    key_path(settings).write_text(old)
    with pytest.raises(KeyringError), open_vault(settings, "to look"):
        pass
    entry = read_audit(Layout(settings.home))[-1]
    assert (entry.action, entry.facts["reason"]) == ("vault.opened", "to look")


def test_no_byte_of_the_home_but_the_marts_tells_a_name(settings: Settings) -> None:
    published(settings)
    files = [path for path in settings.home.rglob("*") if path.is_file() and "lake" not in path.parts]
    assert any("vault" in path.parts for path in files)
    sought = [part.encode() for name in NAMES.values() for part in name.split()] + [b"full_name"]
    assert not [path.name for path in files for word in sought if word in path.read_bytes()]
    assert {path.stat().st_mode & 0o777 for path in files if "releases" in path.parts or "vault" in path.parts} == {
        0o600
    }


def test_without_the_key_nothing_opens(settings: Settings) -> None:
    folder = Layout(settings.home).vault(published(settings).name)
    with pytest.raises((OSError, ValueError)):
        pq.read_table(folder / "persons.parquet")
    text = key_path(settings).read_text()
    for key in open_keyring(settings).keys:
        text = text.replace(base64.b64encode(key.material).decode(), base64.b64encode(bytes(32)).decode())
    key_path(settings).write_text(text)
    with pytest.raises(KeyringError, match=r"not the key|does not open"), open_vault(settings, "try"):
        pass


def test_one_flipped_bit_is_noticed(settings: Settings) -> None:
    file = Layout(settings.home).vault(published(settings).name) / "persons.parquet"
    data = bytearray(file.read_bytes())
    data[40] ^= 1
    file.write_bytes(data)
    with pytest.raises(KeyringError, match="damaged"), open_vault(settings, "try"):
        pass


def test_a_rotated_vault_opens_under_the_new_key_alone(settings: Settings) -> None:
    published(settings)
    old = key_path(settings).read_text()
    assert rotate_vault(settings).id == "vault-2"
    assert [key.id for key in open_keyring(settings).keys if key.name == "vault"] == ["vault-2"]
    with open_vault(settings, "try") as connection:
        assert connection.sql("select count(*) from vault_persons").fetchall() == [(2,)]
    key_path(settings).write_text(old)
    with pytest.raises(KeyringError, match="vault-2"), open_vault(settings, "try"):
        pass


def test_a_vault_and_the_pages_about_it_go_with_their_release(settings: Settings) -> None:
    few = replace(settings, keep_releases=1, small_cell=10)
    layout = Layout(settings.home)
    pages = []
    for day in range(2):
        release = published(replace(few, small_cell=few.small_cell - day), day=day)
        pages = [f"{release.name}{ending}.html" for ending in ("", ".indicators")]
        for name in pages:
            (private_folder(layout.release_reports) / name).touch()
    assert sorted(page.name for page in layout.release_reports.iterdir()) == sorted(pages)
    assert [path.name for path in (layout.home / "vault").iterdir()] == [layout.current.resolve().name]
