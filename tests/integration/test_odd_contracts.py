"""Contracts written by others, in odd but legal ways, build a registry; faulty ones tell all their faults at once."""

import gzip
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from sources import fields

NAMES = ("ANA", "LUIS", "EVA", "JUAN", "ROSA", "INÉS", "PEDRO", "SOFÍA", "MARTA", "DIEGO", "ELENA", "BRUNO")
SURNAMES = ("QUISPE", "MUÑOZ", "FLORES", "ROJAS", "CONDORI", "PEÑA", "VEGA", "SILVA", "ÑANCUPIL", "DÍAZ", "LUNA")
PEOPLE = 60


def person(number: int) -> dict[str, Any]:
    """The invented person of that number, as every source knows them."""
    draw = random.Random(number)
    return {
        "given": draw.choice(NAMES), "first": draw.choice(SURNAMES), "second": draw.choice(SURNAMES),
        "day": draw.randint(1, 28), "month": draw.randint(1, 12), "year": draw.randint(1940, 2015),
        "sex": draw.choice("HM"), "phone": f"5512{draw.randint(100000, 999999)}",
        "id": f"L{draw.randint(10**6, 10**7)}",
    }  # fmt: skip


def column(name: str, mapped: str, **terms: Any) -> dict[str, Any]:
    properties = [{"property": word, "value": value} for word, value in {"mapsTo": mapped, **terms}.items()]
    return {"name": name, "customProperties": properties}


def contract(
    id: str, server: Mapping[str, Any], terms: Mapping[str, Any], *columns: dict[str, Any], **more: Any
) -> Any:
    known = {"type", "path", "format", "customProperties", "delimiter"}
    custom = [{"property": name, "value": value} for name, value in server.items() if name not in known]
    landing = {"server": "x", "type": "local", **{name: value for name, value in server.items() if name in known}}
    return {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": id, "name": id.partition(".")[0], "version": "1",
        "status": "active", "servers": [landing | ({"customProperties": custom} if custom else {})],
        "customProperties": [{"property": name, "value": value} for name, value in terms.items()],
        "schema": [{"name": "t", "properties": list(columns)}], **more,
    }  # fmt: skip


def write(root: Path, document: Any, name: str, content: bytes) -> None:
    folder = root / "contracts" / str(document["id"])
    folder.mkdir(parents=True)
    (folder / "contract.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    file = root / "landing" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def nested_json(root: Path) -> None:
    """Objects within objects, ODCS' own place for a date format, a local identifier."""
    inside = [column("given", "given_names"), column("first", "surname_1"), column("second", "surname_2")]
    born = {**column("born", "birthDate"), "logicalType": "date", "logicalTypeOptions": {"format": "dd/MM/yyyy"}}
    document = contract(
        "health.people", {"path": "./health/*.ndjson", "format": "ndjson"}, {"role": "persons", "purposes": "registry"},
        column("id", "record_key"), {"name": "who", "logicalType": "object", "properties": inside}, born,
        column("sex", "sex", codes={"H": "male", "M": "female"}), column("tags", "ignore"),
        column("card", "identifier", scheme="local"),
    )  # fmt: skip
    lines = []
    for number in range(PEOPLE):
        who = person(number)
        lines.append({
            "id": number, "who": {key: who[key] for key in ("given", "first", "second")}, "card": who["id"],
            "born": f"{who['day']:02}/{who['month']:02}/{who['year']}", "sex": who["sex"], "tags": [1, {"a": 2}],
        })  # fmt: skip
    write(root, document, "health/p_2026-09.ndjson", "".join(json.dumps(line) + "\n" for line in lines).encode())


def visits_by_key(root: Path) -> None:
    """An events contract that refers to persons, in a packed file parted by tabs, with little more than its key."""
    document = contract(
        "health.visits", {"path": "health/visits-*.tsv", "format": "tsv"}, {"role": "events", "kind": "checkup"},
        column("n", "record_key"), column("id", "person_key"),
        column("on", "start_date", format=["%d.%m.%Y", "%Y%m%d"]),
    )  # fmt: skip
    rows = "".join(
        f"{number}\t{number % PEOPLE}\t{'01.02.2026' if number % 2 else '20260301'}\n" for number in range(90)
    )
    write(root, document, "health/visits-2026-09.tsv.gz", gzip.compress(f"n\tid\ton\n{rows}".encode()))


def fixed_width_work(root: Path) -> None:
    """Events with the person's own fields, cut by position and length from 1, in the encoding of old machines."""
    places = (
        ("K", "record_key", 1, 4),
        ("NOM", "full_name", 5, 40),
        ("NAC", "birth_date", 45, 8),
        ("INI", "start_date", 53, 8),
    )
    columns = [column(name, mapped, position=start, length=length) for name, mapped, start, length in places]
    for each in columns[2:]:
        each["customProperties"].append({"property": "format", "value": "yyyyMMdd"})
    document = contract(
        "labour.jobs", {"path": "labour/**/*.txt", "format": "fixed-width", "encoding": "cp850"},
        {"role": "events", "kind": "work"}, *columns, {**column("SAL", "amount"), "physicalType": "char(7)"},
    )  # fmt: skip
    lines = []
    for number in range(0, PEOPLE, 2):
        who = person(number)
        name = f"{who['first']} {who['second']}, {who['given']}"
        lines.append(f"{number:<4}{name:<40}{who['year']}{who['month']:02}{who['day']:02}20260101{'1234.5':<7}\n")
    write(root, document, "labour/2026/jobs_20260930.txt", "".join(lines).encode("cp850"))


def headless_workbook(root: Path) -> None:
    """A workbook without a header that knows little of anyone: a birth year, a phone, a name."""
    document = contract(
        "ngo.kitchen", {"path": "ngo/kitchen*.xlsx", "format": "Excel", "header": False, "sheetName": "Lista"},
        {"role": "persons", "levelOfGovernment": "non_state"},
        column("a", "record_key"), column("b", "full_name"), column("c", "birth_year"), column("d", "phone"),
    )  # fmt: skip
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Lista")
    for number in range(0, PEOPLE, 3):
        who = person(number)
        sheet.append([number, f"{who['given']} {who['first']}", who["year"], who["phone"]])
    path = root / "kitchen.xlsx"
    book.save(path)
    write(root, document, "ngo/kitchen.xlsx", path.read_bytes())


def every_word(root: Path, role: str) -> None:
    """Every word of `mapsTo` at once, most of the columns empty."""
    words = sorted(fields.allowed(role) - {"record_key", "person_key", "ignore"})
    terms = {"role": role} | ({"kind": "benefit"} if role == "events" else {})
    columns = [column(f"c_{word}", word, **({"scheme": "local"} if word == "identifier" else {})) for word in words]
    name = f"all{role}"
    document = contract(
        f"{name}.rows", {"path": f"{name}/*.csv", "format": "csv"}, terms, column("key", "record_key"), *columns
    )
    rows = [",".join(["key", *(f"c_{word}" for word in words)])]
    for number in range(PEOPLE):
        who = person(number)
        known = {
            "given_names": who["given"], "surname_1": who["first"], "surname_2": who["second"], "phone": who["phone"],
            "birth_date": f"{who['year']}-{who['month']:02}-{who['day']:02}",
            "sex": "male" if who["sex"] == "H" else "female",
        }  # fmt: skip
        rows.append(",".join([str(number), *(str(known.get(word, "")) for word in words)]))
    write(root, document, f"{name}/rows.csv", ("\n".join(rows) + "\n").encode())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    for make in (nested_json, visits_by_key, fixed_width_work, headless_workbook):
        make(folder)
    for role in ("persons", "events"):
        every_word(folder, role)
    return folder


def run(root: Path, verb: str, *words: object) -> tuple[int, str]:
    places = ("--sources", root / "contracts", "--landing", root / "landing", "--home", root / "home")
    result = CliRunner().invoke(app, [verb, *map(str, (*places, *words))])
    return result.exit_code, result.output


@pytest.mark.slow
def test_odd_contracts_link_and_build(root: Path) -> None:
    status, output = run(root, "link", "--out", root / "out")
    assert status == 0, output
    with duckdb.connect() as connection:
        spine = f"read_parquet('{root / 'out' / 'spine.parquet'}')"
        counts = dict(connection.sql(f"select source, count(*) from {spine} group by source").fetchall())
    sixth = {"ngo": PEOPLE // 3, "labour": PEOPLE // 2}
    assert counts == {name: sixth.get(name, PEOPLE) for name in ("allevents", "allpersons", "health", "labour", "ngo")}
    status, output = run(root, "build")
    assert status == 0, output
    with duckdb.connect(str(root / "home" / "current" / "registry.duckdb"), read_only=True) as release:
        checkups = release.sql("select count(*), count(entity_id), count(event_date) from checkups").fetchall()
        work = release.sql("select count(*), count(distinct entity_id), sum(amount) from work").fetchall()
    assert checkups == [(90, 90, 90)]
    assert work[0][0] == PEOPLE // 2
    assert work[0][2] == 1234.5 * PEOPLE / 2


def test_all_faults_of_all_contracts_are_told_at_once(tmp_path: Path) -> None:
    document = contract(
        "health.people", {"path": "health/*.csv", "format": "pdf"}, {"role": "persons", "colour": "red"},
        column("id", "record_key"), column("a", "phone"), column("b", "phone"), {"name": "c"},
    )  # fmt: skip
    write(tmp_path, document, "health/a.csv", b"id,a,b,c\n1,2,3,4\n")
    other = contract(
        "labour.jobs", {"path": "/jobs.csv", "format": "csv"}, {"role": "events"}, column("id", "person_key")
    )
    write(tmp_path, other, "labour/a.csv", b"id\n1\n")
    status, output = run(tmp_path, "link", "--out", tmp_path / "out")
    assert status == 1
    told = (
        "unknown format pdf",
        "unknown custom property colour",
        "mapsTo phone: 2 columns map to it",
        "column c: no mapsTo",
        "path must be a file pattern",
        "needs a kind",
        "mapsTo record_key: no column has it",
    )
    assert all(fault in " ".join(output.split()) for fault in told), output
