"""`padron report`: the reports of the deliveries in use and of the release, made anew and shown where they lie."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from pipelines.commands.terminal import Home, Sources, console, settings_at, told
from warehouse.errors import SettingsError
from warehouse.settings import Settings


def report(
    contract: Annotated[str | None, typer.Argument(help="One contract's id; without it, those of all.")] = None,
    browser: Annotated[bool, typer.Option("--open", help="Open the pages in the browser.")] = False,
    home: Home = None,
    sources: Sources = None,
) -> None:
    """Make the return and quality reports of the deliveries in use anew, and say where they lie."""
    with told():
        show_reports(settings_at(home, sources), contract, browser, console)


def show_reports(settings: Settings, contract_id: str | None, browser: bool, console: Console) -> None:
    """Write and list the reports; raise `StorageError` where nothing was taken in yet."""
    from pipelines.checked_contracts import checked_catalogue  # noqa: PLC0415 (so that --help answers at once)
    from pipelines.delivery_reports import write_reports  # noqa: PLC0415
    from pipelines.resources import Installation  # noqa: PLC0415
    from pipelines.returning import write_refusals  # noqa: PLC0415

    catalogue = checked_catalogue(settings.sources)
    wanted = [each for each in catalogue.contracts if contract_id in (None, each.id)]
    if not wanted:
        known = ", ".join(each.id for each in catalogue.contracts)
        raise SettingsError(f"There is no contract {contract_id}; known are {known}.")
    grid = Grid("contract", "to mend", "return report", "quality report")
    for each in wanted:
        write_refusals(each, Installation.of(settings))
        made = write_reports(each, Installation.of(settings))
        if made is None:
            grid.add_row(each.id, "–", "no delivery is in use", "–")
            continue
        pages = made.returned.page, made.page
        grid.add_row(each.id, f"{made.returned.rows:,}", *(str(path.relative_to(settings.home)) for path in pages))
        if browser:
            for path in pages:
                typer.launch(path.as_uri())
    console.print(grid)
    console.print(f"All lie under [bold]{settings.home}[/]", soft_wrap=True)
