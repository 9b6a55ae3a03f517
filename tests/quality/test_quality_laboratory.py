"""What surrounds the verdicts: empty and missing data, errors, references, samples, silence, privacy."""

import logging
import random
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from quality.bound import Bound
from quality.conditions import TABLE
from quality.expectation import Expectation, at_least_one_row, not_null, unique
from quality.finding import NO_NUMBER, NO_ROWS, Finding
from quality.suites import contract_suite, table_suite
from quality.validation import validate
from warehouse.errors import StorageError
from warehouse.layout import Layout
from warehouse.storage import write_rows
from warehouse.tables import RECORD_IDENTIFIERS, RECORDS, SPINE

RAW_ROW = ("_file", "_line")
PERSON = "ZZQUIRINO TESTCASE"
SHARE = Bound("mustBeLessThan", (50,), "percent")


def raw(path: Path, count: int, **columns) -> Path:
    texts = {
        name: pa.array([make(line) for line in range(1, count + 1)], pa.string()) for name, make in columns.items()
    }
    lines = pa.array(range(1, count + 1), pa.int64())
    pq.write_table(pa.table({**texts, "_file": pa.array([path.stem] * count, pa.string()), "_line": lines}), path)
    return path


def query(name: str, text: str) -> Expectation:
    return Expectation(name, "UnexpectedRowsExpectation", {"query": text}, "critical", "A query.")


def rows_where(name: str, condition: str) -> Expectation:
    return Expectation(name, "UnexpectedRowsExpectation", {"condition": condition}, "critical", "A condition.")


def names_given() -> Expectation:
    return not_null("NAME")


def test_of_no_rows_a_count_passes_a_share_is_an_error_and_the_row_count_fails(tmp_path, settings):
    empty = raw(tmp_path / "empty.parquet", 0, NAME=str)
    mostly = Expectation(
        "mostly", "ExpectColumnValuesToNotBeNull", {"column": "NAME", "mostly": 0.5}, "warning", "", None
    )
    suite = [names_given(), replace(names_given(), name="share", bound=SHARE), mostly, at_least_one_row("critical")]
    count, share, mostly_outcome, rows = validate(suite, empty, RAW_ROW, settings)
    assert (count.success, count.evaluated, count.error) == (True, 0, None)
    assert (share.success, share.error) == (mostly_outcome.success, mostly_outcome.error) == (False, NO_ROWS)
    assert (rows.success, rows.error, rows.blocks) == (False, None, True)


@pytest.mark.parametrize("paths", [[], [Path("absent.parquet")]])
def test_without_a_file_there_is_nothing_to_validate(paths, settings):
    with pytest.raises(StorageError, match="nothing to validate"):
        validate([names_given()], paths, RAW_ROW, settings)


def test_what_cannot_be_evaluated_is_told_apart_from_bad_data_and_harms_nothing_else(tmp_path, settings):
    file = raw(tmp_path / "roll.parquet", 3, NAME=lambda _: PERSON, **{'say "so"': str})
    suite = [
        query("cast", "select sum(cast(NAME as integer)) as measured from validated"),
        query("null", "select null as measured"),
        query("text", "select max(NAME) as measured from validated"),
        query("syntax", "selct 1 as measured"),
        rows_where("orphan", "NAME not in (select NAME from nowhere)"),
        not_null("NOPE"),
        Expectation("arguments", "ExpectColumnValuesToBeInSet", {"column": "NAME"}, "warning", ""),
        unique(('say "so"',)),
        names_given(),
    ]
    *failed, sound = validate(suite, file, RAW_ROW, settings)
    errors = {outcome.name: outcome.error for outcome in failed}
    withheld = "Its text is withheld, for it may quote a value."
    assert errors == {
        "cast": f"could not be evaluated: ConversionException. {withheld}",
        "null": NO_NUMBER,
        "text": NO_NUMBER,
        "syntax": 'could not be evaluated: Parser Error: syntax error at or near "1"',
        "orphan": "could not be evaluated: Catalog Error: Table with name nowhere does not exist!",
        "nope_not_null": "there is no column NOPE.",
        "arguments": f"could not be evaluated: ValidationError. {withheld}",
        "say_so_unique": f"could not be evaluated: ConditionParserError. {withheld}",
    }
    assert not any(outcome.success or outcome.unexpected or outcome.evaluated for outcome in failed)
    assert (sound.success, sound.evaluated) == (True, 3)


def test_memory_that_does_not_suffice_refuses_no_data(tmp_path, settings):
    file = raw(tmp_path / "roll.parquet", 3, NAME=lambda _: PERSON)
    hungry = query("hungry", "select len(list(NAME || range)) as measured from validated, range(200000)")
    with pytest.raises(StorageError, match=r"PADRON_MEMORY_LIMIT allows.* Raise the limit") as caught:
        validate([hungry], file, RAW_ROW, replace(settings, memory_limit="10MB", threads=1))
    assert PERSON not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "select count(*) as measured from read_text('{secret}')",
        "select count(*) as measured from '{secret}'",
        "copy (select 1 as measured) to '{secret}.csv'",
        "attach '{secret}.duckdb' as stolen",
        "set enable_external_access = true",
    ],
)
def test_a_query_reads_nothing_else_on_the_machine(tmp_path, settings, statement):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    file = raw(tmp_path / "roll.parquet", 3, NAME=str)
    [outcome] = validate([query("theft", statement.format(secret=secret))], file, RAW_ROW, settings)
    assert outcome.error is not None
    assert {path.name for path in tmp_path.iterdir()} == {"secret.txt", "roll.parquet", "home"}


def test_samples_are_the_first_rows_and_the_same_every_time(tmp_path, settings):
    files = [raw(tmp_path / f"{part}.parquet", 3000, NAME=lambda line: "" if line % 7 == 0 else "x") for part in "ab"]
    suite = [names_given(), rows_where("null", "NAME is null"), unique(("NAME",))]
    first, again = (validate(suite, files, RAW_ROW, settings) for _ in range(2))
    assert first == again
    sevens = tuple(f"a:{line}" for line in range(7, 141, 7))
    assert [(outcome.unexpected, outcome.sample) for outcome in first] == [
        (856, sevens),
        (856, sevens),
        (5144, tuple(f"a:{line}" for line in range(1, 24) if line % 7)),
    ]


def test_counts_agree_with_plain_python(tmp_path, settings):
    draw = random.Random(7)
    people = [(draw.choice(["", " ", "A", "B", "C1", "Ñ"]), str(draw.randrange(900))) for _ in range(2000)]
    file = raw(tmp_path / "roll.parquet", 2000, NAME=lambda i: people[i - 1][0], KEY=lambda i: people[i - 1][1])
    rules = [
        {"metric": "nullValues", "mustBe": 0},
        {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["A", "Ñ"]}},
        {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "[0-9]"}},
        {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["KEY"]}},
        {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["NAME", "KEY"]}},
    ]
    columns = [{"name": "NAME", "quality": rules}, {"name": "KEY"}]
    suite = contract_suite(OpenDataContractStandard(id="x", schema=[{"name": "roll", "properties": columns}]))
    names = [name.strip() for name, _ in people]
    keys, pairs = Counter(key for _, key in people), Counter((name.strip(), key) for name, key in people)
    assert [outcome.unexpected for outcome in validate(suite, file, RAW_ROW, settings)][1:] == [
        names.count(""),
        sum(name not in ("", "A", "Ñ") for name in names),
        sum(name in ("A", "B", "Ñ") for name in names),
        sum(count for count in keys.values() if count > 1),
        sum(count for (name, _), count in pairs.items() if name and count > 1),
    ]


def identifiers(connection, path: Path, *rows: tuple[str, str]) -> Path:
    made = [
        {"record_id": record, "scheme": "xx.card", "identifier_std": card, "is_valid": True} for record, card in rows
    ]
    write_rows(connection, RECORD_IDENTIFIERS, made, path)
    return path


def records(path: Path, *record_ids: str) -> Path:
    pq.write_table(pa.table({"record_id": list(record_ids)}), path)
    return path


def test_a_sound_table_meets_its_declaration(tmp_path, settings, connection):
    table = identifiers(connection, tmp_path / "identifiers.parquet", ("r1", "1"), ("r1", "2"), ("r2", "1"))
    known = [records(tmp_path / "a.parquet", "r1"), records(tmp_path / "b.parquet", "r2", "r3")]
    suite = table_suite(RECORD_IDENTIFIERS)
    outcomes = validate(suite, table, "record_id", settings, {RECORDS.name: known})
    assert [outcome.name for outcome in outcomes if not outcome.success] == []
    assert {outcome.evaluated for outcome in outcomes} == {3}


def test_a_table_with_repeated_keys_and_orphans_names_their_rows(tmp_path, settings, connection):
    table = identifiers(connection, tmp_path / "identifiers.parquet", ("r1", "1"), ("r1", "1"), ("r2", ""), ("r9", "3"))
    known = {RECORDS.name: [records(tmp_path / "records.parquet", "r1", "r2")]}
    outcomes = validate(table_suite(RECORD_IDENTIFIERS), table, "record_id", settings, known)
    assert {outcome.name: outcome.sample for outcome in outcomes if not outcome.success} == {
        "record_id_scheme_identifier_std_unique": ("r1", "r1"),
        "identifier_std_not_null": ("r2",),
        "record_id_in_records": ("r9",),
    }


def test_a_declared_table_without_rows_is_not_taken_for_sound(tmp_path, settings, connection):
    path = tmp_path / "spine.parquet"
    write_rows(connection, SPINE, [], path)
    known = {RECORDS.name: [records(tmp_path / "records.parquet", "r1")]}
    outcomes = validate(table_suite(SPINE), path, "record_id", settings, known)
    assert [outcome.name for outcome in outcomes if outcome.blocks] == ["at_least_one_row"]


def test_tables_with_lists_and_without_text_can_be_validated(tmp_path, settings):
    path = tmp_path / "numbers.parquet"
    pq.write_table(pa.table({"id": [1, 2], "faults": pa.array([["a"], None], pa.list_(pa.string()))}), path)
    outcomes = validate([unique(("id",)), not_null("faults")], path, "id", settings)
    assert [(outcome.success, outcome.sample) for outcome in outcomes] == [(True, ()), (False, ("2",))]


def test_rows_are_named_even_where_the_name_itself_is_at_fault(tmp_path, settings):
    path = tmp_path / "keys.parquet"
    pq.write_table(pa.table({"id": ["b", "a", "", None, "b"], "part": [2, 1, None, 1, 1]}), path)
    suite = [unique(("id",)), not_null("id"), not_null("part"), rows_where("all", "true"), unique(("id", "part"))]
    found = validate(suite, path, ("id", "part"), settings)
    assert [outcome.error for outcome in found] == [None] * 5
    assert [outcome.sample for outcome in found] == [
        ("b:1", "b:2"),
        ("(null):1", "(null):(null)"),
        ("(null):(null)",),
        ("a:1", "b:1", "b:2", "(null):1", "(null):(null)"),
        (),
    ]


def test_no_value_of_a_person_leaves_the_laboratory(tmp_path, settings, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    rules = [
        {"metric": "nullValues", "mustBeGreaterThan": 5},
        {"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": [None, f"{PERSON} 2"]}},
        {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["A"]}},
        {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "^[0-9]+$"}},
        {"metric": "duplicateValues", "mustBe": 0},
        {"type": "sql", "query": "select max(NAME) from ${table}", "mustBe": 0},
        {"type": "sql", "query": "select sum(cast(NAME as integer)) from ${table}", "mustBe": 0},
        {"type": "sql", "query": "select error(max(NAME)) from ${table}", "mustBe": 0},
    ]
    kinds = {"expect_column_distinct_values_to_be_in_set", "expect_column_most_common_value_to_be_in_set"}
    for kind in sorted(kinds):
        given = {"type": kind, "kwargs": {"value_set": ["A"]}}
        rules.append({"type": "custom", "engine": "greatExpectations", "implementation": given})
    columns = [{"name": "NAME", "quality": rules, "logicalType": "string", "logicalTypeOptions": {"maxLength": 3}}]
    suite = contract_suite(OpenDataContractStandard(id="x", schema=[{"name": "roll", "properties": columns}]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        file = raw(tmp_path / "roll.parquet", 100, NAME=lambda line: f"{PERSON} {line % 40}")
        outcomes = validate(suite, file, RAW_ROW, settings)
    printed = capfd.readouterr()
    told = [repr(outcomes), caplog.text, printed.out, printed.err, *(str(warning.message) for warning in caught)]
    assert sum(not outcome.success for outcome in outcomes) == len(suite) - 1
    assert [text for text in told if "ZZQUIRINO" in text or "TESTCASE" in text] == []
    assert (printed.out, printed.err) == ("", "")


def test_nothing_stays_behind(tmp_path, settings):
    file = raw(tmp_path / "roll.parquet", 3, NAME=lambda _: PERSON)
    level = logging.getLogger("great_expectations").level
    validate([names_given()], file, RAW_ROW, settings)
    assert list(Layout(settings.home).scratch.iterdir()) == []
    assert logging.getLogger("great_expectations").level == level


@pytest.mark.parametrize(
    ("suite", "loaded"),
    [
        ([names_given()], {"NAME"}),
        ([rows_where("odd", '"A ""B""" is null')], {'A "B"'}),
        ([rows_where("bare", "TOWN = 'NAME'")], {"TOWN", "NAME"}),  # a word too many costs time alone
        ([at_least_one_row("critical")], set()),
        ([names_given(), query("own", "select count(*) as measured from validated")], {"NAME", "TOWN", 'A "B"'}),
    ],
    ids=["a column", "a quoted name", "a word in a value", "no column", "a query of one's own"],
)
def test_only_columns_that_an_expectation_may_name_are_loaded(tmp_path, settings, monkeypatch, suite, loaded):
    found = []

    def find(expectations, ids, connection):
        found.extend(connection.sql(f"from {TABLE} limit 0").columns)
        return {each.name: Finding(error="not put") for each in expectations}

    monkeypatch.setattr("quality.engine.find", find)
    validate(suite, raw(tmp_path / "wide.parquet", 2, NAME=str, TOWN=str, **{'A "B"': str}), RAW_ROW, settings)
    assert set(found) == {*loaded, *RAW_ROW}
