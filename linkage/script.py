"""SQL scripts that lie beside the modules that run them."""

from __future__ import annotations

from pathlib import Path

import duckdb


def run_script(connection: duckdb.DuckDBPyConnection, path: Path, **values: object) -> None:
    """Run the statements of the SQL file at `path`, with `values` put in their places."""
    script = path.read_text(encoding="utf-8").format(**values)
    for statement in script.split(";\n"):
        if statement.strip():
            connection.execute(statement)
