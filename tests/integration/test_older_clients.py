"""Older clients, DuckDB's command line and programs of charts open the release by its plain path and answer alike."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy
from test_cookbook import COOKBOOK, RECIPE

from warehouse.layout import Layout
from warehouse.release.database import read_only

ASK = """
import json, sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
queries = json.load(sys.stdin)
answers = [[list(map(str, row)) for row in connection.sql(query).fetchall()] for query in queries]
print(json.dumps([duckdb.__version__, answers]))
"""

ABOUT = [
    "select table_name, estimated_size, comment from duckdb_tables() order by all",
    "select view_name, comment from duckdb_views() where not internal order by all",
    "select table_name, column_name, data_type, comment from duckdb_columns() where not internal order by all",
]


@pytest.fixture(scope="module", params=["1.4.4", "1.5.5"])
def older(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A version of DuckDB, and the interpreter of an environment of its own that holds nothing else."""
    version, folder = str(request.param), tmp_path_factory.mktemp("older")
    return version, installed(f"duckdb=={version}", folder) / "python"


def installed(package: str, folder: Path) -> Path:
    """Where the programs of an environment of its own lie that holds `package` and nothing else."""
    for command in (["venv", "--python", sys.executable, folder], ["pip", "install", "--python", folder, package]):
        subprocess.run([Path(sys.executable).with_name("uv"), "--quiet", *command], check=True)
    return folder / "bin"


def asked(python: Path, database: Path, queries: list[str]) -> tuple[str, list[list[list[str]]]]:
    """The version that answered, and the rows of each query as text."""
    done = subprocess.run(
        [python, "-c", ASK, database], input=json.dumps(queries), capture_output=True, text=True, check=True
    )
    version, answers = json.loads(done.stdout)
    return version, answers


@pytest.mark.system
def test_an_older_client_reads_what_the_current_one_does(sample_home: Path, older: tuple[str, Path]) -> None:
    version, python = older
    queries = [*ABOUT, *(recipe["query"] for recipe in RECIPE.finditer(COOKBOOK.read_text(encoding="utf-8")))]
    with read_only(Layout(sample_home)) as connection:
        tables = [name for (name,) in connection.sql("select table_name from duckdb_tables() order by all").fetchall()]
        queries += [f"select count(*), count(columns(*)) from {table}" for table in tables]
    database = (Layout(sample_home).current / "registry.duckdb").resolve()
    answered, answers = asked(python, database, queries)
    _, now = asked(Path(sys.executable), database, queries)
    assert answered == version
    assert len(answers) == len(queries) > 25 + len(ABOUT)
    assert all(answers[: len(ABOUT)])
    for query, then, today in zip(queries, answers, now, strict=True):
        assert then == today, query


@pytest.mark.system
def test_the_command_line_answers_and_changes_nothing(sample_home: Path, tmp_path: Path) -> None:
    duckdb = installed("duckdb-cli==1.5.6", tmp_path / "cli") / "duckdb"
    database = (Layout(sample_home).current / "registry.duckdb").resolve()
    recipes = [recipe["query"] for recipe in RECIPE.finditer(COOKBOOK.read_text(encoding="utf-8"))]
    assert len(recipes) == 25
    with read_only(Layout(sample_home)) as connection:
        for query in [*ABOUT, *recipes]:
            told = subprocess.run([duckdb, "-readonly", "-json", database, query], capture_output=True, check=True)
            assert len(json.loads(told.stdout or "[]")) == len(connection.sql(query).fetchall()), query
    changed = subprocess.run(
        [duckdb, "-readonly", database, "delete from persons"], capture_output=True, text=True, check=False
    )
    assert changed.returncode != 0
    assert "read-only" in changed.stderr


@pytest.mark.system
def test_a_program_of_charts_reads_by_sqlalchemy(sample_home: Path, tmp_path: Path) -> None:
    """As Apache Superset and others do: by an address, through an inspector of tables and columns, changing nothing."""
    database = shutil.copy(Layout(sample_home).current / "registry.duckdb", tmp_path)  # a process opens a file one way
    recipes = [recipe["query"] for recipe in RECIPE.finditer(COOKBOOK.read_text(encoding="utf-8"))]
    named = "select table_name from duckdb_tables() union all select view_name from duckdb_views() where not internal"
    with read_only(Layout(sample_home)) as connection:
        names = [name for (name,) in connection.sql(named).fetchall()]
        columns = {name: connection.sql(f"select * from {name} limit 0").columns for name in names}
        answers = [len(connection.sql(query).fetchall()) for query in recipes]
    engine = sqlalchemy.create_engine(f"duckdb:///{database}", connect_args={"read_only": True})
    inspector = sqlalchemy.inspect(engine)
    assert set(names) <= {*inspector.get_table_names(), *inspector.get_view_names()}
    assert {name: [each["name"] for each in inspector.get_columns(name)] for name in names} == columns
    with engine.connect() as charts:
        assert [len(charts.exec_driver_sql(query).fetchall()) for query in recipes] == answers
        assert len(answers) == 25
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="read-only"):
            charts.exec_driver_sql("delete from persons")
    engine.dispose()
