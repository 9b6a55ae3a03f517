"""The verb `padron evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.terminal import Home, ModelFile, ParametersFile, Sources, console, settings_at, told


def evaluate(
    truth: Annotated[
        Path | None,
        typer.Option(
            help="CSV or Parquet: record_id, or source and record_key; and person. Without it, only the estimates."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Also write a report with charts: a file ending in .html.")] = None,
    home: Home = None,
    sources: Sources = None,
    model: ModelFile = None,
    parameters: ParametersFile = None,
) -> None:
    """Tell how good the last linkage is: estimated without truth, and measured where a truth is given."""
    from pipelines.commands.evaluation import evaluate_linkage  # noqa: PLC0415 - so that --help answers at once

    with told():
        evaluate_linkage(settings_at(home, sources, model=model, parameters=parameters, truth=truth), out, console)
