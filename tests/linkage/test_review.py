import csv
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import recordlinkage
from linkage_records import record, write_records

from linkage.review.annotations import read_annotation, write_annotation
from linkage.review.answers import Answer, AnswerCounts, ReviewError, count_answers, judgements_of
from linkage.review.judgements import Judgement, judge, judgements_relation
from linkage.review.queue import DESK_FIELDS, ReviewSheet, desk_values, review_sheet
from linkage.review.sheets import COLUMNS, read_csv, read_xlsx, write_csv, write_xlsx
from warehouse.errors import StorageError
from warehouse.session import scan

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORDS = [
    record("a", "ANA LUZ / VEGA / PONCE", "1980-05-17", number="xx.number=77 yy.card=A1", phone_std="+520001"),
    record("b", "=1+1 / @VEGA / -PONCE", "1980-01-01", municipality_std="-TOWN", sex="female"),
    record("c", "RITO / MOYA"),
    record("d", "\tRITO / MOYA / ÑUÑEZ", mother_name_std="+ANA", address_std="\tCALLE 5\n PISO 2"),
]
A, B, C, D = (row["record_id"] for row in RECORDS)
QUEUE = [
    (A, B, 4.0, "cut", 1),
    (A, C, -4.0, "doubtful", 1),
    (A, D, -4.0, "doubtful", 30),
    (B, C, 0.1, "joined", 2),
    (B, D, 9.0, "joined", 40),
]


def sheet(
    session: duckdb.DuckDBPyConnection, folder: Path, *, limit: int = 100, judged: tuple[Judgement, ...] = ()
) -> ReviewSheet:
    write_records(session, RECORDS, folder)
    rows = ", ".join(f"('{one}', '{other}', {w}, '{why}', {stake})" for one, other, w, why, stake in QUEUE)
    session.execute(
        "create or replace temp table queue as select * from"
        f" (values {rows}) as t(record_id_l, record_id_r, match_weight, reason, records_at_stake)"
    )
    relation = judgements_relation(session, {each.pair: each for each in judged})
    tables = scan(folder / "records.parquet"), scan(folder / "ids.parquet")
    return review_sheet(session, "queue", *tables, relation, limit)


def word(one: str, other: str, said: str) -> Judgement:
    return judge(one, other, said, who="desk", why="", at=NOON)


def test_pairs_are_ranked_by_how_many_records_a_decision_is_expected_to_move(
    session: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    expected = {
        (A, D): 30 / (1 + 2**4),
        (A, B): 1 / (1 + 2**-4),
        (B, C): 2 / (1 + 2**0.1),
        (B, D): 40 / (1 + 2**9),
        (A, C): 1 / (1 + 2**4),
    }
    found = sheet(session, tmp_path)
    assert [(pair.record_id_l, pair.record_id_r) for pair in found.pairs] == sorted(
        expected, key=lambda p: -expected[p]
    )
    assert [pair.rank for pair in found.pairs] == [1, 2, 3, 4, 5]
    assert (found.waiting, found.judged) == (5, 0)


def test_the_limit_keeps_the_first(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    whole, first = sheet(session, tmp_path), sheet(session, tmp_path, limit=2)
    assert first.pairs == whole.pairs[:2]
    assert first.waiting == 5


def test_judged_pairs_are_left_out_and_doubted_ones_come_last(
    session: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    judged = (word(A, D, "unsure"), word(A, B, "match"), word(B, C, "non_match"))
    found = sheet(session, tmp_path, judged=judged)
    assert [(pair.record_id_l, pair.record_id_r, pair.judgement) for pair in found.pairs] == [
        (B, D, ""),
        (A, C, ""),
        (A, D, "unsure"),
    ]
    assert (found.waiting, found.judged) == (3, 2)


def test_both_records_are_shown_as_delivered(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    pair = next(pair for pair in sheet(session, tmp_path).pairs if (pair.record_id_l, pair.record_id_r) == (A, C))
    left, right = (dict(zip(DESK_FIELDS, side, strict=True)) for side in (pair.left, pair.right))
    assert left["name"] == "ANA LUZ VEGA PONCE"
    assert left["birth_date"] == "1980-05-17"
    assert left["identifiers"] == "xx.number 77; yy.card A1"
    assert (right["name"], right["birth_date"], right["identifiers"]) == ("RITO MOYA", None, None)


def test_values_are_shown_field_by_field(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_records(session, RECORDS, tmp_path)
    found = desk_values(session, scan(tmp_path / "records.parquet"), scan(tmp_path / "ids.parquet"), [C, A])
    assert ("name", "RITO MOYA", "ANA LUZ VEGA PONCE") in found
    assert "death_date" not in [row[0] for row in found]


def _csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _xlsx_rows(path: Path) -> list[dict[str, str]]:
    heading, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return [{name: "" if cell is None else cell for name, cell in zip(heading, row, strict=True)} for row in rows]


@pytest.mark.parametrize(("write", "read"), [(write_csv, _csv_rows), (write_xlsx, _xlsx_rows)])
def test_sheets_run_no_formula_and_are_for_their_owner(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, write: Any, read: Any
) -> None:
    path = tmp_path / "sheet.xlsx"
    write(sheet(session, tmp_path).pairs, path)
    rows = read(path)
    assert len(rows) == 5
    assert list(rows[0]) == list(COLUMNS)
    texts = [cell for row in rows for name, cell in row.items() if name != "match_weight"]
    assert not [cell for cell in texts if str(cell).startswith(("=", "+", "-", "@", "\t"))]
    assert "'=1+1 @VEGA -PONCE" in texts
    assert [float(row["match_weight"]) for row in rows] == [-4.0, 0.1, 4.0, 9.0, -4.0]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_annotation])
def test_the_same_pairs_give_the_same_bytes(session: duckdb.DuckDBPyConnection, tmp_path: Path, write: Any) -> None:
    found = sheet(session, tmp_path)
    for name in ("one", "two"):
        write(found.pairs, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_annotation])
def test_an_empty_queue_can_be_written(tmp_path: Path, write: Any) -> None:
    write((), tmp_path / "sheet")
    assert (tmp_path / "sheet").stat().st_size


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_annotation])
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, write: Any) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write((), tmp_path / "none" / "sheet")


def test_the_workbook_offers_the_words_that_count(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    write_xlsx(sheet(session, tmp_path).pairs, path)
    (choice,) = openpyxl.load_workbook(path).active.data_validations.dataValidation
    assert choice.formula1 == '"match,non_match,unsure"'
    assert str(choice.sqref) == "B2:B6"
    assert "<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()


def _fill_csv(path: Path) -> None:
    rows = _csv_rows(path)
    for row, said in zip(rows, ("match", " Non_Match ", "unsure"), strict=False):
        row |= {"judgement": said, "why": f"same {said.strip()}; really"}
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def _fill_xlsx(path: Path) -> None:
    workbook = openpyxl.load_workbook(path)
    for row, said in enumerate(("match", " Non_Match ", "unsure"), start=2):
        workbook.active.cell(row, 2).value = said
        workbook.active.cell(row, 3).value = f"same {said.strip()}; really"
    workbook.save(path)


@pytest.mark.parametrize(
    ("write", "fill", "read"), [(write_csv, _fill_csv, read_csv), (write_xlsx, _fill_xlsx, read_xlsx)]
)
def test_what_a_desk_fills_in_comes_back(
    session: duckdb.DuckDBPyConnection, tmp_path: Path, write: Any, fill: Any, read: Any
) -> None:
    path = tmp_path / "sheet.xlsx"
    pairs = sheet(session, tmp_path).pairs
    write(pairs, path)
    fill(path)
    answers = read(path)
    assert [(each.record_id_l, each.record_id_r) for each in answers] == [(p.record_id_l, p.record_id_r) for p in pairs]
    assert [each.judgement for each in answers] == ["match", "non_match", "unsure", "", ""]
    assert answers[1].why == "same Non_Match; really"
    assert count_answers(answers) == AnswerCounts(match=1, non_match=1, unsure=1, open=2)
    judgements = judgements_of(session, "sheet", answers, scan(tmp_path / "records.parquet"), who="desk", at=NOON)
    assert [each.judgement for each in judgements] == ["match", "non_match", "unsure"]
    assert judgements[0] == judge(A, D, "match", who="desk", why="same match; really", at=NOON)


def test_annotations_are_those_of_the_toolkit(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "pairs.json"
    pairs = sheet(session, tmp_path).pairs
    write_annotation(pairs, path)
    document = json.loads(path.read_text())
    for pair, label in zip(document["pairs"], (1, 0, None), strict=False):
        pair["label"] = label
    path.write_text(json.dumps(document))
    toolkit = recordlinkage.read_annotation_file(str(path))
    assert list(toolkit.links) == [(A, D)]
    assert list(toolkit.distinct) == [(B, C)]
    names = {field["a"]["name"]: field["a"]["value"] for field in document["pairs"][0]["fields"]}
    assert names["name"] == "ANA LUZ VEGA PONCE"
    answers = read_annotation(path)
    assert [each.judgement for each in answers] == ["match", "non_match", "", "", ""]
    assert [(each.record_id_l, each.record_id_r) for each in answers] == [(p.record_id_l, p.record_id_r) for p in pairs]
    assert path.stat().st_mode & 0o777 == 0o600


def answer(place: int, one: str, other: str, said: str) -> Answer:
    return Answer(f"line {place}", one, other, said, "")


def test_all_faults_are_told_at_once(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_records(session, RECORDS, tmp_path)
    answers = [
        answer(2, A, B, "match"),
        answer(3, A, C, "maybe"),
        answer(4, "gone", C, ""),
        answer(5, B, A, "non_match"),
        answer(6, D, D, "match"),
        answer(7, B, A, ""),
    ]
    with pytest.raises(ReviewError) as caught:
        judgements_of(session, "sheet.csv", answers, scan(tmp_path / "records.parquet"), who=" ")
    assert caught.value.faults == (
        "line 3: the judgement is none of match, non_match, unsure",
        "line 4: the first record id is not one of the records linked last",
        "line 6: a record stands beside itself",
        "line 5: the pair is judged otherwise at line 2; keep one of the two",
        "nobody is named as the one who judged; tell it with --who",
    )
    assert not [value for value in ("ANA", "gone", "maybe") if value in str(caught.value)]


def test_a_pair_repeated_with_one_word_counts_once(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_records(session, RECORDS, tmp_path)
    answers = [answer(2, A, B, "match"), answer(3, B, A, "match"), answer(4, A, B, "")]
    found = judgements_of(session, "sheet.csv", answers, scan(tmp_path / "records.parquet"), who="desk", at=NOON)
    assert [each.pair for each in found] == [(A, B)]
    assert count_answers(answers) == AnswerCounts(match=1, non_match=0, unsure=0, open=0)


@pytest.mark.parametrize(
    ("read", "content", "fault"),
    [
        (read_csv, b"", "no column record_id_l"),
        (read_csv, b"rank,judgement\n1,match\n", "no column record_id_r"),
        (read_csv, b'record_id_l,record_id_r,judgement,why\n"a' + b"x" * 200_000, "not CSV"),
        (read_xlsx, b"not a workbook", "no Excel workbook"),
        (read_annotation, b"not json", "not an annotation file"),
        (read_annotation, b'{"version": 1}', "not an annotation file"),
        (read_annotation, b'{"version": 1, "pairs": 3}', "not an annotation file"),
        (read_annotation, b'{"version": 1, "pairs": [{"label": 1}]}', "pair 1: does not name its two records"),
        (
            read_annotation,
            b'{"version": 1, "pairs": [{"identifiers": {"a": {"record": "a"}, "b": {"record": "b"}}, "label": 2}]}',
            "pair 1: the label is none of",
        ),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, read: Any, content: bytes, fault: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ReviewError, match=fault):
        read(tmp_path / "file")


@pytest.mark.parametrize("read", [read_csv, read_xlsx, read_annotation])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, read: Any) -> None:
    with pytest.raises(ReviewError, match="cannot be read"):
        read(tmp_path / "none.csv")
