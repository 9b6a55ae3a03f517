"""`padron as-of`: the registry of another day, asked a question or written to a file."""

from datetime import date
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from pipelines.commands.asking import show_answer
from warehouse.handover import handed_over
from warehouse.history.past import past_relations
from warehouse.layout import PRIVATE_FILE, Layout
from warehouse.privacy.keyring import ANALYSTS, open_keyring
from warehouse.privacy.rights import read_requests, withheld_ids
from warehouse.privacy.staging import teach_recipient
from warehouse.release.analysts_views import create_views
from warehouse.release.database import write_relations
from warehouse.session import identifier, open_session
from warehouse.settings import Settings
from warehouse.table import Table


def open_past(
    settings: Settings, true: date, known: date | None, sql: str | None, out: Path | None, console: Console
) -> None:
    """Answer `sql` from the registry of the day, write that registry to `out`, or tell how large it was."""
    layout = Layout(settings.home)
    relations = past_relations(settings, true, known)
    with open_session(settings) as connection:
        withheld = withheld_ids(connection, layout, read_requests(layout))
        teach_recipient(connection, open_keyring(settings).current(ANALYSTS), withheld)
        for table, rows in relations.items():
            connection.execute(f"create view {identifier(table.name)} as select * from {rows}")
        create_views(connection, {table.name for table in relations}, true)
        if sql is not None:
            show_answer(connection, sql, console)
        if out is not None:
            with handed_over(out) as partial:
                partial.unlink()
                write_relations(
                    connection, {table: _in_order(table, rows) for table, rows in relations.items()}, partial, true
                )
                partial.chmod(PRIVATE_FILE)  # DuckDB made it anew
            console.print(f"The registry of {true} lies at [bold]{escape(str(out))}[/]", soft_wrap=True)
        if sql is None and out is None:
            _show_sizes(connection, relations, true, known, console)


def _in_order(table: Table, rows: str) -> str:
    """The rows sorted as those of a release are, so that what is one person's lies together."""
    order = ", ".join(identifier(name) for name in table.order)
    return f"(select * from {rows} order by {order})" if order else rows


def _show_sizes(
    connection: duckdb.DuckDBPyConnection,
    relations: dict[Table, str],
    true: date,
    known: date | None,
    console: Console,
) -> None:
    grid = Grid(title=f"True on {true}, known {f'on {known}' if known else 'now'}")
    grid.add_column("table")
    grid.add_column("rows", justify="right")
    for table in relations:
        ((rows,),) = connection.sql(f"select count(*) from {identifier(table.name)}").fetchall()
        grid.add_row(table.name, f"{rows:,}")
    console.print(grid)
