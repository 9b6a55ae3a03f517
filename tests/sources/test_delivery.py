import hashlib
from datetime import date
from pathlib import Path

import pytest
from invented import COLUMNS, deliver, write_contract

from sources.delivery import as_of_date, deliveries_in_use, find_deliveries, is_unchanged, revision
from warehouse.errors import DeliveryError


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("affiliates_2026-11.csv", date(2026, 11, 30)),
        ("affiliates_2026-11-15.csv", date(2026, 11, 15)),
        ("affiliates_20261115.csv", date(2026, 11, 15)),
        ("affiliates_202602.csv.gz", date(2026, 2, 28)),
        ("affiliates_2024.02.zip", date(2024, 2, 29)),
        ("2026-11_affiliates.csv", date(2026, 11, 30)),
        ("affiliates_2026-11_part2.csv", date(2026, 11, 30)),
        ("affiliates_2026-11-2.csv", date(2026, 11, 30)),
        ("affiliates_2026-01_2026-06.csv", date(2026, 6, 30)),
        ("affiliates.csv", None),
        ("affiliates_2026.csv", None),
        ("affiliates_2026-13.csv", None),
        ("affiliates_120261115.csv", None),
        ("form_1234567.csv", None),
    ],
)
def test_the_file_name_tells_the_day(name: str, day: date | None) -> None:
    assert as_of_date(name) == day


@pytest.mark.parametrize("name", ["affiliates_2026-02-30.csv", "affiliates_20261100.csv", "affiliates_20261131.csv"])
def test_a_day_that_never_was_is_refused(name: str) -> None:
    with pytest.raises(DeliveryError, match=r"is no date\. Rename the file by the day it describes"):
        as_of_date(name)


def test_deliveries_come_oldest_first_the_undated_before_all(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    for number, name in enumerate(["b_2026-11.csv", "a.csv", "z_2025-01-03.csv"]):
        deliver(tmp_path, f"clinic/{name}", f"{number}")
    found = find_deliveries(contract, tmp_path)
    assert [delivery.as_of_date for delivery in found] == [None, date(2025, 1, 3), date(2026, 11, 30)]
    assert found[0].delivery_id == f"undated-{sha256(b'1')[:12]}"
    assert found[2].delivery_id == f"2026-11-30-{sha256(b'0')[:12]}"
    assert (found[2].sha256, found[2].size, found[2].contract_id) == (sha256(b"0"), 1, "clinic.people")


def test_files_of_one_day_are_parts_of_one_delivery(tmp_path: Path) -> None:
    contract = write_contract(tmp_path, server={"path": "*/*.csv"})
    for name in ("north/a_2026-11.csv", "south/a_2026-11-30.csv", "north/b_20261130.csv"):
        deliver(tmp_path, name, name)
    (delivery,) = find_deliveries(contract, tmp_path)
    assert delivery.file_names == ("north/a_2026-11.csv", "north/b_20261130.csv", "south/a_2026-11-30.csv")
    digests = "\n".join(sha256(name.encode()) for name in delivery.file_names)
    assert delivery.sha256 == sha256(digests.encode())
    assert delivery.size == sum(map(len, delivery.file_names))


def test_what_lies_beside_a_delivery_is_none(tmp_path: Path) -> None:
    contract = write_contract(tmp_path, server={"path": "clinic/*"})
    deliver(tmp_path, "clinic/a.csv", "1")
    for name in (".b.csv", "a.csv.done", "c.csv.partial", "d.csv.tmp", ".hidden/e.csv"):
        deliver(tmp_path, f"clinic/{name}", "2")
    deliver(tmp_path, "clinic/a.csv.sha256", f"{sha256(b'1')}  a.csv\n")
    (delivery,) = find_deliveries(contract, tmp_path)
    assert delivery.file_names == ("a.csv",)


@pytest.mark.parametrize("packed", ["a_2026-11.csv.gz", "a_2026-11.csv.zip"])
def test_a_packed_file_answers_to_the_name_of_the_plain_one(tmp_path: Path, packed: str) -> None:
    contract = write_contract(tmp_path, server={"path": "clinic/*.csv"})
    deliver(tmp_path, f"clinic/{packed}", "1")
    assert find_deliveries(contract, tmp_path)[0].file_names == (packed,)


def test_no_delivery_is_told_with_the_remedy(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    with pytest.raises(DeliveryError) as caught:
        find_deliveries(contract, tmp_path / "landing")
    assert str(caught.value) == (
        f"clinic.people: no file in {tmp_path / 'landing'} matches clinic/*.csv. "
        "Put the extract there, or mend the path in the contract."
    )


@pytest.mark.parametrize("promise", ["0" * 64, "", "not a digest"])
def test_a_file_that_changed_on_the_way_is_refused(tmp_path: Path, promise: str) -> None:
    contract = write_contract(tmp_path)
    deliver(tmp_path, "clinic/a.csv", "1")
    deliver(tmp_path, "clinic/a.csv.sha256", promise)
    with pytest.raises(DeliveryError, match=r"a\.csv: its SHA-256 is not the one in a\.csv\.sha256"):
        find_deliveries(contract, tmp_path)


def test_a_link_out_of_the_landing_zone_is_refused(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    outside = deliver(tmp_path, "outside/a.csv", "1")
    inside = deliver(tmp_path, "landing/clinic/b.csv", "2")
    (tmp_path / "landing/clinic/c.csv").symlink_to(inside)
    assert find_deliveries(contract, tmp_path / "landing")[0].file_names == ("b.csv",)
    (tmp_path / "landing/clinic/a.csv").symlink_to(outside)
    with pytest.raises(DeliveryError, match="a link that leads out of the landing zone"):
        find_deliveries(contract, tmp_path / "landing")


def test_a_folder_is_no_delivery_and_a_broken_link_is_told(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    (tmp_path / "clinic/folder.csv").mkdir(parents=True)
    with pytest.raises(DeliveryError, match="no file in"):
        find_deliveries(contract, tmp_path)
    (tmp_path / "clinic/gone.csv").symlink_to(tmp_path / "clinic/nowhere")
    with pytest.raises(DeliveryError, match=r"gone\.csv: cannot be read"):
        find_deliveries(contract, tmp_path)


def test_the_same_bytes_under_two_names_of_a_day_are_one_part(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    for name in ("a_2026-11 (copy).csv", "a_2026-11.csv"):
        deliver(tmp_path, f"clinic/{name}", "1")
    (delivery,) = find_deliveries(contract, tmp_path)
    assert delivery.file_names == ("a_2026-11 (copy).csv",)
    assert [path.name for path in delivery.repeats] == ["a_2026-11.csv"]
    assert delivery.sha256 == sha256(b"1")


def test_the_same_bytes_under_two_days_are_one_delivery_of_the_earlier(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    for name, content in (("a_2026-09.csv", "1"), ("a_2026-10.csv", "2"), ("a_2026-11.csv", "1")):
        deliver(tmp_path, f"clinic/{name}", content)
    september, october = find_deliveries(contract, tmp_path)
    assert (september.file_names, october.file_names) == (("a_2026-09.csv",), ("a_2026-10.csv",))
    assert [path.name for path in september.repeats] == ["a_2026-11.csv"]
    assert october.repeats == ()


@pytest.mark.parametrize(("role", "kept"), [("persons", 1), ("events", 3)])
def test_of_persons_the_latest_counts_of_events_all(tmp_path: Path, role: str, kept: int) -> None:
    terms = {"role": role} if role == "persons" else {"role": role, "kind": "checkup"}
    contract = write_contract(tmp_path, columns=COLUMNS, terms=terms)
    for month in ("01", "02", "03"):
        deliver(tmp_path, f"clinic/a_2026-{month}.csv", month)
    found = find_deliveries(contract, tmp_path)
    assert deliveries_in_use(contract, found) == found[-kept:]


def test_a_file_that_grows_is_noticed(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    path = deliver(tmp_path, "clinic/a.csv", "1")
    (delivery,) = find_deliveries(contract, tmp_path)
    assert is_unchanged(delivery)
    path.write_text("12")
    assert not is_unchanged(delivery)


REVISIONS = [
    ("students_2026-10.csv", 0),
    ("students_2026-10_r2.csv", 2),
    ("students_2026-10_v3.csv.gz", 3),
    ("students-rev-2-2026-10.csv", 2),
    ("students_resupply1_2026-10.csv", 1),
    ("students_2026-10_1.csv", 0),  # a part
    ("rev2024students_2026-10.csv", 0),
    ("var12_2026-10.csv", 0),
]


@pytest.mark.parametrize(("name", "number"), REVISIONS)
def test_the_name_of_a_corrected_file_tells_its_revision(name: str, number: int) -> None:
    assert revision(name) == number


def test_a_corrected_file_replaces_the_faulty_one_of_the_day_parts_and_all(tmp_path: Path) -> None:
    contract = write_contract(tmp_path)
    landing = tmp_path / "landing"
    for name in ("clinic_2026-10_a.csv", "clinic_2026-10_b.csv", "clinic_2026-09.csv"):
        deliver(landing, f"clinic/{name}", f"{COLUMNS}\n{name}")
    *_, faulty = find_deliveries(contract, landing)
    corrected = deliver(landing, "clinic/clinic_2026-10_r2.csv", "mended")
    september, october = find_deliveries(contract, landing)
    assert len(faulty.files) == 2
    assert (october.files, october.replaces) == ((corrected,), (faulty.delivery_id,))
    assert september.replaces == ()
