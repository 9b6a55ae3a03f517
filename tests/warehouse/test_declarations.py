"""What is declared of the tables is whole, and reaches Parquet, the database's comments and the data dictionary."""

import json
import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse.code_lists.lists import code_list_rows, codes_of, mapped_codes
from warehouse.dictionary import dictionary
from warehouse.exports.dci import SCHEMA
from warehouse.published.coordination import SCORECARD
from warehouse.published.quality import LINKAGE_ESTIMATES
from warehouse.published.registry import PUBLISHED
from warehouse.storage import DECLARATION, write_rows
from warehouse.table import Column, Table
from warehouse.tables import STAGE_TABLES

ROOT = Path(__file__).resolve().parents[2]
BY_NAME = {table.name: table for table in PUBLISHED}
TOWN = Table(
    "towns",
    "One town.",
    ("code",),
    (
        Column("code", "varchar", "Its code.", False),
        Column("mayor_sex", "varchar", "The mayor's sex.", True, "sensitive", dci="Person.sex", codes="sex"),
    ),
    (("code", "places", "code"),),
)


def test_the_data_dictionary_is_what_is_declared(request: pytest.FixtureRequest) -> None:
    document, now = ROOT / "docs" / "data-dictionary.md", dictionary(PUBLISHED, STAGE_TABLES)
    if request.config.getoption("--regenerate"):
        document.write_text(now, encoding="utf-8")
    assert document.read_text(encoding="utf-8") == now, "the document is out of date; run `make docs`"


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: table.name)
def test_keys_references_and_code_lists_exist(table: Table) -> None:
    assert table.key
    assert set(table.key) <= set(table.column_names)
    for column, other, referred in table.references:
        assert column in table.column_names
        assert referred in BY_NAME[other].column_names
    for column in table.columns:
        assert not column.codes or codes_of(column.codes), column.codes


@pytest.mark.parametrize("table", PUBLISHED, ids=lambda table: table.name)
def test_no_published_column_is_identifying(table: Table) -> None:
    assert table.without("identifying") == table.column_names


def test_a_parquet_file_carries_its_declaration(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "towns.parquet"
    write_rows(connection, TOWN, [{"code": "a", "mayor_sex": "female"}], path)
    declared = json.loads(pq.read_schema(path).metadata[DECLARATION.encode()])
    assert declared["key"] == ["code"]
    assert declared["references"] == [{"column": "code", "table": "places", "referred": "code"}]
    assert declared["columns"][1] == {
        "name": "mayor_sex",
        "type": "varchar",
        "description": "The mayor's sex.",
        "nullable": True,
        "personal_data": "sensitive",
        "dci": "Person.sex",
        "code_list": "sex",
    }


def test_comments_hold_key_references_and_class() -> None:
    assert TOWN.comment == "One town. Key: code. References: code in places.code."
    assert TOWN.columns[1].comment == "The mayor's sex. [personal data: sensitive; DCI Person.sex; code list sex]"
    assert TOWN.columns[0].comment == "Its code."


def test_a_value_stands_for_one_code() -> None:
    pairs = [(row["code_list"], row["registry_value"]) for row in code_list_rows() if row["registry_value"]]
    assert len(set(pairs)) == len(pairs) > 40
    assert mapped_codes("employment_status")["own_account"] == "6"
    assert mapped_codes("institution_type")["municipal"] == "1"


def test_a_count_of_people_is_withheld_where_they_are_few() -> None:
    """The scorecard's are withheld by its own query, measure by measure (`test_scorecard`)."""
    counts = [
        (table, column.name)
        for table in PUBLISHED
        if not table.names_people and table not in {LINKAGE_ESTIMATES, SCORECARD}  # the former counts pairs of records
        for column in table.columns
        if column.type in {"integer", "bigint"}
        and re.search("people|persons|person_count", f"{column.name} {column.description}", re.I)
    ]
    assert len(counts) >= 3
    untold = [(table.name, name) for table, name in counts
              if table.cells is None or name not in (table.cells.count, *table.cells.measures)]  # fmt: skip
    assert untold == []


NOT_EXPORTED = {
    "Programme": {
        "programme_name", "programme_identifier", "programme_description", "implementing_institution",
        "institution_type", "legal_status", "social_protection_functions", "contribution_type", "programme_type",
        "benefit", "benefit_frequency",
    },
    "EmploymentInfo": {"start_date", "end_date", "job_title", "employer", "employment_type"},
}  # fmt: skip
"""Fields of the initiative's data objects that no export writes, and so no JSON Schema here declares."""


def test_a_column_names_a_field_that_the_standard_has() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    fields = {kind: set(declared.get("properties", ())) for kind, declared in schema.items()} | NOT_EXPORTED
    named = [column.dci.split(".") for table in PUBLISHED for column in table.columns if column.dci]
    assert len(named) > 30
    assert [(kind, field) for kind, field in named if field not in fields[kind]] == []
