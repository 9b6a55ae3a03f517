"""Every kind of rule on delivered text, passing and failing, against counts made by hand."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from quality.custom import KINDS
from quality.suites import contract_suite
from quality.validation import validate
from warehouse.settings import Settings

RAW_ROW = ("_file", "_line")
ROWS = {
    "KEY": ["1", "2", "3", "4", "5", "6", "7", "8", "9", " 9 "],
    "CODE": ["A1", "A2", "", "  ", "NA", "B:1{2}", "A3", "A4", "A5", "A6"],
    "SEX": ["H", "M", "H", "M", "?", "H", "M", "H ", "M", ""],
    "DAY": ["01/02/2020", "31/12/1899", "", "x", "2020-05-05", "01/01/2030", *["01/02/2020"] * 4],
    "SUM": ["1.234,5", "0", "-1", "10", "abc", "", "100", "100", "100", "100"],
    "HOUR": ["08:00", "23:30", "", "noon", *["09:00"] * 6],
    "Nº de «50%» a:b {c}": ["1", "", *["1"] * 8],
}
ODD = list(ROWS)[-1]


def write_rows(path: Path, rows: dict[str, list[str]], file: str = "roll.csv") -> Path:
    count = len(next(iter(rows.values())))
    lines = pa.array(range(1, count + 1), pa.int64())
    texts = {name: pa.array(values, pa.string()) for name, values in rows.items()}
    pq.write_table(pa.table({**texts, "_file": pa.array([file] * count, pa.string()), "_line": lines}), path)
    return path


def library(metric: str, bound: dict[str, object], **arguments: object) -> dict[str, object]:
    return {"type": "library", "metric": metric, **bound, "arguments": arguments or None}


def sql(query: str, **bound: object) -> dict[str, object]:
    return {"type": "sql", "query": query, **bound}


def percent(**bound: object) -> dict[str, object]:
    return {**bound, "unit": "percent"}


NONE = {"mustBe": 0}
RULES = [  # name, column, rule; success, evaluated, unexpected, sample
    ("null_none", "KEY", library("nullValues", NONE), True, 10, 0, ""),
    ("null_some", "CODE", library("nullValues", NONE), False, 10, 2, "3 4"),
    ("null_two", "CODE", library("nullValues", {"mustBe": 2}), True, 10, 2, "3 4"),
    ("null_not_two", "CODE", library("nullValues", {"mustNotBe": 2}), False, 10, 2, "3 4"),
    ("null_over_20", "CODE", library("nullValues", percent(mustBeGreaterThan=20)), False, 10, 2, "3 4"),
    ("null_from_20", "CODE", library("nullValues", percent(mustBeGreaterOrEqualTo=20)), True, 10, 2, "3 4"),
    ("null_under_20", "CODE", library("nullValues", percent(mustBeLessThan=20)), False, 10, 2, "3 4"),
    ("null_to_20", "CODE", library("nullValues", percent(mustBeLessOrEqualTo=20)), True, 10, 2, "3 4"),
    ("null_in", "CODE", library("nullValues", percent(mustBeBetween=[5, 20])), True, 10, 2, "3 4"),
    ("null_out", "CODE", library("nullValues", percent(mustNotBeBetween=[5, 20])), False, 10, 2, "3 4"),
    ("null_odd", ODD, library("nullValues", NONE), False, 10, 1, "2"),
    ("missing", "CODE", library("missingValues", NONE), False, 10, 2, "3 4"),
    ("missing_na", "CODE", library("missingValues", NONE, missingValues=[None, "NA"]), False, 10, 3, "3 4 5"),
    ("missing_words", "CODE", library("missingValues", NONE, missingValues=["NA", "B:1{2}"]), False, 10, 2, "5 6"),
    ("missing_not", "CODE", library("missingValues", NONE, missingValues=["ZZ"]), True, 10, 0, ""),
    ("missing_odd", ODD, library("missingValues", NONE, missingValues=["", "{x}"]), False, 10, 1, "2"),
    ("valid_sex", "SEX", library("invalidValues", NONE, validValues=["H", "M"]), False, 9, 1, "5"),
    ("valid_sexes", "SEX", library("invalidValues", NONE, validValues=["H", "M", "?"]), True, 9, 0, ""),
    ("valid_key", "KEY", library("invalidValues", NONE, validValues=[*range(1, 10)]), True, 10, 0, ""),
    ("pattern", "CODE", library("invalidValues", NONE, pattern="^A[0-9]{1}$"), False, 8, 2, "5 6"),
    ("pattern_all", "CODE", library("invalidValues", NONE, pattern="(?:A|B:|N)"), True, 8, 0, ""),
    ("pattern_odd", ODD, library("invalidValues", NONE, pattern="^1$"), True, 9, 0, ""),
    ("twice", "KEY", library("duplicateValues", NONE), False, 10, 2, "9 10"),
    ("twice_few", "KEY", library("duplicateValues", percent(mustBeLessOrEqualTo=20)), True, 10, 2, "9 10"),
    ("twice_odd", ODD, library("duplicateValues", {"mustBe": 9}), True, 9, 9, "1 3 4 5 6 7 8 9 10"),
    ("pair", None, library("duplicateValues", NONE, properties=["SEX", "SUM"]), False, 10, 2, "7 9"),
    ("pair_odd", None, library("duplicateValues", NONE, properties=["KEY", ODD]), False, 10, 2, "9 10"),
    ("pair_none", None, library("duplicateValues", NONE, properties=["KEY", "CODE"]), True, 10, 0, ""),
    ("rows", None, library("rowCount", {"mustBeBetween": [5, 10]}), True, 10, 0, ""),
    ("rows_more", None, library("rowCount", {"mustBeGreaterThan": 10}), False, 10, 0, ""),
    ("rows_not", None, library("rowCount", {"mustNotBe": 10}), False, 10, 0, ""),
    ("sql", None, sql("select count(*) from ${table} where SEX = 'H'", mustBe=4), True, 10, 0, ""),
    ("sql_name", None, sql("select count(*) from roll where CODE like 'B:1{%}'; ", mustBe=0), False, 10, 0, ""),
    ("sql_share", "SEX", sql("select avg((${column} = 'H')::int) from ${object} -- all", mustBe=1), False, 10, 0, ""),
    ("sql_percent", None, sql("select 20", mustBeLessThan=30, unit="percent"), True, 10, 0, ""),
    ("sql_unit", None, sql("select 20", mustBeGreaterThan=30, unit="EUR"), False, 10, 0, ""),
    ("sql_odd", ODD, sql("select count(${property}) from ${table}", mustBe=9), True, 10, 0, ""),
    ("sql_cte", None, sql("with x as (select SEX from roll) select count(*) from x", mustBe=10), True, 10, 0, ""),
]  # fmt: skip
OPTIONS = [  # column, logical type, option, value; unexpected lines
    ("CODE", "string", "minLength", 2, ""),
    ("CODE", "string", "minLength", 3, "1 2 5 7 8 9 10"),
    ("CODE", "string", "maxLength", 2, "6"),
    ("CODE", "string", "pattern", "^[AN]", "6"),
    ("DAY", "date", "minimum", "1900-01-01", "2"),
    ("DAY", "date", "maximum", "2020-05-05", "6"),
    ("DAY", "date", "exclusiveMaximum", "2020-05-05", "5 6"),
    ("DAY", "timestamp", "exclusiveMinimum", "1899-12-31T00:00:00", "2"),
    ("SUM", "number", "minimum", 0, "3"),
    ("SUM", "number", "maximum", 1000, "1"),
    ("SUM", "number", "exclusiveMinimum", 0, "2 3"),
    ("SUM", "integer", "exclusiveMaximum", 1234.5, "1"),
    ("SUM", "number", "multipleOf", 0.5, ""),
    ("SUM", "integer", "multipleOf", 5, "1 3"),
    ("HOUR", "time", "maximum", "22:00", "2"),
    ("HOUR", "time", "minimum", "08:00", ""),
]  # fmt: skip
CUSTOM = {  # kind: arguments that pass, arguments that fail, lines that fail
    "ExpectColumnDistinctValuesToBeInSet": ({"value_set": ["H", "M", "?"]}, {"value_set": ["H"]}, ""),
    "ExpectColumnDistinctValuesToContainSet": ({"value_set": ["H"]}, {"value_set": ["H", "X"]}, ""),
    "ExpectColumnDistinctValuesToEqualSet": ({"value_set": ["H", "M", "?"]}, {"value_set": ["H", "M"]}, ""),
    "ExpectColumnMostCommonValueToBeInSet": (
        {"value_set": ["H", "M"], "ties_okay": True}, {"value_set": ["?"]}, "",
    ),
    "ExpectColumnPairValuesToBeEqual": (
        {"column_A": "SEX", "column_B": "SEX"},
        {"column_A": "DAY", "column_B": "SEX", "ignore_row_if": "either_value_is_missing"}, "1 2 4 5 6 7 8 9",
    ),
    "ExpectColumnProportionOfNonNullValuesToBeBetween": ({"min_value": 0.9}, {"min_value": 0.95}, ""),
    "ExpectColumnProportionOfUniqueValuesToBeBetween": ({"max_value": 0.5}, {"min_value": 0.5}, ""),
    "ExpectColumnToExist": ({}, None, ""),
    "ExpectColumnUniqueValueCountToBeBetween": ({"min_value": 3, "max_value": 3}, {"max_value": 2}, ""),
    "ExpectColumnValueLengthsToBeBetween": ({"min_value": 1, "max_value": 1}, {"min_value": 2}, "1 2 3 4 5 6 7 8 9"),
    "ExpectColumnValueLengthsToEqual": ({"value": 1}, {"value": 2}, "1 2 3 4 5 6 7 8 9"),
    "ExpectColumnValuesToBeInSet": (
        {"value_set": ["H", "M"], "mostly": 0.8}, {"value_set": ["H", "M"], "mostly": 0.9}, "5",
    ),
    "ExpectColumnValuesToBeNull": ({"mostly": 0.1}, {}, "1 2 3 4 5 6 7 8 9"),
    "ExpectColumnValuesToBeUnique": ({"column": "CODE"}, {}, "1 2 3 4 6 7 8 9"),
    "ExpectColumnValuesToMatchRegex": ({"regex": "[HM?]"}, {"regex": "^[HM]$"}, "5"),
    "ExpectColumnValuesToNotBeInSet": ({"value_set": ["X"]}, {"value_set": ["?"]}, "5"),
    "ExpectColumnValuesToNotBeNull": ({"mostly": 0.9}, {}, "10"),
    "ExpectColumnValuesToNotMatchRegex": ({"regex": "X"}, {"regex": "[?]"}, "5"),
    "ExpectCompoundColumnsToBeUnique": ({"column_list": ["KEY", "CODE"]}, {"column_list": ["SEX", "HOUR"]}, ""),
    "ExpectSelectColumnValuesToBeUniqueWithinRecord": (
        {"column_list": ["KEY", "SEX"]}, {"column_list": ["KEY", ODD]}, "1",
    ),
    "ExpectTableRowCountToBeBetween": ({"minValue": 1, "maxValue": 10}, {"max_value": 9}, ""),
    "ExpectTableRowCountToEqual": ({"value": 10}, {"value": 9}, ""),
}  # fmt: skip


def implementation(kind: str, arguments: dict[str, object]) -> dict[str, object]:
    given = {"type": kind, "kwargs": arguments}
    return {"type": "custom", "engine": "greatExpectations", "implementation": given}


def whole_contract() -> OpenDataContractStandard:
    """All rules of the tables above in one contract, so that they are validated at once."""
    columns = {name: {"name": name, "quality": []} for name in ROWS}
    table = {"name": "roll", "quality": []}
    for name, column, rule, *_ in RULES:
        (columns[column] if column else table)["quality"].append({"name": name, **rule})
    for kind, (passing, failing, _) in CUSTOM.items():
        for name, arguments in ((f"{kind}_passes", passing), (f"{kind}_fails", failing)):
            if arguments is not None:
                columns["SEX"]["quality"].append({"name": name, **implementation(kind, arguments)})
    return OpenDataContractStandard(id="all", schema=[{**table, "properties": list(columns.values())}])


def option_contract(column: str, kind: str, option: str, value: object) -> OpenDataContractStandard:
    described = {"name": column, "logicalType": kind, "logicalTypeOptions": {option: value}}
    formats = {"customProperties": [{"property": "format", "value": ["%d/%m/%Y"]}]}
    server = {"server": "landing", "type": "local", "customProperties": [{"property": "decimal", "value": ","}]}
    return OpenDataContractStandard(
        id="one", servers=[server], schema=[{"name": "roll", "properties": [{**described, **formats}]}]
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, sources=home, landing=home, memory_limit="1GB")


@pytest.fixture(scope="module")
def roll(tmp_path_factory) -> Path:
    return write_rows(tmp_path_factory.mktemp("raw") / "roll.parquet", ROWS)


@pytest.fixture(scope="module")
def outcomes(settings, roll):
    return {item.name: item for item in validate(contract_suite(whole_contract()), roll, RAW_ROW, settings)}


def lines(text: str) -> tuple[str, ...]:
    return tuple(f"roll.csv:{line}" for line in text.split())


@pytest.mark.parametrize(("name", "success", "evaluated", "unexpected", "sample"), [(r[0], *r[3:]) for r in RULES])
def test_each_rule_counts_the_rows_it_is_about(outcomes, name, success, evaluated, unexpected, sample):
    outcome = outcomes[name]
    assert outcome.error is None
    assert (outcome.success, outcome.evaluated, outcome.unexpected) == (success, evaluated, unexpected)
    assert outcome.sample == lines(sample)


@pytest.mark.parametrize("kind", KINDS)
def test_each_custom_expectation_passes_and_fails(outcomes, kind):
    assert set(CUSTOM) == set(KINDS)
    passing, failing = outcomes[f"{kind}_passes".lower()], outcomes.get(f"{kind}_fails".lower())
    assert (passing.success, passing.error) == (True, None)
    if failing is not None:
        assert (failing.success, failing.error) == (False, None)
        assert failing.sample == lines(CUSTOM[kind][2])


@pytest.fixture(scope="module")
def option_outcomes(settings, roll):
    made = [contract_suite(option_contract(*option[:4]))[1] for option in OPTIONS]
    numbered = [replace(item, name=f"option_{number}") for number, item in enumerate(made)]
    return validate(numbered, roll, RAW_ROW, settings)


@pytest.mark.parametrize("number", range(len(OPTIONS)), ids=["-".join(map(str, option[:4])) for option in OPTIONS])
def test_each_option_of_a_logical_type_names_the_values_outside(option_outcomes, number):
    outcome, unexpected = option_outcomes[number], lines(OPTIONS[number][4])
    assert (outcome.error, outcome.sample, outcome.success) == (None, unexpected, not unexpected)


def test_every_rule_has_its_outcome_in_the_order_of_the_suite(outcomes):
    assert list(outcomes) == [item.name for item in contract_suite(whole_contract())]
