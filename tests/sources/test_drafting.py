"""Contracts drafted from samples: valid, near what a person would write, and without anyone's values."""

import gzip
import re
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from sources.catalogue import read_catalogue
from sources.contract import SourceContract, read_contract
from sources.delivery import find_deliveries
from sources.drafting.draft import RESTRICTED, Draft, draft_contract, sex_codes
from sources.drafting.extract import open_extract
from sources.drafting.fixed_columns import fixed_columns
from sources.drafting.guesses import folded, guess
from sources.drafting.profile import profiled
from sources.synthetic.sample import write_sample
from warehouse.errors import DeliveryError
from warehouse.settings import SAMPLE_SOURCES

ROWS = [
    ("A-1", "ROSA QUISPE", "14/03/1985", "F", "PAVJ850314MDFRRN07"), ("A-2", "JUAN PÉREZ", "02/11/1979", "M", ""),
    ("A-3", "ANA FLORES", "25/12/1990", "F", ""), ("A-4", "LUIS CONDORI", "30/06/2001", "M", ""),
    ("A-5", "EVA ÑANCUPIL", "01/05/1993", "F", ""),
]  # fmt: skip
HEADER = ("folio", "nombre_completo", "fecha_nac", "sexo", "obs")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[SourceContract, Path, Draft]]:
    """Each sample contract that has a header to draft from, a delivery of it, and the draft of that delivery."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "landing", folder / "truth", 800, 7)
    contracts = [each for each in read_catalogue(SAMPLE_SOURCES).contracts if each.format != "fixed_width"]
    files = [find_deliveries(contract, folder / "landing")[-1].files[0] for contract in contracts]
    return [(contract, file, draft_contract(file)) for contract, file in zip(contracts, files, strict=True)]


def text(delimiter: str = ";", header: bool = True) -> str:
    return "".join(delimiter.join(row) + "\n" for row in ([HEADER] if header else []) + ROWS)


def drafted(tmp_path: Path, name: str, content: bytes) -> dict[str, object]:
    file = tmp_path / "clinic" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    contract = tmp_path / "contract.yaml"
    contract.write_text(draft_contract(file).text, encoding="utf-8")
    read = read_contract(contract)
    return {column.name: column.field for column in read.columns} | {
        "path": read.server.path, "format": read.format, "delimiter": read.reading.delimiter,
        "encoding": read.reading.encoding, "header": read.reading.header, "formats": read.columns[2].terms.format,
        "codes": read.columns[3].terms.codes, "id": read.id,
    }  # fmt: skip


def test_a_draft_is_a_valid_contract(tmp_path: Path) -> None:
    found = drafted(tmp_path, "people_2026-10.csv", text().encode("cp1252"))
    assert found == {
        "folio": "record_key", "nombre_completo": "full_name", "fecha_nac": "birth_date", "sexo": "sex",
        "obs": "ignore", "path": "clinic/people_*.csv", "format": "csv", "delimiter": ";", "encoding": "cp1252",
        "header": True, "formats": ("%d/%m/%Y",), "codes": {"F": "female", "M": "male"}, "id": "clinic.people",
    }  # fmt: skip


def test_columns_of_fixed_width_are_cut_where_blanks_stand_under_each_other(tmp_path: Path) -> None:
    people = [
        (f"K{n:04}", name, f"{1980 + n}0305") for n, name in enumerate(("ANABEL", "LUZ MARIA", "EVA", "SOL", "PAZ"))
    ]
    lines = "".join(f"{key:<6}{name:<12}{born:<8}\n" for key, name, born in people)
    file = tmp_path / "clinic" / "people_2026-10.txt"
    file.parent.mkdir()
    file.write_text(lines, encoding="utf-8")
    draft = draft_contract(file)
    assert draft.document["servers"][0]["format"] == "fixed_width"
    told = [{each["property"]: each["value"] for each in column["customProperties"]}
            for column in draft.document["schema"][0]["properties"]]  # fmt: skip
    assert [(terms["start"], terms["width"]) for terms in told] == [(1, 6), (7, 12), (19, 8)]
    assert told[0]["mapsTo"] == "record_key"
    assert "institution's layout" in draft.text


FIXED = [
    ("a padded value before a full one", ["AB  12", "A   34", "ABC 56", "A   78", "AB  90"], [(1, 4), (5, 2)]),
    ("values that touch", ["AB12", "CD34", "EF56", "GH78", "IJ90"], []),
    ("lines of many lengths", ["A 1", "AB 12", "ABC 123", "ABCD 1234", "A 12345678"], []),
    ("too few lines", ["A 1", "B 2"], []),
    ("numbers to the right", ["A    1", "B   22", "C  333", "D 4444", "E   55"], [(1, 2), (3, 4)]),
]


@pytest.mark.parametrize(("what", "lines", "cuts"), FIXED, ids=[case[0] for case in FIXED])
def test_fixed_columns(what: str, lines: list[str], cuts: list[tuple[int, int]]) -> None:
    assert [(cut.start, cut.width) for cut in fixed_columns(lines)] == cuts, what


def test_a_packed_sample_is_opened(tmp_path: Path) -> None:
    assert drafted(tmp_path, "people.csv.gz", gzip.compress(text("|").encode()))["delimiter"] == "|"


def test_a_workbook_and_json_lines_are_opened(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (HEADER, *ROWS):
        book.active.append(row)
    file = tmp_path / "clinic.xlsx"
    book.save(file)
    assert list(open_extract(file).values) == list(HEADER)
    lines = "".join(f'{{"folio": {n}, "home": {{"town": "Lima"}}}}\n' for n in range(3))
    (tmp_path / "a.jsonl").write_text(lines)
    assert open_extract(tmp_path / "a.jsonl").values == {"folio": ["0", "1", "2"], "home.town": ["Lima"] * 3}


def test_without_a_header_no_person_names_a_column(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(text(header=False))
    extract = open_extract(file)
    assert extract.written == {"delimiter": ";", "header": False}
    assert list(extract.values) == [f"column_{number}" for number in range(1, 6)]
    assert "ROSA" not in draft_contract(file, "clinic.people").text


def test_no_value_of_a_person_is_in_a_draft(samples: list[tuple[SourceContract, Path, Draft]]) -> None:
    held = 0
    for _, file, draft in samples:
        extract = open_extract(file)
        words = set(re.split(r"[\s,'\"{}\[\]:]+", draft.text.casefold()))
        for each in draft.guessed.columns:
            if each.field in RESTRICTED | {"ignore"}:
                values = {value.casefold() for value in extract.values[each.profile.name] if value and len(value) > 4}
                held += len(values)
                assert not values & (words - {folded(name) for name in extract.values}), each.field
    assert held > 1000


def test_drafts_of_the_sample_are_near_their_contracts(
    samples: list[tuple[SourceContract, Path, Draft]], tmp_path: Path
) -> None:
    right = total = 0
    for contract, _, draft in samples:
        file = tmp_path / "draft.yaml"
        file.write_text(draft.text, encoding="utf-8")
        read = read_contract(file)
        assert (read.terms.role, read.terms.kind) == (contract.terms.role, contract.terms.kind), contract.id
        guessed = {column.name: column.field for column in read.columns}
        right += sum(guessed[column.name] == column.field for column in contract.columns)
        total += len(contract.columns)
    assert right / total > 0.9


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (["H", "M"], {"H": "male", "M": "female"}), (["F", "M"], {"F": "female", "M": "male"}),
        (["1", "2", "9"], {"1": "male", "2": "female", "9": "unknown"}),
        (["Mujer", "Varón"], {"Mujer": "female", "Varón": "male"}),
        (["ROSA"], {}),
    ],
)  # fmt: skip
def test_codes_of_sex(values: list[str], codes: dict[str, str]) -> None:
    assert sex_codes(set(values)) == codes


@pytest.mark.parametrize(
    ("values", "formats", "rivals"),
    [
        (["31/12/1990", "01/02/1991"], ("%d/%m/%Y",), ()), (["01/02/1990", "03/04/1991"], ("%d/%m/%Y",), ("%m/%d/%Y",)),
        (["12/31/1990", "01/02/1991"], ("%m/%d/%Y",), ()), (["19901231"], ("%Y%m%d",), ()), (["ANA", "LUZ"], (), ()),
        (["31/12/1990"] * 4 + ["1990-12-31"], ("%d/%m/%Y", "%Y-%m-%d"), ()), ([], (), ()),
    ],
)  # fmt: skip
def test_date_formats_by_evidence(values: list[str], formats: tuple[str, ...], rivals: tuple[str, ...]) -> None:
    profile = profiled("nac", values)
    assert (profile.date_formats, profile.date_rivals) == (formats, rivals)


def test_a_code_that_few_hold_is_no_code() -> None:
    assert profiled("nivel", ["A"] * 9 + ["B"] * 9).codes == ("A", "B")
    assert profiled("nivel", ["A"] * 9 + ["B"] * 4).codes == ()
    assert profiled("nivel", [f"N{n}" for n in range(30)] * 9).codes == ()


@pytest.mark.parametrize(
    ("names", "role", "kind"),
    [
        (["id", "nombre", "apellido_paterno", "fecha_nacimiento"], "persons", None),
        (["clave", "expediente", "vacuna", "fecha"], "events", "vaccination"),
        (["id", "nss", "patron", "periodo", "dias_cotizados"], "events", "contribution"),
    ],
)
def test_roles(names: list[str], role: str, kind: str | None) -> None:
    values = {"fecha": ["2026-01-01", "2026-01-02"], "fecha_nacimiento": ["1990-01-01", "1991-01-01"]}
    numbers = {"dias_cotizados": ["30", "31"]}
    profiles = [profiled(name, values.get(name) or numbers.get(name) or [f"{name} x", f"{name} y"]) for name in names]
    guessed = guess(profiles, "extract", None)
    assert (guessed.role, guessed.kind) == (role, kind)


@pytest.mark.parametrize(
    ("name", "plain"), [("Fecha nac.", "fecha_nac"), ("primerApellido", "primer_apellido"), ("AÑO", "ano"), ("", "")]
)
def test_folded_names(name: str, plain: str) -> None:
    assert folded(name) == plain


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "empty"), ("a.csv", b"one column\nANA\n", "fixed widths"), ("a.csv", b"a,b\n", "no rows"),
        ("a.jsonl", b'[{"a": 1}]', "one JSON list"), ("a.parquet", b"PAR1broken", "damaged"),
        ("a.xlsx", b"PK\x03\x04broken", "damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DeliveryError, match=told):
        draft_contract(file)


def test_a_missing_sample_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="no such file"):
        draft_contract(tmp_path / "a.csv")


def test_a_draft_is_yaml_headed_by_what_to_settle(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(text(","))
    draft = draft_contract(file, "clinic.people")
    assert draft.text.startswith("# A draft. To settle before it is used:\n# - legalBasis")
    assert "# - candidate keys: folio, nombre_completo, fecha_nac\n" in draft.text
    assert yaml.safe_load(draft.text) == draft.document
