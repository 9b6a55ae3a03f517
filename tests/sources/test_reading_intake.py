from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from invented import COLUMNS, Clinic

from sources.delivery import find_deliveries
from sources.ledger import read_ledger
from sources.reading import intake as intake_module
from sources.reading.intake import take_in
from warehouse.errors import DeliveryError
from warehouse.layout import Layout
from warehouse.storage import read_table
from warehouse.tables import QUARANTINE

KEY, NAME, BORN = COLUMNS
PEOPLE = "KEY,NAME,BORN\n1,ANA,01/02/1990\n2,LUZ,\n,EVA,\n"


def statuses(clinic: Clinic) -> list[str]:
    return [entry.status for entry in read_ledger(clinic.layout)]


def test_rows_are_accepted_or_quarantined_and_counted(clinic: Clinic) -> None:
    taken = clinic.take("a_2026-11.csv", PEOPLE)
    counts = (taken.intake.rows_delivered, taken.intake.rows_accepted, taken.intake.rows_quarantined)
    assert counts == (3, 2, 1)
    assert not taken.intake.was_known
    entry = read_ledger(clinic.layout)[-1]
    assert (entry.rows_delivered, entry.rows_accepted, entry.rows_quarantined) == counts
    assert (entry.status, entry.files, entry.as_of_date) == ("taken in", ("a_2026-11.csv",), "2026-11-30")


def test_the_tables_written_have_the_promised_columns(clinic: Clinic) -> None:
    contract = clinic.contract()
    clinic.deliver("a.csv", PEOPLE)
    clinic.take_in(contract)
    (delivery,) = find_deliveries(contract, clinic.landing)
    raw = pq.read_schema(clinic.layout.raw(contract.id, delivery.delivery_id))
    assert [(field.name, str(field.type)) for field in raw] == [
        ("_file", "string"), ("_line", "int64"), ("KEY", "string"), ("NAME", "string"), ("BORN", "string"),
    ]  # fmt: skip
    quarantine = clinic.layout.quarantine(contract.id, delivery.delivery_id)
    assert clinic.connection.sql(f"select * from {read_table(QUARANTINE, quarantine)}").fetchall() == [
        (
            contract.id, delivery.delivery_id, "a.csv", 4, "the required column KEY is blank; fill it",
            ",EVA,", b",EVA,", '{"KEY":null,"NAME":"EVA","BORN":null}',
        )
    ]  # fmt: skip


def test_the_same_delivery_is_taken_in_once(clinic: Clinic) -> None:
    first = clinic.take("a.csv", PEOPLE)
    again = clinic.take("a.csv", PEOPLE)
    assert again.intake.was_known
    assert (again.accepted, again.quarantined) == (first.accepted, first.quarantined)
    assert again.intake.rows_quarantined == 1
    assert statuses(clinic) == ["received", "taken in"]


def test_another_contract_has_the_delivery_read_again(clinic: Clinic) -> None:
    clinic.take("a.csv", PEOPLE)
    mended = clinic.take("a.csv", PEOPLE, columns=({**KEY, "required": False}, {**NAME, "required": True}, BORN))
    assert not mended.intake.was_known
    assert clinic.take("a.csv", PEOPLE).intake.was_known is False


def test_the_same_inputs_give_the_same_bytes(clinic: Clinic) -> None:
    contract = clinic.contract()
    clinic.deliver("a.csv", PEOPLE)
    (delivery,) = find_deliveries(contract, clinic.landing)
    written = [path(contract.id, delivery.delivery_id) for path in (clinic.layout.raw, clinic.layout.quarantine)]
    take_in(clinic.connection, contract, delivery, clinic.layout)
    before = [path.read_bytes() for path in written]
    for path in written:
        path.unlink()
    assert not take_in(clinic.connection, contract, delivery, clinic.layout).was_known
    assert [path.read_bytes() for path in written] == before


def test_parts_of_one_day_are_read_together_and_keys_are_one_s_own_across_them(clinic: Clinic) -> None:
    clinic.deliver("a_2026-11_part1.csv", "KEY,NAME,BORN\n1,ANA,\n2,LUZ,\n")
    taken = clinic.take("a_2026-11_part2.csv", "NAME,KEY,BORN\nEVA,3,\nINÉS,1,\n")
    assert [row[:3] for row in taken.accepted] == [(2, "1", "ANA"), (2, "3", "EVA"), (3, "2", "LUZ")]
    assert taken.reasons == {
        3: "the record key already stands on line 2 of a_2026-11_part1.csv; give each record a key of its own"
    }


def test_parts_of_the_same_name_in_two_folders_are_told_apart(clinic: Clinic) -> None:
    for folder, row in (("north", "1,ANA,"), ("south", "1,LUZ,")):
        clinic.deliver(f"{folder}/a_2026-11.csv", f"KEY,NAME,BORN\n{row}\n")
    taken = clinic.take_in(clinic.contract(server={"path": "clinic/*/*.csv"}))
    assert [row[2] for row in taken.accepted] == ["ANA"]
    assert "line 2 of north/a_2026-11.csv" in taken.reasons[2]


REQUIRED: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "date": ({"mapsTo": "birth_date", "format": "%d/%m/%Y"}, {}, "01/02/1990", "31/02/1990"),
    "number": ({"mapsTo": "income"}, {"decimal": "."}, "7.5", "seven"),
    "code": ({"mapsTo": "sex", "codes": {"H": "male", "M": "female"}}, {}, "H", "X"),
}


@pytest.mark.parametrize(("terms", "server", "good", "bad"), REQUIRED.values(), ids=REQUIRED.keys())
def test_a_required_value_must_be_there_and_readable(
    clinic: Clinic, terms: dict[str, Any], server: dict[str, Any], good: str, bad: str
) -> None:
    content = f"KEY,NAME,V\n1,ANA,{good}\n2,LUZ,{bad}\n3,EVA,\n,,{bad}\n"
    column = {"name": "V", **terms}
    taken = clinic.take("a.csv", content, columns=(KEY, NAME, {**column, "required": True}), server=server)
    assert [row[0] for row in taken.accepted] == [2]
    assert "column V cannot be read" in taken.reasons[3]
    assert "column V is blank" in taken.reasons[4]
    assert "KEY is blank; fill it; the required column V cannot be read" in taken.reasons[5]
    assert not any(bad in reason for reason in taken.reasons.values())
    lenient = clinic.take("a.csv", content, columns=(KEY, NAME, column), server=server)
    assert [(row[0], row[3]) for row in lenient.accepted] == [(2, good), (3, bad), (4, None)]


def test_of_a_repeated_key_the_first_acceptable_row_stays(clinic: Clinic) -> None:
    content = "KEY,NAME,BORN\n1,,\n 1 ,ANA,\n1,LUZ,\n01,EVA,\n1,INÉS,\n"
    taken = clinic.take("a.csv", content, columns=(KEY, {**NAME, "required": True}, BORN))
    assert [row[:3] for row in taken.accepted] == [(3, "1", "ANA"), (5, "01", "EVA")]
    assert "NAME is blank" in taken.reasons[2]
    assert all("already stands on line 3 of a.csv" in taken.reasons[line] for line in (4, 6))


def test_a_delivery_refused_leaves_nothing_but_its_entry(clinic: Clinic) -> None:
    with pytest.raises(DeliveryError):
        clinic.take("a.csv", "KEY,NAME\n1,ANA\n")
    assert statuses(clinic) == ["received", "refused"]
    assert not (clinic.home / "lake").exists()
    assert not (clinic.home / "quarantine").exists()
    assert list(clinic.layout.scratch.glob("intake-*")) == []


def failing(times: list[int], function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, save that its call of the number in `times` fails as if the machine stopped."""
    calls = iter(range(100))

    def call(*arguments: Any) -> Any:
        if next(calls) in times:
            raise KeyboardInterrupt
        return function(*arguments)

    return call


@pytest.mark.parametrize(
    ("name", "time"),
    [("write_table", 0), ("write_parquet", 0), ("write_parquet", 1), ("add_entry", 0), ("add_entry", 1)],
)
def test_a_crash_at_any_write_is_mended_by_the_next_run(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, name: str, time: int
) -> None:
    older = clinic.take("a.csv", PEOPLE, columns=(KEY, NAME, {**BORN, "required": True}))
    assert older.intake.rows_quarantined == 2
    with monkeypatch.context() as patch:
        patch.setattr(intake_module, name, failing([time], getattr(intake_module, name)))
        with pytest.raises(KeyboardInterrupt):
            clinic.take("a.csv", PEOPLE)
    after = clinic.take("a.csv", PEOPLE)
    assert not after.intake.was_known
    assert (len(after.accepted), len(after.quarantined)) == (2, 1)
    assert clinic.take("a.csv", PEOPLE).intake.was_known


def test_a_crash_then_the_older_contract_reads_anew(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = {"columns": (KEY, NAME, {**BORN, "required": True})}
    clinic.take("a.csv", PEOPLE, **strict)
    with monkeypatch.context() as patch:
        patch.setattr(intake_module, "write_parquet", failing([1], intake_module.write_parquet))
        with pytest.raises(KeyboardInterrupt):
            clinic.take("a.csv", PEOPLE)
    back = clinic.take("a.csv", PEOPLE, **strict)
    assert not back.intake.was_known
    assert (len(back.accepted), len(back.quarantined)) == (1, 2)


def test_a_file_that_changes_while_it_is_read_is_refused(clinic: Clinic) -> None:
    path = clinic.deliver("a.csv", PEOPLE)
    contract = clinic.contract()
    (delivery,) = find_deliveries(contract, clinic.landing)
    path.write_text(PEOPLE + "4,SOL,\n")
    with pytest.raises(DeliveryError, match=r"a\.csv: changed while it was read"):
        take_in(clinic.connection, contract, delivery, Layout(clinic.home))


def test_what_is_written_is_for_the_owner_alone(clinic: Clinic) -> None:
    clinic.take("a.csv", PEOPLE)
    written = [path for path in Path(clinic.home).rglob("*") if path.is_file() and clinic.landing not in path.parents]
    assert len(written) == 3
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
