"""A table of the same rows, shown alike, is carried over from release to release; nothing else ever is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.errors import PublicationError
from warehouse.layout import Layout
from warehouse.manifest import MadeOf, Manifest, damaged_files
from warehouse.privacy.keyring import renew_key
from warehouse.release import carrying
from warehouse.release.database import read_only
from warehouse.release.publishing import publish
from warehouse.release.rollback import roll_back
from warehouse.session import open_session
from warehouse.settings import Settings
from warehouse.storage import write_rows
from warehouse.table import Cells, Column, Table

PEOPLE = Table(
    "persons", "One person.", ("entity_id",),
    (Column("entity_id", "varchar", "The person.", False, "pseudonym"), Column("birth_year", "integer", "When.")),
)  # fmt: skip
TOWNS = Table(
    "towns", "The people of one town.", ("code",),
    (Column("code", "varchar", "Its code.", False), Column("people", "bigint", "How many.")),
    cells=Cells("people", ("code",)),
)  # fmt: skip
DAYS = Table("days", "One day.", ("number",), (Column("number", "integer", "Which.", False),))


@dataclass
class Registry:
    """Three tables that are published night after night; that of days is another every night."""

    settings: Settings
    people: dict[str, int] = field(default_factory=lambda: {"p1": 1983, "p2": 1991})
    towns: dict[str, int] = field(default_factory=lambda: {"a": 40, "b": 25, "c": 12})
    withheld: frozenset[str] = frozenset()
    night: int = 0

    @property
    def layout(self) -> Layout:
        return Layout(self.settings.home)

    @property
    def now(self) -> datetime:
        return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=self.night)

    def published(self, erased_at: str = "") -> Manifest:
        self.night += 1
        rows: dict[Table, list[dict[str, object]]] = {
            PEOPLE: [{"entity_id": name, "birth_year": year} for name, year in self.people.items()],
            TOWNS: [{"code": code, "people": people} for code, people in self.towns.items()],
            DAYS: [{"number": self.night}],
        }
        with open_session(self.settings) as connection:
            for table, listed in rows.items():
                write_rows(connection, table, listed, self.layout.mart(table))
        marts = {table: self.layout.mart(table) for table in rows}
        manifest = publish(
            self.settings, marts, MadeOf({}), "1", lambda: self.now, withheld=self.withheld, erased_at=erased_at
        )
        assert damaged_files(manifest, self.layout.current) == []
        return manifest

    def file(self, table: Table) -> Path:
        return self.layout.current.resolve() / "parquet" / f"{table.name}.parquet"

    def carried(self, erased_at: str = "") -> set[str]:
        """The tables that the next release has from the current one."""
        before = {table: self.file(table) for table in (PEOPLE, TOWNS, DAYS)}
        told = {table: path.stat().st_ino for table, path in before.items()}
        kept = {path: path.open("rb") for path in before.values()}  # so that no new file has the number of an old one
        self.published(erased_at)
        for file in kept.values():
            file.close()
        return {table.name for table in before if self.file(table).stat().st_ino == told[table]}


@pytest.fixture
def registry(settings: Settings) -> Registry:
    registry = Registry(settings)
    registry.published()
    return registry


def test_what_is_the_same_is_carried_over(registry: Registry) -> None:
    first = registry.layout.current.resolve()
    assert registry.carried() == {"persons", "towns"}
    assert registry.layout.current.resolve() != first
    with read_only(registry.layout) as connection:
        assert connection.sql("select count(*) from persons").fetchall() == [(2,)]
        assert connection.sql("select number from days").fetchall() == [(2,)]


def test_a_carried_table_is_what_it_would_be_if_it_were_made_anew(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.carried()
    carried = {table: registry.file(table).read_bytes() for table in (PEOPLE, TOWNS)}
    monkeypatch.setattr(carrying, "running_program", lambda: "another")
    assert registry.carried() == set()
    assert {table: registry.file(table).read_bytes() for table in (PEOPLE, TOWNS)} == carried


def erase(registry: Registry) -> None:
    del registry.people["p1"]


def block(registry: Registry) -> None:
    registry.withheld = frozenset({"p1"})


def show_bands(registry: Registry) -> None:
    registry.settings = replace(registry.settings, birth_band=5)


def withhold_more(registry: Registry) -> None:
    registry.settings = replace(registry.settings, small_cell=20)


def rotate_the_key(registry: Registry) -> None:
    renew_key(registry.settings, "analysts")


def count_one_more(registry: Registry) -> None:
    registry.towns["a"] += 1


def damage_the_release(registry: Registry) -> None:
    for table in (PEOPLE, TOWNS):
        registry.file(table).write_bytes(b"")


def lose_the_release(registry: Registry) -> None:
    registry.file(PEOPLE).unlink()


CHANGES: list[tuple[Callable[[Registry], None], set[str]]] = [
    (erase, {"towns"}),
    (count_one_more, {"persons"}),
    (block, set()),
    (show_bands, set()),
    (withhold_more, set()),
    (rotate_the_key, set()),
    (damage_the_release, set()),
]


@pytest.mark.parametrize(("change", "carried"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_what_is_other_or_shown_otherwise_is_made_anew(
    registry: Registry, change: Callable[[Registry], None], carried: set[str]
) -> None:
    change(registry)
    assert registry.carried() == carried


def test_a_table_that_is_missing_is_made_anew(registry: Registry) -> None:
    lose_the_release(registry)
    registry.published()
    assert registry.file(PEOPLE).is_file()


def test_nothing_is_carried_over_from_before_an_erasure(registry: Registry) -> None:
    erased_at = (registry.now + timedelta(hours=1)).isoformat(timespec="seconds")
    assert registry.carried(erased_at) == set()
    assert len(list(registry.layout.releases.iterdir())) == 1
    assert registry.carried(erased_at) == {"persons", "towns"}


def test_a_carried_table_outlives_the_releases_that_had_it(registry: Registry) -> None:
    registry.settings = replace(registry.settings, keep_releases=2)
    for _ in range(4):
        assert registry.carried() == {"persons", "towns"}
    assert len(list(registry.layout.releases.iterdir())) == 2


def test_a_rollback_leads_to_a_whole_release_and_the_next_carries_from_there(registry: Registry) -> None:
    registry.published()
    count_one_more(registry)
    registry.published()
    manifest = roll_back(registry.settings, None, "wrong towns")
    assert damaged_files(manifest, registry.layout.current) == []
    assert registry.carried() == {"persons"}


def test_a_release_that_was_stopped_leaves_the_current_one_whole(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = registry.layout.current.resolve()
    with monkeypatch.context() as patched:
        patched.setattr("warehouse.release.publishing.audit_staged", refused)
        with pytest.raises(PublicationError):
            registry.published()
    assert registry.layout.current.resolve() == before
    assert registry.carried() == {"persons", "towns"}


def refused(*_: object) -> None:
    raise PublicationError("no")
