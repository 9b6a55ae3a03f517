"""`padron quarantine`: the rows that were kept apart, by place and reason, without their values."""

from rich.console import Console
from rich.table import Table as Grid

from warehouse.layout import Layout
from warehouse.session import open_session, scan
from warehouse.settings import Settings

ROWS_SHOWN = 100


def show_quarantine(settings: Settings, console: Console) -> None:
    """Print where each quarantined row stands and why, the first hundred of each contract."""
    files = sorted((Layout(settings.home).home / "quarantine").glob("*/*/rows.parquet"))
    if not files:
        console.print("Nothing is in quarantine.")
        return
    with open_session(settings) as connection:
        rows = connection.sql(
            f"select contract_id, file, line, reason from {scan(*files)} "
            "qualify row_number() over (partition by contract_id order by file, line) <= "
            f"{ROWS_SHOWN} order by contract_id, file, line"
        ).fetchall()
    grid = Grid("contract", "file", "line", "reason")
    for contract, file, line, reason in rows:
        grid.add_row(contract, file, f"{line:,}", reason)
    console.print(grid)
