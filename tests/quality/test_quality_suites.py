import re
import subprocess
import sys

import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from quality.suites import contract_suite, table_suite
from warehouse.errors import ContractError
from warehouse.table import Column, Table
from warehouse.tables import RECORD_IDENTIFIERS


def contract(*properties, quality=(), **parts):
    table = {"name": "roll", "properties": list(properties), "quality": list(quality)}
    return OpenDataContractStandard(id="ministry.roll", schema=[table], **parts)


def suite(*properties, quality=()):
    return {item.name: item for item in contract_suite(contract(*properties, quality=quality))}


def test_the_structure_of_a_contract_becomes_critical_expectations():
    made = suite(
        {"name": "KEY", "primaryKey": True}, {"name": "NAME", "required": True}, {"name": "CARD", "unique": True}
    )
    assert list(made) == ["at_least_one_row", "key_unique", "key_not_null", "name_not_null", "card_unique"]
    assert {item.severity for item in made.values()} == {"critical"}


def test_a_key_of_several_columns_is_unique_as_a_whole_and_in_its_order():
    made = suite(
        {"name": "B", "primaryKey": True, "primaryKeyPosition": 2},
        {"name": "A", "primaryKey": True, "primaryKeyPosition": 1},
    )
    assert made["a_b_unique"].description == "No two rows share A, B."
    assert "b_unique" not in made


@pytest.mark.parametrize(
    ("severity", "expected"),
    [(None, "warning"), ("info", "warning"), ("warning", "warning"), ("error", "critical"), ("Critical", "critical")],
)
def test_rules_are_warnings_unless_they_say_otherwise(severity, expected):
    made = suite({"name": "A", "quality": [{"metric": "nullValues", "mustBe": 0, "severity": severity}]})
    assert made["a_null_values"].severity == expected


def test_a_rule_on_the_row_count_does_not_make_an_empty_table_welcome():
    made = suite({"name": "A"}, quality=[{"metric": "rowCount", "mustBeLessThan": 9}])
    assert {name: item.severity for name, item in made.items()} == {
        "at_least_one_row": "critical",
        "row_count": "warning",
    }


def test_whether_an_empty_table_blocks_is_the_callers_choice():
    [made] = contract_suite(contract({"name": "A"}), empty="warning")
    assert (made.name, made.severity) == ("at_least_one_row", "warning")


def test_names_are_unique_stable_and_fit_for_dagster():
    odcs = contract(
        {"name": "Cédula Nº", "required": True, "quality": [{"metric": "nullValues", "mustBe": 0}] * 3},
        {"name": "cedula_no", "required": True},
        {"name": "¿?", "required": True},
        {"name": "Х", "quality": [{"name": "Un nombre (largo)", "metric": "nullValues", "mustBe": 0}]},
    )
    names = [item.name for item in contract_suite(odcs)]
    assert names == [item.name for item in contract_suite(odcs)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch("[A-Za-z0-9_]+", name) for name in names)
    assert {"cedula_no_not_null", "cedula_no_not_null_2", "cedula_no_null_values_3", "un_nombre_largo"} <= set(names)


def test_prose_is_left_out():
    assert list(suite({"name": "A", "quality": [{"type": "text", "description": "Names are spelt with care."}]})) == [
        "at_least_one_row"
    ]


RULES_THAT_CANNOT_BE_MADE = [
    ({"type": "magic", "mustBe": 0}, "unknown type magic"),
    ({"mustBe": 0}, r"unknown metric \(none\)"),
    ({"metric": "zebras", "mustBe": 0}, "unknown metric zebras"),
    ({"metric": "nullValues"}, "0 comparisons"),
    ({"metric": "nullValues", "mustBe": 0, "arguments": {"x": 1}}, "unknown arguments x"),
    ({"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": "NA"}}, "must be a list"),
    ({"metric": "invalidValues", "mustBe": 0}, "validValues or pattern"),
    ({"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "(?=a)"}}, "no regular expression of RE2"),
    ({"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": 5}}, "no regular expression of RE2"),
    ({"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["A", "Z"]}}, "there is no column Z"),
    ({"metric": "rowCount", "mustBe": 5, "unit": "percent"}, "a row count has no percentage"),
    ({"type": "sql", "mustBe": 0}, "must be one select"),
    ({"type": "sql", "query": "select 1; select 2", "mustBe": 0}, "must be one select"),
    ({"type": "sql", "query": "drop table roll", "mustBe": 0}, "must be one select"),
    ({"type": "sql", "query": "select count(*) from roll where Z = 1", "mustBe": 0}, "cannot be run"),
    ({"type": "sql", "query": "select count(*) from read_text('/etc/hostname')", "mustBe": 0}, "cannot be run"),
    ({"type": "custom", "engine": "soda", "implementation": {"type": "x"}}, "unknown engine soda"),
    ({"type": "custom", "engine": "great-expectations", "implementation": "{"}, "neither YAML nor JSON"),
    ({"type": "custom", "engine": "great-expectations", "implementation": "[]"}, "must be a mapping"),
    ({"type": "custom", "engine": "greatExpectations", "implementation": {"rows": 1}}, "unknown rows"),
    (
        {"type": "custom", "engine": "greatExpectations", "implementation": {"type": "expect_luck"}},
        "unknown expectation expect_luck",
    ),
]


@pytest.mark.parametrize(("rule", "said"), RULES_THAT_CANNOT_BE_MADE)
def test_a_rule_that_cannot_be_made_is_refused_by_its_place(rule, said):
    with pytest.raises(ContractError, match=rf"ministry\.roll: 1 fault\n  1\. column A: quality rule 1 .*{said}"):
        contract_suite(contract({"name": "A", "quality": [rule]}))


@pytest.mark.parametrize(
    ("implementation", "said"),
    [
        ({"type": "expect_column_values_to_be_in_set"}, "needs the argument value_set"),
        ({"type": "expect_column_values_to_be_in_set", "kwargs": {"value_set": "H"}}, "must be a list"),
        ({"type": "expect_column_values_to_be_null", "kwargs": {"column": "Z"}}, "there is no column Z"),
        ({"type": "expect_column_values_to_be_null", "kwargs": {"mostly": 5}}, "a share, from 0 to 1"),
        ({"type": "expect_column_values_to_be_null", "kwargs": {"row_condition": "1=1"}}, "no argument row_condition"),
        ({"type": "expect_column_values_to_match_regex", "kwargs": {"regex": "("}}, "no regular expression"),
        ({"type": "expect_table_row_count_to_equal", "kwargs": {"value": "five"}}, "value must be a number"),
    ],
)
def test_a_custom_rule_is_checked_argument_by_argument(implementation, said):
    rule = {"type": "custom", "engine": "greatExpectations", "implementation": implementation}
    with pytest.raises(ContractError, match=said):
        contract_suite(contract({"name": "A", "quality": [rule]}))


@pytest.mark.parametrize("metric", ["nullValues", "missingValues", "invalidValues", "duplicateValues"])
def test_a_rule_about_a_column_must_stand_at_one(metric):
    rule = {"metric": metric, "mustBe": 0, "arguments": {"pattern": "a"} if metric == "invalidValues" else None}
    with pytest.raises(ContractError, match=r"schema: quality rule 1 .*belongs to a column"):
        contract_suite(contract({"name": "A"}, quality=[rule]))


@pytest.mark.parametrize(
    ("kind", "option", "value", "said"),
    [
        ("string", "maxLength", "long", "must be a whole number"),
        ("string", "minimum", 5, "does not belong to the logical type string"),
        ("string", "pattern", "[", "no regular expression"),
        ("number", "minimum", "low", "must be a number"),
        ("number", "multipleOf", 0, "a step must be above 0"),
        ("date", "maximum", "31/12/2026", "ISO 8601"),
        ("date", "multipleOf", 5, "does not belong to the logical type date"),
        ("array", "maxItems", 5, "write it as a quality rule"),
    ],
)
def test_an_option_that_cannot_be_checked_is_refused(kind, option, value, said):
    with pytest.raises(ContractError, match=rf"column A: logicalTypeOptions: {option}: .*{said}"):
        contract_suite(contract({"name": "A", "logicalType": kind, "logicalTypeOptions": {option: value}}))


def test_options_that_only_say_how_to_read_promise_nothing():
    assert list(suite({"name": "A", "logicalType": "date", "logicalTypeOptions": {"format": "dd/MM/yyyy"}})) == [
        "at_least_one_row"
    ]


@pytest.mark.parametrize("promise", [{"required": True}, {"quality": [{"metric": "nullValues", "mustBe": 0}]}])
@pytest.mark.parametrize(
    "nest", [lambda child: {"properties": [child]}, lambda child: {"items": {"properties": [child]}}]
)
def test_promises_inside_a_value_are_refused(promise, nest):
    with pytest.raises(ContractError, match="column A: nested B: no promise can be checked inside a value"):
        contract_suite(contract({"name": "A", **nest({"name": "B", **promise})}))
    assert list(suite({"name": "A", **nest({"name": "B"})})) == ["at_least_one_row"]


def test_all_faults_are_told_at_once():
    odcs = contract(
        {"name": "A", "quality": [rule for rule, _ in RULES_THAT_CANNOT_BE_MADE]},
        {"name": "B", "logicalTypeOptions": {"minItems": 1}},
        quality=[{"metric": "nullValues", "mustBe": 0}],
    )
    with pytest.raises(ContractError) as raised:
        contract_suite(odcs)
    assert len(raised.value.faults) == len(RULES_THAT_CANNOT_BE_MADE) + 2


def test_a_declared_table_is_filled_keyed_and_whole():
    made = table_suite(RECORD_IDENTIFIERS, empty="warning")
    assert {item.name: item.severity for item in made} == {
        "at_least_one_row": "warning",
        "record_id_scheme_identifier_std_unique": "critical",
        "record_id_not_null": "critical",
        "scheme_not_null": "critical",
        "identifier_std_not_null": "critical",
        "is_valid_not_null": "critical",
        "record_id_in_records": "critical",
    }


def test_a_table_without_key_or_needed_columns_must_still_have_a_row():
    table = Table("notes", "One note.", (), (Column("note", "varchar", "A note."),))
    assert [item.name for item in table_suite(table)] == ["at_least_one_row"]


PROGRAM = """
import sys
from open_data_contract_standard.model import OpenDataContractStandard
import quality.conservation, quality.validation
from quality.suites import contract_suite, table_suite
from warehouse.tables import SPINE

kind = {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 3}}
rule = {"type": "custom", "engine": "greatExpectations", "implementation": kind}
table = {"name": "t", "properties": [{"name": "A", "required": True}], "quality": [rule]}
made = [*contract_suite(OpenDataContractStandard(id="x", schema=[table])), *table_suite(SPINE)]
loaded = {name.partition(".")[0] for name in sys.modules}
print(len(made), sorted(loaded & {"great_expectations", "sqlalchemy", "duckdb_engine", "pandas"}))
"""


def test_suites_are_made_without_great_expectations():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "10 []\n"
