"""Incremental linkage against its oracle: a full linkage under the same parameters and statistics."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from linkage_records import link_folder, record, write_records
from linkage_town import write_town

from linkage.incremental.stages import complete_pairs
from linkage.link import LinkReport
from linkage.model.declaration import Training
from linkage.model.file import load_model
from linkage.model.parameters import FrozenModel
from linkage.places import Places
from linkage.plan import FULL, INCREMENTAL, Plan
from linkage.stages import STAGES
from linkage.task import Task
from warehouse.errors import LinkageError, StorageError
from warehouse.layout import Layout
from warehouse.session import scan
from warehouse.storage import row_count

DEFAULT = load_model()
QUICK = DEFAULT.model_copy(
    update={
        "training": Training(random_pairs=20_000),
        "blocking": DEFAULT.blocking.model_copy(update={"max_block": 16}),
    }
)
DUPLICATE_FREE = ["labour"]
Delivery = dict[str, list[dict]]


class Registry:
    """Two homes that get the same deliveries: one links what changed, the other links all under frozen statistics."""

    def __init__(self, session: duckdb.DuckDBPyConnection, folder: Path, seed: int) -> None:
        self.session, self.folder, self.rng = session, folder, random.Random(seed)
        write_town(session, folder, homes=120, seed=seed)
        self.rows = pq.read_table(folder / "records.parquet").to_pylist()
        self.ids = pq.read_table(folder / "ids.parquet").to_pylist()
        self.rng.shuffle(self.rows)
        self.waiting, self.rows = self.rows[:60], self.rows[60:]
        self.judged: dict[tuple[str, str], str] = {}
        self._write()
        self.link(folder, rebuild=True)
        shutil.copytree(folder / "home", folder / "oracle" / "home")

    def link(self, folder: Path, **options: object) -> LinkReport:
        is_oracle = folder != self.folder
        for name in ("records", "ids"):
            if is_oracle:
                shutil.copy(self.folder / f"{name}.parquet", folder / f"{name}.parquet")
        values = ", ".join(f"('{one}', '{other}', '{word}')" for (one, other), word in self.judged.items())
        judgements = values and f"(select * from (values {values}) as j(record_id_l, record_id_r, judgement))"
        parameters = folder / "home" / "state" / "linkage_parameters.json"
        report, _ = link_folder(
            self.session,
            folder,
            QUICK,
            judgements=judgements or None,
            frozen=FrozenModel.read(parameters) if is_oracle else None,
            duplicate_free=DUPLICATE_FREE,
            **options,
        )
        return report

    def deliver(self) -> None:
        """Some records come, go and change; some pairs are judged, and some judgements withdrawn."""
        rng = self.rng
        coming = [self.waiting.pop() for _ in range(min(len(self.waiting), rng.randrange(1, 4)))]
        going = {row["record_id"] for row in rng.sample(self.rows, rng.randrange(0, 3))}
        self.waiting += [row for row in self.rows if row["record_id"] in going]
        self.rows = [row for row in self.rows if row["record_id"] not in going] + coming
        for row in rng.sample(self.rows, rng.randrange(1, 4)):
            self._change(row)
        self._judge()
        self._write()

    def _change(self, row: dict) -> None:
        """A record takes a field of another one, or becomes equal to it but for its keys."""
        other = self.rng.choice(self.rows)
        kept = ("record_id", "source", "record_key", "contract_id", "delivery_id")
        names = [name for name in row if name not in kept]
        if self.rng.random() < 0.25:
            row |= {name: other[name] for name in names}
            self._take_numbers(row, other)
        else:
            names = self.rng.sample(names, 6)
            row |= {name: other[name] for name in names}
            if self.rng.random() < 0.3:
                self._take_numbers(row, other)

    def _take_numbers(self, row: dict, other: dict) -> None:
        numbers = [
            each | {"record_id": row["record_id"]} for each in self.ids if each["record_id"] == other["record_id"]
        ]
        self.ids = [each for each in self.ids if each["record_id"] != row["record_id"]] + numbers

    def _judge(self) -> None:
        rng = self.rng
        for pair in rng.sample(sorted(self.judged), min(len(self.judged), rng.randrange(0, 3))):
            del self.judged[pair]
        spine = self.spine(self.folder)
        people: dict[str, list[str]] = {}
        for record_id, entity_id in spine.items():
            people.setdefault(entity_id, []).append(record_id)
        several = [records for records in people.values() if len(records) > 1]
        for _ in range(rng.randrange(0, 3)):
            one, other = sorted(rng.sample(rng.choice(several), 2))
            self.judged[one, other] = "non_match"
            one, other = sorted(rng.sample(sorted(spine), 2))
            self.judged[one, other] = "match"

    def _write(self) -> None:
        known = {row["record_id"] for row in self.rows}
        numbers = [each for each in self.ids if each["record_id"] in known]
        write_records(self.session, self.rows, self.folder)
        ids = pq.read_schema(self.folder / "ids.parquet")
        pq.write_table(pa.Table.from_pylist(numbers, schema=ids), self.folder / "ids.parquet")

    def spine(self, folder: Path) -> dict[str, str]:
        return self.spine_of(self.session, Places.under(Layout(folder / "home")))

    @staticmethod
    def spine_of(session: duckdb.DuckDBPyConnection, places: Places) -> dict[str, str]:
        return dict(session.sql(f"select record_id, entity_id from {scan(places.identity.spine)}").fetchall())

    def tables(self, folder: Path) -> dict[str, list[tuple]]:
        places = Places.under(Layout(folder / "home"))
        identity = places.identity
        kept = {"prints": places.written("record_prints"), "bearings": places.written("bearings")}
        kept |= {name: getattr(places, name) for name in ("nodes", "features", "edges", "clusters", "links")}
        kept |= {"queue": places.review_queue, "spine": identity.spine, "entities": identity.entities}
        kept |= {"events": identity.events, "memberships": identity.memberships}
        return {
            name: self.session.sql(f"select * from {scan(path)} order by all").fetchall() for name, path in kept.items()
        }


def _agree_after(registry: Registry, deliveries: int) -> None:
    for _ in range(deliveries):
        registry.deliver()
        report = registry.link(registry.folder, rebuild=False)
        assert (report.counts.mode, report.counts.why) == (INCREMENTAL, "little has changed")
        registry.link(registry.folder / "oracle", rebuild=True, take_statistics=False)
        found, expected = registry.tables(registry.folder), registry.tables(registry.folder / "oracle")
        for name, rows in expected.items():
            assert found[name] == rows, name


def test_deliveries_linked_by_themselves_equal_full_rebuilds(
    session: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    registry = Registry(session, tmp_path, seed=1)
    before = registry.tables(tmp_path)
    _agree_after(registry, 2)
    after = registry.tables(tmp_path)
    assert all(before[name] != after[name] for name in ("clusters", "spine", "links", "queue"))
    assert {kind for _, kind, *_ in after["events"]} >= {"created", "merged", "split"}
    assert registry.judged


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_deliveries_linked_by_themselves_equal_full_rebuilds(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, seed: int
) -> None:
    _agree_after(Registry(session, tmp_path, seed), 6)


@pytest.fixture(scope="module")
def roll(session: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small roll, linked in full."""
    folder = tmp_path_factory.mktemp("roll")
    write_records(session, ROLL, folder)
    link_folder(session, folder, QUICK)
    return folder


ROLL = [
    record(
        f"{place}", f"NAME{place} / ROJAS{place % 7}", f"19{40 + place}-05-1{place % 9}", number=f"xx.a=10{place:04d}"
    )
    for place in range(50)
]


@pytest.fixture
def home(roll: Path, tmp_path: Path) -> Path:
    shutil.copytree(roll, tmp_path / "roll")
    return tmp_path / "roll"


@pytest.mark.parametrize(
    ("rows", "options", "why"),
    [
        (ROLL, {}, "little has changed"),
        (ROLL[1:], {}, "little has changed"),
        (ROLL, {"rebuild": True}, "asked for"),
        (ROLL[:40], {}, "more than 10%"),
        ([*ROLL, record("b", "ANA / VEGA", number="yy.b=1234567")], {}, "new kind of identifier"),
        ([*ROLL, record("b", "ANA / VEGA", full_name="ANA VEGA", given_names=None)], {}, "whole names"),
        ([*ROLL, record("b", "ANA / VEGA", email_std="a@b.org")], {}, "a field was delivered"),
        (ROLL, {"duplicate_free": ["roll"]}, "the sources' terms"),
        (ROLL, {"model": DEFAULT}, "the model"),
    ],
)
def test_what_is_linked_by_itself_and_what_in_full(
    session: duckdb.DuckDBPyConnection, home: Path, rows: list, options: dict, why: str
) -> None:
    options = {"rebuild": False, "model": QUICK} | options
    write_records(session, [dict(row) for row in rows], home)
    report, places = link_folder(session, home, **options)
    assert why in report.counts.why
    assert report.counts.mode == (INCREMENTAL if why == "little has changed" else FULL)
    assert len(Registry.spine_of(session, places)) == len(rows)


def test_a_block_that_outgrew_its_statistics_is_linked_in_full(
    session: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [
        record(f"{place:03d}", f"N{place} / VEGA", "1980-05-17", phone_std=f"99{place // 20:08d}")
        for place in range(300)
    ]
    model = QUICK.model_copy(update={"blocking": QUICK.blocking.model_copy(update={"max_block": 10})})
    write_records(session, rows, tmp_path)
    link_folder(session, tmp_path, model)
    crowd = [record(f"c{place}", f"N{place} / ROJAS", "1990-01-09", email_std=None) for place in range(25)]
    write_records(session, [*rows, *crowd], tmp_path)
    report, places = link_folder(session, tmp_path, model, rebuild=False)
    assert Plan.read(places.plan).mode == FULL
    assert "outgrown" in Plan.read(places.plan).why
    assert report.counts.records == 325
    assert len(Registry.spine_of(session, places)) == 325


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param(name, marks=() if name in ("features", "scoring", "identity") else pytest.mark.slow)
        for name in STAGES
    ],
)
def test_a_run_that_breaks_off_is_made_good_by_the_next(
    session: duckdb.DuckDBPyConnection, home: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    rows = [*ROLL[1:], ROLL[5] | {"record_id": "roll:x", "record_key": "x"}, record("y", "ANA / VEGA", "1981-02-03")]
    write_records(session, [dict(row) for row in rows], home)

    def broken(connection: object, task: object) -> None:
        STAGES_AS_THEY_ARE[stage](connection, task)
        raise StorageError("no space is left")

    monkeypatch.setitem(STAGES, stage, broken)
    with pytest.raises(StorageError):
        link_folder(session, home, QUICK, rebuild=False)
    monkeypatch.undo()
    write_records(session, [dict(row) for row in [*rows, record("z", "EVA / MOYA", "1982-02-03")]], home)
    report, places = link_folder(session, home, QUICK, rebuild=False)
    assert (report.counts.mode, report.counts.why) == (INCREMENTAL, "little has changed")
    shutil.rmtree(home / "again", ignore_errors=True)
    shutil.copytree(home, home / "again", ignore=shutil.ignore_patterns("again"))
    _, again = link_folder(
        session,
        home / "again",
        QUICK,
        frozen=FrozenModel.read(home / "again" / "home" / "state" / "linkage_parameters.json"),
        take_statistics=False,
    )
    for name in ("nodes", "edges", "clusters", "links", "review_queue"):
        kept, expected = (scan(getattr(each, name)) for each in (places, again))
        assert (
            session.sql(f"from {kept} order by all").fetchall()
            == session.sql(f"from {expected} order by all").fetchall()
        )
    assert Registry.spine_of(session, places) == Registry.spine_of(session, again)


STAGES_AS_THEY_ARE = dict(STAGES)


def test_a_stage_alone_after_the_end_is_refused(session: duckdb.DuckDBPyConnection, home: Path) -> None:
    write_records(session, [dict(row) for row in ROLL[1:]], home)
    _, places = link_folder(session, home, QUICK, rebuild=False)
    task = Task(scan(home / "records.parquet"), scan(home / "ids.parquet"), places, QUICK, seed=7, rebuild=False)
    with pytest.raises(LinkageError, match="Begin anew at its first stage"):
        STAGES["scoring"](session, task)
    assert not places.pairs.exists()
    complete_pairs(session, task)
    proposed = session.sql(f"select count(*), max(node_r) from {scan(places.pairs)}").fetchall()[0]
    assert proposed == (row_count(places.vectors), 48)
