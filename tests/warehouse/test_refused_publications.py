"""A publication that the machine refuses memory or disk, at each of its steps: told with its remedy, nothing left."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from killed_publisher import MADE_OF, START, TOWNS, VAULT, condition, publish_towns, settings_at

from warehouse.audit_log import read_audit
from warehouse.errors import PublicationError, StorageError
from warehouse.layout import Layout
from warehouse.release import publishing as release
from warehouse.release.publishing import publish
from warehouse.settings import Settings


def no_memory() -> None:
    with duckdb.connect(config={"memory_limit": "5MB", "threads": 1}) as connection:
        connection.sql("select len(list(range::varchar || 'x')) from range(100_000)").fetchall()


def no_disk() -> None:
    Path("/dev/full").write_text("a")


def no_rights() -> None:
    raise PermissionError("somebody's folder")


def no_table() -> None:
    raise StorageError("towns.parquet: is not there yet. Run `padron build` first.")


FAULTS: list[tuple[Callable[[], None], str]] = [
    (no_memory, "PADRON_MEMORY_LIMIT allows.* Raise the limit"),
    (no_disk, "the disk is full.* Free disk space"),
    (no_rights, "PermissionError.* check the folder's rights"),
    (no_table, "Run `padron build` first"),
]
STEPS = ["write_vault", "stage_tables", "write_feed", "write_database", "audit_staged", "write_manifest"]


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    """An installation that has published twice."""
    settings = settings_at(tmp_path)
    for day in (0, 1):
        publish_towns(settings, day, day)
    return settings


def names(settings: Settings) -> set[Path]:
    """All that lies under the folders of releases and vaults, and what is half written anywhere."""
    layout = Layout(settings.home)
    return {
        *layout.releases.rglob("*"), *layout.vault("*").parent.rglob("*"), *layout.home.rglob("*.partial")
    }  # fmt: skip


@pytest.mark.parametrize(("fault", "told"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
@pytest.mark.parametrize("step", STEPS)
def test_what_is_refused_is_told_and_settled(
    published: Settings, monkeypatch: pytest.MonkeyPatch, step: str, fault: Callable[[], None], told: str
) -> None:
    before, real = names(published), getattr(release, step)

    def faulty(*arguments: object) -> None:
        real(*arguments)
        fault()

    with monkeypatch.context() as patched, pytest.raises(PublicationError, match=told) as caught:
        patched.setattr(release, step, faulty)
        publish_towns(published, 2, 2)
    assert "somebody" not in str(caught.value)
    assert names(published) == before
    assert condition(published) == "old"
    publish_towns(published, 3, 3)
    assert condition(published) == "right"


def test_a_limit_too_small_for_a_real_release_is_told(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    publish_towns(settings, 1, 1)
    layout = Layout(settings.home)
    before, path = names(settings), layout.mart(TOWNS)
    duckdb.sql("select range::varchar as code, 1 as people from range(400_000)").write_parquet(str(path))
    small = Settings(home=settings.home, sources=tmp_path, landing=tmp_path, memory_limit="2MB", threads=1)
    with pytest.raises(PublicationError, match="Raise the limit"):
        publish(small, {TOWNS: path}, MADE_OF, "1", lambda: START + timedelta(days=2), VAULT)
    assert names(settings) == before
    assert condition(settings) == "old"
    assert [entry.action for entry in read_audit(layout)].count("release.published") == 1
