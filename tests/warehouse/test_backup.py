"""Backup and restore: what comes back is what was kept, or nothing comes back and the reason is told."""

import json
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.audit_log import read_audit, verify
from warehouse.backup import MANIFEST, back_up, read_backup, restore
from warehouse.errors import RegistryError, StorageError
from warehouse.layout import Layout
from warehouse.lock import only_run
from warehouse.manifest import Manifest, damaged_files, read_manifest
from warehouse.privacy.keyring import key_path, renew_key
from warehouse.settings import Settings
from warehouse.table import Table

Published = tuple[Settings, Manifest, dict[Table, Path]]


@pytest.fixture
def home(published: Published, tmp_path: Path) -> Settings:
    """A copy of the published home, to be kept, spoilt and lost."""
    shutil.copytree(published[0].home, tmp_path / "home", symlinks=True)
    return replace(published[0], home=tmp_path / "home", landing=tmp_path / "landing")


@pytest.fixture
def empty(home: Settings, tmp_path: Path) -> Settings:
    return replace(home, home=tmp_path / "new")


@pytest.fixture
def archive(home: Settings, tmp_path: Path) -> Path:
    return back_up(home, tmp_path / "backups", [])


def test_a_home_comes_back_with_its_release_and_state(home: Settings, empty: Settings, archive: Path) -> None:
    told = restore(empty, archive, key_path(home))
    before, after = Layout(home.home), Layout(empty.home)
    manifest = read_manifest(after)
    assert manifest == read_manifest(before)
    assert manifest is not None
    assert damaged_files(manifest, after.current) == []
    assert told.release == manifest.release_id
    assert key_path(empty).read_bytes() == key_path(home).read_bytes()
    entries = verify(after, {manifest.release_id: manifest.audit_sha256})
    assert entries[:-1] == read_audit(before)
    assert [entry.action for entry in entries[-2:]] == ["backup.made", "backup.restored"]


def test_nobody_else_may_read_what_comes_back(home: Settings, empty: Settings, archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    restore(empty, archive, key_path(home))
    for path in (empty.home, *empty.home.rglob("*")):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_the_keys_are_not_in_the_archive(home: Settings, archive: Path) -> None:
    material = [key["material"] for key in json.loads(key_path(home).read_text())["keys"]]
    assert len(material) == 2
    assert all(each.encode() not in archive.read_bytes() for each in material)
    with tarfile.open(archive) as tar:
        assert not [name for name in tar.getnames() if name.startswith("keys")]


def test_deliveries_are_kept_where_that_is_asked_for(home: Settings, empty: Settings, tmp_path: Path) -> None:
    (home.landing / "health").mkdir(parents=True)
    (home.landing / "health" / "patients_2026-10.csv").write_text("a;b\n")
    assert "landing" not in str(read_backup(back_up(home, tmp_path / "without", [])).files)
    restore(empty, back_up(home, tmp_path / "with", [], with_deliveries=True), key_path(home))
    assert (empty.home / "landing" / "health" / "patients_2026-10.csv").read_text() == "a;b\n"


def test_locks_and_stamps_are_of_no_use_elsewhere(home: Settings, tmp_path: Path) -> None:
    (Layout(home.home).state / "stamp.json").write_text("{}")
    names = set(read_backup(back_up(home, tmp_path / "backups", [])).files)
    assert not {name for name in names if name.endswith((".lock", "stamp.json"))}
    assert "state/audit.jsonl" in names


def test_nothing_is_kept_while_a_run_is_under_way(home: Settings, tmp_path: Path) -> None:
    with only_run(home), pytest.raises(StorageError, match="another run is working there"):
        back_up(home, tmp_path / "backups", [])
    assert not (tmp_path / "backups").exists()


def test_an_empty_home_is_not_kept(empty: Settings, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nothing was published there yet"):
        back_up(empty, tmp_path / "backups", [])


def cut_short(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])


def emptied(archive: Path) -> None:
    archive.write_bytes(b"")


def no_archive(archive: Path) -> None:
    archive.write_text("state\n" * 500)


def flipped(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    place = content.index(b"PAR1") + 40
    content[place] ^= 0xFF
    archive.write_bytes(bytes(content))


def newer_state(archive: Path) -> None:
    rewritten(archive, state_version=99)


def newer_format(archive: Path) -> None:
    rewritten(archive, format=99)


def rewritten(archive: Path, **told: int) -> None:
    folder = archive.with_suffix("")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
        names = tar.getnames()
    document = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**document, **told}))
    with tarfile.open(archive, "w") as tar:
        for name in names:
            tar.add(folder / name, name)


def a_file_more(archive: Path) -> None:
    with tarfile.open(archive, "a") as tar:
        tar.add(__file__, "state/judgements.jsonl")


def a_file_outside(archive: Path) -> None:
    with tarfile.open(archive, "a") as tar:
        tar.add(__file__, "../outside.py")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (cut_short, "cut short"),
        (emptied, "cannot be read"),
        (no_archive, "not an archive of padron backup"),
        (flipped, "files are not as they were kept"),
        (newer_state, "Install the newer Padrón"),
        (newer_format, "made by a newer Padrón"),
        (a_file_more, "not as they were kept"),
        (a_file_outside, "changed"),
    ],
)
def test_a_spoilt_archive_leaves_nothing(spoil, told: str, home: Settings, empty: Settings, archive: Path) -> None:  # type: ignore[no-untyped-def]
    spoil(archive)
    with pytest.raises(StorageError, match=told):
        restore(empty, archive, key_path(home))
    assert not empty.home.exists()
    assert not list(empty.home.parent.glob("*.partial"))
    assert not (empty.home.parent / "outside.py").exists()


def test_a_missing_archive_is_told(empty: Settings, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        restore(empty, tmp_path / "gone.tar")


def test_without_the_keys_nothing_comes_back(empty: Settings, archive: Path) -> None:
    with pytest.raises(StorageError, match=r"The keys are not in the archive.*--keys FILE"):
        restore(empty, archive)
    assert not empty.home.exists()


def test_other_keys_are_told_apart_though_they_bear_the_same_names(
    empty: Settings, archive: Path, tmp_path: Path
) -> None:
    stranger = replace(empty, home=tmp_path / "stranger")
    renew_key(stranger, "analysts")
    with pytest.raises(StorageError, match="not the keys of that home: analysts-1, vault-1"):
        restore(empty, archive, key_path(stranger))
    assert not empty.home.exists()


def test_keys_may_come_from_a_file_of_the_settings(home: Settings, empty: Settings, archive: Path) -> None:
    restore(replace(empty, key_file=key_path(home)), archive)
    assert not (empty.home / "keys").exists()


def test_a_home_in_use_is_never_restored_over(home: Settings, archive: Path) -> None:
    before = sorted(home.home.rglob("*"))
    with pytest.raises(RegistryError, match="is not empty"):
        restore(home, archive, key_path(home))
    assert sorted(home.home.rglob("*")) == before
