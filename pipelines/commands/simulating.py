"""`padron simulate`: who gains and who loses where one pack of rules takes the place of another."""

from pathlib import Path
from typing import Annotated, Literal

import duckdb
import typer
from rich.markup import escape
from rich.table import Table as Grid

from pipelines.commands.terminal import Home, console, settings_at, told
from warehouse.errors import RuleError, StorageError
from warehouse.handover import handed_over
from warehouse.layout import Layout
from warehouse.privacy.small_cells import withhold_small_cells
from warehouse.rules.pack import Pack
from warehouse.rules.reading import read_pack, read_packs
from warehouse.session import literal, open_session
from warehouse.simulation.duties import DUTIES_BY_TERRITORY, SIMULATED_DUTIES
from warehouse.simulation.packs import BY_TERRITORY, SIMULATED, simulate

ROWS_SHOWN = 30


def simulate_packs(
    before: Annotated[str, typer.Argument(help="programme@version, or the file of a pack.")],
    after: Annotated[str, typer.Argument(help="What takes its place: programme@version, or the file of a draft.")],
    by: Annotated[Literal["municipality", "region", "country"], typer.Option(help="The territory.")] = "region",
    release: Annotated[str | None, typer.Option(help="The id of a release; the current one without it.")] = None,
    out: Annotated[Path | None, typer.Option(help="A file for all territories, .csv or .parquet.")] = None,
    people: Annotated[Path | None, typer.Option(help="A file for each person, under the release's pseudonyms.")] = None,
    duties: Annotated[Path | None, typer.Option(help="The same for those whom a co-responsibility binds.")] = None,
    home: Home = None,
) -> None:
    """Run two packs side by side on a release: who gains, who loses, who complies, and what it costs in each territory.

    Ages are known to the year of birth. Nothing is published and nobody's benefit changes.
    """
    with told():
        settings = settings_at(home)
        one, other = _pack(before), _pack(after)
        with open_session(settings) as connection:
            simulate(connection, _database(Layout(settings.home), release), one, other, by)
            table = withhold_small_cells(connection, SIMULATED, BY_TERRITORY, settings.small_cell)
            _show(
                connection, table, f"{one.key} -> {other.key}", ("monthly before", "monthly after"), "--out writes all"
            )
            for query, file in ((table, out), ("from people_changed", people), ("from duties_changed", duties)):
                if file is not None:
                    _write(connection, query, file)
            if any(rule.kind == "co_responsibility" for pack in (one, other) for rule in pack.rules):
                bound = withhold_small_cells(connection, SIMULATED_DUTIES, DUTIES_BY_TERRITORY, settings.small_cell)
                _show(
                    connection,
                    bound,
                    "co-responsibilities",
                    ("not complied before", "after"),
                    "--duties writes each person",
                )
        if any(rule.status == "unverified" for pack in (one, other) for rule in pack.rules):
            console.print("[yellow]Some rules are unverified: they were not read in the law.[/]")


def _pack(named: str) -> Pack:
    if named.endswith((".yaml", ".yml")):
        return read_pack(Path(named))
    for pack in read_packs():
        if pack.key == named:
            return pack
    raise RuleError(named, [f"no such pack; there are {', '.join(pack.key for pack in read_packs())}"])


def _database(layout: Layout, release: str | None) -> Path:
    folder = layout.releases / release if release else layout.current.resolve()
    database = folder / "registry.duckdb"
    if not database.exists():
        known = ", ".join(sorted(path.name for path in layout.releases.glob("*") if path.is_dir())) or "none"
        raise StorageError(f"{database}: no such release. There are: {known}. Run `padron build` for a new one.")
    return database


def _show(connection: duckdb.DuckDBPyConnection, query: str, title: str, measures: tuple[str, str], rest: str) -> None:
    grid = Grid("territory", "change", "people", *measures, title=escape(title))
    for column in grid.columns[2:]:
        column.justify = "right"
    rows = connection.sql(f"select * from ({query}) order by territory nulls last, change").fetchall()
    for territory, change, count, *amounts in rows[:ROWS_SHOWN]:
        told_count = "withheld" if count is None else f"{count:,}"
        told_amounts = [
            "" if each is None else f"{each:,}" if isinstance(each, int) else f"{each:,.2f}" for each in amounts
        ]
        grid.add_row(escape(territory or "not known"), change.replace("_", " "), told_count, *told_amounts)
    console.print(grid)
    if len(rows) > ROWS_SHOWN:
        console.print(f"The first {ROWS_SHOWN} of {len(rows)} rows are shown; {rest}.")


def _write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    if file.suffix not in (".csv", ".parquet"):
        raise StorageError(f"{file}: write to a name that ends in .csv or .parquet.")
    with handed_over(file) as partial:
        form = "csv" if file.suffix == ".csv" else "parquet"
        connection.execute(f"copy (select * from ({query}) order by all) to {literal(partial)} (format {form})")
    console.print(f"Written to [bold]{escape(str(file))}[/]", soft_wrap=True)
