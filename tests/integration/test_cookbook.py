"""The cookbook's queries run, and the answers it shows are the real ones."""

import re
from pathlib import Path

import duckdb
import pytest

from warehouse.layout import Layout
from warehouse.release.analysts_views import views
from warehouse.release.database import read_only

COOKBOOK = Path(__file__).resolve().parents[2] / "docs" / "cookbook.md"
RECIPE = re.compile(r"```sql\n(?P<query>.*?)```\n\n```text\n(?P<answer>.*?)```", re.DOTALL)


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The answer as aligned columns."""
    relation = connection.sql(query)
    rows = [relation.columns, *(["" if value is None else str(value) for value in row] for row in relation.fetchall())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "".join(f"{line}\n" for line in lines)


def test_the_cookbook_answers_what_it_asks(sample_home: Path, request: pytest.FixtureRequest) -> None:
    text = COOKBOOK.read_text(encoding="utf-8")
    with read_only(Layout(sample_home)) as connection:
        now = RECIPE.sub(
            lambda recipe: f"```sql\n{recipe['query']}```\n\n```text\n{answer(connection, recipe['query'])}```", text
        )
    if request.config.getoption("--regenerate"):
        COOKBOOK.write_text(now, encoding="utf-8")
    assert len(RECIPE.findall(text)) == 25
    assert COOKBOOK.read_text(encoding="utf-8") == now, "the cookbook is out of date; run `make docs`"


def test_every_view_says_what_a_row_is(sample_home: Path) -> None:
    with read_only(Layout(sample_home)) as connection:
        told = dict(connection.sql("select view_name, comment from duckdb_views() where not internal").fetchall())
        assert told == {view.name: view.comment for view in views()}
        for view in views():
            assert connection.sql(f"select * from {view.name} limit 1").fetchall(), view.name
