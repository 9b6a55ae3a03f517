"""How old each part of the release is: what `padron status` shows of it, and why newer deliveries are not in use."""

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from sources.catalogue import Catalogue
from sources.standing import read_refusals
from warehouse.errors import RegistryError
from warehouse.layout import Layout
from warehouse.release.database import read_only
from warehouse.session import identifier

COLUMNS = ("contract_id", "as_of_date", "age_days", "overdue_from", "is_overdue", "refused_count")


class BehindError(RegistryError):
    """What was published holds older deliveries of some sources, whose newer ones could not be used."""


def show_ages(layout: Layout, console: Console, *, all_parts: bool = False) -> None:
    """Print the age of the oldest part, and what is overdue or was refused; of `all_parts` each with its age."""
    with read_only(layout) as connection:
        if not connection.sql("select 1 from duckdb_views() where view_name = 'source_ages'").fetchall():
            return  # a release of before ages were told
        listed = ", ".join(identifier(column) for column in COLUMNS)
        rows = connection.sql(f"select {listed} from source_ages order by age_days desc nulls first, 1").fetchall()
    if all_parts:
        _show_all(rows, console)
    dated = [row for row in rows if row[1] is not None]
    overdue = [row for row in rows if row[4]]
    oldest = f"the oldest part in use is {dated[0][2]} days old ({dated[0][0]}, as of {dated[0][1]})" if dated else "–"
    console.print(f"Age: {oldest}; {len(overdue)} overdue, {sum(row[5] > 0 for row in rows)} refused", soft_wrap=True)
    for contract_id, _, _, overdue_from, *_ in overdue:
        since = f"since {overdue_from}" if overdue_from else "it was never in use"
        console.print(f"  [yellow]overdue[/] {contract_id}: {since}", soft_wrap=True)
    for contract_id, *_, count in rows:
        for refusal in read_refusals(layout, contract_id) if count else ():
            console.print(f"  [red]refused[/] {escape(refusal.reason)}", soft_wrap=True, highlight=False)


def refused(catalogue: Catalogue, layout: Layout) -> tuple[str, ...]:
    """Why newer deliveries than those in use are not, over all contracts."""
    return tuple(refusal.reason for contract in catalogue.contracts for refusal in read_refusals(layout, contract.id))


def _show_all(rows: list[tuple[object, ...]], console: Console) -> None:
    grid = Grid("contract", "as of", "days old", "overdue from", "newer ones refused", box=SIMPLE, pad_edge=False)
    for contract_id, as_of, age, overdue_from, _, refusals in rows:
        shown = ("–" if value is None else str(value) for value in (as_of, age, overdue_from, refusals))
        grid.add_row(str(contract_id), *shown)
    console.print(grid)
