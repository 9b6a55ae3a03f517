import hashlib
import stat
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from sources.catalogue import read_catalogue
from sources.contract import SourceContract
from sources.receiving import Received, receive
from sources.synthetic.sample import STAGES, SampleSummary, write_sample
from warehouse.errors import StorageError
from warehouse.layout import Layout
from warehouse.session import open_session
from warehouse.settings import SAMPLE_SOURCES, Settings

PEOPLE = 3_000
CONTRACTS = read_catalogue(SAMPLE_SOURCES).contracts


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("sample")
    return Settings(home=home, sources=SAMPLE_SOURCES, landing=home / "landing", memory_limit="1GB")


@pytest.fixture(scope="module")
def summary(settings: Settings) -> SampleSummary:
    return write_sample(settings.landing, settings.home / "truth", PEOPLE, 1)


@pytest.fixture(scope="module")
def received(settings: Settings, summary: SampleSummary) -> dict[str, Received]:
    with open_session(settings) as connection:
        return {contract.id: receive(connection, contract, settings) for contract in CONTRACTS}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def accepted(contract: SourceContract, received: Received, settings: Settings, field: str) -> list[str]:
    column = contract.column(field)
    assert column is not None
    paths = [Layout(settings.home).raw(contract.id, intake.delivery.delivery_id) for intake in received.deliveries]
    return [key for path in paths for key in pq.read_table(path, columns=[column.name])[column.name].to_pylist()]


def test_same_seed_same_bytes_of_every_file(tmp_path: Path) -> None:
    for run in ("one", "two"):
        write_sample(tmp_path / run / "landing", tmp_path / run / "truth", 400, 9)
    assert len(digests(tmp_path / "one")) == 20 + 7
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_other_people(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_sample(tmp_path / str(seed) / "landing", tmp_path / str(seed) / "truth", 200, seed)
    one, two = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert one.keys() == two.keys()
    assert not set(one.values()) & set(two.values())


@pytest.mark.parametrize("people", [1, 3, 25])
def test_even_a_hamlet_can_be_written(tmp_path: Path, people: int) -> None:
    assert write_sample(tmp_path / "landing", tmp_path / "truth", people, 4).people == people


def test_deliveries_describe_the_month_asked_for(tmp_path: Path) -> None:
    summary = write_sample(tmp_path / "landing", tmp_path / "truth", 100, 4, as_of=date(2025, 3, 31))
    months = {delivered.file.name.split(".")[0].rsplit("_", 1)[1] for delivered in summary.deliveries}
    assert months == {"2025-03", "2025-02"}


def test_every_contract_has_its_delivery_and_every_delivery_its_contract(summary: SampleSummary) -> None:
    assert set(summary.rows) == {contract.id for contract in CONTRACTS}
    assert sum(summary.rows.values()) == sum(each.rows + each.cut_rows for each in summary.deliveries)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.id)
def test_whole_rows_are_accepted_and_cut_ones_quarantined(
    contract: SourceContract, summary: SampleSummary, received: dict[str, Received]
) -> None:
    mine = [delivered for delivered in summary.deliveries if delivered.dataset == contract.id]
    assert received[contract.id].rows_accepted == sum(delivered.rows for delivered in mine)
    assert received[contract.id].rows_quarantined == sum(delivered.cut_rows for delivered in mine)


@pytest.mark.parametrize("contract", [c for c in CONTRACTS if c.has_persons], ids=lambda contract: contract.id)
def test_the_truth_names_the_person_of_every_record_once(
    contract: SourceContract, settings: Settings, received: dict[str, Received]
) -> None:
    truth = pq.read_table(settings.home / "truth" / "records.parquet")
    known = truth.filter(pc.equal(truth["source"], contract.source))["record_key"].to_pylist()
    assert Counter(known) == Counter(accepted(contract, received[contract.id], settings, "record_key"))
    assert max(Counter(known).values()) == 1


@pytest.mark.parametrize("contract", [c for c in CONTRACTS if not c.has_persons], ids=lambda contract: contract.id)
def test_events_refer_to_records_of_their_source(
    contract: SourceContract, settings: Settings, received: dict[str, Received]
) -> None:
    truth = pq.read_table(settings.home / "truth" / "records.parquet")
    known = truth.filter(pc.equal(truth["source"], contract.source))["record_key"].to_pylist()
    referred = accepted(contract, received[contract.id], settings, "person_key")
    assert referred
    assert set(referred) <= set(known)


def test_truth_tables_fit_together(settings: Settings, summary: SampleSummary) -> None:
    truth = settings.home / "truth"
    names = ("persons", "records", "events", "faults", "homes", "memberships", "households")
    tables = {name: pq.read_table(truth / f"{name}.parquet") for name in names}
    people = set(tables["persons"]["person_id"].to_pylist())
    assert len(people) == PEOPLE == tables["persons"].num_rows
    for name in ("records", "events", "memberships"):
        assert set(tables[name]["person_id"].to_pylist()) <= people
    assert summary.households == tables["households"].num_rows
    assert pc.sum(tables["households"]["size"]).as_py() == tables["memberships"].num_rows
    kinds = set(tables["events"]["kind"].to_pylist())
    assert kinds >= {"work", "contribution", "attendance", "checkup", "vaccination", "death", "move", "birth", "union"}
    keys = set(zip(*(tables["records"][name].to_pylist() for name in ("source", "record_key")), strict=True))
    for name in ("faults", "homes"):
        assert set(zip(*(tables[name][part].to_pylist() for part in ("source", "record_key")), strict=True)) <= keys
    assert set(tables["homes"]["source"].to_pylist()) == {"social_development", "regional_welfare"}


def test_nobody_else_may_read_what_is_written(settings: Settings, summary: SampleSummary) -> None:
    for folder in (settings.landing, settings.home / "truth"):
        paths = [folder, *folder.rglob("*")]
        assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
        assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}


def test_workbooks_open_in_another_library(settings: Settings, summary: SampleSummary) -> None:
    contract = read_catalogue(SAMPLE_SOURCES).contract("education.students")
    book = openpyxl.load_workbook(settings.landing / "education" / "students_2026-10.xlsx", read_only=True)
    rows = list(book["Alumnos"].iter_rows(values_only=True))
    assert list(rows[0]) == [column.name for column in contract.columns]
    assert len(rows) - 1 == summary.rows["education.students"]
    assert all(isinstance(row[rows[0].index("GRADO")], int) for row in rows[1:])


def test_progress_tells_every_stage_in_order(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    write_sample(tmp_path / "landing", tmp_path / "truth", 60, 1, progress=lambda *step: told.append(step))
    assert [stage for stage, _ in told] == list(STAGES)
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1][1] < 1


def test_an_unwritable_landing_zone_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "landing").write_text("not a folder")
    with pytest.raises(StorageError, match="landing"):
        write_sample(tmp_path / "landing", tmp_path / "truth", 30, 1)
