import gzip
import json
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from sources.synthetic import files
from sources.synthetic.arrays import joined, numbered, recent_months, written_days
from sources.synthetic.office import no_rows

COLUMNS = {
    "clave": pa.array(["K1", "K2", "K3"]),
    "nombre": pa.array(["Muñoz", None, "Peña; Núñez"]),
    "dias": pa.array([1, None, 30]),
}


def cut(*rows: int) -> np.ndarray:
    return np.array(rows, dtype=np.int64)


def test_csv_quotes_what_is_asked_for_and_leaves_null_empty(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    files.write_csv(path, COLUMNS, no_rows(), delimiter=";", encoding="latin-1", quoted=("nombre",))
    assert path.read_text(encoding="latin-1") == 'clave;nombre;dias\nK1;"Muñoz";1\nK2;;\nK3;"Peña; Núñez";30\n'


def test_a_cut_line_comes_in_part_and_then_whole(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    files.write_csv(path, COLUMNS, cut(2, 0), delimiter=",")
    assert path.read_text().splitlines() == [
        "clave,nombre,dias",
        "K1,",
        "K1,Muñoz,1",
        "K2,,",
        "K3,Pe",
        "K3,Peña; Núñez,30",
    ]


def test_gzip_holds_neither_time_nor_name(tmp_path: Path) -> None:
    for name in ("one.csv.gz", "two.csv.gz"):
        files.write_csv(tmp_path / name, COLUMNS, no_rows(), delimiter=",")
    assert (tmp_path / "one.csv.gz").read_bytes() == (tmp_path / "two.csv.gz").read_bytes()
    assert gzip.decompress((tmp_path / "one.csv.gz").read_bytes()).decode().splitlines()[2] == "K2,,"


def test_fixed_width_pads_and_leaves_out_what_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    widths = {"clave": 3, "nombre": 6, "dias": 2}
    files.write_fixed_width(path, COLUMNS, no_rows(), widths=widths, encoding="latin-1")
    assert path.read_text(encoding="latin-1") == "K1 Muñoz 1 \nK2         \nK3 Peña; 30\n"


def test_json_lines_hold_null_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    files.write_json_lines(path, COLUMNS, no_rows())
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows[1] == {"clave": "K2", "nombre": None, "dias": None}
    assert rows[2] == {"clave": "K3", "nombre": "Peña; Núñez", "dias": 30}


def test_rows_beyond_a_sheet_go_to_the_next_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROWS_A_SHEET", 2)
    written = files.write_xlsx(tmp_path / "alumnos_2026-10.xlsx", "Alumnos", COLUMNS, cut(1))
    names = ["alumnos_2026-10.xlsx", "alumnos_part-2_2026-10.xlsx"]
    assert written == [(tmp_path / names[0], 0, 2), (tmp_path / names[1], 2, 4)]
    rows = [
        row
        for path, _, _ in written
        for row in list(openpyxl.load_workbook(path)["Alumnos"].iter_rows(values_only=True))[1:]
    ]
    assert rows == [("K1", "Muñoz", 1), ("K2", None, None), ("K3", "Peña; Núñez", 30), (None, None, None)]


def test_slices_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_csv(tmp_path / "whole.csv", COLUMNS, cut(1, 2), delimiter=",")
    monkeypatch.setattr(files, "ROWS_A_TIME", 1)
    files.write_csv(tmp_path / "sliced.csv", COLUMNS, cut(1, 2), delimiter=",")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "sliced.csv").read_bytes()


def test_joined_keeps_rows_without_any_part() -> None:
    first, second = pa.array(["a", None, None, "b"]), pa.array(["x", "y", None, None])
    assert joined(first, second, separator=" ").to_pylist() == ["a x", "y", None, "b"]


def test_numbers_days_and_months_as_text() -> None:
    assert numbered("K", np.array([7, 123]), 4).to_pylist() == ["K0007", "K0123"]
    assert written_days(np.array([0, 2**31 - 1, -36_525]), "%d/%m/%Y").to_pylist() == ["01/01/1970", None, None]
    assert recent_months(0, 3) == ("1969-11", "1969-12", "1970-01")
    assert recent_months(31, 2, step=2) == ("1969-12", "1970-02")
