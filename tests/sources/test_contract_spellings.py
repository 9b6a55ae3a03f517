"""Words and places that the contract format leaves open are taken where their meaning is certain."""

from pathlib import Path
from typing import Any

import pytest
from invented import COLUMNS, Clinic, contract_document, write_contract

from sources.date_formats import as_strptime, is_date_format
from warehouse.errors import ContractError

KEY, NAME, BORN = COLUMNS


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("%d/%m/%Y", "%d/%m/%Y"), ("dd/mm/yyyy", "%d/%m/%Y"), ("DD-MM-AAAA", "DD-MM-AAAA"), ("dd-mm-aaaa", "%d-%m-%Y"),
        ("yyyy-MM-dd", "%Y-%m-%d"), ("YYYYMMDD", "%Y%m%d"), ("d.M.yy", "%d.%m.%y"), ("dd MMM yyyy", "%d %b %Y"),
        ("yyyy-MM-dd'T'HH:mm:ss", "%Y-%m-%dT%H:%M:%S"), ("yyyy-MM-dd HH:mm", "%Y-%m-%d %H:%M"),
        ("day first", "day first"), ("Q yyyy", "Q yyyy"), ("EEE dd", "EEE dd"),
    ],
)  # fmt: skip
def test_date_formats(written: str, meant: str) -> None:
    assert as_strptime(written) == meant


@pytest.mark.parametrize(
    ("text", "is_one"), [("%d/%m/%Y", True), ("%Y", True), ("day first", False), ("Q yyyy", False)]
)
def test_what_reads_dates(text: str, is_one: bool) -> None:
    assert is_date_format(text) is is_one


@pytest.mark.parametrize(
    ("server", "format", "delimiter"),
    [
        ({"format": "CSV", "separator": "semicolon"}, "csv", ";"), ({"format": "tsv"}, "csv", "\t"),
        ({"format": "csv.gz", "delimiter": "tab"}, "csv", "\t"), ({"format": "fixed-width"}, "fixed_width", ","),
        ({"format": "excel"}, "xlsx", ","), ({"format": "ndjson"}, "jsonl", ","),
        ({"format": "Parquet"}, "parquet", ","),
    ],
)  # fmt: skip
def test_servers(tmp_path: Path, server: dict[str, Any], format: str, delimiter: str) -> None:
    columns = ({**KEY, "width": 2}, {**NAME, "width": 4})
    contract = write_contract(tmp_path, columns=columns, server=server)
    assert (contract.format, contract.reading.delimiter) == (format, delimiter)


CUT = [
    [{"start": 1, "width": 3}, {"start": 4, "width": 8}, {"start": 12, "width": 10}],
    [{"width": 3}, {"width": 8}, {"width": 10}],
    [{"position": 1, "length": 3}, {"position": 4, "length": 8}, {"position": 12, "length": 10}],
    [{"start": 0, "width": 3}, {"start": 3, "width": 8}, {"start": 11, "width": 10}],
    [{"start": 1, "end": 3}, {"start": 4, "end": 11}, {"start": 12, "end": 21}],
    [{"start": 0, "end": 3}, {"start": 3, "end": 11}, {"start": 11, "end": 21}],
    [{"start": 1}, {"start": 4}, {"start": 12, "width": 10}],
    [{"physicalType": "CHAR(3)"}, {"physicalType": "varchar(8)"}, {"logicalTypeOptions": {"maxLength": 10}}],
]


@pytest.mark.parametrize("places", CUT)
def test_columns_of_fixed_width_say_their_place_in_many_ways(clinic: Clinic, places: list[dict[str, Any]]) -> None:
    columns = [
        {**column, **place} for column, place in zip((KEY, NAME, {**BORN, "mapsTo": "ignore"}), places, strict=True)
    ]
    taken = clinic.take("a.txt", "001MUÑOZ   01/02/1990\n", columns=columns, server={"format": "fwf"})
    assert taken.accepted == [(1, "001", "MUÑOZ", "01/02/1990")]


def test_widths_may_stand_with_the_server(clinic: Clinic) -> None:
    taken = clinic.take("a.txt", "001MUÑOZ   01/02/1990\n", server={"format": "fixed_width", "widths": [3, 8, 10]})
    assert taken.accepted == [(1, "001", "MUÑOZ", "01/02/1990")]


def test_a_date_format_may_stand_where_odcs_puts_it(tmp_path: Path) -> None:
    born = {
        "name": "BORN",
        "logicalType": "date",
        "mapsTo": "birthDate",
        "logicalTypeOptions": {"format": "dd/MM/yyyy"},
    }
    contract = write_contract(tmp_path, columns=(KEY, NAME, born))
    assert (contract.columns[2].field, contract.columns[2].terms.format) == ("birth_date", ("%d/%m/%Y",))


def test_objects_are_columns_named_by_their_paths(tmp_path: Path) -> None:
    document = contract_document(columns=(KEY, NAME))
    inner = contract_document(columns=({"name": "town", "mapsTo": "locality"},))["schema"][0]["properties"]
    document["schema"][0]["properties"].append({"name": "home", "logicalType": "object", "properties": inner})
    contract = write_contract(tmp_path, schema=document["schema"])
    assert [(column.name, column.field) for column in contract.columns][2:] == [("home.town", "locality")]


def test_a_likely_word_is_named(tmp_path: Path) -> None:
    columns = (KEY, {"name": "N", "mapsTo": "given_name"}, {**BORN, "code": {}})
    with pytest.raises(ContractError) as caught:
        write_contract(tmp_path, columns=columns, terms={"legalBases": "Act"})
    told = "\n".join(caught.value.faults)
    assert all(f"did you mean {word}?" in told for word in ("given_names", "codes", "legalBasis"))


def test_the_server_that_can_be_read_is_used(tmp_path: Path) -> None:
    document = contract_document()
    other = {"server": "warehouse", "type": "s3", "location": "s3://bucket/*.csv", "format": "csv"}
    contract = write_contract(tmp_path, servers=[other, *document["servers"]])
    assert contract.server.type == "local"
