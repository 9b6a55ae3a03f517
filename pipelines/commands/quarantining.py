"""What the verbs of `padron quarantine` do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from pipelines.checked_contracts import checked_catalogue
from pipelines.scrubbing import scrubbed
from sources.erasure import purge_raw
from sources.replaying import Replayed, replay
from warehouse.errors import DeliveryError
from warehouse.layout import Layout, private_folder
from warehouse.lock import only_run
from warehouse.privacy.rights import erased_records, read_requests
from warehouse.session import open_session, scan
from warehouse.settings import Settings

ROWS_SHOWN = 100


def show_quarantine(settings: Settings, contract: str | None, console: Console) -> None:
    """Print where each quarantined row stands and why, the first hundred of each contract."""
    rows = _rows(
        settings,
        "contract_id, file, line, reason",
        contract,
        f"qualify row_number() over (partition by contract_id order by file, line) <= {ROWS_SHOWN}",
    )
    if not rows:
        console.print("Nothing is in quarantine.")
        return
    grid = Grid("contract", "file", "line", "reason")
    for contract_id, file, line, reason in rows:
        grid.add_row(contract_id, file, f"{line:,}", reason)
    console.print(grid)


def show_reasons(settings: Settings, contract: str, file: str | None, line: int | None, console: Console) -> None:
    """Print how many rows are kept apart for each reason; places within a reason are left out."""
    rows = _rows(settings, "file, line, reason", contract, file=file, line=line)
    if not rows:
        raise DeliveryError(_nothing(contract))
    counts: dict[tuple[str, str], list[int]] = {}
    for name, number, reason in rows:
        counts.setdefault((name, reason), []).append(number)
    grid = Grid("file", "rows", "first line", "reason")
    for (name, reason), lines in sorted(counts.items(), key=lambda each: (each[0][0], -len(each[1]))):
        grid.add_row(name, f"{len(lines):,}", f"{min(lines):,}", reason)
    console.print(grid)
    console.print("The rows themselves, which identify people, are shown by --values.")


def show_values(settings: Settings, contract: str, file: str | None, line: int | None, console: Console) -> None:
    """Print the rows as delivered, the first hundred."""
    rows = _rows(settings, "file, line, reason, raw", contract, f"limit {ROWS_SHOWN}", file=file, line=line)
    if not rows:
        raise DeliveryError(_nothing(contract))
    for name, number, reason, raw in rows:
        console.print(f"[bold]{escape(name)}, line {number:,}[/] {escape(reason)}", soft_wrap=True, highlight=False)
        console.print(_printable(raw), soft_wrap=True, highlight=False, markup=False)
    if len(rows) == ROWS_SHOWN:
        console.print(f"The first {ROWS_SHOWN} rows are shown; name a file or a line for others.")


def replay_quarantine(settings: Settings, contract: str | None, console: Console) -> None:
    """Read again what has rows in quarantine, and print how many were accepted now."""
    catalogue = checked_catalogue(settings.sources)
    contracts = [each for each in catalogue.contracts if contract in (None, each.id)]
    if not contracts:
        raise DeliveryError(f"{contract}: no such contract in {settings.sources}. `padron contract check` lists them.")
    private_folder(settings.home)
    with only_run(settings), scrubbed("replay"), open_session(settings) as connection:
        replayed = [each for one in contracts for each in replay(connection, one, settings)]
        layout = Layout(settings.home)
        erased = erased_records(read_requests(layout))
        for one in contracts:
            purge_raw(connection, one, catalogue.person_source(one), erased, layout)
    if not replayed:
        console.print("Nothing is in quarantine.")
        return
    _show_replayed(replayed, console)


def _show_replayed(replayed: Sequence[Replayed], console: Console) -> None:
    grid = Grid("contract", "delivery", "were in quarantine", "accepted now", "are in quarantine", "of", "read from")
    for each in replayed:
        counts = (each.before, max(each.before - each.after, 0), each.after, each.rows_delivered)
        origin = "nothing" if each.hindrance else "quarantine" if each.from_kept else "its files"
        grid.add_row(each.contract_id, each.delivery_id, *(f"{count:,}" for count in counts), origin)
    console.print(grid)
    for each in replayed:
        if each.unparted:
            console.print(
                f"{each.contract_id}, {each.delivery_id}: {each.unparted:,} rows were never parted into columns and "
                "need the delivery's files: put them back, or have the rows delivered again."
            )
    console.print("Run `padron build` to have the registry follow.")
    hindered = [f"{each.contract_id}, {each.delivery_id}: {each.hindrance}" for each in replayed if each.hindrance]
    if hindered:
        raise DeliveryError("\n".join(hindered))


def _printable(raw: str) -> str:
    """`raw` with what would move a terminal's cursor or colour it written out."""
    return "".join(sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in raw)


def _nothing(contract: str) -> str:
    return f"{contract}: no such row is in quarantine. `padron quarantine list` tells which are."


def _rows(
    settings: Settings, columns: str, contract: str | None, ending: str = "", *, file: str | None = None,
    line: int | None = None,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """The `columns` of quarantined rows in order of their place, at most those that the arguments name."""
    files: list[Path] = sorted((Layout(settings.home).home / "quarantine").glob("*/*/rows.parquet"))
    if not files:
        return []
    wanted = {"contract_id": contract, "file": file, "line": line}
    given = {name: value for name, value in wanted.items() if value is not None}
    where = " and ".join(["true", *(f"{name} = ${name}" for name in given)])
    qualify, limit = (ending, "") if ending.startswith("qualify") else ("", ending)
    with open_session(settings) as connection:
        return connection.sql(
            f"select {columns} from {scan(*files)} where {where} {qualify} order by contract_id, file, line {limit}",
            params=given,
        ).fetchall()
