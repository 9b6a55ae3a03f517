"""What every verb shares: its consoles, its common options, and how it tells a user's error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from warehouse.errors import RegistryError
from warehouse.layout import Layout
from warehouse.settings import Settings
from warehouse.state_version import refuse_newer, state_version

console = Console()
errors = Console(stderr=True)

Home = Annotated[Path | None, typer.Option(help="The folder that holds all that Padrón writes [PADRON_HOME].")]
Sources = Annotated[Path | None, typer.Option(help="The folder of contracts [PADRON_SOURCES].")]
Landing = Annotated[Path | None, typer.Option(help="The folder institutions deliver to [PADRON_LANDING].")]

ModelFile = Annotated[
    Path | None, typer.Option("--model", help="A linkage model file, laid over the default model [PADRON_MODEL].")
]

ParametersFile = Annotated[
    Path | None,
    typer.Option("--parameters", help="Trained parameters of an earlier run: nothing is trained [PADRON_PARAMETERS]."),
]
TruthFile = Annotated[
    Path | None,
    typer.Option("--truth", help="Which person each record is, CSV or Parquet, to measure by [PADRON_TRUTH]."),
]
JsonLogs = Annotated[bool, typer.Option("--json-logs", help="Log one JSON object a line.")]
Force = Annotated[bool, typer.Option("--force", help="Run also where nothing has changed since the last run.")]
Full = Annotated[bool, typer.Option("--full", help="Link all records anew, where else what changed alone may do.")]


@contextmanager
def told() -> Iterator[None]:
    """Print a user's error and end with status 1; let a fault of the program show itself."""
    try:
        yield
    except RegistryError as error:
        tell(error)
        raise typer.Exit(1) from None


def tell(error: RegistryError) -> None:
    """Print a user's error."""
    errors.print(f"[red bold]error[/] {escape(str(error))}", soft_wrap=True, highlight=False)


def settings_at(
    home: Path | None,
    sources: Path | None = None,
    landing: Path | None = None,
    model: Path | None = None,
    parameters: Path | None = None,
    truth: Path | None = None,
) -> Settings:
    """The settings of the environment, at the places that the options name; raise `SettingsError`.

    A home whose state a newer program wrote is refused: `StorageError`.
    """
    placed = Settings.from_environment().with_paths(home=home, sources=sources, landing=landing)
    refuse_newer(state_version(Layout(placed.home)), str(placed.home))
    return placed.with_files(model=model, parameters=parameters, truth=truth)
