"""The verb of linkage models, `padron model export`."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.terminal import Home, ModelFile, Sources, console, settings_at, told

model_app = typer.Typer(
    name="model",
    help="Give the trained linkage model to other programs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@model_app.callback()
def _group() -> None:
    """Keep `export` a word of its own while it is the only one."""


@model_app.command(epilog="Example: padron model export --splink people.splink.json")
def export(
    splink: Annotated[Path, typer.Option(help="The file to write: settings JSON for Splink 5. It holds no records.")],
    home: Home = None,
    sources: Sources = None,
    model: ModelFile = None,
) -> None:
    """Write the trained model as Splink settings, and say what Splink cannot express of it."""
    from pipelines.model_export import export_splink  # noqa: PLC0415 - so that --help answers at once

    with told():
        export_splink(settings_at(home, sources, model=model), splink, console)
