"""Quarantined rows read again when the delivery's files are gone: from what the home itself keeps."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import COLUMNS, Clinic

from sources.contract import SourceContract
from sources.erasure import purge_raw, rows_purged
from sources.ledger import read_ledger
from sources.reading import kept_rows
from sources.replaying import Replayed, replay
from sources.standardise.stored import hash_sql
from sources.standing import note_good, receive_standing
from warehouse.published.reference import DELIVERIES
from warehouse.session import scan
from warehouse.settings import Settings
from warehouse.storage import read_rows

KEY, NAME, BORN = COLUMNS
SEX = {"name": "SEX", "mapsTo": "sex", "required": True, "codes": {"H": "male"}}
MENDED = {**SEX, "codes": {"H": "male", "M": "female"}}
STRICT, WIDER = (KEY, NAME, SEX), (KEY, NAME, MENDED)
ROWS = 'KEY,NAME,SEX\n1,ANA,H\n2,LUZ,M\n3,EVA,X\n1,INÉS,M\n,SOL,H\n4,"MAR,H\n5,PAZ\n'
FILE = "a_2026-10.csv"


def replayed(clinic: Clinic, contract: SourceContract) -> list[Replayed]:
    return list(
        replay(
            clinic.connection, contract, Settings(home=clinic.home, landing=clinic.landing, sources=clinic.contracts)
        )
    )


def counted(found: Sequence[Replayed]) -> list[tuple[int, int, int]]:
    return [(each.before, each.after, each.rows_delivered) for each in found]


def kept(clinic: Clinic, contract: SourceContract) -> tuple[list[Any], list[Any]]:
    """The accepted rows, and (line, reason, raw) of those in quarantine."""
    name = read_ledger(clinic.layout)[-1].delivery_id
    raw, apart = clinic.layout.raw(contract.id, name), clinic.layout.quarantine(contract.id, name)
    accepted = clinic.connection.sql(f"select * exclude (_file) from {scan(raw)} order by _line").fetchall()
    return accepted, clinic.connection.sql(f"select line, reason, raw from {scan(apart)} order by line").fetchall()


def gone(clinic: Clinic, content: str = ROWS, **parts: Any) -> SourceContract:
    """A delivery taken in by the strict contract, whose file is there no longer."""
    parts = {"columns": STRICT, **parts}
    clinic.take(FILE, content, **parts)
    (clinic.landing / "clinic" / FILE).unlink()
    return clinic.contract(**{"server": {"path": "clinic/*"}, **parts})


def test_quarantined_rows_become_records_of_a_mended_contract(clinic: Clinic) -> None:
    gone(clinic)
    contract = clinic.contract(columns=WIDER)
    (found,) = replayed(clinic, contract)
    assert (found.before, found.after, found.rows_delivered) == (6, 5, 7)
    assert (found.from_kept, found.unparted, found.hindrance) == (True, 2, "")
    accepted, apart = kept(clinic, contract)
    assert accepted == [(2, "1", "ANA", "H"), (3, "2", "LUZ", "M")]
    assert [line for line, _, _ in apart] == [4, 5, 6, 7, 8]
    reasons = [reason for _, reason, _ in apart]
    assert "SEX cannot be read" in reasons[0]
    assert f"already stands on line 2 of {FILE}" in reasons[1]
    assert "KEY is blank" in reasons[2]
    assert "quote" in reasons[3]
    assert "too few fields" in reasons[4]
    assert [raw for _, _, raw in apart] == ["3,EVA,X", "1,INÉS,M", ",SOL,H", '4,"MAR,H', "5,PAZ"]


def test_it_is_as_if_the_file_had_been_read_again(clinic: Clinic, tmp_path: Path) -> None:
    contract = gone(clinic)
    contract = clinic.contract(columns=WIDER)
    replayed(clinic, contract)
    from_kept = kept(clinic, contract)
    other = Clinic(tmp_path / "contracts", tmp_path / "landing", tmp_path / "other", clinic.connection)
    other.take(FILE, ROWS, columns=WIDER)
    assert from_kept == kept(other, contract)


def test_a_second_replay_changes_nothing(clinic: Clinic) -> None:
    gone(clinic)
    contract = clinic.contract(columns=WIDER)
    assert counted(replayed(clinic, contract)) == [(6, 5, 7)]
    files = {path: path.read_bytes() for path in clinic.home.rglob("*.parquet")}
    entries = len(read_ledger(clinic.layout))
    assert counted(replayed(clinic, contract)) == [(5, 5, 7)]
    assert {path: path.read_bytes() for path in clinic.home.rglob("*.parquet")} == files
    assert len(read_ledger(clinic.layout)) == entries


def test_a_stricter_contract_puts_accepted_rows_apart(clinic: Clinic) -> None:
    gone(clinic, "KEY,NAME,SEX\n1,ANA,H\n2,,H\n3,EVA,X\n")
    contract = clinic.contract(columns=(KEY, {**NAME, "required": True}, MENDED))
    assert counted(replayed(clinic, contract)) == [(1, 2, 3)]
    accepted, apart = kept(clinic, contract)
    assert accepted == [(2, "1", "ANA", "H")]
    assert apart[0] == (3, "the required column NAME is blank; fill it", '{"KEY":"2","NAME":null,"SEX":"H"}')
    contract = clinic.contract(columns=STRICT)
    assert counted(replayed(clinic, contract)) == [(2, 1, 3)]
    assert kept(clinic, contract)[0] == [(2, "1", "ANA", "H"), (3, "2", None, "H")]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        pytest.param((*WIDER, {"name": "PHONE", "mapsTo": "phone"}), "lack the columns PHONE", id="a column more"),
        pytest.param((KEY, {**NAME, "name": "WHO"}, MENDED), "lack the columns WHO", id="a column renamed"),
    ],
)
def test_what_was_not_kept_is_told_and_nothing_is_changed(clinic: Clinic, columns: Any, told: str) -> None:
    before = kept(clinic, gone(clinic))
    contract = clinic.contract(columns=columns)
    (found,) = replayed(clinic, contract)
    assert told in found.hindrance
    assert "Put its files back" in found.hindrance
    assert kept(clinic, contract) == before


def test_a_column_less_is_no_hindrance(clinic: Clinic) -> None:
    gone(clinic, "KEY,NAME,BORN,SEX\n1,ANA,,H\n2,LUZ,,M\n", columns=(KEY, NAME, BORN, SEX))
    contract = clinic.contract(columns=WIDER)
    assert counted(replayed(clinic, contract)) == [(1, 0, 2)]
    assert kept(clinic, contract)[0] == [(2, "1", "ANA", "H"), (3, "2", "LUZ", "M")]


FIXED = {"server": {"path": "clinic/*", "format": "fixed_width"}}


def test_lines_cut_elsewhere_need_their_file(clinic: Clinic) -> None:
    def cut(sex: Any, width: int) -> dict[str, Any]:
        columns = [
            {**KEY, "start": 1, "width": 1},
            {**NAME, "start": 2, "width": width},
            {**sex, "start": 5, "width": 1},
        ]
        return {**FIXED, "columns": columns}

    gone(clinic, "1ANAH\n2LUZM\n3\n", **cut(SEX, 3))
    assert "cut elsewhere" in replayed(clinic, clinic.contract(**cut(MENDED, 2)))[0].hindrance
    found = replayed(clinic, clinic.contract(**cut(MENDED, 3)))
    assert (found[0].hindrance, counted(found)) == ("", [(2, 1, 3)])


def test_a_typed_format_is_replayed_as_well(clinic: Clinic) -> None:
    rows = "".join(f'{{"KEY": "{key}", "NAME": "A B", "SEX": "{sex}"}}\n' for key, sex in (("1", "H"), ("2", "M")))
    gone(clinic, rows, server={"path": "clinic/*", "format": "jsonl"})
    contract = clinic.contract(columns=WIDER, server={"path": "clinic/*", "format": "jsonl"})
    assert counted(replayed(clinic, contract)) == [(1, 0, 2)]
    assert kept(clinic, contract) == ([(1, "1", "A B", "H"), (2, "2", "A B", "M")], [])


def test_a_delta_is_replayed_with_what_its_rows_do(clinic: Clinic) -> None:
    server = {
        "path": "clinic/changes_*.csv", "delivers": "delta", "snapshotPath": "clinic/all_*.csv",
        "operation": {"column": "OP", "upsert": ["A"], "delete": "B"},
    }  # fmt: skip
    columns = (KEY, NAME, {"name": "OP", "mapsTo": "ignore"})
    contract = clinic.contract(columns=columns, server=server)
    clinic.deliver("all_2026-08-31.csv", "KEY,NAME,OP\n1,ANA,\n")
    clinic.deliver("changes_2026-09-01.csv", "KEY,NAME,OP\n2,LUZ,N\n1,,B\n2,LUZ MAR,N\n")
    assert clinic.take_in(contract).intake.rows_quarantined == 2
    (clinic.landing / "clinic" / "changes_2026-09-01.csv").unlink()
    wider = {**server, "operation": {"column": "OP", "upsert": ["A", "N"], "delete": "B"}}
    contract = clinic.contract(columns=columns, server=wider)
    assert counted(replayed(clinic, contract)) == [(2, 1, 3)]
    accepted, apart = kept(clinic, contract)
    assert accepted == [(3, "1", None, "B"), (4, "2", "LUZ MAR", "N")]
    assert "a later line of the delta changes the same record" in apart[0][1]
    upserts = clinic.layout.raw_upserts(contract.id, read_ledger(clinic.layout)[-1].delivery_id)
    assert clinic.connection.sql(f"select KEY from {scan(upserts)}").fetchall() == [("2",)]


CELLS = st.sampled_from(["", "H", "M", "X", "1", "2", "ANA", " ", '"', "é", "3"])
LINES = st.lists(st.lists(CELLS, min_size=2, max_size=4).map(",".join), min_size=1, max_size=12)
TERMS = st.tuples(st.booleans(), st.sampled_from([{"H": "male"}, {"H": "male", "M": "female"}, {"X": "other"}]))


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, before=TERMS, after=TERMS)
def test_what_is_kept_is_judged_as_the_file_would_be(
    clinic: Clinic, tmp_path_factory: pytest.TempPathFactory, lines: list[str], before: Any, after: Any
) -> None:
    """The oracle is the reader, given the file once more; an accepted row that is refused now reads otherwise alone."""
    content = "KEY,NAME,SEX\n1,ANA,H\n" + "".join(f"{line}\n" for line in lines)
    folder = tmp_path_factory.mktemp("replay")
    homes = [Clinic(folder / "contracts", folder / "landing", folder / str(n), clinic.connection) for n in (1, 2)]
    one, other = [(KEY, {**NAME, "required": named}, {**SEX, "codes": codes}) for named, codes in (before, after)]
    homes[0].take(FILE, content, columns=one)
    homes[1].take(FILE, content, columns=other)
    (folder / "landing" / "clinic" / FILE).unlink()
    contract = homes[0].contract(columns=other)
    replayed(homes[0], contract)
    again, fresh = (kept(home, contract) for home in homes)
    assert again[0] == fresh[0]
    assert [row[:2] for row in again[1]] == [row[:2] for row in fresh[1]]


def failing(at: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, save that its call of the number `at` fails as if the machine stopped."""
    calls = iter(range(100))

    def call(*arguments: Any, **named: Any) -> Any:
        if next(calls) == at:
            raise KeyboardInterrupt
        return function(*arguments, **named)

    return call


@pytest.mark.parametrize(
    ("name", "at"),
    [("write_table", 0), ("write_table", 1), ("write_parquet", 0), ("write_parquet", 2), ("add_entry", 0)],
)
def test_a_crash_at_any_write_loses_no_row(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, name: str, at: int) -> None:
    gone(clinic, "KEY,NAME,SEX\n1,ANA,H\n2,,H\n3,EVA,M\n")
    contract = clinic.contract(columns=(KEY, {**NAME, "required": True}, MENDED))  # rows change sides both ways
    with monkeypatch.context() as patch:
        patch.setattr(kept_rows, name, failing(at, getattr(kept_rows, name)))
        with pytest.raises(KeyboardInterrupt):
            replayed(clinic, contract)
    found = replayed(clinic, contract)
    accepted, apart = kept(clinic, contract)
    assert [row[0] for row in accepted] == [2, 4]
    assert [row[0] for row in apart] == [3]
    assert found[0].after == 1


def test_a_crash_and_then_the_older_contract_divides_as_before(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = gone(clinic)
    before = kept(clinic, contract)
    with monkeypatch.context() as patch:
        patch.setattr(kept_rows, "write_table", failing(1, kept_rows.write_table))
        with pytest.raises(KeyboardInterrupt):
            replayed(clinic, clinic.contract(columns=WIDER))
    assert counted(replayed(clinic, clinic.contract(columns=STRICT, server={"path": "clinic/*"}))) == [(6, 6, 7)]
    assert kept(clinic, contract) == before


def test_the_erased_stay_erased_and_are_counted(clinic: Clinic) -> None:
    gone(clinic)
    contract = clinic.contract(columns=WIDER)
    ((erased,),) = clinic.connection.sql(f"select {hash_sql('clinic', chr(39) + '2' + chr(39))}").fetchall()
    assert purge_raw(clinic.connection, contract, "clinic", [erased], clinic.layout) == 1
    assert counted(replayed(clinic, contract)) == [(5, 6, 7)]
    accepted, apart = kept(clinic, contract)
    assert (len(accepted), len(apart)) == (1, 5)
    assert rows_purged(clinic.layout, contract.id, read_ledger(clinic.layout)[-1].delivery_id) == 1


def test_what_is_in_use_is_counted_anew(clinic: Clinic) -> None:
    clinic.deliver(FILE, ROWS)
    strict = clinic.contract(columns=STRICT)
    settings = Settings(home=clinic.home, landing=clinic.landing, sources=clinic.contracts)
    receive_standing(clinic.connection, strict, settings)
    note_good(strict, clinic.layout)
    (clinic.landing / "clinic" / FILE).unlink()
    contract = clinic.contract(columns=WIDER)
    replayed(clinic, contract)
    for path in (clinic.layout.deliveries(contract.id), clinic.layout.good_deliveries(contract.id)):
        (row,) = read_rows(DELIVERIES, path)
        assert (row["rows_delivered"], row["rows_accepted"], row["rows_quarantined"]) == (7, 2, 5)
    stands = receive_standing(clinic.connection, contract, settings)  # and a build goes on with what was replayed
    assert (stands.rows_accepted, stands.rows_quarantined) == (2, 5)
