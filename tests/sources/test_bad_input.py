"""What institutions really send: each fault is told clearly, and no row is lost."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from invented import COLUMNS, Clinic, deliver, write_contract
from openpyxl import Workbook

from sources.catalogue import read_catalogue
from sources.delivery import find_deliveries
from warehouse.errors import ContractError, DeliveryError, StorageError
from warehouse.layout import Layout, private_folder

KEY, NAME, BORN = COLUMNS
PEOPLE = "KEY,NAME,BORN\n1,ANA MUÑOZ,01/02/1990\n2,LUZ PEÑA,\n"


def workbook() -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in (["KEY", "NAME", "BORN"], [1, "ANA", "01/02/1990"]):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(name: str, content: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


REFUSED: dict[str, tuple[str, str | bytes, dict[str, Any], str]] = {
    "missing column": (
        "a.csv",
        "KEY,BORN\n1,\n",
        {},
        "a.csv: line 1: the columns are not those of the contract clinic.people: "
        "missing column NAME (deliver the file again with it).",
    ),
    "extra column": (
        "a.csv",
        "KEY,NAME,BORN,AGE,SIZE\n1,,,,\n",
        {},
        "a.csv: line 1: the columns are not those of the contract clinic.people: "
        "unknown columns AGE, SIZE (map it in the contract, or ignore it by name).",
    ),
    "all at once": (
        "a.csv",
        "key,AGE,AGE\n1,,\n",
        {},
        "a.csv: line 1: the columns are not those of the contract clinic.people: "
        "KEY is written key (capitals count; mend the contract or the file); "
        "missing columns NAME, BORN (deliver the file again with it); "
        "unknown column AGE (map it in the contract, or ignore it by name); "
        "more than once column AGE (each name may stand once).",
    ),
    "no header": (
        "a.csv",
        "1,ANA MUÑOZ,01/02/1990\n",
        {},
        "a.csv: line 1: none of the 3 columns of the contract clinic.people is there. "
        "Is this the right extract, and does it begin with a header?",
    ),
    "wrong delimiter": (
        "a.csv",
        PEOPLE.replace(",", ";"),
        {},
        "a.csv: line 1 looks delimited by ';' (semicolon), but the contract declares ','. "
        "Declare the delimiter ';', or have the file written with ','.",
    ),
    "wrong delimiter, no header": (
        "a.csv",
        "1\tANA\t01/02/1990\n",
        {"header": False},
        "a.csv: line 1 looks delimited by '\\t' (tab), but the contract declares ','. "
        "Declare the delimiter '\\t', or have the file written with ','.",
    ),
    "wrong encoding": (
        "a.csv",
        PEOPLE.encode("latin-1"),
        {},
        "a.csv: line 2, byte 22: the contract declares utf-8, but the file seems to be cp1252. "
        "Declare encoding cp1252 in the contract, or have the file written in utf-8.",
    ),
    "wrong encoding the other way": (
        "a.csv",
        PEOPLE,
        {"encoding": "latin-1"},
        "a.csv: line 2, byte 22: the contract declares latin-1, but the file seems to be utf-8. "
        "Declare encoding utf-8 in the contract, or have the file written in latin-1.",
    ),
    "gz cut short": (
        "a.csv.gz",
        gzip.compress(PEOPLE.encode())[:-4],
        {},
        "a.csv.gz: the archive is damaged or cut short (EOFError). Deliver it again.",
    ),
    "zip cut short": (
        "a.zip",
        zipped("a.csv", PEOPLE)[:-4],
        {},
        "a.zip: the archive is damaged or cut short. Deliver it again.",
    ),
    "workbook cut short": (
        "a.xlsx",
        workbook()[:-100],
        {"format": "xlsx"},
        "a.xlsx: the archive is damaged or cut short (BadZipFile). Deliver it again.",
    ),
    "workbook as text": (
        "a.csv",
        workbook(),
        {},
        "a.csv: is not text but a zip archive or an Excel workbook. Name it so, or mend the contract's format.",
    ),
    "empty file": ("a.csv", b"", {}, "a.csv: is empty (0 bytes). Deliver it again."),
    "header only": ("a.csv", "KEY,NAME,BORN\n", {}, "a.csv: holds no rows. Deliver it again, with its rows."),
    "blank lines only": ("a.csv", "\n \n", {"header": False}, "a.csv: holds no rows. Deliver it again, with its rows."),
}


@pytest.mark.parametrize(("name", "content", "server", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_delivery_that_cannot_be_read_is_refused_whole(
    clinic: Clinic, name: str, content: str | bytes, server: dict[str, Any], told: str
) -> None:
    with pytest.raises(DeliveryError) as caught:
        clinic.take(name, content, server=server)
    assert str(caught.value) == told
    assert not (clinic.home / "lake").exists()


def test_duplicate_record_keys_are_quarantined_but_for_the_first(clinic: Clinic) -> None:
    taken = clinic.take("a.csv", PEOPLE + "1,OTRA ANA,\n2,OTRA LUZ,\n3,EVA,\n")
    assert [row[0] for row in taken.accepted] == [2, 3, 6]
    assert taken.reasons == {
        4: "the record key already stands on line 2 of a.csv; give each record a key of its own",
        5: "the record key already stands on line 3 of a.csv; give each record a key of its own",
    }
    assert (taken.intake.rows_delivered, taken.intake.rows_quarantined) == (5, 2)


def test_impossible_dates_are_quarantined_only_where_they_are_required(clinic: Clinic) -> None:
    content = PEOPLE + "3,EVA,31/02/1990\n4,SOL,00/00/0000\n5,INÉS,01/02/2990\n"
    assert clinic.take("a.csv", content).intake.rows_accepted == 5
    strict = clinic.take("a.csv", content, columns=(KEY, NAME, {**BORN, "required": True}))
    assert [row[0] for row in strict.accepted] == [2]
    reason = "as a date written %d/%m/%Y; mend the value, or the format in the contract"
    assert {line for line, told in strict.reasons.items() if told.endswith(reason)} == {4, 5, 6}
    assert strict.intake.rows_delivered == 5


def test_a_contract_with_three_faults_tells_all_three(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as caught:
        write_contract(tmp_path, columns=(KEY, {"name": "AGE"}, {**BORN, "format": "x"}), server={"format": "pdf"})
    assert len(caught.value.faults) == 3
    with pytest.raises(ContractError, match=r"3 faults\n  1\. .*\n  2\. .*\n  3\. "):
        read_catalogue(tmp_path)


def test_a_landing_folder_without_deliveries_is_told(clinic: Clinic) -> None:
    with pytest.raises(DeliveryError, match=r"no file in .* matches clinic/\*\.csv\. Put the extract there"):
        clinic.take_in(clinic.contract())


def test_an_unwritable_home_is_told(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="Choose another home with --home or PADRON_HOME"):
        private_folder(Layout(tmp_path / "file").scratch)


def test_the_same_file_under_two_names_is_taken_in_once(clinic: Clinic) -> None:
    clinic.deliver("a_2026-10.csv", PEOPLE)
    taken = clinic.take("a_2026-11.csv", PEOPLE)
    assert len(find_deliveries(clinic.contract(server={"path": "clinic/*"}), clinic.landing)) == 1
    assert [path.name for path in taken.intake.delivery.repeats] == ["a_2026-11.csv"]
    assert taken.intake.rows_delivered == 2


def test_no_message_repeats_a_person_s_value(clinic: Clinic) -> None:
    for content in ("90010112345,ANA\n", "KEY;NAME;BORN\n90010112345;ANA;\n", '90010112345,"ANA\n'):
        with pytest.raises(DeliveryError) as caught:
            clinic.take("a.csv", content)
        assert "90010112345" not in str(caught.value)
    broken = "KEY,NAME,BORN\n90010112345,ANA\n90010112346,ANA,\n90010112346,ANA,\n,ANA,\n"
    reasons = clinic.take("a.csv", broken).reasons
    assert len(reasons) == 3
    assert not any("9001011" in reason or "ANA" in reason for reason in reasons.values())


def test_a_landing_zone_with_quotes_in_its_path_is_read(clinic: Clinic, tmp_path: Path) -> None:
    landing = tmp_path / 'l\'ano "x"; --'
    deliver(landing, "clinic/a 'b'.csv", PEOPLE)
    taken = Clinic(clinic.contracts, landing, tmp_path / "h'ome", clinic.connection).take_in(clinic.contract())
    assert taken.intake.rows_accepted == 2
